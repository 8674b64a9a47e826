"""A kind of plan, and everything that is done with it: carried out undisturbed, and killed at a place of the way."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.estate.connection import Connection
from core.jobs.journal_entry import Event, JournalEntry
from core.jobs.outlook import look
from core.jobs.plan import Plan
from core.jobs.plan_record import plan_data
from core.jobs.status import JobState, JobStatus, Offer
from tests import nursery
from tests.core.estates import read_all
from tests.core.jobs.working import a_program, until_final
from tests.core.remoting.simulated_host import HANGING
from tests.kill.place import PATIENT, Moment, Place, lines
from tests.kill.world import World, changes, changing, given, let_time_pass, truth
from tests.laboratory import RunningLab, running_lab

SPEED = 500.0
"""Simulated seconds per second: a storage move of 14 GB takes a fraction of one."""
MOST_WORDS = 6
"""How often somebody may have to say that a job is still wanted."""


@dataclass(frozen=True)
class Kind:
    """Plans of one kind: ``plan`` makes one of so many ``steps``, after whatever has to be there first.

    ``made_by`` names what in core makes such plans. In the ordinary run too it is killed after the lines with the words
    ``ordinary``; empty stands for the time before the first.
    """

    name: str
    plan: Callable[[World], Awaitable[Plan]]
    steps: int
    made_by: tuple[str, ...]
    scenario: str = "two-sites"
    hosts: tuple[str, ...] = ()
    speed: float = SPEED
    authentication: str = ""
    ordinary: frozenset[str] = frozenset()

    def connections(self, lab: RunningLab) -> list[Connection]:
        """To the hosts that the plan has to do with; all of them where none is named."""
        chosen = [lab.connection(name) for name in self.hosts] or lab.connections()
        if not self.authentication:
            return chosen
        return [replace(each, endpoint=replace(each.endpoint, authentication=self.authentication)) for each in chosen]


@dataclass(frozen=True)
class Course:
    """What came of a plan that nothing disturbed.

    ``plan`` is the plan where nothing had to be changed before it was made: it fits fresh hosts as it is.
    """

    plan: Plan | None
    before: dict[str, Any]
    after: dict[str, Any]
    sent: Counter[str]
    entries: tuple[JournalEntry, ...]


@contextlib.asynccontextmanager
async def a_world(kind: Kind, lab: RunningLab, folder: Path) -> AsyncIterator[World]:
    """One run of the program, its hosts read."""
    async with a_program(kind.connections(lab), folder, PATIENT) as (estate, jobs):
        await read_all(estate)
        yield World.of(lab, estate, jobs)


async def planned(kind: Kind, lab: RunningLab, folder: Path) -> Plan:
    """The plan, made by a program of its own."""
    async with asyncio.timeout(HANGING), a_world(kind, lab, folder / "planning") as world:
        plan = await kind.plan(world)
    assert len(plan.actions) == kind.steps, [action.title for action in plan.actions]
    return plan


def undisturbed(kind: Kind, folder: Path) -> Course:
    """What a plan comes to that nothing disturbs, and what is true without it."""
    with running_lab(folder, scenario=kind.scenario, speed=kind.speed) as lab:
        before = asyncio.run(_untouched(kind, lab, folder))
    lab.transcript.unlink()
    with running_lab(folder, scenario=kind.scenario, speed=kind.speed) as lab:
        plan = asyncio.run(planned(kind, lab, folder))
        since = len(lab.received())
        prepared = changes(lab, 0)
        run_victim(kind, lab, folder, plan, None)
        after, entries = asyncio.run(_looked_at(kind, lab, folder, plan))
        sent = changes(lab, since)
    return Course(None if prepared else plan, before, after, sent, entries)


async def _untouched(kind: Kind, lab: RunningLab, folder: Path) -> dict[str, Any]:
    async with a_world(kind, lab, folder / "planning") as world:
        return await truth(world, await kind.plan(world))


async def _looked_at(
    kind: Kind, lab: RunningLab, folder: Path, plan: Plan, place: Place | None = None
) -> tuple[dict[str, Any], tuple[JournalEntry, ...]]:
    """What is true in the end, and what the journal says of it; after a kill at ``place`` all is brought to an end."""
    async with asyncio.timeout(HANGING), a_world(kind, lab, folder) as world:
        if place is not None:
            waiting = asyncio.create_task(let_time_pass(world.jobs, lab))
            await _find_again(kind, world, plan, place)
            waiting.cancel()
        entries = await world.jobs.journal.entries()
        return await truth(world, plan), entries


def run_victim(kind: Kind, lab: RunningLab, folder: Path, plan: Plan, place: Place | None) -> None:
    """Let a program carry the plan out, and kill it at ``place``; without a place it comes to the end."""
    order = {
        "connections": [given(each) for each in kind.connections(lab)],
        "folder": str(folder),
        "plan": plan_data(plan),
        "place": place.data if place is not None else None,
        "ready": lab.ready,
        "transcript": str(lab.transcript.resolve()),
    }
    victim = nursery.start("tests.kill.victim", [])
    assert victim.stdin is not None
    assert victim.stdout is not None
    with victim.stdin, victim.stdout:
        victim.stdin.write(json.dumps(order) + "\n")
        victim.stdin.flush()
        reached = victim.stdout.readline().strip()
        assert reached == ("ended" if place is None else "here")
        if place is not None:
            victim.kill()
        victim.wait()
    if place is not None and place.moment is Moment.DURING:
        lab.control("POST", "/clock", {"speed": kind.speed})


def killed(kind: Kind, place: Place, course: Course, folder: Path) -> None:
    """Kill a program at ``place``; the next one has to find the truth, and in the end all is done just once."""
    with running_lab(folder, scenario=kind.scenario, speed=kind.speed) as lab:
        plan = course.plan or asyncio.run(planned(kind, lab, folder))
        since = len(lab.received())
        run_victim(kind, lab, folder, plan, place)
        after, entries = asyncio.run(_looked_at(kind, lab, folder, plan, place))
        sent = changes(lab, since)
    is_planned = place != Place(Moment.BEFORE, 0)
    assert after == (course.after if is_planned else course.before)
    _sent_once(sent, course.sent if is_planned else Counter(), plan, entries, place.moment)


async def _find_again(kind: Kind, world: World, plan: Plan, place: Place) -> None:
    """The next program shows what is true, and carries out what is left when somebody says so."""
    jobs = world.jobs
    watched = jobs.watch()
    on_disk = place.line + (place.moment is not Moment.BEFORE)
    is_unfinished = 0 < on_disk < len(lines(kind.steps))
    assert len(jobs.statuses) == is_unfinished
    if not is_unfinished:
        return
    [status] = jobs.statuses
    assert status.plan == plan
    if not status.state.is_final:
        status = await until_final(watched)
    await _is_true(status, plan, world)
    for _word in range(MOST_WORDS):
        if status.state is JobState.COMPLETED:
            return
        if status.state is JobState.UNKNOWN:
            jobs.ask_again(status.number)
        else:
            assert Offer.RESUME in status.offers, status
            await jobs.resume(status.number)
        status = await until_final(watched)
    raise AssertionError(f"{status.title} does not come to an end: {status.detail}")


async def _is_true(status: JobStatus, plan: Plan, world: World) -> None:
    """What a job shows after the next start is in words, and so on the hosts."""
    if status.state is JobState.COMPLETED:
        assert status.step == len(plan.actions)
        return
    assert status.state in (JobState.INTERRUPTED, JobState.FAILED, JobState.UNKNOWN), status
    assert status.detail, status
    assert status.cure, status
    if status.state is not JobState.UNKNOWN:
        left = plan.actions[status.step]
        assert (await look(left.goal, plan.expectation, world.estate)).reached is False, (left.title, status)


def _sent_once(
    sent: Counter[str], wanted: Counter[str], plan: Plan, entries: tuple[JournalEntry, ...], moment: Moment
) -> None:
    """Each changing call has reached the hosts just as often as when nothing disturbs.

    One that a host had in hand and gave up with its client may be there again, once the journal has it that the host
    was seen without.
    """
    again: Counter[str] = Counter()
    begun: set[int] = set()
    seen_undone: set[int] = set()
    for entry in entries:
        if entry.event is Event.SENDING and entry.step is not None:
            if entry.step in begun and entry.step not in seen_undone:
                raise AssertionError(f"step {entry.step + 1} was sent twice: {entries}")
            if entry.step in begun and moment is Moment.DURING:
                again += changing(plan.actions[entry.step].pipeline)
            begun.add(entry.step)
            seen_undone.discard(entry.step)
        if entry.event is Event.ENDED and entry.state == JobState.FAILED.value:
            seen_undone |= begun
    assert wanted <= sent <= wanted + again, (sent, wanted, again)
