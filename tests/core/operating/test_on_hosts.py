"""Everyday actions as jobs: sent once over the wire, gone from the list when done, kept in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.estate.estate import Estate
from core.jobs.admission import PlanOutdated
from core.jobs.journal_entry import Event
from core.jobs.plan import Plan
from core.jobs.queue import Jobs
from core.jobs.status import JobState
from core.operating.plans import plan_of
from core.operating.shutdown import why_not_shut_down
from core.operating.subject import Subject, subjects
from core.operating.verbs import Verb
from core.powershell.command import Pipeline, command
from tests.core.estates import key
from tests.core.jobs.working import a_program, sent
from tests.core.operating.doing import NOON
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

QUICK = 30.0
"""Simulated seconds per second."""
HOST = key("HV-01")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, speed=QUICK) as running:
        yield running


async def seen(estate: Estate, name: str = "TEST01") -> Subject:
    picture = await estate.reread(HOST)
    assert picture.inventory is not None, picture.failure
    machine = next(each for each in picture.inventory.machines if each.name == name)
    [subject] = subjects(picture, (machine,), ())
    return subject


async def carried_out(jobs: Jobs, plan: Plan) -> None:
    """Carry a plan out, and wait until its job has left the list."""
    watched = jobs.watch()
    started = await jobs.start(plan)
    async for status in watched:
        if status.number == started.number and status.state.is_final:
            assert status.state is JobState.COMPLETED, (status.detail, status.cure)
            if not status.offers:
                return


@on_a_loop
async def test_a_job_that_has_succeeded_leaves_the_list(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program([lab.connection("HV-01")], tmp_path) as (estate, jobs):
        start = plan_of(Verb.START, await seen(estate), NOON)
        await carried_out(jobs, start)
        assert not jobs.statuses
        with pytest.raises(PlanOutdated, match="TEST01 was Off and is Running now") as refused:
            await jobs.start(start)
        assert "wizard" not in refused.value.cure
        events = [entry.event for entry in await jobs.journal.recent()]
        assert events.count(Event.SENDING) == events.count(Event.DISMISSED) == 1


@on_a_loop
async def test_that_a_machine_was_reset_shows_by_when_its_run_began(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program([lab.connection("HV-01")], tmp_path) as (estate, jobs):
        before = await seen(estate, "WEB01")
        # The answer is lost after the host has carried it out: only the host can tell.
        fault = {"kind": "drop", "action": "Command", "moment": "unanswered", "nth": 2, "times": 1}
        watched = jobs.watch()
        lab.control("PUT", "/hosts/HV-01/disturbances", [fault])
        plan = plan_of(Verb.RESET, before, NOON)
        await jobs.start(plan)
        async for status in watched:
            if status.state.is_final:
                break
        assert status.state is JobState.COMPLETED, status
        after = await seen(estate, "WEB01")
        assert after.run_began > before.run_began
    assert sent(lab, "Restart-VM") == 1


@on_a_loop
async def test_a_guest_that_cannot_be_told_to_shut_down_is_known_before(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program([lab.connection("HV-01")], tmp_path) as (estate, _jobs):
        off, on = await seen(estate, "WEB01"), await seen(estate, "SQL01")
        picked = command("Get-VM", Id=off.machine.machine_id)
        disabling = picked | command("Disable-VMIntegrationService", Name="Shutdown")
        (await estate.change(HOST, Pipeline((disabling,)))).raise_for_errors()
        reasons = await why_not_shut_down(lambda question: estate.ask(HOST, question), (off, on))
        assert list(reasons) == [off.machine.machine_id]
        assert "WEB01" in reasons[off.machine.machine_id]
