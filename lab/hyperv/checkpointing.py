"""Checkpoints being taken, applied and deleted, and backups, in simulated time. All durations are assumed."""

from __future__ import annotations

import ntpath
import re

from lab.hyperv.clock import Course
from lab.hyperv.files import DiskType, NoSuchVolume, OutOfSpace, SetSnapshot, ShareDenied, VirtualDisk, VirtualDiskSet
from lab.hyperv.host import Host
from lab.hyperv.machine import Checkpoint, MachineState, VirtualMachine, saved_state_path
from lab.hyperv.messages import OperationFailed
from lab.hyperv.operation import Operation, OperationalStatus
from lab.hyperv.settings_copy import restore_settings, settings_of

TAKE = 2.0
APPLY = 3.0
MERGE_RATE = 200 << 20
"""Bytes a second at which a differencing disk is merged into its parent."""
NEW_DISK = 4 << 20
"""Bytes that a new differencing disk occupies."""

_OWN_ID = re.compile(r"_[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$", re.IGNORECASE)
"""What the name of a differencing disk ends with."""


class TakeCheckpoint(Operation):
    """A new checkpoint: every disk gets a differencing disk on top, a VHD set a snapshot in itself."""

    words = "Creating checkpoint"

    def __init__(self, machine: VirtualMachine, host: Host, name: str) -> None:
        super().__init__(machine, host)
        identifier, parent = host.estate.new_id(), machine.current_checkpoint
        self.checkpoint = Checkpoint(name, identifier, host.clock.now(), settings_of(machine), parent)

    @property
    def status(self) -> OperationalStatus:
        """A checkpoint is being created."""
        return OperationalStatus.CreatingSnapshot

    def course(self) -> Course:
        """Take it."""
        yield TAKE
        machine, checkpoint = self.machine, self.checkpoint
        checkpoint.state = machine.state if machine.state is not MachineState.Running else MachineState.Off
        checkpoint.settings.state = checkpoint.state
        for drive in machine.drives:
            if isinstance(drive.disk, VirtualDiskSet):
                snapshot = SetSnapshot(checkpoint.checkpoint_id, checkpoint.created)
                drive.disk.snapshots = (*drive.disk.snapshots, snapshot)
            elif drive.disk is not None:
                drive.disk = self._on_top_of(drive.disk)
        machine.checkpoints.append(checkpoint)
        machine.current_checkpoint = checkpoint

    def _on_top_of(self, disk: VirtualDisk) -> VirtualDisk:
        return differencing_disk(disk, self.host, self)


class ApplyCheckpoint(Operation):
    """A machine going back to a checkpoint: what its disks hold above it is given up."""

    words = "Applying checkpoint"

    def __init__(self, machine: VirtualMachine, host: Host, checkpoint: Checkpoint) -> None:
        super().__init__(machine, host)
        self.checkpoint = checkpoint

    @property
    def status(self) -> OperationalStatus:
        """A checkpoint is being applied."""
        return OperationalStatus.ApplyingSnapshot

    def course(self) -> Course:
        """Apply it."""
        yield APPLY
        machine = self.machine
        kept = settings_of(self.checkpoint.settings)
        self._put_disks_on_top(kept)
        for disk in self._given_up():
            self.host.files.remove(disk)
        restore_settings(machine, kept)
        saved = self.host.files.find(saved_state_path(machine.path, machine.machine_id))
        if saved is not None:
            self.host.files.remove(saved)
        machine.current_checkpoint = self.checkpoint
        machine.state = self.checkpoint.state
        machine.started = None
        if machine.replication is not None:
            machine.replication.went_back()

    def _put_disks_on_top(self, kept: VirtualMachine) -> None:
        """Give each drive a new disk on top of the one that it had; all of them or, where there is no room, none."""
        made: list[VirtualDisk] = []
        try:
            for drive in kept.drives:
                if drive.disk is not None and not isinstance(drive.disk, VirtualDiskSet):
                    drive.disk = differencing_disk(drive.disk, self.host, self)
                    made.append(drive.disk)
        except OperationFailed:
            for disk in made:
                self.host.files.remove(disk)
            raise

    def _given_up(self) -> list[VirtualDisk]:
        """The disks that hold what happened since the last checkpoint; others that were attached meanwhile stay."""
        kept = {disk for checkpoint in self.machine.checkpoints for disk in checkpoint.disks}
        present = [drive.disk for drive in self.machine.drives if drive.disk is not None]
        return [disk for disk in present if disk not in kept and disk.parent in kept]


