"""Simulated virtual machines."""

from __future__ import annotations

import datetime
import ntpath
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from lab.hyperv.adapter_policies import AdapterPolicies
from lab.hyperv.files import VirtualDisk
from lab.hyperv.hardware import AssignedDevice, FibreChannelHba, GpuPartition, RemoteFx
from lab.hyperv.operation import OperationalStatus
from lab.hyperv.settings import (
    DEFAULT_VIDEO,
    GUEST_SERVICE_INTERFACE,
    UNUSED_PORTS,
    BiosSettings,
    ComPort,
    CriticalErrors,
    FirmwareSettings,
    MemorySettings,
    ProcessorSettings,
    SecuritySettings,
    VideoSettings,
)

if TYPE_CHECKING:
    from lab.hyperv.operation import Operation
    from lab.hyperv.replication.side import MachineReplication


class MachineState(Enum):
    """VMState with the numbers of the PowerShell module."""

    Running = 2
    Off = 3
    Stopping = 4
    Saved = 6
    Paused = 9
    Starting = 10
    Saving = 32773
    Pausing = 32776
    Resuming = 32777


USES_MEMORY = frozenset(MachineState) - {MachineState.Off, MachineState.Saved}


class StartAction(Enum):
    """AutomaticStartAction with its numbers."""

    Nothing = 2
    StartIfRunning = 3
    Start = 4


class StopAction(Enum):
    """AutomaticStopAction with its numbers."""

    TurnOff = 2
    Save = 3
    ShutDown = 4


class CheckpointType(Enum):
    """CheckpointType with its numbers."""

    Disabled = 2
    Production = 3
    ProductionOnly = 4
    Standard = 5


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor's maker and how new it is: a higher ``level`` has every feature of a lower one (assumed)."""

    maker: str
    level: int


@dataclass(slots=True, eq=False)
class DiskDrive:
    """A place on a controller with the disk attached there, or (``disk_number``) a physical disk of the host."""

    disk: VirtualDisk | None
    controller: str = "SCSI"
    controller_number: int = 0
    location: int = 0
    disk_number: int | None = None
    is_shared: bool = False
    minimum_iops: int = 0
    maximum_iops: int = 0


@dataclass(slots=True, eq=False)
class DvdDrive:
    """A DVD drive; ``path`` is the ISO file in it, or None."""

    path: str | None = None
    controller_number: int = 0
    location: int = 1


@dataclass(frozen=True, slots=True)
class PrivateVlan:
    """A private VLAN: ``mode`` is Isolated, Community or Promiscuous; ``secondary`` an ID, or a list for the last."""

    mode: str
    primary: int
    secondary: str


@dataclass(slots=True, eq=False)
class NetworkAdapter:
    """A network adapter; ``switch`` is None when it is not connected.

    ``vlan`` is the ID in access mode, 0 when untagged; in trunk mode ``trunk`` holds the native ID and the list of
    allowed ones. ``failover`` are the addresses it gets after a failover and ``options`` its advanced features, both by
    the names of their properties. ``planned`` are the switches chosen for a move, by the name of the destination.
    ``policies`` is None while they are those that come.
    """

    name: str
    adapter_id: uuid.UUID
    mac_address: str
    switch: str | None = None
    addresses: tuple[str, ...] = ()
    has_dynamic_address: bool = True
    test_switch: str = ""
    vlan: int = 0
    trunk: tuple[int, str] | None = None
    private: PrivateVlan | None = None
    is_legacy: bool = False
    failover: dict[str, str] = field(default_factory=dict)
    options: dict[str, str | int | bool] = field(default_factory=dict)
    planned: dict[str, str | None] = field(default_factory=dict)
    policies: AdapterPolicies | None = None

    def switch_at(self, host_name: str) -> str | None:
        """The switch that it has, or is to have, on that host; None when it is not connected."""
        return self.planned.get(host_name, self.switch)


@dataclass(slots=True, eq=False)
class Checkpoint:
    """A standard checkpoint; ``settings`` is the machine as it was, with the disks that its drives had."""

    name: str
    checkpoint_id: uuid.UUID
    created: datetime.datetime
    settings: VirtualMachine
    parent: Checkpoint | None = None
    state: MachineState = MachineState.Off

    def __post_init__(self) -> None:
        self.settings.kept_in = self
        self.settings.state = self.state

    @property
    def disks(self) -> tuple[VirtualDisk | None, ...]:
        """What each drive had attached when it was taken."""
        return tuple(drive.disk for drive in self.settings.drives)

    def replace_disks(self, replaced: Mapping[VirtualDisk, VirtualDisk]) -> None:
        """Keep other files instead of some, such as their copies."""
        for drive in self.settings.drives:
            if drive.disk is not None:
                drive.disk = replaced.get(drive.disk, drive.disk)


