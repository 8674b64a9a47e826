"""What is asked before something is done with a replica: the consequence for the data, and what takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from core.language import _
from core.replicas.relationship import Relationship
from core.replicas.verbs import Verb


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A dialog's ``title`` and question, what answering it with ``commit`` comes to, and what takes that back.

    ``typed`` is what has to be typed before the button works; empty where nothing has to be.
    """

    title: str
    question: str
    consequence: str
    undo: str
    commit: str
    typed: str = ""


def confirmation(verb: Verb, relationship: Relationship) -> Confirmation | None:
    """What is asked before an action; None for those that cost nothing, or ask on pages of their own."""
    names = {
        "machine": relationship.machine_name,
        "primary": relationship.primary_name,
        "replica": relationship.replica_name,
    }
    found = _WORDS.get(verb)
    if found is None:
        return None
    question, consequence, undo = (text.format(**names) for text in found())
    return Confirmation(verb.word, question, consequence, undo, verb.word)


def _remove() -> tuple[str, str, str]:
    return (
        _("Remove the replication of {machine} from {primary} to {replica}?"),
        _("Nothing is replicated any more. Both virtual machines stay; the recovery points of the replica go."),
        _("Nothing undoes it: enabling replication again begins with an initial copy."),
    )


def _remove_points() -> tuple[str, str, str]:
    return (
        _("Complete the failover of {machine} on {replica}, and remove its recovery points?"),
        _("{machine} goes on with the data it has now. It cannot go back to another recovery point any more."),
        _("This cannot be undone."),
    )


def _cancel_failover() -> tuple[str, str, str]:
    return (
        _("Cancel the failover of {machine} on {replica}?"),
        _("{machine} is turned off on {replica}. What it has written there since the failover is discarded."),
        _("This cannot be undone."),
    )


def _cancel_planned() -> tuple[str, str, str]:
    return (
        _("Cancel the planned failover of {machine} on {primary}?"),
        _("{machine} can be started on {primary} again, and replicates as before."),
        _("Preparing it again undoes that."),
    )


def _stop_test() -> tuple[str, str, str]:
    return (
        _("Stop the test failover of {machine} on {replica}?"),
        _("The test virtual machine is removed with all that it has written. The replica is not touched."),
        _("Another test can be begun at any time."),
    )


def _cancel_initial() -> tuple[str, str, str]:
    return (
        _("Cancel the initial replication of {machine} to {replica}?"),
        _("What was copied so far does not count; a new initial replication begins from nothing."),
        _("Starting it again begins from nothing."),
    )


def _cancel_resynchronization() -> tuple[str, str, str]:
    return (
        _("Cancel the resynchronization of {machine}?"),
        _("Nothing is replicated until {machine} is resynchronized, and that begins from nothing then."),
        _("Resynchronizing again begins from nothing."),
    )


_WORDS = {
    Verb.REMOVE: _remove,
    Verb.REMOVE_POINTS: _remove_points,
    Verb.CANCEL_FAILOVER: _cancel_failover,
    Verb.CANCEL_PLANNED: _cancel_planned,
    Verb.STOP_TEST: _stop_test,
    Verb.CANCEL_INITIAL: _cancel_initial,
    Verb.CANCEL_RESYNCHRONIZATION: _cancel_resynchronization,
}