class DeleteCheckpoint(Operation):
    """A checkpoint being deleted; its differencing disks are merged where the machine runs on top of them."""

    words = "Deleting checkpoint"

    def __init__(self, machine: VirtualMachine, host: Host, checkpoint: Checkpoint) -> None:
        super().__init__(machine, host)
        self.checkpoint = checkpoint

    @property
    def status(self) -> OperationalStatus:
        """Disks are being merged."""
        return OperationalStatus.MergingDisks

    def course(self) -> Course:
        """Merge what lies on top of the checkpoint's disks into them."""
        machine, checkpoint = self.machine, self.checkpoint
        machine.checkpoints.remove(checkpoint)
        for child in machine.checkpoints:
            if child.parent is checkpoint:
                child.parent = checkpoint.parent
        if machine.current_checkpoint is checkpoint:
            machine.current_checkpoint = checkpoint.parent
        still_kept = {disk for kept in machine.checkpoints for disk in kept.disks}
        for disk in checkpoint.disks:
            if isinstance(disk, VirtualDiskSet):
                left = (kept for kept in disk.snapshots if kept.snapshot_id != checkpoint.checkpoint_id)
                disk.snapshots = tuple(left)
                continue
            if disk is None or disk in still_kept:
                continue
            children = [other for other in machine.disk_files() if other.parent is disk]
            if len(children) == 1:
                yield children[0].size / MERGE_RATE
                self._merge(children[0], disk)
            elif not children and disk.kind is DiskType.Differencing:
                self.host.files.remove(disk)

    def _merge(self, child: VirtualDisk, parent: VirtualDisk) -> None:
        """The child's content goes into the parent, which takes the child's place."""
        grown = parent.size if parent.kind is DiskType.Fixed else min(parent.capacity, parent.size + child.size)
        files, machine = self.host.files, self.machine
        files.remove(child)
        try:
            files.grow(parent, grown)
            parent.outside_writes += child.outside_writes
        except OutOfSpace as error:
            raise self.fail("disk_full", path=error.path) from error
        for drive in machine.drives:
            drive.disk = parent if drive.disk is child else drive.disk
        for kept in machine.checkpoints:
            kept.replace_disks({child: parent})
        for disk in machine.disk_files():
            disk.parent = parent if disk.parent is child else disk.parent


class Backup(Operation):
    """A backup that keeps the machine busy for ``seconds``."""

    words = "Backing up"

    def __init__(self, machine: VirtualMachine, host: Host, seconds: float) -> None:
        super().__init__(machine, host)
        self._seconds = seconds

    @property
    def status(self) -> OperationalStatus:
        """A backup is under way."""
        return OperationalStatus.BackingUpVirtualMachine

    def course(self) -> Course:
        """Let the time pass."""
        yield self._seconds


def differencing_disk(parent: VirtualDisk, host: Host, operation: Operation) -> VirtualDisk:
    """A new, nearly empty disk on top of ``parent``, in the same folder.

    Raises OperationFailed where there is no room for it.
    """
    try:
        return put_on_top(parent, host, NEW_DISK)
    except (OutOfSpace, NoSuchVolume, ShareDenied) as error:
        raise operation.fail("disk_full", path=error.path) from error


def put_on_top(parent: VirtualDisk, host: Host, size: int) -> VirtualDisk:
    """A new differencing disk on top of ``parent`` that occupies ``size`` bytes.

    Raises OutOfSpace, NoSuchVolume or ShareDenied.
    """
    stem, extension = ntpath.splitext(parent.path)
    name = _OWN_ID.sub("", stem) + f"_{str(host.estate.new_id()).upper()}"
    disk = VirtualDisk(
        name + {".vhd": ".avhd", ".avhd": ".avhd"}.get(extension.lower(), ".avhdx"),
        size,
        capacity=parent.capacity,
        kind=DiskType.Differencing,
        parent=parent,
        identifier=host.estate.new_id(),
    )
    host.files.add(disk)
    return disk
