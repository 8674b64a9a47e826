"""Simulated virtual machines."""

from __future__ import annotations

import datetime
import ntpath
import uuid
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from lab.hyperv.files import VirtualDisk

if TYPE_CHECKING:
    from lab.hyperv.migration import Migration


class MachineState(Enum):
    """VMState with the numbers of the PowerShell module."""

    Running = 2
    Off = 3
    Saved = 6
    Paused = 9


class OperationalStatus(Enum):
    """VMOperationalStatus with the numbers of the PowerShell module."""

    Ok = 2
    InService = 11
    MigratingVirtualMachine = 32774
    StorageMigrationPhaseOne = 32778
    StorageMigrationPhaseTwo = 32779


@dataclass(slots=True, eq=False)
class DiskDrive:
    """A place on a controller with the disk attached there."""

    disk: VirtualDisk
    controller: str = "SCSI"
    controller_number: int = 0
    location: int = 0


@dataclass(slots=True, eq=False)
class NetworkAdapter:
    """A synthetic network adapter; ``switch`` is None when it is not connected."""

    name: str
    adapter_id: uuid.UUID
    mac_address: str
    switch: str | None = None
    addresses: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Checkpoint:
    """A standard checkpoint."""

    name: str
    checkpoint_id: uuid.UUID
    created: datetime.datetime
    parent: Checkpoint | None = None


@dataclass(slots=True, eq=False)
class VirtualMachine:
    """A machine: sizes and ``memory`` in bytes, ``write_rate`` and ``dirty_rate`` in bytes a second.

    ``dirty_rate`` is how fast it modifies its memory, over at
    most ``working_set`` bytes.
    """

    name: str
    machine_id: uuid.UUID
    path: str
    checkpoint_path: str
    smart_paging_path: str
    state: MachineState
    memory: int
    created: datetime.datetime
    generation: int = 2
    version: str = "10.0"
    processors: int = 2
    processor_usage: int = 0
    dirty_rate: int = 0
    working_set: int = 0
    notes: str = ""
    started: datetime.datetime | None = None
    drives: list[DiskDrive] = field(default_factory=list)
    adapters: list[NetworkAdapter] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    migration: Migration | None = None

    @property
    def configuration_location(self) -> str:
        """The folder under which the configuration lies."""
        return self.path

    @property
    def memory_assigned(self) -> int:
        """Memory in use on the host, in bytes: none unless the machine runs or is paused."""
        return self.memory if self.state in (MachineState.Running, MachineState.Paused) else 0

    @property
    def statuses(self) -> tuple[OperationalStatus, ...]:
        """The operational status, and the secondary one while an operation is under way."""
        if self.migration is None:
            return (OperationalStatus.Ok,)
        return (OperationalStatus.InService, self.migration.phase.status)

    def disk_files(self) -> list[VirtualDisk]:
        """Every disk file of the machine, parents included, each once."""
        files: dict[int, VirtualDisk] = {}
        for drive in self.drives:
            for disk in drive.disk.chain():
                files[id(disk)] = disk
        return list(files.values())


def single_location(folder: str) -> tuple[str, str]:
    """Where one folder for everything puts the disks and the rest of a machine.

    Disks go to the sub-folder "Virtual Hard Disks"; configuration, checkpoints and smart paging have ``folder``
    itself as their location (lab texts, see the reference).
    """
    return ntpath.join(folder, "Virtual Hard Disks"), folder
