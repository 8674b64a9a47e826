"""What Windows and the directory say about a host and a machine's devices, where it matters for a move: frozen records.

A field is called as the property of the cmdlet's object is, in Python's spelling.
"""

from __future__ import annotations

from uuid import UUID

import msgspec
from msgspec import field

KERBEROS_ALONE_SUFFICES_BELOW = 10
"""The version of Windows from which delegation needs any authentication protocol (Microsoft on constrained delegation
for live migration in Windows Server 2016); 2012 and 2012 R2 are version 6."""


class ComputerSystem(msgspec.Struct, frozen=True, rename="pascal"):
    """Win32_ComputerSystem; ``domain`` is the workgroup of a host that is in none."""

    name: str
    domain: str
    part_of_domain: bool


class OperatingSystem(msgspec.Struct, frozen=True, rename="pascal"):
    """Win32_OperatingSystem; ``free_physical_memory`` is in kilobytes."""

    version: str
    free_physical_memory: int

    @property
    def free_memory(self) -> int:
        """Memory that is free for machines, in bytes."""
        return self.free_physical_memory << 10

    @property
    def delegates_by_kerberos_alone(self) -> bool:
        """Whether a delegation that is restricted to Kerberos is enough for this host."""
        major = self.version.partition(".")[0]
        return major.isdigit() and int(major) < KERBEROS_ALONE_SUFFICES_BELOW


class Processor(msgspec.Struct, frozen=True, rename="pascal"):
    """Win32_Processor: the maker, such as GenuineIntel, and the model's name."""

    manufacturer: str
    name: str


class ProcessorSettings(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMProcessor; None on hosts that do not say it."""

    compatibility_for_migration_enabled: bool | None


class MachineSecurity(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMSecurity."""

    tpm_enabled: bool
    shielded: bool = False


class DvdDrive(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMDvdDrive; ``path`` is the ISO file in it."""

    path: str | None
    controller_number: int
    controller_location: int


class AttachedDisk(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMHardDiskDrive, as far as it tells whose disk it is: ``disk_number`` is that of a physical disk.

    ``support_persistent_reservations`` marks a disk that several machines share.
    """

    path: str | None
    disk_number: int | None = None
    support_persistent_reservations: bool | None = None


class DirectoryAccount(msgspec.Struct, frozen=True):
    """Get-ADComputer: what a host's account may do in the name of users.

    ``allowed`` are the services that it may delegate to; ``any_protocol`` whether it may do so however the user signed
    in.
    """

    name: str = field(name="Name")
    any_protocol: bool | None = field(name="TrustedToAuthForDelegation", default=None)
    allowed: tuple[str, ...] | str | None = field(name="msDS-AllowedToDelegateTo", default=None)

    @property
    def services(self) -> frozenset[str]:
        """The services in lower case; a single one comes without its list."""
        held = (self.allowed,) if isinstance(self.allowed, str) else self.allowed or ()
        return frozenset(service.lower() for service in held)


class Objection(msgspec.Struct, frozen=True, rename="pascal"):
    """One incompatibility of a report of Compare-VM whose Source is a device: the message, and how to tell the device.

    ``mac_address`` and ``name`` are those of an adapter, ``path`` that of a drive.
    """

    message: str
    message_id: int
    name: str | None = None
    mac_address: str | None = None
    path: str | None = None
    machine_id: UUID | None = field(name="VMId", default=None)
