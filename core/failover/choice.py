"""An action on the replications of the machines that are selected: who takes part, and why others do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.estate.connection import HostKey
from core.failover.confirmation import Confirmation, confirmation, confirmation_of_many
from core.failover.control import ONE_STEP
from core.hyperv.records import Machine
from core.hyperv.replication_states import ReplicationMode
from core.language import _
from core.replicas.offers import Offer, Surroundings, offer
from core.replicas.relationship import Relationship
from core.replicas.survey import Overview
from core.replicas.verbs import Verb

FOR_MANY = ONE_STEP | {Verb.REMOVE, Verb.RESYNCHRONIZE, Verb.TEST_FAILOVER}
"""What can be done with several machines at once; the rest has pages about one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A machine that is selected on ``host``, with the leg that is meant there; None: ``why_not`` says why none is."""

    host: HostKey
    machine_name: str
    relationship: Relationship | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A leg that takes part, and how the action is offered for it."""

    relationship: Relationship
    offer: Offer


@dataclass(frozen=True, slots=True)
class Choice:
    """What an action is carried out on, and a sentence about each machine that is left as it is."""

    verb: Verb
    taken: tuple[Taken, ...]
    skipped: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, verb: Verb, candidates: Sequence[Candidate], around: Surroundings) -> Choice:
        """The choice for what is selected; one leg that is selected on both hosts counts once."""
        if len(candidates) > 1 and verb not in FOR_MANY:
            several = _("This is done with one virtual machine at a time: select just one.")
            return cls(verb, (), tuple((each.machine_name, several) for each in candidates[:1]))
        taken: dict[tuple[UUID, bool, str], Taken] = {}
        skipped: dict[tuple[str, str], None] = {}
        for each in candidates:
            if each.relationship is None:
                skipped[each.machine_name, each.why_not] = None
                continue
            told = offer(verb, each.relationship, each.host, around)
            if not told.is_offered or told.side is None:
                skipped[each.machine_name, told.why_not] = None
            else:
                leg = each.relationship
                taken.setdefault((leg.machine_id, leg.is_extension, leg.primary_name), Taken(leg, told))
        return cls(verb, tuple(taken.values()), tuple(skipped))

    @property
    def why_not(self) -> str:
        """Why it cannot be done with any of them, a sentence in each line; empty when it can."""
        return "" if self.taken else "\n".join(dict.fromkeys(why for _name, why in self.skipped))

    @property
    def question(self) -> Confirmation | None:
        """What is asked before; None where nothing has to be."""
        if len(self.taken) > 1:
            found = confirmation_of_many(self.verb, len(self.taken))
        else:
            found = confirmation(self.verb, self.taken[0].relationship)
        cautions = "\n".join(dict.fromkeys(each.offer.caution for each in self.taken if each.offer.caution))
        if not cautions:
            return found
        if found is None:
            asked = _("{action}, although a replica has taken over?").format(action=self.verb.word)
            return Confirmation(self.verb.word, asked, cautions, "", self.verb.word)
        return Confirmation(found.title, found.question, f"{cautions}\n{found.consequence}", found.undo, found.commit)


def candidate(overview: Overview, host: HostKey, machine: Machine, *, extension: bool = False) -> Candidate:
    """What is meant by a machine that is selected on ``host``; ``extension``: the leg on which its replica is sent on.

    On the third host the machine has that leg only: it is the one that is meant there without a further word.
    """
    legs = overview.of_machine(machine.machine_id, host.group)
    here = [leg for leg in legs if leg.on(host) is not None]
    if extension:
        extended = [leg for leg in legs if leg.is_extension and leg is not next(iter(here), None)]
        why = _("The replication of {machine} is not extended.").format(machine=machine.name)
        return Candidate(host, machine.name, next(iter(extended), None), "" if extended else why)
    if here:
        return Candidate(host, machine.name, here[0])
    if machine.replication_mode in (ReplicationMode.NONE, ReplicationMode.TEST_REPLICA):
        return Candidate(host, machine.name, None, _("{machine} is not replicated.").format(machine=machine.name))
    reading = overview.reading(host)
    if reading is not None and reading.failure is not None:
        why = f"{reading.failure.sentence} {reading.failure.cause}"
    else:
        why = _("The replication of {machine} has not been read so far.").format(machine=machine.name)
    return Candidate(host, machine.name, None, why)
