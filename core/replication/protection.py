"""What protects one machine: where it is replicated to, how, which of it, and how the first copy travels.

It is what a wizard's choices come to: frozen, complete, and made of what the hosts have told.
"""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass

from core.estate.connection import HostKey
from core.hyperv.records import HardDiskDrive, Machine, NetworkAdapter, VirtualDisk
from core.hyperv.states import ReplicationAuthentication
from core.language import _
from core.replicas.records import Leg
from core.replication.addresses import FailoverAddresses

FREQUENCIES = (30, 300, 900)
"""Seconds between two cycles (Hyper-V team blog); Windows Server 2012 has 300 alone."""
USUAL_FREQUENCY = 300
MOST_POINTS, MOST_POINTS_2012 = 24, 15
"""Additional recovery points, one for each hour (WMI reference; team blog for 2012)."""
MOST_CONSISTENT_HOURS = 12
SCHEDULE = datetime.timedelta(days=7)
"""How far ahead an initial copy may be scheduled (Windows Server documentation)."""
USUAL_PORTS = {ReplicationAuthentication.KERBEROS: 80, ReplicationAuthentication.CERTIFICATE: 443}


class CopyMethod(enum.Enum):
    """How the initial copy comes to the replica."""

    NETWORK = "network"
    MEDIA = "media"
    EXISTING = "existing"

    @property
    def word(self) -> str:
        """The method as Hyper-V Manager's wizard calls it."""
        return {
            CopyMethod.NETWORK: _("Send initial copy over the network"),
            CopyMethod.MEDIA: _("Send initial copy using external media"),
            CopyMethod.EXISTING: _("Use an existing virtual machine on the Replica server as the initial copy"),
        }[self]


@dataclass(frozen=True, slots=True)
class Link:
    """How the primary reaches the Replica server ``server``; ``thumbprint`` is that of the primary's certificate."""

    server: str
    port: int
    authentication: ReplicationAuthentication
    thumbprint: str = ""
    compresses: bool = True


@dataclass(frozen=True, slots=True)
class Window:
    """The time of day within which an automatic resynchronisation may begin, by the primary's clock."""

    begin: str
    end: str


OFF_PEAK = Window("18:30:00", "06:00:00")
"""The window that Hyper-V Manager's wizard sets (team blog); its hours are the defaults of the WMI reference."""


@dataclass(frozen=True, slots=True)
class Points:
    """How many hourly recovery points are kept besides the latest, and every how many hours one is
    application-consistent; 0 for none.
    """

    history: int = 0
    consistent_hours: int = 0


@dataclass(frozen=True, slots=True)
class InitialCopy:
    """How the initial copy travels, and when it begins: ``begins`` is a time of the primary's clock, None for now.

    ``folder`` is where media get it, on the primary.
    """

    method: CopyMethod = CopyMethod.NETWORK
    folder: str = ""
    begins: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class AdapterPlan:
    """What an adapter gets: addresses after a failover, for the primary and the replica, and a network for tests.

    ``place`` counts the adapters of the machine. None leaves what is set as it is; empty addresses mean DHCP.
    """

    adapter: NetworkAdapter
    place: int
    primary: FailoverAddresses | None = None
    replica: FailoverAddresses | None = None
    test_switch: str | None = None


@dataclass(frozen=True, slots=True)
class Protection:
    """The replication of one machine.

    ``primary_name`` is the full name of the machine's host. ``replica`` is the host that gets the replica, where the
    program manages it: None for a broker, or a server that only the primary reaches. ``excluded`` are the paths of
    disks that are left out, ``disks`` the drives of the others, ``files`` their disk files as far as they were read.
    ``leg`` says whether it is the machine that is replicated, or its replica that is replicated on.
    """

    machine: Machine
    primary: HostKey
    primary_name: str
    replica: HostKey | None
    link: Link
    disks: tuple[HardDiskDrive, ...]
    excluded: tuple[str, ...]
    files: tuple[VirtualDisk, ...]
    frequency: int | None
    points: Points
    copy: InitialCopy
    adapters: tuple[AdapterPlan, ...] = ()
    window: Window | None = OFF_PEAK
    leg: Leg = Leg.SIMPLE

    @property
    def size(self) -> int:
        """What the files of the chosen disks occupy, their parents included, in bytes."""
        return sum(file.file_size for file in self.files)
