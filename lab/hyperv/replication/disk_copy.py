"""Whole disks on their way to a replica."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from lab.hyperv.clock import Course
from lab.hyperv.files import StorageError, occupied
from lab.hyperv.messages import failed
from lab.hyperv.migration import LOCAL_COPY
from lab.hyperv.replication.connection import receiver_of
from lab.hyperv.replication.job import ReplicationJob
from lab.hyperv.replication.link import copy_rate
from lab.hyperv.replication.states import ReplicationState

if TYPE_CHECKING:
    from lab.hyperv.replication.side import Place, Receiver, Sender

STEPS = 100
DIFFERENT_SHARE = 0.05
"""The part of disks that differs when they are compared (assumed)."""
PLACEHOLDER = 4 << 20
"""Bytes of a replica's disk before anything was copied (assumed)."""


class DiskCopy(ReplicationJob):
    """Sends disks of a sender over the link; a copy that stops goes on later where it was."""

    claims_machine = False
    side: Sender
    while_in: ClassVar[ReplicationState]
    """The state of the sender meanwhile."""

    def __init__(self, side: Sender, places: list[Place]) -> None:
        super().__init__(side)
        self.places = places
        self.total = max(1, sum(self.size_of(place) for place in places))
        self.done = 0

    def size_of(self, place: Place) -> int:
        """Bytes that a disk's copy occupies."""
        disk = self.side.disk_at(place)
        return occupied(disk) if disk is not None else 0

    def reached(self, *states: ReplicationState) -> Receiver:
        """The replica, in one of these states and not too small.

        Raises OperationFailed.
        """
        sender = self.side
        if sender.state is not self.while_in:
            raise sender.refuse(self.words)
        receiver = receiver_of(sender)
        if receiver.state not in states:
            key = "replica_paused" if receiver.state is ReplicationState.Suspended else "replica_not_ready"
            raise self.fail(key, server=receiver.host.full_name, state=receiver.state.name)
        for place in self.places:
            source, target = sender.disk_at(place), receiver.disk_at(place)
            if source is None or target is None:
                raise failed("replica_disk_missing", sender.host.language, machine=sender.machine.name)
            if source.capacity > target.capacity:
                raise failed("replica_out_of_bounds", sender.host.language, machine=sender.machine.name)
        return receiver

    def send_disks(self, *states: ReplicationState) -> Course:
        """Send every disk until the replica's has the size of its source."""
        receiver = self.reached(*states)
        for place in self.places:
            goal = self.size_of(place)
            self.done += min(goal, self._size_there(receiver, place))
            while self._size_there(receiver, place) < goal:
                step = min(max(goal // STEPS, 1 << 20), goal - self._size_there(receiver, place))
                yield from self.over_the_link(step, receiver)
                receiver = self.reached(*states)
                self._grow(receiver, place, step)
                self.advance(step)

    def send_differences(self, *states: ReplicationState) -> Course:
        """Read all disks on both sides, and send what differs."""
        receiver = self.reached(*states)
        for place in self.places:
            left = self.size_of(place) - self.already_compared(place)
            while left > 0:
                step = min(max(self.size_of(place) // STEPS, 1 << 20), left)
                yield step / LOCAL_COPY
                yield from self.over_the_link(int(step * DIFFERENT_SHARE), receiver)
                receiver = self.reached(*states)
                left -= step
                self.compared(place, step)
                self.advance(step)
            missing = self.size_of(place) - self._size_there(receiver, place)
            if missing > 0:
                self._grow(receiver, place, missing)

    def already_compared(self, place: Place) -> int:
        """Bytes of the disk that need not be compared again."""
        return 0

    def compared(self, place: Place, amount: int) -> None:
        """Take note that so many bytes more have been compared."""

    def over_the_link(self, amount: int, receiver: Receiver) -> Course:
        """Let the time pass that ``amount`` bytes take."""
        hosts = (self.side.host, receiver.host)
        for host in hosts:
            host.replication.copies += 1
        try:
            yield amount * self.side.settings.shrinking / copy_rate(*hosts)
        finally:
            for host in hosts:
                host.replication.copies -= 1

    def advance(self, amount: int) -> None:
        """Count ``amount`` bytes as done."""
        self.done += amount
        self.show(self.done * 100 // self.total)

    def _size_there(self, receiver: Receiver, place: Place) -> int:
        disk = receiver.disk_at(place)
        return disk.size if disk is not None else 0

    def _grow(self, receiver: Receiver, place: Place, amount: int) -> None:
        disk = receiver.disk_at(place)
        if disk is None:
            raise failed("replica_disk_missing", self.side.host.language, machine=self.machine.name)
        try:
            receiver.host.files.grow(disk, disk.size + amount)
        except StorageError as error:
            raise failed(
                "replica_disk_full", self.side.host.language, machine=self.machine.name, path=error.path
            ) from error
