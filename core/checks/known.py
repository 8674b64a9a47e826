"""What an answer of a host tells, and why something in it could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import msgspec

from core.hyperv.query import Question, Reading
from core.language import _
from core.remoting.records import ErrorRecord
from core.remoting.session import Answer

RecordT = TypeVar("RecordT", bound=msgspec.Struct)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read, and why: in the host's own words, or in a sentence."""

    reason: str


Known: TypeAlias = T | Unread


def all_told(
    answer: Answer, reading: Reading, question: Question[RecordT], *cmdlets: str
) -> Known[tuple[RecordT, ...]]:
    """The records that answer ``question``, which may be none; an error of one of ``cmdlets`` leaves it open."""
    error = next((error for error in answer.errors if cmdlet_of(error) in cmdlets), None)
    return reading.records(question) if error is None else unread(error)


def told(answer: Answer, reading: Reading, question: Question[RecordT], *cmdlets: str) -> Known[RecordT]:
    """The record that answers ``question``; of several the first."""
    found = reading.records(question)
    if found:
        return found[0]
    error = next((error for error in answer.errors if cmdlet_of(error) in cmdlets), None)
    return unread(error) if error is not None else Unread(_("The host said nothing about it."))


def unread(error: ErrorRecord) -> Unread:
    """Why something is not known: in the host's own words, unless it only lacks the cmdlet."""
    if is_missing(error):
        return Unread(_("The host has no cmdlet {name}.").format(name=cmdlet_of(error)))
    return Unread(error.message)


def cmdlet_of(error: ErrorRecord) -> str:
    """The cmdlet that an error is about; one that the host does not have is the error's target."""
    return (error.target if is_missing(error) else error.cmdlet).rpartition("\\")[2]


def is_missing(error: ErrorRecord) -> bool:
    """Whether it says that the host does not have the command at all."""
    return error.error_id.partition(",")[0] == "CommandNotFoundException"
