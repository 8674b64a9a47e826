"""Test failovers that end by themselves: on time, after a restart, and where a host was away meanwhile."""

from __future__ import annotations

import datetime
from pathlib import Path

from core.estate.estate import Estate
from core.failover.rehearsal import Rehearsal, rehearsal_plan
from core.failover.rehearsal_ends import RehearsalCaretaker, RehearsalEnd, RehearsalEnds
from core.jobs.status import JobState
from core.replicas.survey import Survey
from tests.core.estates import read_all
from tests.core.jobs.working import a_program, carried_out, sent
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

NAMES = ("HV-01", "HV-DR")
TEST = "CRM01 - Test"
LATER = datetime.timedelta(hours=8)


def now() -> datetime.datetime:
    return datetime.datetime.now().astimezone()


async def begun(lab: RunningLab, folder: Path, at: datetime.datetime) -> RehearsalEnd:
    """A test of CRM01 is begun by a program that ends right after."""
    async with a_program([lab.connection(name) for name in NAMES], folder) as (estate, jobs):
        await read_all(estate)
        found = (await Survey(estate).read()).relationships
        receiver = next(each.receiver for each in found if each.machine_name == "CRM01")
        assert receiver is not None
        end = RehearsalEnd(receiver.host, receiver.machine_id, "CRM01", at)
        await ends_of(folder, estate).set(end)
        done = await carried_out(jobs, rehearsal_plan(Rehearsal(receiver)))
        assert done.state is JobState.COMPLETED, done.detail
    assert TEST in lab.places()["HV-DR"]
    return end


def ends_of(folder: Path, estate: Estate) -> RehearsalEnds:
    return RehearsalEnds(folder, estate.workers)


@on_a_loop
async def test_the_next_program_stops_a_test_whose_time_is_over(tmp_path: Path) -> None:
    with running_lab(tmp_path, speed=60.0) as lab:
        end = await begun(lab, tmp_path, now())
        async with a_program([lab.connection(name) for name in NAMES], tmp_path) as (estate, jobs):
            await read_all(estate)
            ends = ends_of(tmp_path, estate)
            assert await ends.load() == ()
            caretaker = RehearsalCaretaker(ends, estate, Survey(estate), jobs)
            # Its host does not answer: it is not forgotten.
            lab.control("POST", "/hosts/HV-DR/down", {"seconds": 1_000_000})
            assert caretaker.due(now()) == (end,)
            await caretaker.stop(end)
            assert ends.current == (end,)
            lab.control("POST", "/hosts/HV-DR/up")
            await caretaker.stop(end)
            assert TEST not in lab.places()["HV-DR"]
            assert sent(lab, "Stop-VMFailover") == 1
            assert ends.current == ()
        async with a_program([lab.connection(name) for name in NAMES], tmp_path) as (estate, _jobs):
            again = ends_of(tmp_path, estate)
            await again.load()
            assert again.current == ()


@on_a_loop
async def test_a_test_that_somebody_has_stopped_is_forgotten_and_nothing_is_sent(tmp_path: Path) -> None:
    with running_lab(tmp_path, speed=60.0) as lab:
        async with a_program([lab.connection(name) for name in NAMES], tmp_path) as (estate, jobs):
            await read_all(estate)
            survey = Survey(estate)
            found = (await survey.read()).relationships
            receiver = next(each.receiver for each in found if each.machine_name == "CRM01")
            assert receiver is not None
            ends = ends_of(tmp_path, estate)
            later = RehearsalEnd(receiver.host, receiver.machine_id, "CRM01", now() + LATER)
            await ends.set(later)
            caretaker = RehearsalCaretaker(ends, estate, survey, jobs)
            assert caretaker.due(now()) == ()
            assert caretaker.due(now() + 2 * LATER) == (later,)
            await caretaker.stop(later)
            assert ends.current == ()
            assert sent(lab, "Stop-VMFailover") == 0
