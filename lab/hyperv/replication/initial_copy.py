"""The initial copy: over the network, on external media, or on the basis of a machine that is there already."""

from __future__ import annotations

import datetime
import ntpath

from lab.hyperv.changes import refusal
from lab.hyperv.clock import Course
from lab.hyperv.events import Level
from lab.hyperv.files import StorageError, StoredFile, occupied
from lab.hyperv.messages import OperationFailed
from lab.hyperv.migration import LOCAL_COPY
from lab.hyperv.replication.connection import receiver_of
from lab.hyperv.replication.disk_copy import PLACEHOLDER, STEPS, DiskCopy
from lab.hyperv.replication.job import JobType, ReplicationJob
from lab.hyperv.replication.recovery_points import PointKind
from lab.hyperv.replication.settings import RETRY, require_schedule
from lab.hyperv.replication.side import Receiver, Sender
from lab.hyperv.replication.states import ReplicationState, ReplicationType

WAITING = ReplicationState.WaitingForInitialReplication
START = "Start Initial Replication"


class InitialCopy(DiskCopy):
    """The initial copy over the network; ``compares`` when it sends only what differs from disks that are there."""

    words = "Sending initial replica"
    job_type = JobType.SendInitialReplica
    while_in = ReplicationState.InitialReplicationInProgress

    def __init__(self, side: Sender) -> None:
        super().__init__(side, side.places)

    def work(self) -> Course:
        """Send, then replicate."""
        yield from self.send_disks(WAITING)
        self._complete()

    def undo(self) -> None:
        """Cancelled, it begins from nothing another time; failed, it is tried again where it was."""
        _stopped(self)

    def _complete(self) -> None:
        sender = self.side
        receiver = self.reached(WAITING)
        copied = receiver.host.clock.when(sender.host.clock, sender.copy_moment or self.began)
        complete_receiver(receiver, copied)
        complete_sender(sender)


class SeededCopy(InitialCopy):
    """An initial copy on the basis of a machine that the Replica server has already."""

    words = "Comparing with the existing virtual machine"
    job_type = JobType.SendUsingBackup

    def work(self) -> Course:
        """Compare, send what differs, then replicate."""
        receiver = self.reached(WAITING)
        if any((disk := receiver.disk_at(place)) is None or disk.size <= PLACEHOLDER for place in self.places):
            raise self.fail("initial_copy_no_basis", server=receiver.host.full_name)
        yield from self.send_differences(WAITING)
        self._complete()


