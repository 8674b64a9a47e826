"""What is asked before an action that costs something: the object, the consequence, and whether it can be undone."""

from __future__ import annotations

from dataclasses import dataclass

from core.hyperv.records import Checkpoint
from core.language import _
from core.operating.choice import Choice
from core.operating.power import undo_text
from core.operating.subject import Subject
from core.operating.verbs import Verb


@dataclass(frozen=True, slots=True)
class Question:
    """A dialog's ``title`` and its question, what answering it with ``commit`` comes to, and what takes that back."""

    title: str
    question: str
    consequence: str
    undo: str
    commit: str


ASKED_BEFORE = frozenset({Verb.SHUT_DOWN, Verb.TURN_OFF, Verb.RESET, Verb.DELETE_SAVED_STATE, Verb.REVERT, Verb.DELETE})
"""The actions that ask first, those with dots in Hyper-V Manager; Rename asks for a name instead."""


def question(choice: Choice) -> Question:
    """What is asked before an action of ASKED_BEFORE."""
    title, one, several, consequence, commit = _words(choice.verb)
    subjects = choice.taken
    host = ", ".join(dict.fromkeys(subject.host.name for subject in subjects))
    if len(subjects) == 1:
        current = subjects[0].current_checkpoint
        names = {"machine": subjects[0].machine.name, "checkpoint": current.name if current is not None else ""}
        return Question(title, one.format(host=host, **names), consequence, undo_text(choice.verb), commit)
    asked = several.format(count=len(subjects), host=host)
    return Question(title, asked, consequence, undo_text(choice.verb), commit)


def before_applying(subject: Subject, checkpoint: Checkpoint) -> Question:
    """What is asked before a checkpoint is applied."""
    names = {"machine": subject.machine.name, "checkpoint": checkpoint.name, "host": subject.host.name}
    return Question(
        _("Apply Checkpoint"),
        _('Apply the checkpoint "{checkpoint}" to {machine} on {host}?').format(**names),
        _(
            "{machine} goes back to its settings and its disks as they were then. What is on its disks now is lost."
        ).format(**names),
        _("This cannot be undone, unless a checkpoint of the present state is taken first."),
        _("&Apply"),
    )


def before_deleting(subject: Subject, checkpoint: Checkpoint, *, with_subtree: bool) -> Question:
    """What is asked before a checkpoint is deleted, alone or ``with_subtree``."""
    names = {"machine": subject.machine.name, "checkpoint": checkpoint.name, "host": subject.host.name}
    asked = _('Delete the checkpoint "{checkpoint}" of {machine} on {host}?')
    consequence = _("{machine} cannot go back to it any more. Its present state stays as it is; disks are merged.")
    title = _("Delete Checkpoint")
    if with_subtree:
        title = _("Delete Checkpoint Subtree")
        asked = _('Delete the checkpoint "{checkpoint}" of {machine} on {host}, and the {count} that follow it?')
        consequence = _(
            "{machine} cannot go back to them any more. Its present state stays as it is; disks are merged."
        )
    return Question(
        title,
        asked.format(count=len(subject.below(checkpoint)), **names),
        consequence.format(**names),
        _("This cannot be undone."),
        _("&Delete"),
    )


def _words(verb: Verb) -> tuple[str, str, str, str, str]:
    """The title, the question for one machine and for several, the consequence, and the button."""
    match verb:
        case Verb.SHUT_DOWN:
            return (
                _("Shut Down Machine"),
                _("Shut down {machine} on {host}?"),
                _("Shut down {count} virtual machines on {host}?"),
                _("The operating system is told to shut down. Programs end; what nobody has saved in them is lost."),
                _("Shut &Down"),
            )
        case Verb.TURN_OFF:
            return (
                _("Turn Off Machine"),
                _("Turn off {machine} on {host}?"),
                _("Turn off {count} virtual machines on {host}?"),
                _("It is as if the power were cut: what is not on the disks yet is lost, and files can be damaged."),
                _("&Turn Off"),
            )
        case Verb.RESET:
            return (
                _("Reset Machine"),
                _("Reset {machine} on {host}?"),
                _("Reset {count} virtual machines on {host}?"),
                _("It is as if the power were cut for a moment: what is not on the disks yet is lost."),
                _("&Reset"),
            )
        case Verb.DELETE_SAVED_STATE:
            return (
                _("Delete Saved State"),
                _("Delete the saved state of {machine} on {host}?"),
                _("Delete the saved state of {count} virtual machines on {host}?"),
                _("It is as if the power were cut: what was in the memory is lost, and files can be damaged."),
                _("&Delete"),
            )
        case Verb.REVERT:
            return (
                _("Revert Machine"),
                _('Revert {machine} on {host} to its checkpoint "{checkpoint}"?'),
                _("Revert {count} virtual machines on {host}, each to its last checkpoint?"),
                _("Everything that has changed since then, on the disks and in the settings, is lost."),
                _("Re&vert"),
            )
        case Verb.DELETE:
            return (
                _("Delete Machine"),
                _("Delete {machine} from {host}?"),
                _("Delete {count} virtual machines from {host}?"),
                _("Its configuration and checkpoints are removed. The files of the virtual hard disks stay."),
                _("&Delete"),
            )
    raise ValueError(f"nothing is asked before {verb.value}")
