"""Recovery plans tried out and carried out on hosts, over the wire: machines in three groups."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from core.failover.rehearsal import open_tests
from core.hyperv.states import MachineState
from core.jobs.journal import now
from core.powershell.command import Pipeline, command
from core.recovery.document import Group, RecoveryPlan
from core.recovery.readiness import Readiness, RunRecords, judgement
from core.recovery.report import run_csv, run_html
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
async def test_ten_machines_in_three_groups_are_tested_and_fail_over_when_their_site_is_lost(tmp_path: Path) -> None:
    with lab_of(tmp_path) as lab:
        await _test_and_fail_over(lab, tmp_path)


async def _test_and_fail_over(lab: RunningLab, folder: Path) -> None:
    async with a_program([lab.connection(name) for name in ("P", "R")], folder) as (estate, jobs):
        survey, records = Survey(estate), RunRecords(folder, estate.workers)
        await read_all(estate)
        plan = a_plan(overview := await survey.read())
        assert [len(group.members) for group in plan.groups] == [2, 3, 5]
        assert judgement(plan, records.current, overview, now()).readiness is Readiness.NEVER_TESTED
        run = PlanRun(plan, Kind.TEST, estate, jobs, survey, look_after=0.05)
        watching = asyncio.create_task(seen_of(run))
        ended = await run.carry_out()
        assert ended.state is RunState.SUCCEEDED, (ended.message, ended.failed)
        assert {each.state for each in ended.members} == {MemberState.CLEANED_UP}
        assert await watching == [
            (0, ""),
            (1, "The databases come next."),
            (2, ""),
        ]
        assert not open_tests(await survey.read())
        # Nothing of the test is left on either host.
        assert sorted(lab.places()["R"]) == sorted(NAMES)
        await records.add(ended)
        told = judgement(plan, records.current, survey.overview, now())
        assert (told.readiness, told.doubts) == (Readiness.TESTED, ())
        lab.control("POST", "/hosts/P/down", {"seconds": 1_000_000})
        lost = await PlanRun(plan, Kind.UNPLANNED, estate, jobs, survey, look_after=0.05).carry_out()
        assert lost.state is RunState.SUCCEEDED, (lost.message, lost.failed)
        assert {each.state for each in lost.members} == {MemberState.DONE}
        before = sent(lab, "Start-VMFailover")
        # Carried out again, it finds everything done and sends nothing.
        again = await PlanRun(plan, Kind.UNPLANNED, estate, jobs, survey, look_after=0.05).carry_out()
        assert {each.state for each in again.members} == {MemberState.DONE_BEFORE}
        assert sent(lab, "Start-VMFailover") == before


async def seen_of(run: PlanRun) -> list[tuple[int, str]]:
    """The groups of a run in the order in which they began, with what each said."""
    seen: dict[tuple[int, str], None] = {}
    async for status in run.watch():
        if status.state in (RunState.RUNNING, RunState.CHECKING):
            seen[status.group, status.message] = None
        if status.state.has_ended:
            break
    return list(seen)


@on_a_loop
async def test_ten_machines_in_three_groups_move_over_as_planned(tmp_path: Path) -> None:
    with lab_of(tmp_path) as lab:
        await _move_over(lab, tmp_path)


async def _move_over(lab: RunningLab, folder: Path) -> None:
    async with a_program([lab.connection(name) for name in ("P", "R")], folder) as (estate, jobs):
        survey = Survey(estate)
        await read_all(estate)
        plan = a_plan(await survey.read())
        ended = await PlanRun(plan, Kind.PLANNED, estate, jobs, survey, look_after=0.05).carry_out()
        assert ended.state is RunState.SUCCEEDED, (ended.message, ended.failed)
        moved = (await survey.read()).relationships
        assert len(moved) == 10
        assert {each.primary_name for each in moved} == {"R"}
        inventory = (await estate.refresh(key("R"))).inventory
        assert inventory is not None
        runs = {machine.name for machine in inventory.machines if machine.state is MachineState.RUNNING}
        assert runs == {"VM01", "VM03", "VM06"}
        lines = run_csv(ended).splitlines()
        assert len(lines) == 11
        assert all(f",{MemberState.DONE.word}," in line for line in lines[1:])
        assert "successful" in run_html(ended)


@on_a_loop
async def test_a_run_stops_with_the_truth_and_goes_on_where_the_hosts_are(tmp_path: Path) -> None:
    with lab_of(tmp_path, NAMES[:2]) as lab:
        await _stop_and_go_on(lab, tmp_path)


async def _stop_and_go_on(lab: RunningLab, folder: Path) -> None:
    async with a_program([lab.connection(name) for name in ("P", "R")], folder) as (estate, jobs):
        survey = Survey(estate)
        await read_all(estate)
        overview = await survey.read()
        first, last = a_plan(overview, (1, 1)).groups
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
