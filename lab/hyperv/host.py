"""Simulated Hyper-V hosts."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from lab.hyperv.clock import Clock
from lab.hyperv.files import FileSystem
from lab.hyperv.machine import VirtualMachine

if TYPE_CHECKING:
    from lab.hyperv.estate import Estate


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


@dataclass(slots=True, eq=False)
class VirtualSwitch:
    """A virtual switch."""

    name: str
    switch_id: uuid.UUID
    kind: SwitchType = SwitchType.External
    interface: str = ""


@dataclass(slots=True)
class MigrationSettings:
    """A host's settings for live and storage migrations."""

    enabled: bool = True
    maximum_live: int = 2
    maximum_storage: int = 2
    authentication: MigrationAuthentication = MigrationAuthentication.Kerberos
    performance: MigrationPerformance = MigrationPerformance.Compression
    any_network: bool = True


@dataclass(slots=True, eq=False)
class Host:
    """A host with its machines; ``memory`` in bytes, ``link`` in bytes a second, one way."""

    name: str
    domain: str
    version: str
    memory: int
    processors: int
    estate: Estate
    files: FileSystem
    utc_offset: datetime.timedelta
    link: int
    default_disk_path: str
    default_machine_path: str
    migration: MigrationSettings = field(default_factory=MigrationSettings)
    switches: list[VirtualSwitch] = field(default_factory=list)
    machines: dict[uuid.UUID, VirtualMachine] = field(default_factory=dict)
    incoming: int = 0
    outgoing: int = 0
    memory_reserved: int = 0

    @property
    def clock(self) -> Clock:
        """The one clock of the lab."""
        return self.estate.clock

    @property
    def full_name(self) -> str:
        """The fully qualified name."""
        return f"{self.name}.{self.domain}" if self.domain else self.name

    @property
    def memory_free(self) -> int:
        """Memory left for machines, in bytes; the host itself keeps 2 GB (assumed)."""
        in_use = sum(machine.memory_assigned for machine in self.machines.values())
        return self.memory - (2 << 30) - in_use - self.memory_reserved

    @property
    def supported_versions(self) -> tuple[str, ...]:
        """The configuration versions that this version of Windows runs (Windows Server documentation)."""
        return SUPPORTED_VERSIONS[self.version]

    def local_time(self) -> datetime.datetime:
        """The host's own clock, with its offset from UTC."""
        return self.clock.now().astimezone(datetime.timezone(self.utc_offset))

    def is_called(self, name: str) -> bool:
        """Whether ``name`` means this host: its short or full name in any letter case."""
        return name.lower() in (self.name.lower(), self.full_name.lower())

    def find_switch(self, name: str) -> VirtualSwitch | None:
        """The switch of that name, or None."""
        return next((switch for switch in self.switches if switch.name.lower() == name.lower()), None)


SUPPORTED_VERSIONS = {
    "2012": ("4.0",),
    "2012R2": ("4.0", "5.0"),
    "2016": ("5.0", "6.2", "7.0", "7.1", "8.0"),
    "2019": ("5.0", "6.2", "7.0", "7.1", "8.0", "8.1", "8.2", "8.3", "9.0"),
    "2022": ("8.0", "8.1", "8.2", "8.3", "9.0", "9.1", "9.2", "9.3", "10.0"),
    "2025": ("8.0", "8.1", "8.2", "8.3", "9.0", "9.1", "9.2", "9.3", "10.0", "10.1", "11.0", "12.0"),
}
