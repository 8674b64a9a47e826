"""Reading a host: several cmdlets in one pipeline, and the answer taken apart again.

Each statement prints one JSON string, behind a marker: a statement without result prints nothing at all, and a failed
one is skipped, so only the marker tells which answer belongs to which question.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from core.hyperv.dates import clock_time
from core.language import _
from core.powershell.command import Command, Pipeline, Statement, Switch, command

RecordT = TypeVar("RecordT", bound=msgspec.Struct)
_T = TypeVar("_T")

_MARKER = "vmferry:"
_LONG_NUMBER = re.compile(r"\d{20}")
_64_BITS = range(-(2**63), 2**64)
_DEPTH = 3
"""ConvertTo-Json cuts below its depth; the records hold at most a list of values within an object within a list."""


class UnexpectedAnswer(Exception):
    """A host printed what cannot be read; the text is a sentence about the host."""


@dataclass(frozen=True, slots=True)
class Question(Generic[RecordT]):
    """One cmdlet, or several piped, whose objects are read as ``record``."""

    name: str
    source: Command | Statement
    record: type[RecordT]

    def statement(self) -> Statement:
        """The statement that prints the properties of ``record`` as one JSON string."""
        return _printed(self.source, tuple(entry.encode_name for entry in msgspec.structs.fields(self.record)))


@dataclass(frozen=True, slots=True)
class RowQuestion:
    """One cmdlet, or several piped, of whose objects only some ``properties`` matter, whatever their types are."""

    name: str
    source: Command | Statement
    properties: tuple[str, ...]

    def statement(self) -> Statement:
        """The statement that prints the properties as one JSON string."""
        return _printed(self.source, self.properties)


@dataclass(frozen=True, slots=True)
class TextQuestion:
    """One cmdlet, or several piped, whose output counts as text; an enumeration is its name then, not its number."""

    name: str
    source: Command | Statement

    def statement(self) -> Statement:
        """The cmdlets themselves."""
        return self.source if isinstance(self.source, Statement) else Statement((self.source,))


CLOCK = TextQuestion("clock", command("Get-Date", Format="o"))
"""What time it is on the host, with its offset from UTC."""


def ask(questions: Sequence[Question[Any] | RowQuestion | TextQuestion]) -> Pipeline:
    """All ``questions`` as one pipeline."""
    statements: list[Statement] = []
    for question in questions:
        statements.append(Statement((command("Write-Output", InputObject=_MARKER + question.name),)))
        statements.append(question.statement())
    return Pipeline(tuple(statements))


@dataclass(frozen=True, slots=True)
class Reading:
    """The answers to several questions, by the question's name."""

    texts: dict[str, str]

    @classmethod
    def of(cls, output: Sequence[object]) -> Reading:
        """Sorts what a pipeline made by ``ask`` printed.

        Raises UnexpectedAnswer when something stands before the first marker.
        """
        texts: dict[str, str] = {}
        name: str | None = None
        for item in output:
            text = str(item)
            if text.startswith(_MARKER):
                name = text.removeprefix(_MARKER)
                texts[name] = ""
            elif name is None:
                raise UnexpectedAnswer(_("It printed something unasked: {text}").format(text=text[:200]))
            else:
                texts[name] += text
        return cls(texts)

    def records(self, question: Question[RecordT]) -> tuple[RecordT, ...]:
        """The records that answer ``question``: none where nothing was printed.

        ConvertTo-Json prints a single object without its list. Raises UnexpectedAnswer.
        """
        return self._decoded(question.name, question.record)

    def rows(self, question: RowQuestion) -> tuple[dict[str, Any], ...]:
        """The properties of each object that answers ``question``. Raises UnexpectedAnswer."""
        return self._decoded(question.name, dict[str, Any])

    def clock(self) -> datetime.datetime:
        """The moment that answers CLOCK, with the host's offset from UTC. Raises UnexpectedAnswer."""
        try:
            return clock_time(self.texts.get(CLOCK.name, ""))
        except ValueError as error:
            raise UnexpectedAnswer(_("Its clock cannot be read: {reason}.").format(reason=error)) from error

    def _decoded(self, name: str, kind: type[_T]) -> tuple[_T, ...]:
        text = self.texts.get(name, "")
        if not text:
            return ()
        try:
            if _LONG_NUMBER.search(text):
                json.loads(text, parse_int=_of_64_bits)
            if text.startswith("["):
                return msgspec.json.decode(text, type=tuple[kind, ...])  # type: ignore[valid-type]
            return (msgspec.json.decode(text, type=kind),)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            reason = _("Its answer about {subject} cannot be read: {error}.")
            raise UnexpectedAnswer(reason.format(subject=name, error=error)) from error


def _of_64_bits(digits: str) -> int:
    """Raises ValueError for a number that no type of Windows holds, and with which sums would fail."""
    number = int(digits)
    if number not in _64_BITS:
        raise ValueError(digits[:40])
    return number


def _printed(source: Command | Statement, properties: tuple[str, ...]) -> Statement:
    return (
        source
        | command("Select-Object", Property=properties)
        | command("ConvertTo-Json", Compress=Switch.PRESENT, Depth=_DEPTH)
    )
