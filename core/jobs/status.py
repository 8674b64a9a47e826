"""Where a job stands."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from core.jobs.plan import Plan
from core.language import _


class JobState(enum.Enum):
    """How far a job has come."""

    RUNNING = "running"
    FINDING_OUT = "finding out"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing follows."""
        return self not in (JobState.RUNNING, JobState.FINDING_OUT)

    @property
    def word(self) -> str:
        """The state in words."""
        return {
            JobState.RUNNING: _("Running"),
            JobState.FINDING_OUT: _("Asking the hosts"),
            JobState.COMPLETED: _("Completed"),
            JobState.FAILED: _("Failed"),
            JobState.CANCELLED: _("Cancelled"),
            JobState.UNKNOWN: _("Outcome unknown"),
        }[self]


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What a job shows. ``percent`` never falls; ``detail`` is a sentence, or the host's own words."""

    number: int
    plan: Plan
    state: JobState = JobState.RUNNING
    percent: int = 0
    detail: str = ""
    cure: str = ""
