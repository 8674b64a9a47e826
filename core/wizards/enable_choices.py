"""What the pages of the wizards for replication fill in."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass, field

from core.hyperv.states import ReplicationAuthentication
from core.remoting.endpoint import Credential
from core.replication.addresses import FailoverAddresses
from core.replication.certificates import clean_thumbprint
from core.replication.protection import USUAL_FREQUENCY, CopyMethod, InitialCopy, Points


class Side(enum.Enum):
    """One end of a replication."""

    PRIMARY = "primary"
    REPLICA = "replica"


@dataclass(slots=True)
class EnableChoices:
    """``server``, ``port``, ``thumbprint`` and ``folder`` are as typed; ``begins`` is by the primary's clock.

    ``left_out`` are the paths of disks that are not replicated. ``hours`` and ``consistent_hours`` count only where
    their boxes are ticked. ``addresses`` are those after a failover, by the place of the adapter and the side;
    ``test_switches`` by the place. What is not in them stays as it is. ``credentials`` are kept in memory.
    """

    server: str = ""
    port: str = "80"
    authentication: ReplicationAuthentication = ReplicationAuthentication.KERBEROS
    thumbprint: str = ""
    compresses: bool = True
    left_out: set[str] = field(default_factory=set)
    frequency: int = USUAL_FREQUENCY
    keeps_points: bool = False
    hours: int = 24
    is_consistent: bool = False
    consistent_hours: int = 4
    method: CopyMethod = CopyMethod.NETWORK
    folder: str = ""
    is_scheduled: bool = False
    begins: datetime.datetime | None = None
    addresses: dict[tuple[int, Side], FailoverAddresses] = field(default_factory=dict)
    test_switches: dict[int, str] = field(default_factory=dict)
    credentials: dict[str, Credential] = field(default_factory=dict)

    @property
    def clean_thumbprint(self) -> str:
        """The thumbprint as it is sent; none where no certificate is used."""
        uses_certificate = self.authentication is ReplicationAuthentication.CERTIFICATE
        return clean_thumbprint(self.thumbprint) if uses_certificate else ""

    @property
    def points(self) -> Points:
        """The recovery points, as ticked."""
        return Points(self.hours if self.keeps_points else 0, self.consistent_hours if self.is_consistent else 0)

    @property
    def copy(self) -> InitialCopy:
        """The initial copy; media are written at once."""
        if self.method is CopyMethod.MEDIA:
            return InitialCopy(self.method, self.folder.strip())
        return InitialCopy(self.method, begins=self.begins if self.is_scheduled else None)
