"""What the journal knows of jobs that had not ended when their program did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from core.estate.practice import GROUP as PRACTICE
from core.jobs.job import Pending
from core.jobs.journal import Journal
from core.jobs.journal_entry import Event, JournalEntry
from core.jobs.plan import Plan
from core.jobs.plan_record import PlanUnreadable, read_plan
from core.jobs.presence import Presence
from core.jobs.status import JobState
from core.language import _
from core.remoting.workers import Workers


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A job that waits for the user's word, or whose outcome is not known.

    ``step`` steps of its plan are done; ``pending`` is the one that was sent, and ``detail`` says how it came to this.
    """

    job: UUID
    program: UUID
    plan: Plan
    step: int
    pending: Pending | None
    detail: str


async def taken_over(journal: Journal, presence: Presence, workers: Workers) -> tuple[int, tuple[Unfinished, ...]]:
    """The last number in the journal, and the unfinished jobs of programs that have ended: this one stands in for them.

    A program writes until its end, so its lines are read once more when it is known to have ended. Those of a practice
    lab are left out: its hosts ended with the program that had opened them. Raises OSError.
    """
    ours: set[UUID] = set()
    asked: set[UUID] = set()
    while True:
        entries = await journal.recent()
        found = [job for job in unfinished(entries) if job.plan.host.group != PRACTICE]
        fresh = {job.program for job in found} - asked
        if not fresh:
            return last_number(entries), tuple(job for job in found if job.program in ours)
        asked |= fresh
        ours |= {program for program in fresh if await workers.run(presence.adopt, program)}


def unfinished(entries: Iterable[JournalEntry]) -> tuple[Unfinished, ...]:
    """The jobs that have not ended, in the order in which they were planned.

    The clock may have been set back: what counts is the order in which each job's lines were numbered.
    """
    by_job: dict[UUID, list[JournalEntry]] = {}
    for entry in entries:
        by_job.setdefault(entry.job, []).append(entry)
    undone = {_undone_by(lines) for lines in by_job.values()}
    found = (_state(sorted(lines, key=lambda line: line.sequence)) for lines in by_job.values())
    return tuple(job for job in found if job is not None and job.job not in undone)


def last_number(entries: Iterable[JournalEntry]) -> int:
    """The highest number of any line; 0 when there is none."""
    return max((entry.sequence for entry in entries), default=0)


def _undone_by(lines: list[JournalEntry]) -> UUID | None:
    """The job that these lines of another take back; None where nothing of it was begun, and never will be."""
    events = {line.event for line in lines}
    planned = next((line for line in lines if line.event is Event.PLANNED), None)
    if planned is None or (Event.DISMISSED in events and Event.SENDING not in events):
        return None
    try:
        return read_plan(planned.plan).undoes
    except PlanUnreadable:
        return None


def _state(lines: list[JournalEntry]) -> Unfinished | None:
    plan: Plan | None = None
    step = 0
    pending: Pending | None = None
    is_over = False
    detail = _("The program ended before it was begun.")
    for line in lines:
        match line.event:
            case Event.PLANNED:
                try:
                    plan = read_plan(line.plan)
                except PlanUnreadable:
                    return None
            case Event.SENDING:
                pending = Pending(line.shell_id, line.found_before)
            case Event.WAITING:
                # The host has refused it for the moment: nothing of it is under way.
                pending = None
            case Event.DONE:
                step, pending = (line.step or 0) + 1, None
                detail = _("The program ended before the next step.")
            case Event.RESUMED:
                is_over = False
            case Event.ENDED if line.state == JobState.UNKNOWN.value:
                # What nobody knew then may be known now.
                detail = line.detail
            case Event.ENDED:
                is_over = line.state == JobState.COMPLETED.value or (
                    not step and line.state != JobState.INTERRUPTED.value
                )
                pending, detail = None, line.detail
            case Event.DISMISSED | Event.UNDONE:
                is_over = True
    if plan is None or is_over:
        return None
    return Unfinished(lines[0].job, lines[-1].program, plan, step, pending, detail)
