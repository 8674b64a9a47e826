"""What is asked before something is done with a replica: the consequence for the data, and what takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from core.language import _, ngettext
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


def confirmation_of_many(verb: Verb, count: int) -> Confirmation | None:
    """The same for ``count`` machines at once."""
    found = _OF_MANY.get(verb)
    if found is None:
        return None
    question, consequence, undo = found(count)
    return Confirmation(verb.word, question.format(count=count), consequence, undo, verb.word)


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


def _remove_many(count: int) -> tuple[str, str, str]:
    return (
        ngettext(
            "Remove the replication of {count} virtual machine?",
            "Remove the replication of {count} virtual machines?",
            count,
        ),
        _("Nothing is replicated any more. All virtual machines stay; the recovery points of the replicas go."),
        _("Nothing undoes it: enabling replication again begins with an initial copy."),
    )


def _remove_points_of_many(count: int) -> tuple[str, str, str]:
    return (
        ngettext(
            "Complete the failover of {count} virtual machine, and remove its recovery points?",
            "Complete the failover of {count} virtual machines, and remove their recovery points?",
            count,
        ),
        _("They go on with the data they have now, and cannot go back to another recovery point any more."),
        _("This cannot be undone."),
    )


def _cancel_failover_of_many(count: int) -> tuple[str, str, str]:
    return (
        ngettext(
            "Cancel the failover of {count} virtual machine?",
            "Cancel the failover of {count} virtual machines?",
            count,
        ),
        _("The replicas are turned off. What they have written since the failover is discarded."),
        _("This cannot be undone."),
    )


def _cancel_planned_of_many(count: int) -> tuple[str, str, str]:
    return (
        ngettext(
            "Cancel the planned failover of {count} virtual machine?",
            "Cancel the planned failover of {count} virtual machines?",
            count,
        ),
        _("They can be started on their primary servers again, and replicate as before."),
        _("Preparing it again undoes that."),
    )


def _stop_tests(count: int) -> tuple[str, str, str]:
    return (
        ngettext(
            "Stop the test failover of {count} virtual machine?",
            "Stop the test failovers of {count} virtual machines?",
            count,
        ),
        _("The test virtual machines are removed with all that they have written. The replicas are not touched."),
        _("Other tests can be begun at any time."),
    )


def _cancel_initial_of_many(count: int) -> tuple[str, str, str]:
    return (
        ngettext(
            "Cancel the initial replication of {count} virtual machine?",
            "Cancel the initial replication of {count} virtual machines?",
            count,
        ),
        _("What was copied so far does not count; a new initial replication begins from nothing."),
        _("Starting it again begins from nothing."),
    )


def _cancel_resynchronizations(count: int) -> tuple[str, str, str]:
    return (
        ngettext(
            "Cancel the resynchronization of {count} virtual machine?",
            "Cancel the resynchronization of {count} virtual machines?",
            count,
        ),
        _("Nothing is replicated until they are resynchronized, and that begins from nothing then."),
        _("Resynchronizing again begins from nothing."),
    )


_OF_MANY = {
    Verb.REMOVE: _remove_many,
    Verb.REMOVE_POINTS: _remove_points_of_many,
    Verb.CANCEL_FAILOVER: _cancel_failover_of_many,
    Verb.CANCEL_PLANNED: _cancel_planned_of_many,
    Verb.STOP_TEST: _stop_tests,
    Verb.CANCEL_INITIAL: _cancel_initial_of_many,
    Verb.CANCEL_RESYNCHRONIZATION: _cancel_resynchronizations,
}
