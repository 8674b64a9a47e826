"""Replication health, by the published rules: state is the instant, health is what an interval was like."""

from __future__ import annotations

import datetime
from enum import Enum
from typing import TYPE_CHECKING

from lab.hyperv.messages import failed
from lab.hyperv.replication.side import Receiver, Sender
from lab.hyperv.replication.states import Health, ReplicationState

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_SILENCE = datetime.timedelta(hours=1)
"""After so long without a cycle the health is Warning."""
MOST_MISSED = 0.2
"""The share of missed cycles up to which the health is Normal."""


class Rule(Enum):
    """A rule that makes the health worse than Normal: the message that says so, and how bad it is."""

    MISSED_CYCLES = ("health_missed", Health.Warning)
    SILENT = ("health_silent", Health.Warning)
    SLOW = ("health_slow", Health.Warning)
    NOT_COPIED = ("health_not_copied", Health.Warning)
    NOT_REVERSED = ("health_not_reversed", Health.Warning)
    PRIMARY_PAUSED = ("health_primary_paused", Health.Warning)
    REPLICA_PAUSED = ("health_replica_paused", Health.Critical)
    CANNOT_SEND = ("health_cannot_send", Health.Critical)
    RESYNCHRONIZE = ("health_resynchronize", Health.Critical)
    RESYNCHRONIZING = ("health_resynchronizing", Health.Warning)
    UPDATE_FAILED = ("health_update_failed", Health.Critical)

    def __init__(self, key: str, health: Health) -> None:
        self.key = key
        self.health = health


NOT_COPIED = (
    ReplicationState.ReadyForInitialReplication,
    ReplicationState.InitialReplicationInProgress,
    ReplicationState.WaitingForInitialReplication,
)
FAILED_OVER = (
    ReplicationState.PreparedForFailover,
    ReplicationState.RecoveryInProgress,
    ReplicationState.FailedOverWaitingCompletion,
    ReplicationState.FailedOver,
)
CYCLING = (
    ReplicationState.Replicating,
    ReplicationState.Error,
    ReplicationState.Suspended,
    ReplicationState.WaitingForUpdateCompletion,
    ReplicationState.UpdateError,
)


def health(side: Sender | Receiver) -> Health:
    """How well the relationship is, as this side sees it."""
    return max((rule.health for rule in rules(side)), key=lambda each: each.value, default=Health.Normal)


def details(side: Sender | Receiver) -> list[str]:
    """What makes it so, in the words of the host; that a failure's own text is among them is assumed."""
    texts = [failed(rule.key, side.host.language, machine=side.machine.name).message for rule in rules(side)]
    return [*texts, *(side.failure.lines if side.failure is not None else ())]


def rules(side: Sender | Receiver) -> list[Rule]:
    """The rules that are not kept, the worst first."""
    return sorted({*_by_state(side), *_by_interval(side)}, key=lambda rule: (-rule.health.value, rule.key))


def _by_state(side: Sender | Receiver) -> Iterator[Rule]:
    match side.state:
        case ReplicationState.Error:
            yield Rule.CANNOT_SEND
        case ReplicationState.UpdateError:
            yield Rule.UPDATE_FAILED
        case ReplicationState.WaitingForStartResynchronize:
            yield Rule.RESYNCHRONIZE
        case ReplicationState.Resynchronizing | ReplicationState.ResynchronizeSuspended:
            yield Rule.RESYNCHRONIZING
        case ReplicationState.Suspended:
            yield Rule.PRIMARY_PAUSED if isinstance(side, Sender) else Rule.REPLICA_PAUSED
        case state if state in FAILED_OVER:
            yield Rule.NOT_REVERSED
    if side.state in NOT_COPIED or (side.copied_since is None and isinstance(side, Sender)):
        yield Rule.NOT_COPIED


def _by_interval(side: Sender | Receiver) -> Iterator[Rule]:
    if side.state not in CYCLING or side.copied_since is None:
        return
    statistics, now = side.statistics, side.host.clock.now()
    if statistics.missed_share > MOST_MISSED:
        yield Rule.MISSED_CYCLES
    last = max(side.last_replication or side.copied_since, side.copied_since)
    if now - last > LONGEST_SILENCE:
        yield Rule.SILENT
    average = statistics.average_latency
    if average is not None and average > side.host.replication.server.latency_limit:
        yield Rule.SLOW
