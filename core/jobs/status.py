"""Where a job stands."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.language import _

if TYPE_CHECKING:
    from core.estate.connection import HostKey
    from core.jobs.plan import Plan
    from core.remoting.records import ErrorRecord


class JobState(enum.Enum):
    """How far a job has come."""

    WAITING = "waiting"
    HELD = "held"
    RUNNING = "running"
    PAUSED = "paused"
    SCHEDULED = "scheduled"
    FINDING_OUT = "finding out"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    INTERRUPTED = "interrupted"

    @property
    def is_final(self) -> bool:
        """Whether nothing follows by itself."""
        return self not in (JobState.WAITING, JobState.HELD) and not self.is_under_way

    @property
    def is_under_way(self) -> bool:
        """Whether a host is at work, or is going to be without another word from here."""
        return self in (JobState.RUNNING, JobState.PAUSED, JobState.SCHEDULED, JobState.FINDING_OUT)

    @property
    def word(self) -> str:
        """The state in words."""
        return {
            JobState.WAITING: _("Waiting"),
            JobState.HELD: _("On hold"),
            JobState.RUNNING: _("Running"),
            JobState.PAUSED: _("Paused"),
            JobState.SCHEDULED: _("Scheduled"),
            JobState.FINDING_OUT: _("Asking the hosts"),
            JobState.COMPLETED: _("Completed"),
            JobState.FAILED: _("Failed"),
            JobState.CANCELLED: _("Cancelled"),
            JobState.UNKNOWN: _("Outcome unknown"),
            JobState.INTERRUPTED: _("Interrupted"),
        }[self]


class Offer(enum.Enum):
    """What the user may ask of a job as it stands."""

    CANCEL = "cancel"
    PAUSE = "pause"
    GO_ON = "go on"
    STOP_ASKING = "stop asking"
    ASK_AGAIN = "ask again"
    HOLD = "hold"
    RELEASE = "release"
    START_AT = "start at"
    MOVE_UP = "move up"
    MOVE_DOWN = "move down"
    RESUME = "resume"
    UNDO = "undo"
    CLEAN_UP = "clean up"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a migration has copied so far, in bytes, of how much.

    ``rate`` is in bytes a second over the last minute; ``seconds_left`` is None when it cannot be told, and ``remark``
    then says why.
    """

    done: int
    total: int
    rate: float | None = None
    seconds_left: float | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found when a job had ended: a sentence, whether it is as it should be, and the cure where it is not."""

    what: str
    is_good: bool
    cure: str = ""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What a job shows.

    ``percent`` never falls; ``detail`` is a sentence, or the host's own words, and ``record`` the host's error whole.
    ``plan`` is None for a job that others began. ``step`` counts the actions of the plan that are done. ``clean_up``
    removes what the job left behind.
    Times are of this computer, with their zone.
    """

    number: int
    title: str
    host: HostKey
    plan: Plan | None
    state: JobState = JobState.RUNNING
    percent: int = 0
    detail: str = ""
    cure: str = ""
    record: ErrorRecord | None = None
    step: int = 0
    offers: frozenset[Offer] = frozenset()
    transfer: Transfer | None = None
    findings: tuple[Finding, ...] = ()
    clean_up: Plan | None = None
    start_at: datetime.datetime | None = None
    began_at: datetime.datetime | None = None
    ended_at: datetime.datetime | None = None