@dataclass(slots=True, eq=False)
class VirtualMachine:
    """A machine: ``memory`` in bytes, ``dirty_rate`` in bytes a second, over at most ``working_set`` bytes.

    While it runs it writes ``write_rate`` bytes a second to its disks, which only replication takes note of.

    ``processor`` is the one it was started on, whose features it uses until it is off. ``guardians`` are the hosts that
    hold the certificate of its virtual TPM; None when it has none. ``key_protector`` is the same for the key protector,
    which a machine can have before it has a TPM. ``metered_since`` is when metering was enabled or reset.
    ``floppy`` is the image in the floppy drive that machines of generation 1 have. ``connect_access`` are the users who
    may connect to its console without being administrators. ``guest_files`` are the keys of files that were copied into
    the guest. ``kept_in`` is the checkpoint whose settings these are;
    None for a machine itself.
    """

    name: str
    machine_id: uuid.UUID
    path: str
    checkpoint_path: str
    smart_paging_path: str
    state: MachineState
    memory: int
    created: datetime.datetime
    processor: Processor
    generation: int = 2
    version: str = "10.0"
    processors: int = 2
    processor_usage: int = 0
    dirty_rate: int = 0
    working_set: int = 0
    write_rate: int = 0
    notes: str = ""
    started: datetime.datetime | None = None
    drives: list[DiskDrive] = field(default_factory=list)
    dvd_drives: list[DvdDrive] = field(default_factory=list)
    scsi_controllers: int = 1
    adapters: list[NetworkAdapter] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    current_checkpoint: Checkpoint | None = None
    operation: Operation | None = None
    replication: MachineReplication | None = None
    runs_on_any_processor: bool = False
    is_clustered: bool = False
    guardians: frozenset[str] | None = None
    memory_minimum: int = 512 << 20
    memory_maximum: int = 1 << 40
    has_dynamic_memory: bool = False
    start_action: StartAction = StartAction.StartIfRunning
    start_delay: int = 0
    stop_action: StopAction = StopAction.Save
    checkpoint_type: CheckpointType = CheckpointType.Production
    metered_since: datetime.datetime | None = None
    integration_services_off: frozenset[str] = frozenset({GUEST_SERVICE_INTERFACE})
    key_protector: frozenset[str] | None = None
    takes_automatic_checkpoints: bool = False
    locks_on_disconnect: bool = False
    guest_controls_cache_types: bool = False
    low_memory_mapped_space: int = 128 << 20
    high_memory_mapped_space: int = 512 << 20
    critical_errors: CriticalErrors = field(default_factory=CriticalErrors)
    processor_settings: ProcessorSettings = field(default_factory=ProcessorSettings)
    memory_settings: MemorySettings = field(default_factory=MemorySettings)
    firmware: FirmwareSettings = field(default_factory=FirmwareSettings)
    bios: BiosSettings = field(default_factory=BiosSettings)
    security: SecuritySettings = field(default_factory=SecuritySettings)
    floppy: str | None = None
    com_ports: tuple[ComPort, ComPort] = UNUSED_PORTS
    video: VideoSettings = DEFAULT_VIDEO
    has_console: bool = True
    connect_access: tuple[str, ...] = ()
    guest_files: frozenset[str] = frozenset()
    assigned_devices: tuple[AssignedDevice, ...] = ()
    gpu_partitions: tuple[GpuPartition, ...] = ()
    remote_fx: RemoteFx | None = None
    hbas: tuple[FibreChannelHba, ...] = ()
    kept_in: Checkpoint | None = None

    def __post_init__(self) -> None:
        if self.key_protector is None:
            self.key_protector = self.guardians

    @property
    def is_metered(self) -> bool:
        """Whether its use of resources is metered."""
        return self.metered_since is not None

    @property
    def memory_assigned(self) -> int:
        """Memory in use on the host, in bytes: none while the machine is off or saved."""
        return self.memory if self.state in USES_MEMORY else 0

    @property
    def statuses(self) -> tuple[OperationalStatus, ...]:
        """The operational status, and the secondary one while an operation is under way."""
        if self.operation is None:
            return (OperationalStatus.Ok,)
        return (OperationalStatus.InService, self.operation.status)

    def disk_files(self) -> list[VirtualDisk]:
        """Every disk file of the machine, parents and those of checkpoints included, each once."""
        attached = [drive.disk for drive in self.drives]
        kept = [disk for checkpoint in self.checkpoints for disk in checkpoint.disks]
        files: dict[int, VirtualDisk] = {}
        for disk in (*attached, *kept):
            for link in disk.chain() if disk is not None else ():
                files[id(link)] = link
        return list(files.values())


def single_location(folder: str) -> tuple[str, str]:
    """Where one folder for everything puts the disks and the rest of a machine.

    Disks go to the sub-folder "Virtual Hard Disks"; configuration, checkpoints and smart paging have ``folder``
    itself as their location (lab texts, see the reference).
    """
    return ntpath.join(folder, "Virtual Hard Disks"), folder


def saved_state_path(machine_path: str, machine_id: uuid.UUID) -> str:
    """Where the memory of a saved machine lies, below its configuration's location."""
    return ntpath.join(machine_path, "Virtual Machines", f"{str(machine_id).upper()}.VMRS")