class ExportedCopy(ReplicationJob):
    """An initial copy that is written to media; a finished export cannot be cancelled (cmdlet reference)."""

    claims_machine = False
    words = "Exporting initial replica"
    job_type = JobType.ExportInitialReplica
    side: Sender

    def __init__(self, side: Sender, folder: str) -> None:
        super().__init__(side)
        self.folder = ntpath.join(folder, str(side.machine.machine_id).upper())
        self.files: list[StoredFile] = []

    def work(self) -> Course:
        """Write each disk."""
        sender, done = self.side, 0
        disks = [disk for place in sender.places if (disk := sender.disk_at(place)) is not None]
        total = max(1, sum(map(occupied, disks)))
        for disk in disks:
            size = occupied(disk)
            file = StoredFile(ntpath.join(self.folder, ntpath.basename(disk.path)), 0)
            try:
                sender.host.files.add(file)
                self.files.append(file)
                while file.size < size:
                    step = min(max(size // STEPS, 1 << 20), size - file.size)
                    yield step / LOCAL_COPY
                    sender.host.files.grow(file, file.size + step)
                    done += step
                    self.show(done * 100 // total)
            except StorageError as error:
                raise self.fail("initial_copy_not_written", path=error.path) from error
        sender.exported_to = self.folder
        _look_for_import(sender)

    def undo(self) -> None:
        """What was written goes."""
        for file in self.files:
            self.side.host.files.remove(file)
        if self.side.state is ReplicationState.InitialReplicationInProgress:
            reset(self.side)


class ImportedCopy(ReplicationJob):
    """An initial copy that is read from media, on the replica's host."""

    claims_machine = False
    words = "Importing initial replica"
    job_type = JobType.ImportInitialReplication
    side: Receiver

    def __init__(self, side: Receiver, files: dict[str, StoredFile]) -> None:
        super().__init__(side)
        self.files = files

    def work(self) -> Course:
        """Read each disk; then the replica waits for the changes since."""
        receiver, done = self.side, 0
        total = max(1, sum(file.size for file in self.files.values()))
        for drive in receiver.drives():
            disk = drive.disk
            if disk is None:
                continue
            size = self.files[ntpath.basename(disk.path).lower()].size
            while disk.size < size:
                step = min(max(size // STEPS, 1 << 20), size - disk.size)
                yield step / LOCAL_COPY
                try:
                    receiver.host.files.grow(disk, disk.size + step)
                except StorageError as error:
                    raise self.fail("initial_copy_not_written", path=error.path) from error
                done += step
                self.show(done * 100 // total)
        complete_receiver(receiver, self.began)


def begin(sender: Sender, *, at: datetime.datetime | None = None, on_basis: bool = False) -> InitialCopy | None:
    """Begin the initial copy over the network, now or ``at`` a moment within seven days (then None).

    Raises OperationFailed where the state does not allow it.
    """
    sender.require(START, ReplicationState.ReadyForInitialReplication)
    if at is None:
        _track(sender)
        sender.on_basis = on_basis
        return _copy(sender).begin()
    require_schedule(at, sender.machine, sender.host)
    delay = (at - sender.host.clock.now()).total_seconds()
    sender.schedule(delay, lambda: _begin_scheduled(sender, on_basis=on_basis))
    sender.initial_at = at
    return None


def go_on(sender: Sender) -> None:
    """Let a copy that was paused, or failed, go on where it was."""
    sender.state = ReplicationState.InitialReplicationInProgress
    sender.failure = None
    if sender.exported_to is not None:
        _look_for_import(sender)
    else:
        _copy(sender).begin()


def export(sender: Sender, folder: str) -> ExportedCopy:
    """Begin to write the initial copy to ``folder``.

    Raises OperationFailed where the state does not allow it.
    """
    sender.require(START, ReplicationState.ReadyForInitialReplication)
    try:
        sender.host.files.volume_of(folder)
    except StorageError as error:
        raise refusal("initial_copy_not_written", sender.machine, sender.host, path=folder) from error
    _track(sender)
    return ExportedCopy(sender, folder).begin()


def import_from(receiver: Receiver, folder: str) -> ImportedCopy:
    """Begin to read the initial copy from ``folder``, or the folder in it that has the machine's ID for its name.

    Raises OperationFailed when it is not there, or the replica does not wait for one.
    """
    receiver.require("Import Initial Replication", WAITING)
    own = ntpath.join(folder, str(receiver.machine.machine_id).upper())
    names = [ntpath.basename(drive.disk.path) for drive in receiver.drives() if drive.disk is not None]
    for place in (folder, own):
        found = {name.lower(): receiver.host.files.find(ntpath.join(place, name)) for name in names}
        files = {name: file for name, file in found.items() if file is not None}
        if len(files) == len(names):
            return ImportedCopy(receiver, files).begin()
    raise refusal("initial_copy_not_found", receiver.machine, receiver.host, path=folder)


def cancel(sender: Sender) -> None:
    """Cancel an initial copy that is under way or scheduled.

    Raises OperationFailed when there is none, or its export has ended.
    """
    if sender.state is ReplicationState.ReadyForInitialReplication and sender.initial_at is not None:
        sender.unschedule()
        return
    stopped = ReplicationState.Error if sender.copied_since is None else ReplicationState.InitialReplicationInProgress
    sender.require("Stop Initial Replication", ReplicationState.InitialReplicationInProgress, stopped)
    if sender.exported_to is not None:
        raise refusal("initial_copy_exported", sender.machine, sender.host)
    if sender.job is not None:
        sender.job.cancel()
    else:
        reset(sender)


def reset(sender: Sender) -> None:
    """Be ready for an initial copy again; what had been copied is given up."""
    sender.unschedule()
    sender.cycles.stop()
    sender.cycles.log.clear()
    sender.exported_to = sender.failure = None
    sender.state = ReplicationState.ReadyForInitialReplication
    try:
        receiver = receiver_of(sender)
    except OperationFailed:
        return
    if receiver.state is WAITING and not receiver.has_basis:
        for drive in receiver.drives():
            if drive.disk is not None:
                drive.disk.size = min(drive.disk.size, PLACEHOLDER)


def complete_receiver(receiver: Receiver, moment: datetime.datetime) -> None:
    """The replica has all disks as they were at ``moment``; raises OperationFailed for want of room."""
    receiver.points.clear()
    if receiver.settings.history:
        try:
            receiver.points.add(moment, PointKind.Replica, receiver.settings.history)
        except StorageError as error:
            raise refusal("replica_disk_full", receiver.machine, receiver.host, path=error.path) from error
    receiver.state = ReplicationState.Replicating
    receiver.last_applied = receiver.last_replication = moment
    receiver.last_type = ReplicationType.Regular
    receiver.copied_since = receiver.host.clock.now()
    receiver.see_disks()
    receiver.statistics.reset()


def complete_sender(sender: Sender) -> None:
    """The replica has the initial copy: cycles begin."""
    now = sender.host.clock.now()
    sender.state = ReplicationState.Replicating
    sender.copied_since = sender.last_replication = now
    sender.last_type = ReplicationType.Regular
    sender.exported_to = sender.failure = None
    sender.statistics.reset()
    sender.cycles.start()


def _copy(sender: Sender) -> InitialCopy:
    return SeededCopy(sender) if sender.on_basis else InitialCopy(sender)


def _track(sender: Sender) -> None:
    """Begin to track writes: the copy is of this moment, all later changes go with the first cycle."""
    sender.unschedule()
    sender.failure = None
    sender.cycles.log.clear()
    sender.cycles.see_disks()
    sender.state = ReplicationState.InitialReplicationInProgress
    sender.initial_size = sum(occupied(drive.disk) for drive in sender.drives() if drive.disk is not None)
    sender.copy_moment = sender.host.clock.now()


def _stopped(job: ReplicationJob) -> None:
    """What a copy's end without success leaves: nothing when it was cancelled, an error that is tried again else."""
    sender, failure = job.side, job.failure
    if not isinstance(sender, Sender) or sender.state is not ReplicationState.InitialReplicationInProgress:
        return  # paused or removed meanwhile
    if failure is not None and failure.key == "cancelled":
        reset(sender)
        return
    sender.state = ReplicationState.Error
    sender.failure = failure
    sender.statistics.errors += 1
    if failure is not None:
        sender.host.log(32315, Level.ERROR, failure.message, sender.machine)
    sender.schedule(RETRY, lambda: _retry(sender))


def _retry(sender: Sender) -> None:
    if sender.state is ReplicationState.Error and sender.copied_since is None and sender.job is None:
        go_on(sender)


def _begin_scheduled(sender: Sender, *, on_basis: bool) -> None:
    if sender.state is ReplicationState.ReadyForInitialReplication and sender.initial_at is not None:
        begin(sender, on_basis=on_basis)


def _look_for_import(sender: Sender) -> None:
    """Ask the replica now and then whether the media have been imported."""
    if sender.state is not ReplicationState.InitialReplicationInProgress or sender.exported_to is None:
        return
    try:
        imported = receiver_of(sender).state is ReplicationState.Replicating
    except OperationFailed:
        imported = False
    if imported:
        complete_sender(sender)
    else:
        sender.schedule(RETRY, lambda: _look_for_import(sender))
