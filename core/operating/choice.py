"""Which of the selected machines an action is for, and why it is not for the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from core.hyperv.states import CheckpointType
from core.language import _
from core.operating.verbs import Verb, misfit

if TYPE_CHECKING:
    from core.operating.subject import Subject


@dataclass(frozen=True, slots=True)
class Skipped:
    """A machine that an action leaves alone, and why, in a sentence that names it."""

    subject: Subject
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An action, the machines it is carried out on, and those that are skipped."""

    verb: Verb
    taken: tuple[Subject, ...]
    skipped: tuple[Skipped, ...] = ()

    @classmethod
    def of(cls, verb: Verb, selected: Sequence[Subject], reasons: Mapping[UUID, str] | None = None) -> Choice:
        """What the action does with the selected machines; ``reasons`` are those that only the host could tell."""
        told = reasons or {}
        if verb is Verb.RENAME and len(selected) > 1:
            one_alone = _("Only one virtual machine at a time can be given another name.")
            return cls(verb, (), tuple(Skipped(each, one_alone) for each in selected))
        found = [(each, why_not(verb, each) or told.get(each.machine.machine_id, "")) for each in selected]
        return cls(
            verb,
            tuple(each for each, why in found if not why),
            tuple(Skipped(each, why) for each, why in found if why),
        )

    @property
    def why_not(self) -> str:
        """Why the action is for none of them; empty when it is for one."""
        return "" if self.taken else "\n".join(dict.fromkeys(each.why for each in self.skipped))


def why_not(verb: Verb, subject: Subject) -> str:
    """Why an action cannot be carried out on a machine now, in a sentence; empty when it can."""
    machine = subject.machine
    if sentence := misfit(verb, machine):
        return sentence
    if subject.obstacle:
        return subject.obstacle
    if verb is Verb.START and subject.is_standby:
        told = _("{machine} is a replica, or prepared for a failover: it starts after a failover only.")
        return told.format(machine=machine.name)
    if verb is Verb.CHECKPOINT and machine.checkpoint_type is CheckpointType.DISABLED:
        return _("Checkpoints are disabled for {machine}.").format(machine=machine.name)
    if verb is Verb.REVERT and subject.current_checkpoint is None:
        return _("The checkpoint of {machine} cannot be found.").format(machine=machine.name)
    if verb is Verb.DELETE and machine.is_clustered:
        told = _("{machine} belongs to a cluster: take it out of the cluster first, in Failover Cluster Manager.")
        return told.format(machine=machine.name)
    return ""


def why_not_export(subject: Subject) -> str:
    """Why a machine cannot be exported now, in a sentence; empty when it can."""
    return misfit(Verb.CHECKPOINT, subject.machine) or subject.obstacle
