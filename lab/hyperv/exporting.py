"""Machines, and single checkpoints of them, that are exported into a folder."""

from __future__ import annotations

import ntpath
from dataclasses import dataclass, field

from lab.hyperv.changes import refusal
from lab.hyperv.clock import Course
from lab.hyperv.files import DiskType, StoredFile, VirtualDisk, occupied
from lab.hyperv.host import Host
from lab.hyperv.listing import CONFIGURATION_SIZE, configuration_file
from lab.hyperv.machine import USES_MEMORY, Checkpoint, MachineState, VirtualMachine, saved_state_path
from lab.hyperv.operation import OperationalStatus
from lab.hyperv.settings_copy import settings_of, with_checkpoints
from lab.hyperv.transfer import Transfer, copy_of, parents_first

SET_UP = 1.0
"""Seconds until the first file is copied (assumed)."""
DISKS, CHECKPOINTS, CONFIGURATION = "Virtual Hard Disks", "Snapshots", "Virtual Machines"
"""The sub-folders of an export (Microsoft's page of Export-VM)."""


@dataclass(slots=True, eq=False)
class ExportedConfiguration(StoredFile):
    """The configuration file of a machine that no host has registered.

    ``machine`` is what it describes, with the disk files of the export in its drives; ``checkpoint_files`` are the
    configuration files of its checkpoints.
    """

    machine: VirtualMachine
    checkpoint_files: list[StoredFile] = field(default_factory=list)


class _ToFolder(Transfer):
    """An export into the sub-folder of ``path`` that has the machine's name."""

    words = "Exporting virtual machine"
    failed_key, denied_key = "export_failed", "export_denied"

    def __init__(self, machine: VirtualMachine, host: Host, path: str) -> None:
        super().__init__(machine, host)
        self.folder = ntpath.join(path, machine.name)

    @property
    def status(self) -> OperationalStatus:
        """The machine is being exported."""
        return OperationalStatus.ExportingVirtualMachine

    def _begin(self) -> Course:
        yield SET_UP
        for name in (CONFIGURATION, DISKS, CHECKPOINTS):
            self.make_folder(ntpath.join(self.folder, name))

    def _finish(self, exported: VirtualMachine) -> None:
        """Write the configuration of the machine and of its checkpoints."""
        exported.path = exported.checkpoint_path = exported.smart_paging_path = self.folder
        exported.started = None
        files = []
        extension = ntpath.splitext(configuration_file(exported, self.host))[1]
        for checkpoint in exported.checkpoints:
            name = f"{str(checkpoint.checkpoint_id).upper()}{extension}"
            files.append(StoredFile(ntpath.join(self.folder, CHECKPOINTS, name), CONFIGURATION_SIZE))
        for file in files:
            self.put(file)
        path = configuration_file(exported, self.host)
        self.put(ExportedConfiguration(path, CONFIGURATION_SIZE, exported, files))


class Export(_ToFolder):
    """A machine being exported, with its checkpoints and, where ``with_memory``, with what a running one remembers."""

    def __init__(self, machine: VirtualMachine, host: Host, path: str, *, with_memory: bool = True) -> None:
        super().__init__(machine, host, path)
        self._keeps_memory = machine.state is MachineState.Saved or (with_memory and machine.state in USES_MEMORY)
        self.total = sum(disk.size for disk in machine.disk_files()) + (machine.memory if self._keeps_memory else 0)

    def course(self) -> Course:
        """Copy everything."""
        yield from self._begin()
        machine = self.machine
        copies: dict[VirtualDisk, VirtualDisk] = {}
        for disk in parents_first(machine.disk_files()):
            parent = copies[disk.parent] if disk.parent is not None else None
            copies[disk] = copy_of(disk, ntpath.join(self.folder, DISKS), parent)
            yield from self.copy(disk, copies[disk])
        exported = with_checkpoints(machine, copies)
        exported.state = MachineState.Saved if self._keeps_memory else MachineState.Off
        if self._keeps_memory:
            path = saved_state_path(self.folder, machine.machine_id)
            yield from self.copy(StoredFile(path, machine.memory), StoredFile(path, 0))
        self._finish(exported)


class ExportCheckpoint(_ToFolder):
    """A machine being exported as it was at a checkpoint; its disks become single files (assumed)."""

    def __init__(self, machine: VirtualMachine, host: Host, checkpoint: Checkpoint, path: str) -> None:
        super().__init__(machine, host, path)
        self.checkpoint = checkpoint
        self.total = sum(occupied(disk) for disk in checkpoint.disks if disk is not None)

    def course(self) -> Course:
        """Copy its disks, each with its parents merged into it."""
        yield from self._begin()
        exported = settings_of(self.checkpoint.settings)
        for drive in exported.drives:
            if drive.disk is not None:
                root = drive.disk.chain()[-1]
                merged = copy_of(root, ntpath.join(self.folder, DISKS), None)
                size = root.size if root.kind is DiskType.Fixed else occupied(drive.disk)
                yield from self.copy(StoredFile(merged.path, size), merged)
                drive.disk = merged
        if exported.state is not MachineState.Saved:
            exported.state = MachineState.Off
        else:
            path = saved_state_path(self.folder, exported.machine_id)
            yield from self.copy(StoredFile(path, exported.memory), StoredFile(path, 0))
        self._finish(exported)


def export(machine: VirtualMachine, host: Host, path: str, *, with_memory: bool = True) -> Export:
    """Begin to export a machine.

    A running machine can be exported from 2012 R2 on (Windows Server documentation).
    Raises OperationFailed when its state or a device of its forbids it, or something else is under way.
    """
    if host.version == "2012" and machine.state in USES_MEMORY:
        raise refusal("export_running", machine, host)
    if any(drive.disk_number is not None for drive in machine.drives):
        raise refusal("export_physical_disk", machine, host)
    return Export(machine, host, path, with_memory=with_memory).begin()
