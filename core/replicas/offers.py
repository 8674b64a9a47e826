"""What can be done with a relationship now, on which host, and why not with what cannot."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.language import _
from core.operating.subject import obstacle
from core.replicas.attention import state_text
from core.replicas.relationship import Relationship
from core.replicas.role import Role
from core.replicas.rules import FAILED_OVER
from core.replicas.side import Side
from core.replicas.survey import Overview
from core.replicas.verbs import RECEIVER_VERBS, SENDER_VERBS, Verb, verbs_of


@dataclass(frozen=True, slots=True)
class Offer:
    """An action: the side whose host it goes to, and why it cannot be carried out now; empty when it can.

    ``side`` is None where that side is not known; ``caution`` says what to think of before.
    """

    verb: Verb
    side: Side | None
    why_not: str = ""
    caution: str = ""

    @property
    def is_offered(self) -> bool:
        """Whether it can be carried out now."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else keeps an action: hosts that cannot be changed, each with a sentence, and machines with a job.

    ``extended`` are the machines whose replica is extended, ``receiving`` those that a host has a replica of.
    """

    obstacles: Mapping[HostKey, str]
    with_jobs: Collection[UUID] = ()
    extended: Collection[UUID] = ()

    @classmethod
    def of(cls, estate: Estate, overview: Overview, with_jobs: Collection[UUID] = ()) -> Surroundings:
        """As the estate and the overview have them now."""
        obstacles = {picture.key: why for picture in estate.pictures if (why := obstacle(picture))}
        extended = {each.machine_id for each in overview.relationships if each.is_extension and each.sender is not None}
        return cls(obstacles, with_jobs, extended)


def offers(relationship: Relationship, seen_from: HostKey, around: Surroundings) -> tuple[Offer, ...]:
    """Every action, in the order of a menu, as it is offered to somebody who looks at the machine on a host.

    What only one side can do goes to that side; what both can goes to the one that is looked at.
    """
    return tuple(_offer(verb, relationship, seen_from, around) for verb in Verb)


def offer(verb: Verb, relationship: Relationship, seen_from: HostKey, around: Surroundings) -> Offer:
    """One action, as ``offers`` has it."""
    return _offer(verb, relationship, seen_from, around)


def _offer(verb: Verb, relationship: Relationship, seen_from: HostKey, around: Surroundings) -> Offer:
    side = _acting(verb, relationship, seen_from)
    if side is None:
        absence = relationship.absence
        return Offer(verb, None, absence.sentence if absence is not None else "")
    why_not = _why_not(verb, relationship, side, around)
    return Offer(verb, side, why_not, "" if why_not else _caution(verb, relationship))


def _acting(verb: Verb, relationship: Relationship, seen_from: HostKey) -> Side | None:
    """The side whose host an action goes to; of what both can do, the other one where only that one offers it."""
    if verb not in RECEIVER_VERBS and verb in SENDER_VERBS:
        return relationship.sender
    if verb in RECEIVER_VERBS and verb not in SENDER_VERBS:
        return relationship.receiver
    here = relationship.on(seen_from) or relationship.side
    fitting = [side for side in relationship.known if verb in verbs_of(side.role, side.state, has_test=side.has_test)]
    return here if here in fitting or not fitting else fitting[0]


def _why_not(verb: Verb, relationship: Relationship, side: Side, around: Surroundings) -> str:
    names = {"machine": relationship.machine_name, "host": side.host.name}
    if verb not in verbs_of(side.role, side.state, has_test=side.has_test):
        if side.has_test and verb in verbs_of(side.role, side.state):
            return _("A test failover of {machine} is under way on {host}: stop it first.").format(**names)
        return _misfit(verb, relationship, side)
    if verb is Verb.VIEW_HEALTH:
        return ""
    if reason := around.obstacles.get(side.host, ""):
        return reason
    if relationship.machine_id in around.with_jobs:
        return _("A job for {machine} is under way.").format(**names)
    is_extended = relationship.machine_id in around.extended and side.role is Role.REPLICA
    if is_extended and verb is Verb.EXTEND:
        return _("The replica of {machine} on {host} is extended already.").format(**names)
    if is_extended and verb in (Verb.REMOVE, Verb.REVERSE):
        return _("The replica of {machine} on {host} is extended: remove that extension first.").format(**names)
    if verb is Verb.PLANNED_FAILOVER:
        return _needs_receiver(relationship, around)
    return ""


def _needs_receiver(relationship: Relationship, around: Surroundings) -> str:
    """A planned failover has a second half, on the other host."""
    if relationship.receiver is None:
        return relationship.absence.sentence if relationship.absence is not None else ""
    receiver = relationship.receiver
    if reason := around.obstacles.get(receiver.host, ""):
        return reason
    if receiver.has_test:
        text = _("A test failover of {machine} is under way on {host}: stop it first.")
        return text.format(machine=relationship.machine_name, host=receiver.host.name)
    if Verb.FAILOVER not in verbs_of(receiver.role, receiver.state):
        return _misfit(Verb.FAILOVER, relationship, receiver)
    return ""


def _caution(verb: Verb, relationship: Relationship) -> str:
    receiver = relationship.receiver
    if receiver is None or receiver.state not in FAILED_OVER:
        return ""
    names = {"machine": relationship.machine_name, "host": receiver.host.name}
    if verb is Verb.CANCEL_PLANNED:
        return _("{machine} has taken over on {host}: cancelled here, it could run on both hosts.").format(**names)
    if verb in (Verb.RESUME, Verb.RESYNCHRONIZE):
        text = _("{machine} has taken over on {host}, which accepts nothing now: reverse the replication there.")
        return text.format(**names)
    return ""


def _misfit(verb: Verb, relationship: Relationship, side: Side) -> str:
    """Why the state does not allow an action, with what is true on both hosts."""
    sentences = {
        Verb.PAUSE: _("Replication of {machine} can be paused while it replicates. {state}."),
        Verb.RESUME: _("Replication of {machine} can be resumed when it is paused or has failed. {state}."),
        Verb.START_INITIAL: _("The initial replication of {machine} is not waiting to be started. {state}."),
        Verb.CANCEL_INITIAL: _("No initial replication of {machine} is under way. {state}."),
        Verb.IMPORT_INITIAL: _("The replica of {machine} does not wait for an initial replica. {state}."),
        Verb.PLANNED_FAILOVER: _("A planned failover of {machine} begins while its primary replicates. {state}."),
        Verb.CANCEL_PLANNED: _("{machine} is not prepared for a planned failover. {state}."),
        Verb.FAILOVER: _("{machine} can fail over while its replica replicates or is paused. {state}."),
        Verb.TEST_FAILOVER: _("A failover of {machine} can be tested while its replica replicates. {state}."),
        Verb.STOP_TEST: _("No test failover of {machine} is under way. {state}."),
        Verb.CANCEL_FAILOVER: _("There is no failover of {machine} that can be cancelled. {state}."),
        Verb.REMOVE_POINTS: _("Recovery points of {machine} are removed to make a failover final. {state}."),
        Verb.REVERSE: _("Replication of {machine} can be reversed after a failover. {state}."),
        Verb.EXTEND: _("The replica of {machine} can be extended while it replicates, and only once. {state}."),
        Verb.RESYNCHRONIZE: _("{machine} can be resynchronized when that is required, or while paused. {state}."),
        Verb.CANCEL_RESYNCHRONIZATION: _("No resynchronization of {machine} is under way. {state}."),
        Verb.CHANGE_SETTINGS: _("Settings of {machine} are changed on the primary, outside failovers. {state}."),
        Verb.REMOVE: _("Replication of {machine} cannot be removed at present. {state}."),
    }
    text = sentences.get(verb, _("{machine} is not replicated. {state}."))
    return text.format(machine=relationship.machine_name, state=state_text(relationship))
