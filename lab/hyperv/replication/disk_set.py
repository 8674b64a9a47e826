"""The set of replicated disks, changed while a machine is replicated (Windows Server 2016 and later)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.hyperv.changes import refusal
from lab.hyperv.clock import Course
from lab.hyperv.files import StorageError
from lab.hyperv.messages import failed
from lab.hyperv.replication.connection import receiver_of
from lab.hyperv.replication.disk_copy import PLACEHOLDER, DiskCopy
from lab.hyperv.replication.enabling import placeholder
from lab.hyperv.replication.job import JobType
from lab.hyperv.replication.states import Relationship, ReplicationState

if TYPE_CHECKING:
    from lab.hyperv.replication.side import Place, Receiver, Sender

WAITING = ReplicationState.WaitingForUpdateCompletion
TASK = "Update Disk Set"


class DiskSetUpdate(DiskCopy):
    """The first copy of disks that were added to the set; cycles of the others go on meanwhile."""

    words = "Updating the set of replicated disks"
    job_type = JobType.UpdateDiskSet
    while_in = WAITING

    def __init__(self, side: Sender) -> None:
        super().__init__(side, list(side.added))

    def work(self) -> Course:
        """Send them, then replicate them with the others."""
        sender = self.side
        yield from self.send_disks(ReplicationState.Replicating)
        receiver = self.reached(ReplicationState.Replicating)
        sender.places = [*sender.places, *sender.added]
        receiver.places = list(sender.places)
        sender.added.clear()
        sender.state = ReplicationState.Replicating
        sender.cycles.see_disks()
        receiver.see_disks()

    def undo(self) -> None:
        """It can be resumed, unless it was paused or removed."""
        if self.side.state is WAITING:
            self.side.state = ReplicationState.UpdateError
            self.side.failure = self.failure


def change(sender: Sender, places: list[Place]) -> None:
    """Replicate the disks in ``places`` from now on: what is left out goes at once, what is new is copied first.

    Raises OperationFailed; nothing has changed then.
    """
    machine, host = sender.machine, sender.host
    if host.is_old or sender.relationship is Relationship.Extended:
        raise refusal("replication_disk_set_fixed", machine, host)
    sender.require(TASK, ReplicationState.Replicating)
    known = {place: sender.disk_at(place) for place in places}
    if not places or any(disk is None for disk in known.values()):
        raise refusal("replication_disks", machine, host)
    receiver = receiver_of(sender)
    if receiver.state is not ReplicationState.Replicating:
        raise refusal("replica_not_ready", machine, host, server=receiver.host.full_name, state=receiver.state.name)
    added = [place for place in places if place not in sender.places]
    _add_placeholders(sender, receiver, added)
    sender.places = [place for place in sender.places if place in places]
    receiver.places = list(sender.places)
    sender.cycles.see_disks()
    receiver.see_disks()
    sender.added = added
    if added:
        go_on(sender)


def go_on(sender: Sender) -> None:
    """Copy the added disks, from where it stopped."""
    sender.state = WAITING
    sender.cycles.go_on()
    DiskSetUpdate(sender).begin()


def _add_placeholders(sender: Sender, receiver: Receiver, places: list[Place]) -> None:
    """Give the replica empty disks for those places; raises OperationFailed, with nothing changed, where it cannot."""
    drives = []
    try:
        for drive in sender.machine.drives:
            disk = drive.disk
            place = (drive.controller, drive.controller_number, drive.location)
            there = receiver.disk_at(place)
            if there is not None and place in places:
                there.size = min(there.size, PLACEHOLDER)  # what was copied once is out of date
            elif disk is not None and place in places:
                drives.append(placeholder(drive, disk, receiver.machine, receiver.machine.path, receiver.host))
    except StorageError as error:
        for made in drives:
            if made.disk is not None:
                receiver.host.files.remove(made.disk)
        raise failed(
            "replica_storage", sender.host.language, server=receiver.host.full_name, path=error.path
        ) from error
    receiver.machine.drives.extend(drives)
