"""An unplanned failover: the replica takes over from one of its recovery points, and data may be lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.estate.connection import HostKey
from core.failover import steps
from core.failover.confirmation import Confirmation
from core.failover.recovery_points import Loss, RecoveryPoint
from core.failover.steps import Place, premise
from core.jobs.plan import Action, Plan, Standstill
from core.language import _
from core.replicas.side import Side


@dataclass(frozen=True, slots=True)
class UnplannedFailover:
    """What is chosen: the recovery point, what it loses, and what follows.

    ``completes`` makes it final at once; otherwise it can be cancelled, until somebody completes it. ``elsewhere`` are
    the hosts on which the machine must not run.
    """

    receiver: Side
    point: RecoveryPoint
    loss: Loss
    starts: bool = True
    completes: bool = False
    elsewhere: tuple[HostKey, ...] = ()


def unplanned_plan(chosen: UnplannedFailover, *, checks: tuple[str, ...] = ()) -> Plan:
    """The plan, all of it on the replica's host: the other one may be gone."""
    receiver = chosen.receiver
    names = {"machine": receiver.row.machine_name, "host": receiver.host.name}
    return Plan(
        _("Failover of {machine} on {host}").format(**names),
        receiver.host,
        tuple(_actions(chosen)),
        summary=(
            (_("Goes on from:"), point_text(chosen.point)),
            (_("What is lost:"), chosen.loss.sentence),
            (_("Replication afterwards:"), _("None, until it is reversed.")),
        ),
        checks=checks,
        premises=(premise(receiver),),
        standstills=tuple(
            Standstill(host, receiver.machine_id, receiver.row.machine_name)
            for host in chosen.elsewhere
            if host != receiver.host
        ),
    )


def unplanned_confirmation(chosen: UnplannedFailover) -> Confirmation:
    """What is asked before: the machine's name has to be typed."""
    row, host = chosen.receiver.row, chosen.receiver.host
    names = {"machine": row.machine_name, "host": host.name, "primary": row.primary_server_name or ""}
    undo = _("Cancelling the failover undoes it, until it is completed; what was written since then is discarded.")
    if chosen.completes:
        undo = _("This cannot be undone: the other recovery points are removed.")
    return Confirmation(
        _("Failover"),
        _("Fail {machine} over to its replica on {host}, although it was not planned?").format(**names),
        _("{machine} must not run on {primary} any more. {loss}").format(loss=chosen.loss.sentence, **names),
        undo,
        _("Fail Over"),
        typed=row.machine_name,
    )


def point_text(point: RecoveryPoint) -> str:
    """A recovery point with its moment, in the time of this computer."""
    if point.taken is None:
        return point.kind.word
    return _("{kind}, {time}").format(kind=point.kind.word, time=f"{point.taken.astimezone():%Y-%m-%d %H:%M:%S}")


def _actions(chosen: UnplannedFailover) -> Iterator[Action]:
    place = Place.of(chosen.receiver)
    yield steps.fail_over(place, chosen.point.point_id)
    if chosen.starts:
        yield steps.start(place)
    if chosen.completes:
        yield steps.complete(place)
