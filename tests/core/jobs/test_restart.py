"""A job outlives its program: what runs is found again, what ended is worked out, and nothing is done twice."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from core.estate.estate import Estate
from core.jobs.admission import NotStarted
from core.jobs.journal import Journal
from core.jobs.journal_entry import Event, JournalEntry
from core.jobs.plan import Plan
from core.jobs.presence import Presence
from core.jobs.queue import Jobs
from core.jobs.status import JobState, JobStatus, Offer
from tests.core.estates import key, machine_on, managed
from tests.core.jobs.working import IMPATIENT, a_program, follow, is_under_way, move_plan, noted, sent, until_state
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab


def only(jobs: Jobs) -> JobStatus:
    [status] = [status for status in jobs.statuses if status.plan is not None]
    return status


async def begin_and_leave(lab: RunningLab, folder: Path) -> Plan:
    """A program begins to move WEB01 and its window is closed."""
    async with a_program(lab.connections(), folder) as (estate, jobs):
        plan = await move_plan(estate, "WEB01", r"D:\Moved\WEB01")
        await jobs.start(plan)
        await is_under_way(jobs.watch(), lab)
    return plan


@on_a_loop
async def test_a_move_that_still_runs_is_found_again_with_its_plan(lab: RunningLab, tmp_path: Path) -> None:
    plan = await begin_and_leave(lab, tmp_path)
    async with a_program(lab.connections(), tmp_path) as (_estate, jobs):
        watched = jobs.watch()
        found = only(jobs)
        assert found.plan == plan
        running = await until_state(watched, JobState.RUNNING)
        assert running.percent > 0
        assert running.offers == {Offer.CANCEL}
        assert (await follow(watched, lab))[-1].state is JobState.COMPLETED
        assert only(jobs).detail == "WEB01 is on HV-02: Running, as before."
    assert sent(lab, "Move-VM") == 1
    assert not any(host["shells"] for host in [lab.control("GET", "/hosts/HV-01")])


@on_a_loop
async def test_a_move_that_is_found_again_can_be_cancelled(lab: RunningLab, tmp_path: Path) -> None:
    await begin_and_leave(lab, tmp_path)
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        watched = jobs.watch()
        running = await until_state(watched, JobState.RUNNING)
        await jobs.cancel(running.number)
        assert (await follow(watched, lab))[-1].state is JobState.CANCELLED
        assert not (await machine_on(estate, "HV-01", "WEB01")).is_busy
    assert "WEB01" in lab.places()["HV-01"]


@on_a_loop
async def test_a_move_that_ended_meanwhile_is_worked_out_and_written_down(lab: RunningLab, tmp_path: Path) -> None:
    await begin_and_leave(lab, tmp_path)
    lab.advance(3600)
    async with a_program(lab.connections(), tmp_path) as (_estate, jobs):
        ended = await until_state(jobs.watch(), JobState.COMPLETED)
        assert all(finding.is_good for finding in ended.findings[:3])
        entries = await jobs.journal.entries()
    assert [entry.event for entry in entries] == [
        Event.PLANNED,
        Event.SENDING,
        Event.FOLLOWING,
        Event.DONE,
        Event.ENDED,
    ]
    async with a_program(lab.connections(), tmp_path) as (_estate, jobs):
        assert jobs.statuses == ()


@on_a_loop
async def test_a_job_is_followed_as_soon_as_its_hosts_are_there(lab: RunningLab, tmp_path: Path) -> None:
    await begin_and_leave(lab, tmp_path)
    lab.advance(3600)
    async with a_program((), tmp_path) as (estate, jobs):
        waiting = only(jobs)
        assert waiting.state is JobState.FINDING_OUT
        assert waiting.detail.endswith("Connect to HV-01, HV-02 to learn what became of it.")
        watched = jobs.watch()
        for name in ("HV-01", "HV-02"):
            estate.add(lab.connection(name))
        assert (await until_state(watched, JobState.COMPLETED)).title == "Move WEB01"


@on_a_loop
async def test_a_job_that_nobody_can_ask_for_may_be_given_up(lab: RunningLab, tmp_path: Path) -> None:
    await begin_and_leave(lab, tmp_path)
    async with a_program((), tmp_path) as (_estate, jobs):
        jobs.give_up(only(jobs).number)
        given_up = only(jobs)
        assert given_up.state is JobState.UNKNOWN
        assert given_up.offers == {Offer.DISMISS, Offer.ASK_AGAIN}
        jobs.dismiss(given_up.number)
    async with a_program((), tmp_path) as (_estate, jobs):
        assert jobs.statuses == ()


@on_a_loop
async def test_two_programs_do_not_follow_the_same_job(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        await jobs.start(await move_plan(estate, "WEB01", r"D:\Moved\WEB01"))
        watched = jobs.watch()
        await is_under_way(watched, lab)
        async with a_program(lab.connections(), tmp_path) as (other_estate, others):
            assert others.statuses == ()
            await other_estate.refresh(key("HV-01"))
            seen = await anext(others.watch()) if not others.statuses else others.statuses[0]
            assert (seen.plan, seen.title, seen.detail) == (
                None,
                "Move WEB01 to HV-02",
                "It was not begun by this program.",
            )
        assert (await follow(watched, lab))[-1].state is JobState.COMPLETED
    assert sent(lab, "Move-VM") == 1


async def notes_plan(estate: Estate) -> Plan:
    plan = await move_plan(estate, "TEST01", r"D:\Moved\TEST01")
    assert plan.expectation is not None
    steps = tuple(noted("HV-01", plan.expectation, text) for text in ("first", "second", "third"))
    return Plan("Three notes", key("HV-01"), steps, expectation=plan.expectation)


@on_a_loop
async def test_what_waited_is_kept_and_begins_when_the_user_says_so(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        await jobs.start(await notes_plan(estate), hold=True)
    assert not sent(lab, "Set-VM")
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        kept = only(jobs)
        assert (kept.state, kept.step) == (JobState.INTERRUPTED, 0)
        assert kept.detail == "The program ended before it was begun."
        assert kept.offers == {Offer.RESUME, Offer.DISMISS}
        watched = jobs.watch()
        await jobs.resume(kept.number)
        assert (await follow(watched, lab))[-1].state is JobState.COMPLETED
        assert (await machine_on(estate, "HV-01", "TEST01")).notes == "third"
    assert sent(lab, "Set-VM") == 3


@on_a_loop
async def test_a_job_cannot_be_resumed_without_its_host(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        await jobs.start(await notes_plan(estate), hold=True)
    async with a_program((), tmp_path) as (_estate, jobs):
        with pytest.raises(NotStarted, match="HV-01 is not connected"):
            await jobs.resume(only(jobs).number)


@on_a_loop
async def test_the_order_of_lines_counts_and_not_the_clock(lab: RunningLab, tmp_path: Path) -> None:
    """The clock was set back into the month before: the newest lines stand in the older file."""
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        await jobs.start(await notes_plan(estate), hold=True)
        [entry] = await jobs.journal.entries()
        [status] = jobs.statuses
        await jobs.cancel(status.number)
    [file] = (tmp_path / "journal").iterdir()
    planned, ended = file.read_text("utf-8").splitlines()
    older = f"{entry.time.year - 1}-{entry.time.month:02d}"
    file.write_text(planned + "\n", "utf-8")
    file.with_name(f"{older}.jsonl").write_text(ended + "\n", "utf-8")
    async with a_program(lab.connections(), tmp_path) as (_estate, jobs):
        assert jobs.statuses == ()


@on_a_loop
async def test_undo_takes_back_what_is_done_in_reverse(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        started = await jobs.start(await notes_plan(estate))
        watched = jobs.watch()
        ended = (await follow(watched, lab))[-1]
        assert Offer.UNDO in ended.offers
        undo = await jobs.undo(started.number)
        assert undo.title == "Undo: Three notes"
        while (await until_state(watched, JobState.COMPLETED)).number != undo.number:
            pass
        assert not (await machine_on(estate, "HV-01", "TEST01")).notes
        assert Offer.UNDO not in next(status for status in jobs.statuses if status.number == started.number).offers


@on_a_loop
async def test_a_cancel_between_two_steps_leaves_the_rest_undone_and_resumable(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        watched = jobs.watch()
        started = await jobs.start(await notes_plan(estate))
        async for status in watched:
            if status.step == 1:
                break
        await jobs.cancel(started.number)
        ended = await until_state(watched, JobState.CANCELLED, JobState.COMPLETED)
        assert ended.state is JobState.CANCELLED
        assert ended.offers >= {Offer.RESUME, Offer.UNDO}
        await jobs.resume(started.number)
        assert (await until_state(watched, JobState.COMPLETED)).step == 3
    assert sent(lab, "Set-VM") == 3


@on_a_loop
async def test_a_job_that_is_being_undone_is_not_offered_again(lab: RunningLab, tmp_path: Path) -> None:
    """Although the program was killed before it had written down that its undoing had begun."""
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        watched = jobs.watch()
        started = await jobs.start(await notes_plan(estate))
        async for status in watched:
            if status.step == 2:
                break
        await jobs.cancel(started.number)
        await until_state(watched, JobState.CANCELLED)
        await jobs.undo(started.number)
        await until_state(watched, JobState.COMPLETED)
    (file,) = (tmp_path / "journal").glob("*.jsonl")
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    for last in (Event.UNDONE, Event.PLANNED):
        # Killed before the line that says so of the first job, then also before anything was sent of the second.
        kept = [line for line in lines if json.loads(line)["event"] != Event.UNDONE.value]
        if last is Event.PLANNED:
            kept = kept[: max(n for n, line in enumerate(kept) if json.loads(line)["event"] == last.value) + 1]
        file.write_text("".join(kept), encoding="utf-8")
        async with a_program(lab.connections(), tmp_path) as (_estate, jobs):
            titles = [status.title for status in jobs.statuses]
        assert titles == ([] if last is Event.UNDONE else ["Undo: Three notes"])


class InterruptedReading(Journal):
    """A journal whose first reader is held up: ``meanwhile`` happens before it goes on with what it has read."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def recent(self) -> tuple[JournalEntry, ...]:
        entries = await super().recent()
        if (meanwhile := self.meanwhile) is not None:
            self.meanwhile = None
            await meanwhile()
        return entries


@on_a_loop
async def test_what_a_program_did_until_its_end_counts_for_the_one_that_starts_meanwhile(
    lab: RunningLab, tmp_path: Path
) -> None:
    async with contextlib.AsyncExitStack() as ending:
        estate, jobs = await ending.enter_async_context(a_program(lab.connections(), tmp_path))
        held = await jobs.start(await notes_plan(estate), hold=True)

        async def comes_to_its_end() -> None:
            watched = jobs.watch()
            jobs.release(held.number)
            await until_state(watched, JobState.COMPLETED)
            await ending.aclose()

        async with managed(lab.connections()) as other_estate:
            journal = InterruptedReading(tmp_path / "journal", other_estate.workers)
            journal.meanwhile = comes_to_its_end
            others = Jobs(other_estate, journal, Presence(tmp_path / "programs"), IMPATIENT)
            await others.open()
            assert others.statuses == ()
            await others.close()
    assert sent(lab, "Set-VM") == 3
