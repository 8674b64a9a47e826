"""Why a side's health is what it is: the published rules (Hyper-V team blog, 2012; no later list was found).

State is the instant, health is what an interval was like. The host judges by the same rules; its own words are shown
beside these, and count where they are worse.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.amounts import duration_text
from core.hyperv.replication_states import ReplicationHealth, ReplicationState
from core.language import _

if TYPE_CHECKING:
    from core.replicas.side import Side

MOST_MISSED = 0.2
"""The share of missed cycles up to which the health is Normal."""
LONGEST_SILENCE = 3600.0
"""Seconds without a cycle up to which it is."""
LONGEST_LATENCY = 300.0
"""Seconds of average latency up to which it is."""

NEVER_COPIED = frozenset(
    {
        ReplicationState.READY_FOR_INITIAL_COPY,
        ReplicationState.INITIAL_COPY_UNDER_WAY,
        ReplicationState.WAITING_FOR_INITIAL_COPY,
    }
)
FAILED_OVER = frozenset({ReplicationState.FAILED_OVER_WAITING, ReplicationState.FAILED_OVER})
_IN_FAILOVER = FAILED_OVER | {ReplicationState.PREPARED_FOR_FAILOVER, ReplicationState.RECOVERY_IN_PROGRESS}
_CYCLING = frozenset(
    {
        ReplicationState.REPLICATING,
        ReplicationState.ERROR,
        ReplicationState.SUSPENDED,
        ReplicationState.WAITING_FOR_UPDATE_COMPLETION,
        ReplicationState.UPDATE_ERROR,
    }
)


class Rule(enum.Enum):
    """A rule that is not kept."""

    CANNOT_SEND = "cannot send"
    REPLICA_PAUSED = "replica paused"
    RESYNCHRONIZE = "resynchronize"
    UPDATE_FAILED = "update failed"
    PRIMARY_PAUSED = "primary paused"
    RESYNCHRONIZING = "resynchronizing"
    NOT_COPIED = "not copied"
    NOT_REVERSED = "not reversed"
    MISSED = "missed"
    SILENT = "silent"
    SLOW = "slow"
    SAID_BY_HOST = "said by host"

    @property
    def health(self) -> ReplicationHealth:
        """How bad it is."""
        return ReplicationHealth.CRITICAL if self in _CRITICAL else ReplicationHealth.WARNING


_CRITICAL = frozenset({Rule.CANNOT_SEND, Rule.REPLICA_PAUSED, Rule.RESYNCHRONIZE, Rule.UPDATE_FAILED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule that is not kept, how bad that is, and why it is so, in a sentence."""

    rule: Rule
    health: ReplicationHealth
    sentence: str


def verdicts(side: Side) -> tuple[Verdict, ...]:
    """The rules that a side does not keep, the worst first; none where everything is normal."""
    found = [*_by_state(side), *_by_interval(side)]
    worst = max((each.health for each in found), default=ReplicationHealth.NORMAL)
    if side.health > worst:
        # The host sees more than it counts for us, such as a failure of this moment.
        words = side.statistics.words if side.statistics is not None else ()
        sentence = " ".join(words) or _("{host} gives no reason.").format(host=side.host.name)
        found.append(Verdict(Rule.SAID_BY_HOST, side.health, sentence))
    return tuple(sorted(found, key=lambda each: -each.health))


def _by_state(side: Side) -> list[Verdict]:
    names = {"machine": side.row.machine_name, "host": side.host.name}
    rule: Rule | None = None
    match side.state:
        case ReplicationState.ERROR:
            rule, text = Rule.CANNOT_SEND, _("{host} cannot send changes of {machine}: its network or storage fails.")
        case ReplicationState.UPDATE_ERROR:
            rule, text = Rule.UPDATE_FAILED, _("The set of replicated disks of {machine} could not be changed.")
        case ReplicationState.RESYNCHRONIZATION_REQUIRED:
            rule = Rule.RESYNCHRONIZE
            text = _("{machine} must be resynchronized: nothing is replicated until that is done.")
        case ReplicationState.RESYNCHRONIZING | ReplicationState.RESYNCHRONIZATION_SUSPENDED:
            rule, text = Rule.RESYNCHRONIZING, _("The resynchronization of {machine} is not complete.")
        case ReplicationState.SUSPENDED if side.role.sends:
            rule, text = Rule.PRIMARY_PAUSED, _("Replication of {machine} is paused on the primary server.")
        case ReplicationState.SUSPENDED:
            rule, text = Rule.REPLICA_PAUSED, _("Replication of {machine} is paused on the Replica server.")
        case state if state in _IN_FAILOVER:
            rule = Rule.NOT_REVERSED
            text = _("{machine} is in a failover, and its replication is not reversed: nothing is replicated.")
        case state if state in NEVER_COPIED:
            rule, text = Rule.NOT_COPIED, _("The initial replication of {machine} is not complete.")
    return [] if rule is None else [Verdict(rule, rule.health, text.format(**names))]


def _by_interval(side: Side) -> list[Verdict]:
    if side.state not in _CYCLING:
        return []
    found = []
    statistics = side.statistics
    if statistics is not None and statistics.missed_share > MOST_MISSED:
        text = _("{share} % of the cycles were missed in this monitoring interval; up to {most} % are normal.")
        share = {"share": round(statistics.missed_share * 100), "most": round(MOST_MISSED * 100)}
        found.append(_warning(Rule.MISSED, text.format(**share)))
    last = side.last_synchronised
    silent = (side.read_at - last).total_seconds() if last is not None else 0.0
    if silent > LONGEST_SILENCE:
        text = _("Nothing has been received for {time}; up to an hour is normal.")
        if side.role.sends:
            text = _("Nothing has been sent for {time}; up to an hour is normal.")
        found.append(_warning(Rule.SILENT, text.format(time=duration_text(silent))))
    if side.latency is not None and side.latency > LONGEST_LATENCY:
        text = _("Changes take {time} on average; up to {most} are normal.")
        spans = {"time": duration_text(side.latency), "most": duration_text(LONGEST_LATENCY)}
        found.append(_warning(Rule.SLOW, text.format(**spans)))
    return found


def _warning(rule: Rule, sentence: str) -> Verdict:
    return Verdict(rule, rule.health, sentence)
