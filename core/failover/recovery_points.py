"""The recovery points of a replica, and what is lost by failing over to one of them."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass
from uuid import UUID

import msgspec
from msgspec import field

from core.amounts import duration_text, size_text
from core.hyperv.disks import Asker
from core.hyperv.query import Question, Reading, ask
from core.hyperv.states import SnapshotType
from core.language import _
from core.powershell.command import command
from core.replicas.records import moment
from core.replicas.side import Side


class PointKind(enum.Enum):
    """What a recovery point is good for."""

    LATEST = "latest"
    STANDARD = "standard"
    CONSISTENT = "consistent"
    PLANNED = "planned"

    @property
    def word(self) -> str:
        """The kind in words."""
        return {
            PointKind.LATEST: _("Latest copy"),
            PointKind.STANDARD: _("Recovery point"),
            PointKind.CONSISTENT: _("Application-consistent recovery point"),
            PointKind.PLANNED: _("Planned failover: nothing is lost"),
        }[self]


_KINDS = {
    SnapshotType.REPLICA: PointKind.STANDARD,
    SnapshotType.APPLICATION_CONSISTENT_REPLICA: PointKind.CONSISTENT,
    SnapshotType.SYNCED_REPLICA: PointKind.PLANNED,
}


class _PointRow(msgspec.Struct, frozen=True, rename="pascal"):
    point_id: UUID = field(name="Id")
    name: str
    kind: SnapshotType = field(name="SnapshotType")
    created: str = field(name="CreationTime")


@dataclass(frozen=True, slots=True)
class RecoveryPoint:
    """What a replica can fail over to; ``point_id`` is None for the latest copy, which needs no point of its own.

    ``taken`` is None where the host does not tell the moment.
    """

    point_id: UUID | None
    kind: PointKind
    taken: datetime.datetime | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """What is gone if the machine goes on from a recovery point: seconds, and bytes as far as they can be told."""

    seconds: float | None
    size: int | None

    @property
    def sentence(self) -> str:
        """The loss in words."""
        if self.seconds is None:
            return _("How much is lost is not known: the host does not tell when the copy was made.")
        span = duration_text(self.seconds)
        if self.size is None:
            return _("What was written in the last {time} is lost. How much that is, is not known.").format(time=span)
        text = _("What was written in the last {time} is lost, about {size}.")
        return text.format(time=span, size=size_text(self.size))


async def read_points(asker: Asker, receiver: Side) -> tuple[RecoveryPoint, ...]:
    """What the replica can fail over to, the newest first: the latest copy, then the points that its host lists.

    The latest copy may not be among these when no history is kept. Raises RemotingError and UnexpectedAnswer.
    """
    source = command("Get-VM", Id=receiver.machine_id) | command("Get-VMSnapshot")
    question = Question("points", source, _PointRow)
    answer = await asker(ask((question,)))
    answer.raise_for_errors()
    rows = Reading.of(answer.output).records(question)
    listed = [
        RecoveryPoint(row.point_id, _KINDS[row.kind], moment(row.created), row.name)
        for row in rows
        if row.kind in _KINDS
    ]
    oldest = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    listed.sort(key=lambda point: point.taken or oldest, reverse=True)
    return (RecoveryPoint(None, PointKind.LATEST, receiver.last_synchronised), *listed)


def loss(point: RecoveryPoint, receiver: Side, sender: Side | None, failed_at: datetime.datetime | None = None) -> Loss:
    """What is lost by going on from ``point``.

    The time runs until ``failed_at``, by default now. The size is what the primary still had to send when it was read,
    and what the cycles since the point were on average; without a primary that was read, only the latter.
    """
    if point.kind is PointKind.PLANNED:
        return Loss(0.0, 0)
    until = failed_at or receiver.read_at
    if point.taken is None:
        return Loss(None, None)
    seconds = max(0.0, (until - point.taken).total_seconds())
    statistics = receiver.statistics
    cycles = seconds / receiver.row.frequency
    per_cycle = statistics.average_replication_size if statistics is not None and statistics.successes else None
    size = round(per_cycle * cycles) if per_cycle is not None else None
    if sender is not None and point.kind is PointKind.LATEST:
        size = max(sender.pending, size or 0)
    return Loss(seconds, size)
