"""Logs that arrive at a replica and are applied to its disks."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.hyperv.changes import refusal
from lab.hyperv.files import StorageError
from lab.hyperv.machine import MachineState
from lab.hyperv.messages import failed
from lab.hyperv.replication.recovery_points import PointKind
from lab.hyperv.replication.states import ReplicationState, ReplicationType

if TYPE_CHECKING:
    from lab.hyperv.replication.side import Receiver, Sender

VSS = "VSS"
"""The integration service that application-consistent points need."""


class OutOfOrder(Exception):
    """A log does not follow what the replica's disks hold: they were changed by something else."""


@dataclass(frozen=True, slots=True)
class ArrivedLog:
    """``size`` bytes of changes up to ``moment``; ``arrived`` is a time of the clock, ``kind`` the point they make."""

    size: int
    moment: datetime.datetime
    arrived: float
    kind: PointKind = PointKind.Replica


def require_ready(sender: Sender, receiver: Receiver) -> None:
    """Raises OperationFailed unless the replica takes logs now."""
    if receiver.state is not ReplicationState.Replicating:
        key = "replica_paused" if receiver.state is ReplicationState.Suspended else "replica_not_ready"
        raise refusal(key, sender.machine, sender.host, server=receiver.host.full_name, state=receiver.state.name)


def require_disks(sender: Sender, receiver: Receiver) -> None:
    """Raises OperationFailed where disks of the replica are missing or too small."""
    for place in sender.places:
        source, target = sender.disk_at(place), receiver.disk_at(place)
        if source is None or target is None or receiver.host.files.find(target.path) is not target:
            raise failed("replica_disk_missing", sender.host.language, machine=sender.machine.name)
        if source.capacity > target.capacity:
            raise failed("replica_out_of_bounds", sender.host.language, machine=sender.machine.name)


def apply(sender: Sender, receiver: Receiver, log: ArrivedLog) -> None:
    """Apply a log, and make a recovery point when one is due.

    Raises OperationFailed when the replica cannot take it, OutOfOrder when it does not fit.
    """
    require_ready(sender, receiver)
    require_disks(sender, receiver)
    if receiver.settings != sender.settings:
        receiver.settings = dataclasses.replace(sender.settings)
        receiver.points.keep(receiver.settings.history)
    seen = dict(receiver.writes_seen)
    receiver.see_disks()
    if seen != receiver.writes_seen:
        receiver.writes_seen = seen
        raise OutOfOrder
    receiver.last_type = log.kind.replication_type
    receiver.forget_plan()
    try:
        receiver.points.overwrite(log.size)
        _add_point(sender, receiver, log)
    except StorageError as error:
        raise failed("replica_disk_full", sender.host.language, machine=sender.machine.name, path=error.path) from error
    receiver.last_applied = receiver.last_replication = log.moment
    extended = receiver.machine.replication.extended if receiver.machine.replication is not None else None
    if extended is not None:
        extended.cycles.take(log.size, log.arrived)


def _add_point(sender: Sender, receiver: Receiver, log: ArrivedLog) -> None:
    settings, points = receiver.settings, receiver.points
    if log.kind is PointKind.SyncedReplica:
        points.add(log.moment, log.kind, settings.history + 1)
        return
    due = points.next_due()
    if not settings.history or (due is not None and log.moment < due):
        return
    kind = PointKind.Replica
    if settings.consistent_hours and _consistent_due(receiver, log.moment):
        if sender.machine.state is MachineState.Running and VSS not in sender.machine.integration_services_off:
            kind = PointKind.AppConsistentReplica
            receiver.last_consistent = log.moment
            receiver.last_type = ReplicationType.ApplicationConsistent
        else:
            sender.statistics.failed_consistent_points += 1
    points.add(log.moment, kind, settings.history)


def _consistent_due(receiver: Receiver, moment: datetime.datetime) -> bool:
    last = receiver.last_consistent
    return last is None or moment - last >= datetime.timedelta(hours=receiver.settings.consistent_hours)
