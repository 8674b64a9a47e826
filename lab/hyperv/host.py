"""Simulated Hyper-V hosts."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from lab.hyperv.adapter_policies import AdapterPolicies, Feature
from lab.hyperv.clock import HostClock
from lab.hyperv.events import Event, Level
from lab.hyperv.files import FileSystem, VirtualDisk
from lab.hyperv.hardware import Hardware
from lab.hyperv.machine import NetworkAdapter, Processor, VirtualMachine
from lab.hyperv.redundancy import Redundancy
from lab.hyperv.replication.host_replication import HostReplication

if TYPE_CHECKING:
    from lab.hyperv.estate import Estate
    from lab.hyperv.groups import MachineGroup
    from lab.hyperv.migration import Migration
    from lab.hyperv.resource_pools import ResourcePool

KEPT_BY_HOST = 2 << 30
"""Bytes of memory that a host keeps for itself (assumed)."""


class SwitchType(Enum):
    """VMSwitchType with its numbers."""

    Private = 0
    Internal = 1
    External = 2


class MigrationAuthentication(Enum):
    """MigrationAuthenticationType with its numbers."""

    CredSSP = 0
    Kerberos = 1


class MigrationPerformance(Enum):
    """VMMigrationPerformance with its numbers."""

    TCPIP = 0
    Compression = 1
    SMB = 2


class Delegation(Enum):
    """What the host's computer account may do for a user at other hosts."""

    NONE = "none"
    KERBEROS_ONLY = "kerberos"
    ANY_PROTOCOL = "any"


@dataclass(slots=True)
class SwitchTeam:
    """Switch embedded teaming: the descriptions of the physical adapters, and the name of the algorithm."""

    members: list[str]
    algorithm: str


@dataclass(slots=True, eq=False)
class VirtualSwitch:
    """A virtual switch.

    ``interface`` is the description of the physical adapter behind an external one, of the first in a team.
    ``toggled_extensions`` are those that are not as they come. ``external_policies`` are those of its external
    port; None while they are what comes.
    """

    name: str
    switch_id: uuid.UUID
    kind: SwitchType = SwitchType.External
    interface: str = ""
    serves_host: bool = True
    notes: str = ""
    team: SwitchTeam | None = None
    uses_packet_direct: bool = False
    toggled_extensions: frozenset[str] = frozenset()
    features: tuple[Feature, ...] = ()
    external_policies: AdapterPolicies | None = None


@dataclass(slots=True, eq=False)
class NetworkInterface:
    """A physical network adapter of the host; ``speed`` in bits a second."""

    name: str
    description: str
    mac_address: str
    address: str
    prefix_length: int = 24
    speed: int = 10_000_000_000
    is_up: bool = True


@dataclass(slots=True)
class MigrationSettings:
    """A host's settings for live and storage migrations.

    ``networks`` are subnets in order of preference; ``priorities`` are the numbers that some of them were given.
    """

    enabled: bool = True
    maximum_live: int = 2
    maximum_storage: int = 2
    authentication: MigrationAuthentication = MigrationAuthentication.Kerberos
    performance: MigrationPerformance = MigrationPerformance.Compression
    any_network: bool = True
    networks: list[str] = field(default_factory=list)
    priorities: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class HostPreferences:
    """Settings of a host that no simulated operation depends on."""

    numa_spanning: bool = True
    enhanced_session: bool = False
    least_mac_address: str = "00155D000000"
    most_mac_address: str = "00155DFFFFFF"
    metering_interval: datetime.timedelta = datetime.timedelta(hours=1)
    sends_events: bool = True
    node_name: str = "C003FF0000FFFF00"
    least_port_name: str = "C003FF1234560000"
    most_port_name: str = "C003FF123456FFFF"
    trace_file: str = ""


