"""What a pipeline on a host writes, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Output:
    """One object of the output: text, a number, a truth value, a UUID or None; anything else as its text.

    Arrays arrive as tuples and hashtables as dicts.
    """

    value: object


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """One error as PowerShell reported it, in the host's own language.

    ``error_id`` is the FullyQualifiedErrorId, ``category`` the name of the ErrorCategory, ``reason`` the
    short name of the exception's type, ``target`` what the error is about, ``cmdlet`` the command that
    reported it, ``advice`` the host's recommended action. Any of the texts may be empty.
    """

    message: str
    error_id: str = ""
    category: str = "NotSpecified"
    reason: str = ""
    target: str = ""
    target_type: str = ""
    cmdlet: str = ""
    exception_type: str = ""
    advice: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the message that are not blank."""
        return tuple(line for line in map(str.strip, self.message.splitlines()) if line)


@dataclass(frozen=True, slots=True)
class WarningRecord:
    """One warning, in the host's own language."""

    message: str


@dataclass(frozen=True, slots=True)
class ProgressRecord:
    """How far an activity has come; ``percent`` and ``seconds_remaining`` are None when not known."""

    activity: str
    status: str
    percent: int | None
    seconds_remaining: int | None
    completed: bool


Item: TypeAlias = Output | ErrorRecord | WarningRecord | ProgressRecord
