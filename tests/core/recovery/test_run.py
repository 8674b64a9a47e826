"""Recovery plans tried out and carried out on hosts, over the wire: machines in three groups."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from core.failover.rehearsal import open_tests
from core.powershell.command import Pipeline, command
from core.recovery.document import Group, RecoveryPlan
from core.recovery.run import PlanRun
from core.recovery.status import Kind, MemberState, RunState
from core.replicas.survey import Survey
from tests.core.estates import key, read_all
from tests.core.jobs.working import a_program, sent
from tests.core.recovery.planning import NAMES, a_plan, scenario
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

FAST = 120.0


def lab_of(folder: Path, names: tuple[str, ...] = NAMES) -> contextlib.AbstractContextManager[RunningLab]:
    return running_lab(folder, scenario=scenario(folder, names), speed=FAST)


@on_a_loop
async def test_machines_in_three_groups_are_tested_and_carried_out(tmp_path: Path) -> None:
    with lab_of(tmp_path) as lab:
        await _test_and_carry_out(lab, tmp_path)


async def _test_and_carry_out(lab: RunningLab, folder: Path) -> None:
    async with a_program([lab.connection(name) for name in ("P", "R")], folder) as (estate, jobs):
        survey = Survey(estate)
        await read_all(estate)
        plan = a_plan(await survey.read())
        assert [len(group.members) for group in plan.groups] == [1, 1, 1]
        run = PlanRun(plan, Kind.TEST, estate, jobs, survey, look_after=0.05)
        watched = run.watch()
        ended = await run.carry_out()
        assert ended.state is RunState.SUCCEEDED, (ended.message, ended.failed)
        assert {each.state for each in ended.members} == {MemberState.CLEANED_UP}
        assert (await anext(watched)).state.has_ended
        assert not open_tests(await survey.read())
        # Nothing of the test is left on either host.
        assert sorted(lab.places()["R"]) == sorted(NAMES)
        lab.control("POST", "/hosts/P/down", {"seconds": 1_000_000})
        lost = await PlanRun(plan, Kind.UNPLANNED, estate, jobs, survey, look_after=0.05).carry_out()
        assert lost.state is RunState.SUCCEEDED, (lost.message, lost.failed)
        assert {each.state for each in lost.members} == {MemberState.DONE}
        before = sent(lab, "Start-VMFailover")
        # Carried out again, it finds everything done and sends nothing.
        again = await PlanRun(plan, Kind.UNPLANNED, estate, jobs, survey, look_after=0.05).carry_out()
        assert {each.state for each in again.members} == {MemberState.DONE_BEFORE}
        assert sent(lab, "Start-VMFailover") == before


@on_a_loop
async def test_a_run_stops_with_the_truth_and_goes_on_where_the_hosts_are(tmp_path: Path) -> None:
    with lab_of(tmp_path, NAMES[:2]) as lab:
        await _stop_and_go_on(lab, tmp_path)


async def _stop_and_go_on(lab: RunningLab, folder: Path) -> None:
    async with a_program([lab.connection(name) for name in ("P", "R")], folder) as (estate, jobs):
        survey = Survey(estate)
        await read_all(estate)
        overview = await survey.read()
        first, last = a_plan(overview).groups
        asking = Group(last.name, last.members, message="Is the firewall open?", asks=True)
        plan = RecoveryPlan("Move over", "Lab", (first, asking))
        paused = next(each for each in overview.relationships if each.machine_id == last.members[0].machine_id)
        pausing = command("Get-VM", Id=paused.machine_id) | command("Suspend-VMReplication")
        (await estate.change(key("P"), Pipeline((pausing,)))).raise_for_errors()
        run = PlanRun(plan, Kind.PLANNED, estate, jobs, survey, look_after=0.05)
        watched = run.watch()
        carrying = asyncio.create_task(run.carry_out())
        async for status in watched:
            if status.state is RunState.ASKING:
                assert status.message == "Is the firewall open?"
                run.answer()
                break
        stopped = await carrying
        assert stopped.state is RunState.STOPPED
        [failed] = stopped.failed
        assert "Replication Paused" in failed.detail
        assert len(failed.truth) == 2
        resuming = command("Get-VM", Id=paused.machine_id) | command("Resume-VMReplication")
        (await estate.change(key("P"), Pipeline((resuming,)))).raise_for_errors()
        again = PlanRun(plan, Kind.PLANNED, estate, jobs, survey, look_after=0.05)
        again.answer()
        going_on = asyncio.create_task(again.carry_out())
        async for status in again.watch():
            if status.state is RunState.ASKING:
                again.answer()
            if status.state.has_ended:
                break
        ended = await going_on
        assert ended.state is RunState.SUCCEEDED, (ended.message, ended.failed)
        states = [each.state for each in ended.members]
        assert states == [MemberState.DONE_BEFORE, MemberState.DONE]
        primaries = {each.primary_name for each in (await survey.read()).relationships}
        assert primaries == {"R"}