@dataclass(slots=True, eq=False)
class Host:
    """A host with its machines; ``memory`` in bytes, ``link`` in bytes a second, one way.

    ``domain`` is empty in a workgroup. ``delegation`` holds for the hosts named in ``delegates_to`` (None: for all).
    ``aliases`` are names and addresses, in lower case, that lead here without being the host's own.
    ``closed_shell_cancels``: whether a migration is cancelled when the shell is closed, lost or timed out in which
    Move-VM runs. Nobody knows which Windows does (assumed: it does).
    ``progress_restarts``: whether the percentage of a migration counts each phase anew, as is written of 2012 (assumed
    of later versions), or the whole.
    """

    name: str
    domain: str
    version: str
    memory: int
    processors: int
    processor: Processor
    estate: Estate
    files: FileSystem
    utc_offset: datetime.timedelta
    link: int
    default_disk_path: str
    default_machine_path: str
    language: str = "en"
    clock_ahead: datetime.timedelta = datetime.timedelta()
    """How much its clock is ahead of the true time."""
    migration: MigrationSettings = field(default_factory=MigrationSettings)
    preferences: HostPreferences = field(default_factory=HostPreferences)
    delegation: Delegation = Delegation.ANY_PROTOCOL
    delegates_to: frozenset[str] | None = None
    aliases: frozenset[str] = frozenset()
    switches: list[VirtualSwitch] = field(default_factory=list)
    interfaces: list[NetworkInterface] = field(default_factory=list)
    machines: dict[uuid.UUID, VirtualMachine] = field(default_factory=dict)
    migrations: list[Migration] = field(default_factory=list)
    replication: HostReplication = field(default_factory=HostReplication)
    events: list[Event] = field(default_factory=list)
    memory_reserved: int = 0
    is_reachable: bool = True
    closed_shell_cancels: bool = True
    progress_restarts: bool = True
    has_directory_module: bool = False
    own_adapters: list[NetworkAdapter] = field(default_factory=list)
    """The adapters through which the host itself uses its switches, as ``wiring.own_adapters`` last saw them."""
    hardware: Hardware = field(default_factory=Hardware)
    pools: list[ResourcePool] = field(default_factory=list)
    """The resource pools that somebody made, or had metered."""
    groups: list[MachineGroup] = field(default_factory=list)
    cluster: str = ""
    """The name of the failover cluster that it is a node of."""
    redundancy: Redundancy = field(default_factory=Redundancy)
    planned: dict[str, VirtualMachine] = field(default_factory=dict)
    """The machines that reports about imports are about, by the key of their configuration file."""
    mounted: dict[int, VirtualDisk] = field(default_factory=dict)
    """The virtual hard disks that are mounted in the host itself, by disk number."""
    cut_off: list[VirtualMachine] = field(default_factory=list)
    """The machines that ran when the host crashed, until it is back."""

    @property
    def clock(self) -> HostClock:
        """The one clock of the lab, as this host shows it."""
        return HostClock(self.estate.clock, self.clock_ahead)

    @property
    def full_name(self) -> str:
        """The fully qualified name."""
        return f"{self.name}.{self.domain}" if self.domain else self.name

    @property
    def memory_free(self) -> int:
        """Memory left for machines, in bytes."""
        in_use = sum(machine.memory_assigned for machine in self.machines.values())
        return self.memory - KEPT_BY_HOST - in_use - self.memory_reserved

    @property
    def supported_versions(self) -> tuple[str, ...]:
        """The configuration versions that this version of Windows runs (Windows Server documentation)."""
        return SUPPORTED_VERSIONS[self.version]

    @property
    def is_old(self) -> bool:
        """Whether it has module 1.x (2012 and 2012 R2), whose error records look otherwise."""
        return self.version in ("2012", "2012R2")

    @property
    def has_broker(self) -> bool:
        """Whether it is a node of a cluster with a Replica Broker."""
        return any(self in broker.nodes for broker in self.estate.brokers)

    @property
    def is_node(self) -> bool:
        """Whether it is a node of a cluster."""
        return bool(self.cluster) or self.has_broker

    def local_time(self) -> datetime.datetime:
        """The host's own clock, with its offset from UTC."""
        return self.clock.now().astimezone(datetime.timezone(self.utc_offset))

    def is_called(self, name: str) -> bool:
        """Whether ``name`` means this host: its short or full name in any letter case."""
        return name.lower() in (self.name.lower(), self.full_name.lower())

    def find_switch(self, name: str) -> VirtualSwitch | None:
        """The switch of that name, or None."""
        return next((switch for switch in self.switches if switch.name.lower() == name.lower()), None)

    def log(self, event_id: int, level: Level, message: str, machine: VirtualMachine | None = None) -> None:
        """Write an event to the log of the Virtual Machine Management Service."""
        machine_id = machine.machine_id if machine is not None else None
        self.events.append(Event(event_id, level, self.clock.now(), message, machine_id))

    def lose_network(self) -> None:
        """Be reachable for nobody: migrations under way break off."""
        self.is_reachable = False
        for host in self.estate.hosts:
            for migration in tuple(host.migrations):
                migration.connection_lost(self)

    def regain_network(self) -> None:
        """Be reachable again."""
        self.is_reachable = True


SUPPORTED_VERSIONS = {
    "2012": ("4.0",),
    "2012R2": ("4.0", "5.0"),
    "2016": ("5.0", "6.2", "7.0", "7.1", "8.0"),
    "2019": ("5.0", "6.2", "7.0", "7.1", "8.0", "8.1", "8.2", "8.3", "9.0"),
    "2022": ("8.0", "8.1", "8.2", "8.3", "9.0", "9.1", "9.2", "9.3", "10.0"),
    "2025": ("8.0", "8.1", "8.2", "8.3", "9.0", "9.1", "9.2", "9.3", "10.0", "10.1", "11.0", "12.0"),
}
