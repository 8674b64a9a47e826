"""Resynchronisation: all disks are compared and what differs is sent, when the log no longer tells what to send.

It begins by hand, at a scheduled time, or by itself: always, or within a window of the day. At its end the recovery
points are gone. The course asks for a full initial replication where it would take over six hours; the lab never
switches by itself (assumed).
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from lab.hyperv.clock import Course
from lab.hyperv.events import Level
from lab.hyperv.messages import OperationFailed
from lab.hyperv.replication.connection import receiver_of
from lab.hyperv.replication.disk_copy import DiskCopy
from lab.hyperv.replication.job import JobType
from lab.hyperv.replication.settings import RETRY, require_schedule
from lab.hyperv.replication.states import Relationship, ReplicationState

if TYPE_CHECKING:
    from lab.hyperv.replication.side import Place, Receiver, Sender

TASK = "Resynchronize"
WAITING = ReplicationState.WaitingForStartResynchronize
RUNNING = ReplicationState.Resynchronizing
PAUSED = ReplicationState.ResynchronizeSuspended
BEGINS_FROM = (WAITING, PAUSED, ReplicationState.Suspended, ReplicationState.Error)
"""States in which it can be begun; a machine that replicates well has to be paused before (team blog)."""


class Resynchronization(DiskCopy):
    """The comparison under way; paused, it goes on where it was, cancelled, it begins from nothing."""

    words = "Resynchronizing"
    job_type = JobType.Resynchronize
    while_in = RUNNING

    def __init__(self, side: Sender) -> None:
        super().__init__(side, side.places)
        if side.relationship is Relationship.Extended:
            self.job_type = JobType.ResynchronizeExtended

    def work(self) -> Course:
        """Compare, and replicate again."""
        sender = self.side
        receiver = self.reached(ReplicationState.Replicating, ReplicationState.Suspended, RUNNING)
        receiver.state = RUNNING
        sender.host.log(29242, Level.INFORMATION, f"Resynchronization of '{self.machine.name}' began.", self.machine)
        self.done = sum(sender.compared.values())
        yield from self.send_differences(RUNNING)
        self._complete(self.reached(RUNNING))

    def already_compared(self, place: Place) -> int:
        """What was compared before a pause."""
        return min(self.side.compared.get(place, 0), self.size_of(place))

    def compared(self, place: Place, amount: int) -> None:
        """Remember it for the case of a pause."""
        self.side.compared[place] = self.side.compared.get(place, 0) + amount

    def undo(self) -> None:
        """Required again, unless it was paused or removed."""
        sender = self.side
        if sender.state in (RUNNING, WAITING):
            sender.failure = sender.failure or self.failure
            _require_again(sender)
            if self.failure is None or self.failure.key != "cancelled":
                schedule_automatic(sender, after=RETRY)

    def _complete(self, receiver: Receiver) -> None:
        sender = self.side
        theirs = receiver.host.clock
        sender.state = receiver.state = ReplicationState.Replicating
        sender.failure = None
        sender.compared.clear()
        receiver.points.clear()
        receiver.see_disks()
        sender.last_replication, sender.copied_since = self.began, sender.host.clock.now()
        receiver.last_applied = receiver.last_replication = theirs.when(sender.host.clock, self.began)
        receiver.copied_since = theirs.now()
        sender.cycles.start()
        sender.host.log(29244, Level.INFORMATION, f"Resynchronization of '{self.machine.name}' ended.", self.machine)


def begin(sender: Sender, *, goes_on: bool = False) -> Resynchronization:
    """Begin it, or (``goes_on``) go on with one that was paused.

    Raises OperationFailed where the state does not allow it.
    """
    sender.require(TASK, *((PAUSED,) if goes_on else BEGINS_FROM))
    if sender.copied_since is None:
        raise sender.refuse(TASK)
    sender.unschedule()
    if not goes_on:
        sender.compared.clear()
        sender.cycles.stop()
        sender.cycles.log.clear()
        sender.cycles.see_disks()
    sender.state = RUNNING
    sender.failure = None
    return Resynchronization(sender).begin()


def schedule(sender: Sender, moment: datetime.datetime) -> None:
    """Let it begin at ``moment``, within seven days.

    Raises OperationFailed where the state does not allow it, or for another time.
    """
    sender.require(TASK, *BEGINS_FROM)
    require_schedule(moment, sender.machine, sender.host)
    sender.schedule((moment - sender.host.clock.now()).total_seconds(), lambda: _begin_scheduled(sender))
    sender.resynchronize_at = moment


def schedule_automatic(sender: Sender, after: float = 0.0) -> None:
    """Let it begin by itself when the settings say so, within their window, in ``after`` seconds at the earliest."""
    if sender.settings.resynchronizes:
        local = sender.host.local_time() + datetime.timedelta(seconds=after)
        sender.schedule(after + sender.settings.until_window(local), lambda: _begin_automatic(sender))


def pause(sender: Sender) -> None:
    """Let it wait where it is."""
    sender.state = PAUSED
    if sender.job is not None:
        sender.job.interrupt(sender.refuse(TASK))


def cancel(sender: Sender) -> None:
    """Give it up: what was compared is compared again another time.

    Raises OperationFailed unless it is under way or paused.
    """
    sender.require("Stop Resynchronize", RUNNING, PAUSED)
    if sender.job is not None:
        sender.job.cancel()
    else:
        _require_again(sender)


def _require_again(sender: Sender) -> None:
    """Back to where a resynchronisation is required; the replica goes back to what it was, if it can be reached."""
    sender.compared.clear()
    sender.cycles.stop()
    sender.cycles.log.clear()
    sender.state = WAITING
    try:
        receiver = receiver_of(sender)
    except OperationFailed:
        return
    if receiver.state in (RUNNING, PAUSED):
        receiver.state = ReplicationState.Replicating


def _begin_scheduled(sender: Sender) -> None:
    if sender.state in BEGINS_FROM and sender.resynchronize_at is not None:
        begin(sender)


def _begin_automatic(sender: Sender) -> None:
    if sender.state is not WAITING or not sender.settings.resynchronizes:
        return
    if sender.settings.in_window(sender.host.local_time()):
        begin(sender)
    else:
        schedule_automatic(sender)
