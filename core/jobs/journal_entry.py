"""One line of the journal."""

from __future__ import annotations

import datetime
import enum
from typing import Any
from uuid import UUID

import msgspec

from core.language import _
from core.remoting.records import ErrorRecord


class Event(enum.Enum):
    """What happened to a job."""

    PLANNED = "planned"
    WAITING = "waiting"
    SENDING = "sending"
    ANSWERED = "answered"
    FOLLOWING = "following"
    DONE = "done"
    CANCEL_ASKED = "cancel asked"
    ENDED = "ended"
    RESUMED = "resumed"
    UNDONE = "undone"
    DISMISSED = "dismissed"

    @property
    def word(self) -> str:
        """The event in words."""
        return {
            Event.PLANNED: _("Planned"),
            Event.WAITING: _("Waiting"),
            Event.SENDING: _("Sending"),
            Event.ANSWERED: _("Answered"),
            Event.FOLLOWING: _("Found again"),
            Event.DONE: _("Step done"),
            Event.CANCEL_ASKED: _("Cancel asked for"),
            Event.ENDED: _("Ended"),
            Event.RESUMED: _("Resumed"),
            Event.UNDONE: _("Undo begun"),
            Event.DISMISSED: _("Dismissed"),
        }[self]


class JournalEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one program did or saw of one job, in the order of ``sequence``.

    ``time`` is this computer's, with its zone. ``user`` runs the program, ``profile`` says how the host is signed in
    to. ``step`` counts the actions of the plan from 0, ``script`` is a call as it was sent, ``shell_id`` the host's
    shell it runs in, ``records`` are the host's errors whole, ``found_before`` the files that were at their
    destinations before anything was copied. ``plan`` is the plan as data.
    """

    sequence: int
    time: datetime.datetime
    event: Event
    job: UUID
    program: UUID
    user: str
    title: str
    group: str
    host: str
    profile: str = ""
    step: int | None = None
    script: str = ""
    shell_id: str = ""
    records: tuple[ErrorRecord, ...] = ()
    found_before: tuple[str, ...] = ()
    state: str = ""
    detail: str = ""
    cure: str = ""
    findings: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    plan: Any = None
