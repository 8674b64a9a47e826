"""Which relationships somebody should look at, and why, in words."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from core.amounts import duration_text
from core.hyperv.replication_states import ReplicationHealth, ReplicationState
from core.language import _
from core.replicas.relationship import Missing, Relationship
from core.replicas.rules import verdicts
from core.replicas.side import Side

_LATE = 2
"""So many cycles may be due before the newest copy counts as older than what was asked for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A relationship in words. ``health`` is the worse of both sides, ``reasons`` what makes it so.

    ``recovery`` says how old the newest copy at the replica is, beside what was asked for; ``needs_attention`` is what
    a list is filtered by.
    """

    relationship: Relationship
    state: str
    health: ReplicationHealth
    reasons: tuple[str, ...]
    recovery: str
    is_late: bool
    last_synchronised: datetime.datetime | None
    needs_attention: bool


def standing(relationship: Relationship) -> Standing:
    """How a relationship stands, by what both hosts have told."""
    told = [verdict for side in relationship.known for verdict in verdicts(side)]
    told.sort(key=lambda each: -each.health)
    reasons = list(dict.fromkeys(each.sentence for each in told))
    health = max(
        (*(each.health for each in told), *(side.health for side in relationship.known)),
        default=ReplicationHealth.UNKNOWN,
    )
    late = is_late(relationship)
    recovery = _recovery(relationship)
    if late:
        reasons.append(recovery)
    absence = relationship.absence
    if absence is not None:
        reasons.append(absence.sentence)
        if absence.missing is Missing.NOT_THERE:
            health = max(health, ReplicationHealth.CRITICAL)
    needs = health >= ReplicationHealth.WARNING or late or absence is not None
    return Standing(
        relationship,
        state_text(relationship),
        health,
        tuple(reasons),
        recovery,
        late,
        relationship.last_synchronised,
        needs,
    )


def state_text(relationship: Relationship) -> str:
    """The state in words: one where both sides agree, else that of each, with its host."""
    words = dict.fromkeys(side.state.word for side in relationship.known)
    if len(words) == 1:
        return next(iter(words))
    return "; ".join(side_text(side) for side in relationship.known)


def side_text(side: Side) -> str:
    """What is true on one host, in words."""
    return _("{host}: {state}").format(host=side.host.name, state=side.state.word)


def is_late(relationship: Relationship) -> bool:
    """Whether the newest copy is older than was asked for; before the first there is nothing to be late."""
    age = relationship.age
    replicating = any(side.state is ReplicationState.REPLICATING for side in relationship.known)
    return age is not None and replicating and age > relationship.asked * _LATE


def _recovery(relationship: Relationship) -> str:
    age = relationship.age
    asked = duration_text(relationship.asked)
    if age is None:
        return _("There is no copy at the replica yet; one every {asked} was asked for.").format(asked=asked)
    text = _("The newest copy at the replica is {age} old; one every {asked} was asked for.")
    return text.format(age=duration_text(age), asked=asked)
