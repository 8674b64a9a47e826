"""What became of an action, and what is to be seen of it meanwhile."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from core.jobs.status import JobState, Transfer
from core.remoting.records import ErrorRecord


class Outcome(enum.Enum):
    """What became of an action."""

    DONE = "done"
    NOT_DONE = "not done"
    NOT_SENT = "not sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Ended:
    """How an action ended; ``record`` is the host's error, ``detail`` and ``cure`` are for the user."""

    outcome: Outcome
    detail: str = ""
    cure: str = ""
    record: ErrorRecord | None = None


class Shown(Protocol):
    """Takes what is to be seen of the action while it runs; ``standing`` is PAUSED or SCHEDULED where it stands."""

    def __call__(
        self,
        *,
        is_running: bool,
        percent: int | None = None,
        transfer: Transfer | None = None,
        detail: str | None = None,
        standing: JobState | None = None,
    ) -> None: ...
