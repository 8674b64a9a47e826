"""Replication cycles: every 30, 300 or 900 s the log is closed and sent, or the cycle is missed.

Between two events on the clock nothing changes what a cycle depends on. So once a cycle has gone well, those like it
are counted in one step until the next event: a week of cycles costs little more than a day of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lab.hyperv.changes import refusal
from lab.hyperv.events import Level
from lab.hyperv.files import StorageError
from lab.hyperv.machine import MachineState
from lab.hyperv.messages import OperationFailed, failed
from lab.hyperv.replication import resynchronization
from lab.hyperv.replication.change_log import ChangeLog
from lab.hyperv.replication.connection import is_connected, receiver_of
from lab.hyperv.replication.link import cycle_rate
from lab.hyperv.replication.receiving import ArrivedLog, OutOfOrder, apply, require_disks, require_ready
from lab.hyperv.replication.settings import RETRY
from lab.hyperv.replication.shipments import LEAST_LATENCY, Delivery, Shipment
from lab.hyperv.replication.states import Relationship, ReplicationState

if TYPE_CHECKING:
    from lab.hyperv.host import Host
    from lab.hyperv.replication.side import Place, Receiver, Sender

SENDING = frozenset(
    {
        ReplicationState.Replicating,
        ReplicationState.Error,
        ReplicationState.WaitingForUpdateCompletion,
        ReplicationState.UpdateError,
    }
)
"""States in which cycles run, or are tried again."""
NOT_TRACKING = frozenset({ReplicationState.ReadyForInitialReplication, ReplicationState.WaitingForStartResynchronize})
"""States in which writes are not tracked: before the initial copy, and once a resynchronisation is required."""
LEAST_PART = 1.0
"""Bytes below which nothing is left to send."""


class Cycles:
    """The cycles of one sender, running on the clock; times are the clock's seconds."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._clock = sender.host.clock
        self._at = self._clock.elapsed
        self._next = math.inf
        self._retry = math.inf
        self._proved: int | None = None
        self._deliveries: list[Delivery] = []
        self._known: int | None = None
        self._known_moment = self._known_due = 0.0
        self._writes_seen: dict[Place, int] = {}
        self.log = ChangeLog(sender)
        self.shipment: Shipment | None = None
        self._clock.follow(self)

    @property
    def pending(self) -> int:
        """Bytes that the replica does not have yet."""
        return int(self.log.amount) + (self.shipment.size if self.shipment is not None else 0)

    def start(self) -> None:
        """Run from now on, for disks that are as the replica's: the first cycle comes after one interval."""
        self._next = self._clock.elapsed + self._sender.settings.frequency
        self._retry = math.inf
        self._known = None
        self.see_disks()

    def go_on(self) -> None:
        """Run again after a pause: what was tracked meanwhile is sent at once."""
        self._next = self._clock.elapsed
        self._retry = math.inf
        self._known = None

    def frequency_changed(self) -> None:
        """The next cycle comes after one interval of the new length at the latest."""
        if self._next < math.inf:
            self._next = min(self._next, self._clock.elapsed + self._sender.settings.frequency)
            self._proved = self._known = None

    def stop(self) -> None:
        """Run no more cycles; what was on its way is still to be sent."""
        self._withdraw()
        self._next = self._retry = math.inf
        self._known = None

    def close(self) -> None:
        """End for good: the log goes."""
        self.stop()
        self.log.clear()
        self._clock.forget(self)

    def see_disks(self) -> None:
        """Take the disks as they are for what has been tracked."""
        self._writes_seen = self._outside_writes()

    def take(self, size: int, first: float, interval: float = math.inf, times: int = 1) -> None:
        """Count changes that come from the first leg: so many bytes at ``first``, and after each ``interval``."""
        self._deliveries.append(Delivery(size, first, interval, times))

    def travelled_in_time(self) -> None:
        """The disks hold an earlier state."""
        if self._sender.copied_since is not None and self._sender.state not in NOT_TRACKING:
            self.require_resynchronization("resync_time_travel")

    def disks_moved(self, before: Host) -> None:
        """The log goes with the disks."""
        if not self.log.follow(before):
            self.require_resynchronization("resync_log_write")

    def due(self) -> float:
        """When something may happen that others must see in its order."""
        self._know()
        return self._known_due

    def pass_time(self, until: float) -> None:
        """Let time pass up to ``until``, through every cycle in it."""
        self._know()
        if until < self._known_moment:
            self._track(until)
            return
        self._known = None
        while True:
            self._track(min(self._next_moment(), until))
            shipment = self.shipment
            if shipment is not None and shipment.left <= LEAST_PART and self._at >= shipment.earliest:
                self._arrive(shipment)
            elif self._retry <= self._at:
                self._retry = math.inf
                self._ship()
            elif self._next <= self._at:
                if not self._skip(until):
                    self._begin()
            elif self._at >= until:
                return

    def _know(self) -> None:
        """Work out what is due, unless nothing has changed since that was done."""
        if self._known == self._clock.epoch:
            return
        if self.shipment is not None and not is_connected(self._sender, self.shipment.receiver):
            self._sender.statistics.missed += 1
            self._fail(failed("replica_connection_lost", self._sender.host.language, server=self._sender.replica_name))
        self._known = self._clock.epoch
        self._known_moment = self._known_due = self._next_moment()
        sender = self._sender
        if sender.state not in SENDING or sender.copied_since is None:
            self._known_due = self._overflow()
        elif self._proved == self._clock.epoch and self.shipment is None:
            moment = self._peer_point()
            self._known_due = max(moment, self._next) if moment < math.inf else math.inf

    def require_resynchronization(self, reason: str) -> None:
        """Stop tracking: only a comparison of all disks helps now. ``reason`` is the key of the message."""
        sender = self._sender
        self.stop()
        self.log.clear()
        sender.state = ReplicationState.WaitingForStartResynchronize
        sender.failure = refusal(reason, sender.machine, sender.host)
        sender.statistics.errors += 1
        sender.host.log(33680, Level.ERROR, sender.failure.message, sender.machine)
        resynchronization.schedule_automatic(sender)

    def ship_now(self) -> float:
        """Seconds that it takes to send what is left, for a planned failover (the machine is off)."""
        receiver = receiver_of(self._sender)
        require_ready(self._sender, receiver)
        require_disks(self._sender, receiver)
        wire = self.pending * self._sender.settings.shrinking
        return max(LEAST_LATENCY, wire / cycle_rate(self._sender.host, receiver.host))

    def _next_moment(self) -> float:
        return min(self._next, self._retry, self._arrival(), self._overflow())

    def _arrival(self) -> float:
        shipment = self.shipment
        if shipment is None:
            return math.inf
        seconds = shipment.left / cycle_rate(self._sender.host, shipment.receiver.host)
        return max(self._at + seconds, shipment.earliest)

    def _overflow(self) -> float:
        """When the log will be too large, if nothing takes from it."""
        rate = self._write_rate()
        if not rate or self._sender.copied_since is None or self._sender.state in NOT_TRACKING:
            return math.inf
        return self._at + max(0.0, self.log.limit - self.log.amount) / rate

    def _write_rate(self) -> float:
        """Bytes a second that the machine writes to its replicated disks."""
        sender = self._sender
        if sender.machine.state is not MachineState.Running or sender.state in NOT_TRACKING:
            return 0.0
        return float(sender.machine.write_rate)

    def _track(self, moment: float) -> None:
        seconds = max(0.0, moment - self._at)
        if self.shipment is not None and seconds:
            rate = cycle_rate(self._sender.host, self.shipment.receiver.host)
            self.shipment.left = max(0.0, self.shipment.left - rate * seconds)
        self.log.amount += self._write_rate() * seconds
        if self._deliveries:
            self._collect(moment)
        self._at = max(self._at, moment)
        if (
            self._write_rate()
            and self._sender.copied_since is not None
            and self.log.limit - self.log.amount < LEAST_PART
        ):
            self.require_resynchronization("resync_log_full")

    def _collect(self, moment: float) -> None:
        """Take what the first leg has delivered by ``moment``."""
        tracks = self._sender.state not in NOT_TRACKING
        self.log.amount += sum(each.taken_until(moment) for each in self._deliveries) if tracks else 0
        self._deliveries = [each for each in self._deliveries if each.times]

    def _begin(self) -> None:
        """One cycle's time has come."""
        sender = self._sender
        self._next += sender.settings.frequency
        if sender.state not in SENDING:
            self._next = math.inf
        elif self.shipment is not None or self._retry < math.inf or not self._ship():
            sender.statistics.missed += 1

    def _ship(self) -> bool:
        """Close the log and send it; False when that cannot be."""
        sender = self._sender
        if self._outside_writes() != self._writes_seen:
            self.require_resynchronization("resync_disk_changed")
            return False
        try:
            self.log.write()
        except StorageError:
            self.require_resynchronization("resync_log_write")
            return False
        try:
            receiver = receiver_of(sender)
            require_ready(sender, receiver)
            require_disks(sender, receiver)
        except OperationFailed as failure:
            self._fail(failure)
            return False
        size = int(self.log.amount)
        self.log.amount -= size
        self.shipment = Shipment(size, size * sender.settings.shrinking, self._at, receiver)
        receiver.is_incoming = True
        return True

    def _arrive(self, shipment: Shipment) -> None:
        sender = self._sender
        self.shipment = None
        shipment.receiver.is_incoming = False
        try:
            receiver = receiver_of(sender)
            moment = receiver.host.clock.moment_at(shipment.closed)
            apply(sender, receiver, ArrivedLog(shipment.size, moment, self._at))
        except OperationFailed as failure:
            self.log.amount += shipment.size
            sender.statistics.missed += 1
            self._fail(failure)
            return
        except OutOfOrder:
            self.require_resynchronization("resync_out_of_order")
            return
        latency = self._at - shipment.closed
        sender.statistics.success(shipment.size, latency)
        receiver.statistics.success(shipment.size, latency)
        sender.last_replication = sender.host.clock.moment_at(shipment.closed)
        sender.last_type = receiver.last_type
        sender.failure = None
        if sender.state is ReplicationState.Error:
            sender.state = ReplicationState.Replicating
        if latency < sender.settings.frequency:
            self._proved = self._clock.epoch

    def _fail(self, failure: OperationFailed) -> None:
        sender = self._sender
        self._withdraw()
        sender.failure = failure
        sender.statistics.errors += 1
        if sender.state is ReplicationState.Replicating:
            sender.state = ReplicationState.Error
        self._retry = self._at + RETRY
        self._proved = None
        machine = sender.machine
        text = (
            f"Hyper-V failed to replicate changes for virtual machine '{machine.name}' (Virtual Machine ID "
            f"{str(machine.machine_id).upper()}). Hyper-V will retry replication after 5 minute(s).\n{failure.message}"
        )
        sender.host.log(32315, Level.ERROR, text, machine)

    def _withdraw(self) -> None:
        """What is on its way goes back into the log."""
        if self.shipment is not None:
            self.log.amount += self.shipment.size
            self.shipment.receiver.is_incoming = False
            self.shipment = None

    def _skip(self, until: float) -> bool:
        """Count the cycles up to ``until`` that are as the last one was; False when there are not two of them."""
        sender, frequency = self._sender, self._sender.settings.frequency
        if sender.state is not ReplicationState.Replicating or self._proved != self._clock.epoch:
            return False
        if self.shipment is not None or self._retry < math.inf:
            return False
        size = int(self._write_rate() * frequency)
        try:
            receiver = receiver_of(sender)
        except OperationFailed:
            return False
        if abs(self.log.amount - size) > 1:
            return False
        seconds = size * sender.settings.shrinking / cycle_rate(sender.host, receiver.host)
        latency = max(LEAST_LATENCY, seconds)
        last = min(until - latency, self._point_of(receiver) - 1.0)
        times = int((last - self._next) // frequency) + 1
        if times < 2 or latency >= frequency:
            return False
        closed = self._next + (times - 1) * frequency
        try:
            receiver.points.overwrite(size * times)
        except StorageError:
            return False
        for side in (sender, receiver):
            side.statistics.success(size, latency, times)
            side.last_replication = side.host.clock.moment_at(closed)
        receiver.last_applied = receiver.host.clock.moment_at(closed)
        replication = receiver.machine.replication
        if replication is not None and replication.extended is not None:
            replication.extended.cycles.take(size, self._next + latency, frequency, times)
        self._next = closed + frequency
        self._at = closed + latency
        self.log.amount = self._write_rate() * latency
        return True

    def _peer_point(self) -> float:
        """When the replica makes its next recovery point; never when it makes none."""
        try:
            return self._point_of(receiver_of(self._sender))
        except OperationFailed:
            return math.inf

    def _point_of(self, receiver: Receiver) -> float:
        moment = receiver.points.next_due() if receiver.settings.history else None
        return math.inf if moment is None else receiver.host.clock.seconds_at(moment)

    def _outside_writes(self) -> dict[Place, int]:
        sender = self._sender
        if sender.relationship is Relationship.Extended:
            return {}  # the first leg writes to these disks
        return {
            place: sum(link.outside_writes for link in disk.chain())
            for place in sender.places
            if (disk := sender.disk_at(place)) is not None
        }
