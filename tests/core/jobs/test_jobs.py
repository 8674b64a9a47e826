"""A plan is carried out once, as planned, or not at all; its outcome is what the hosts say."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from core.estate.estate import Estate
from core.hyperv.states import MachineState
from core.jobs.admission import PlanOutdated
from core.jobs.patience import Patience
from core.jobs.status import JobState
from tests.core.estates import key, machine_on, managed
from tests.core.jobs.working import a_program, follow, has_begun, is_under_way, jobs_of, move_plan, sent
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab


@on_a_loop
async def test_a_machine_moves_and_the_job_says_how_far(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        plan = await move_plan(estate, "WEB01", r"D:\VMs\WEB01")
        started = await jobs.start(plan)
        assert jobs.under_way == (started,)
        seen = await follow(jobs.watch(), lab)
        percents = [status.percent for status in seen]
        assert percents == sorted(percents)
        assert len(set(percents)) > 3
        assert (seen[-1].state, seen[-1].percent) == (JobState.COMPLETED, 100)
        assert seen[-1].detail == "WEB01 is on HV-02: Running, as before."
        assert jobs.under_way == ()
        moved = await machine_on(estate, "HV-02", "WEB01")
        assert moved.path == r"D:\VMs\WEB01"
        assert moved.state is MachineState.RUNNING
    places = lab.places()
    assert "WEB01" not in places["HV-01"]
    assert "WEB01" in places["HV-02"]
    assert sent(lab, "Move-VM") == 1


@on_a_loop
async def test_refreshes_do_not_wait_behind_a_move(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        await jobs.start(await move_plan(estate, "WEB01", r"D:\VMs\WEB01"))
        await has_begun(jobs)
        machine = await machine_on(estate, "HV-01", "WEB01")
        assert machine.is_busy


@on_a_loop
async def test_what_the_host_says_of_a_failed_move_is_kept_whole(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        await jobs.start(await move_plan(estate, "WEB01", r"E:\VMs\WEB01"))
        seen = await follow(jobs.watch(), lab)
        assert seen[-1].state is JobState.FAILED
        lines = seen[-1].detail.splitlines()
        assert lines[0].startswith("Storage migration for virtual machine 'WEB01'")
        assert "0x80070070" in lines[-1]
        assert seen[-1].cure
        assert (await machine_on(estate, "HV-01", "WEB01")).state is MachineState.RUNNING
    assert "WEB01" not in lab.places()["HV-02"]


@on_a_loop
async def test_cancelling_leaves_the_machine_at_the_source(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        started = await jobs.start(await move_plan(estate, "WEB01", r"D:\VMs\WEB01"))
        watched = jobs.watch()
        await is_under_way(watched, lab)
        await jobs.cancel(started.number)
        seen = await follow(watched, lab)
        assert seen[-1].state is JobState.CANCELLED
        assert "HV-01 had WEB01 as before." in seen[-1].detail
        assert not (await machine_on(estate, "HV-01", "WEB01")).is_busy
    assert "WEB01" not in lab.places()["HV-02"]


@on_a_loop
async def test_a_plan_that_no_longer_fits_is_not_sent(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        plan = await move_plan(estate, "WEB01", r"D:\VMs\WEB01")
        await jobs.start(plan)
        await has_begun(jobs)
        with pytest.raises(PlanOutdated, match="A job for WEB01 is under way"):
            await jobs.start(plan)
        with pytest.raises(PlanOutdated, match="Another operation has begun on WEB01"):
            await jobs_of(estate, tmp_path).start(plan)
        await follow(jobs.watch(), lab)
        with pytest.raises(PlanOutdated, match="WEB01 is no longer on HV-01"):
            await jobs.start(plan)
    assert sent(lab, "Move-VM") == 1


@on_a_loop
async def test_a_machine_in_another_state_than_planned_is_not_moved(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        plan = await move_plan(estate, "TEST01", r"D:\VMs\TEST01")
        assert plan.expectation is not None
        outdated = replace(plan, expectation=replace(plan.expectation, state=MachineState.RUNNING))
        with pytest.raises(PlanOutdated, match="TEST01 was Running and is Off now"):
            await jobs.start(outdated)
    assert not sent(lab, "Move-VM")


@on_a_loop
async def test_the_program_sends_no_script_text(lab: RunningLab, tmp_path: Path) -> None:
    async with managed(lab.connections(configuration="VMFerry")) as estate:
        jobs = jobs_of(estate, tmp_path)
        await jobs.start(await move_plan(estate, "WEB01", r"D:\VMs\WEB01"))
        seen = await follow(jobs.watch(), lab)
        await jobs.close()
    assert seen[-1].state is JobState.COMPLETED


@on_a_loop
async def test_an_outcome_that_nobody_told_is_asked_for(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        plan = await move_plan(estate, "WEB01", r"D:\VMs\WEB01")
        watched = jobs.watch()
        await jobs.start(plan)
        await is_under_way(watched, lab)
        lab.control("PUT", "/hosts/HV-01/disturbances", [{"kind": "drop", "action": "Receive", "times": None}])
        async for status in watched:
            if status.state is JobState.FINDING_OUT:
                break
            lab.advance(3)
        lab.control("DELETE", "/hosts/HV-01/disturbances")
        seen = await follow(watched, lab, step=60)
        assert seen[-1].state is JobState.COMPLETED
        assert seen[-1].detail == "WEB01 is on HV-02: Running, as before."
    assert sent(lab, "Move-VM") <= 1


@on_a_loop
async def test_a_destination_that_goes_away_fails_the_move_in_the_hosts_words(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        plan = await move_plan(estate, "WEB01", r"D:\VMs\WEB01")
        watched = jobs.watch()
        await jobs.start(plan)
        await is_under_way(watched, lab)
        lab.control("POST", "/hosts/HV-02/down", {})
        async for status in watched:
            if status.state.is_final:
                break
        assert status.state is JobState.FAILED
        assert "0x80072746" in status.detail
    assert "WEB01" in lab.places()["HV-01"]


@on_a_loop
async def test_one_machine_is_moved_once_however_often_it_is_asked_for(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        plan = await move_plan(estate, "WEB01", r"D:\VMs\WEB01")
        watched = jobs.watch()
        started = await asyncio.gather(jobs.start(plan), jobs.start(plan), return_exceptions=True)
        assert sorted(type(result).__name__ for result in started) == ["JobStatus", "PlanOutdated"]
        await follow(watched, lab)
    assert sent(lab, "Move-VM") == 1


@on_a_loop
async def test_a_request_that_arrives_late_is_not_taken_for_lost(lab: RunningLab, tmp_path: Path) -> None:
    """The connection breaks before the host has the command, which still arrives, a while later."""
    async with a_program(lab.connections(), tmp_path) as (estate, _jobs):
        jobs = jobs_of(estate, tmp_path, Patience(look_again_after=0.02, quiet_for=3600))
        plan = await move_plan(estate, "WEB01", r"D:\VMs\WEB01")
        lab.control("PUT", "/hosts/HV-01/disturbances", [{"kind": "drop", "action": "Command", "nth": 2}])
        watched = jobs.watch()
        await jobs.start(plan)
        looks = 0
        async for status in watched:
            looks += status.state is JobState.FINDING_OUT
            if looks:
                break
        lab.control("DELETE", "/hosts/HV-01/disturbances")
        late = estate.open_session(estate.picture(key("HV-01")).connection)
        moving = asyncio.create_task(late.run(plan.actions[0].pipeline, changes=True))
        await machine_is_busy(estate)
        seen = await follow(watched, lab, step=600)
        assert seen[-1].state is JobState.COMPLETED
        await moving
        await late.close()
        await jobs.close()


async def machine_is_busy(estate: Estate) -> None:
    while not (await machine_on(estate, "HV-01", "WEB01")).is_busy:
        pass


@on_a_loop
async def test_a_user_may_stop_asking(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        plan = await move_plan(estate, "WEB01", r"D:\VMs\WEB01")
        watched = jobs.watch()
        started = await jobs.start(plan)
        await is_under_way(watched, lab)
        lab.process.kill()
        async for status in watched:
            if status.state is JobState.FINDING_OUT:
                break
        jobs.give_up(started.number)
        async for status in watched:
            if status.state.is_final:
                break
        assert status.state is JobState.UNKNOWN
        assert status.cure


@on_a_loop
async def test_a_cancel_before_anything_was_sent_sends_nothing(lab: RunningLab, tmp_path: Path) -> None:
    async with managed(lab.connections(), threads=2) as estate:
        jobs = jobs_of(estate, tmp_path)
        plan = await move_plan(estate, "WEB01", r"D:\VMs\WEB01")
        with socket.create_server(("127.0.0.1", 0)) as silent:
            direct = lab.connection("HV-01")
            port = silent.getsockname()[1]
            unanswered = replace(direct.endpoint, name="SILENT", port=port, operation_timeout=1, connect_timeout=1)
            blocking = asyncio.create_task(estate.visit(replace(direct, endpoint=unanswered)))
            await asyncio.sleep(0)
            watched = jobs.watch()
            started = await jobs.start(plan)
            async for _status in watched:
                break
            await jobs.cancel(started.number)
            async for status in watched:
                if status.state.is_final:
                    break
            await blocking
        assert status.state is JobState.CANCELLED
        await jobs.close()
    assert not sent(lab, "Move-VM")
