"""What a host says about itself and its machines: frozen records, one for each cmdlet that is read.

A field is called as the property of the cmdlet's object is, in Python's spelling; ``field(name=...)`` stands where
the spelling alone does not tell. Sizes are bytes.
"""

from __future__ import annotations

import datetime
from uuid import UUID

import msgspec
from msgspec import field

from core.hyperv.dates import windows_date
from core.hyperv.replication_states import ReplicationHealth, ReplicationMode
from core.hyperv.states import (
    Authentication,
    CheckpointType,
    DiskType,
    JobProgress,
    MachineState,
    MigrationType,
    OperationalStatus,
    SnapshotType,
    SwitchType,
)


class Duration(msgspec.Struct, frozen=True, rename="pascal"):
    """A TimeSpan as ConvertTo-Json writes it: ``ticks`` of 100 nanoseconds."""

    ticks: int

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return self.ticks / 10_000_000

    @property
    def span(self) -> datetime.timedelta:
        """The length as Python has it."""
        return datetime.timedelta(seconds=self.seconds)


class Host(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMHost. Hosts before Windows Server 2016 list no versions of machines."""

    name: str
    fully_qualified_domain_name: str
    logical_processor_count: int
    memory_capacity: int
    virtual_hard_disk_path: str
    virtual_machine_path: str
    virtual_machine_migration_enabled: bool
    maximum_virtual_machine_migrations: int
    maximum_storage_migrations: int
    virtual_machine_migration_authentication_type: Authentication
    listed_versions: tuple[str, ...] | None = field(name="SupportedVmVersions", default=None)

    @property
    def supported_vm_versions(self) -> tuple[str, ...]:
        """The configuration versions of machines that the host runs; empty where it does not list them."""
        return self.listed_versions or ()

    @property
    def names(self) -> tuple[str, str]:
        """The short and the full name, in small letters."""
        return self.name.lower(), self.fully_qualified_domain_name.lower()

    def is_called(self, name: str) -> bool:
        """Whether ``name`` means this host: its short or full name, in any letter case."""
        return name.lower() in self.names


class Machine(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VM. What ``replication_number`` means depends on the host: see ``Inventory.replication_state``."""

    machine_id: UUID = field(name="Id")
    name: str
    state: MachineState
    status: str
    operational_status: tuple[OperationalStatus, ...]
    memory_assigned: int
    memory_startup: int
    processor_count: int
    processor_usage: int = field(name="CPUUsage")
    uptime: Duration
    generation: int
    version: str
    is_clustered: bool
    path: str
    snapshot_file_location: str
    smart_paging_file_path: str
    notes: str | None = None
    checkpoint_type: CheckpointType | None = None
    current_checkpoint_id: UUID | None = field(name="ParentSnapshotId", default=None)
    replication_number: int = field(name="ReplicationState", default=0)
    replication_health: ReplicationHealth = ReplicationHealth.NOT_APPLICABLE
    replication_mode: ReplicationMode = ReplicationMode.NONE

    @property
    def is_busy(self) -> bool:
        """Whether an operation such as a migration is under way."""
        return OperationalStatus.IN_SERVICE in self.operational_status


class HardDiskDrive(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMHardDiskDrive. ``disk_number`` is set for a pass-through disk."""

    machine_id: UUID = field(name="VMId")
    path: str | None
    controller_type: int
    controller_number: int
    controller_location: int
    disk_number: int | None = None


class NetworkAdapter(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMNetworkAdapter. ``switch_name`` is empty when the adapter is not connected."""

    machine_id: UUID = field(name="VMId")
    name: str
    switch_name: str | None
    connected: bool
    mac_address: str
    addresses: tuple[str, ...] = field(name="IPAddresses", default=())


class Checkpoint(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMSnapshot, which lists the recovery points of replicas too."""

    machine_id: UUID = field(name="VMId")
    checkpoint_id: UUID = field(name="Id")
    name: str
    parent_id: UUID | None = field(name="ParentSnapshotId")
    kind: SnapshotType = field(name="SnapshotType", default=SnapshotType.STANDARD)
    creation_time: str | None = None

    @property
    def created(self) -> datetime.datetime | None:
        """When it was taken; None where the host does not tell, or tells what cannot be read."""
        try:
            return windows_date(self.creation_time) if self.creation_time else None
        except ValueError:
            return None

    @property
    def is_recovery_point(self) -> bool:
        """Whether a replica has got it from its primary: it is for failovers, and never applied."""
        return self.kind >= SnapshotType.REPLICA


class Switch(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMSwitch."""

    name: str
    switch_type: SwitchType


class Volume(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-Volume. ``drive_letter`` is None for a volume without one."""

    drive_letter: str | None
    file_system_label: str | None
    drive_type: str
    size: int
    size_remaining: int


class MigrationJob(msgspec.Struct, frozen=True, rename="pascal"):
    """Msvm_MigrationJob on the host from which something is migrated; ``destination_host`` is None for storage."""

    instance_id: str = field(name="InstanceID")
    virtual_system_name: str
    job_state: JobProgress
    percent_complete: int
    migration_type: MigrationType
    destination_host: str | None = None
    cancellable: bool | None = None
    error_description: str | None = None

    @property
    def machine_id(self) -> UUID | None:
        """The machine that is migrated, or None where the host names it otherwise."""
        try:
            return UUID(self.virtual_system_name)
        except ValueError:
            return None

    @property
    def moves_machine(self) -> bool:
        """Whether the machine goes to another host."""
        return self.migration_type in (MigrationType.MACHINE, MigrationType.MACHINE_AND_STORAGE)

    @property
    def moves_storage(self) -> bool:
        """Whether disks are copied."""
        return self.migration_type in (MigrationType.STORAGE, MigrationType.MACHINE_AND_STORAGE)


class VirtualDisk(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VHD. ``file_size`` is what the file occupies, ``size`` what the guest sees."""

    path: str
    file_size: int
    size: int
    disk_type: DiskType = field(name="VhdType")
    parent_path: str | None = None


class Incompatibility(msgspec.Struct, frozen=True, rename="pascal"):
    """One entry of a report of Compare-VM; the message is in the host's language, the number is opaque."""

    message: str
    message_id: int
