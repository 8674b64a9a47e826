"""What a run of a recovery plan shows at every moment."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass

from core.language import _
from core.recovery.document import Member, RecoveryPlan


class Kind(enum.Enum):
    """How a plan is carried out."""

    TEST = "test"
    PLANNED = "planned"
    UNPLANNED = "unplanned"

    @property
    def word(self) -> str:
        """The kind in words."""
        return {
            Kind.TEST: _("Test failover"),
            Kind.PLANNED: _("Planned failover"),
            Kind.UNPLANNED: _("Unplanned failover"),
        }[self]


class MemberState(enum.Enum):
    """How far a machine is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DONE_BEFORE = "done before"
    FAILED = "failed"
    CLEANED_UP = "cleaned up"
    LEFT = "left"

    @property
    def word(self) -> str:
        """The state in words."""
        return {
            MemberState.WAITING: _("Waiting"),
            MemberState.RUNNING: _("Running"),
            MemberState.DONE: _("Completed"),
            MemberState.DONE_BEFORE: _("Was done already"),
            MemberState.FAILED: _("Failed"),
            MemberState.CLEANED_UP: _("Tested and cleaned up"),
            MemberState.LEFT: _("Its test machine could not be removed"),
        }[self]


class RunState(enum.Enum):
    """How a run stands."""

    RUNNING = "running"
    ASKING = "asking"
    CHECKING = "checking"
    DELAYING = "delaying"
    CLEANING_UP = "cleaning up"
    SUCCEEDED = "succeeded"
    STOPPED = "stopped"

    @property
    def has_ended(self) -> bool:
        """Whether nothing follows."""
        return self in (RunState.SUCCEEDED, RunState.STOPPED)


@dataclass(frozen=True, slots=True)
class MemberStatus:
    """A machine in a run; ``detail`` says what is worth knowing, ``truth`` what is true of it on both hosts."""

    member: Member
    state: MemberState = MemberState.WAITING
    detail: str = ""
    truth: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunStatus:
    """A run: the group it is at, what it says, and each machine. ``began_at`` and ``ended_at`` are of this computer."""

    plan: RecoveryPlan
    kind: Kind
    state: RunState
    group: int
    message: str
    members: tuple[MemberStatus, ...]
    began_at: datetime.datetime
    ended_at: datetime.datetime | None = None

    @property
    def failed(self) -> tuple[MemberStatus, ...]:
        """The machines that keep it from success."""
        return tuple(each for each in self.members if each.state in (MemberState.FAILED, MemberState.LEFT))
