"""What a pipeline writes besides its output: error, warning, verbose and progress records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lab.powershell.values import Value


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """One error as PowerShell reports it.

    ``error_id`` is the FullyQualifiedErrorId
    (``InvalidParameter,Microsoft.HyperV.PowerShell.Commands.GetVM``), ``category`` the name of the
    ErrorCategory, ``activity`` the name of the cmdlet.
    """

    message: str
    error_id: str
    category: str
    activity: str
    exception_types: tuple[str, ...] = ("System.Exception", "System.Object")
    target: Value = None

    @property
    def reason(self) -> str:
        """The short name of the exception's type (CategoryInfo.Reason)."""
        return self.exception_types[0].rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True)
class ProgressRecord:
    """One progress record; ``percent`` and ``seconds_remaining`` are -1 when unknown."""

    activity: str
    status: str
    percent: int = -1
    seconds_remaining: int = -1
    activity_id: int = 0
    completed: bool = False


class StatementError(Exception):
    """A terminating error: it ends the statement it occurs in, and the next statement still runs."""

    def __init__(self, record: ErrorRecord) -> None:
        super().__init__(record.message)
        self.record = record


class PipelineError(Exception):
    """A terminating error that fails the whole pipeline: script text refused or unreadable."""

    def __init__(self, record: ErrorRecord) -> None:
        super().__init__(record.message)
        self.record = record


class Streams(Protocol):
    """Where a running pipeline writes; the wire carries each record to the client as it is written."""

    def output(self, value: Value) -> None: ...

    def error(self, record: ErrorRecord) -> None: ...

    def warning(self, text: str) -> None: ...

    def verbose(self, text: str) -> None: ...

    def progress(self, record: ProgressRecord) -> None: ...
