"""A plan is carried out once, as planned, or not at all; its outcome is what the hosts say."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest

from core.estate.estate import Estate
from core.hyperv.migration import move_to_one_folder
from core.hyperv.states import MachineState
from core.jobs.plan import Action, Expectation, Plan
from core.jobs.queue import Jobs, PlanOutdated
from core.jobs.status import JobState, JobStatus
from tests.core.estates import key, machine_on, managed
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab


async def plan_for(estate: Estate, machine: str, folder: str, destination: str = "HV-02") -> Plan:
    await estate.refresh_all()
    found = await machine_on(estate, "HV-01", machine)
    pipeline = move_to_one_folder(found.machine_id, destination, folder)
    return Plan(
        title=f"Move {machine}",
        expectation=Expectation(key("HV-01"), found.machine_id, machine, found.state),
        destination=key(destination),
        actions=(Action(key("HV-01"), pipeline, ""),),
        summary=(),
    )


@contextlib.asynccontextmanager
async def running_jobs(lab: RunningLab) -> AsyncIterator[tuple[Estate, Jobs]]:
    async with managed(lab.connections()) as estate:
        jobs = Jobs(estate)
        try:
            yield estate, jobs
        finally:
            await jobs.close()


async def follow(watched: AsyncIterator[JobStatus], lab: RunningLab, step: float = 5) -> list[JobStatus]:
    """Let simulated time pass until a job ends; everything it said."""
    seen: list[JobStatus] = []
    lab.advance(step)
    async for status in watched:
        seen.append(status)
        if status.state.is_final:
            break
        lab.advance(step)
    return seen


async def has_begun(jobs: Jobs) -> None:
    """Wait until the host has told of the newest job for the first time."""
    async for status in jobs.watch():
        if status.detail:
            return


@on_a_loop
async def test_a_machine_moves_and_the_job_says_how_far(lab: RunningLab) -> None:
    async with running_jobs(lab) as (estate, jobs):
        plan = await plan_for(estate, "WEB01", r"D:\VMs\WEB01")
        started = await jobs.start(plan)
        assert jobs.under_way == (started,)
        seen = await follow(jobs.watch(), lab)
        percents = [status.percent for status in seen]
        assert percents == sorted(percents)
        assert len(set(percents)) > 3
        assert (seen[-1].state, seen[-1].percent) == (JobState.COMPLETED, 100)
        assert seen[-1].detail == "WEB01 is on HV-02."
        assert jobs.under_way == ()
        moved = await machine_on(estate, "HV-02", "WEB01")
        assert moved.path == r"D:\VMs\WEB01"
        assert moved.state is MachineState.RUNNING
    places = lab.places()
    assert "WEB01" not in places["HV-01"]
    assert "WEB01" in places["HV-02"]
    assert [entry["cmdlet"] for entry in lab.received()].count("Move-VM") == 1


@on_a_loop
async def test_refreshes_do_not_wait_behind_a_move(lab: RunningLab) -> None:
    async with running_jobs(lab) as (estate, jobs):
        await jobs.start(await plan_for(estate, "WEB01", r"D:\VMs\WEB01"))
        await has_begun(jobs)
        machine = await machine_on(estate, "HV-01", "WEB01")
        assert machine.is_busy


@on_a_loop
async def test_what_the_host_says_of_a_failed_move_is_kept_whole(lab: RunningLab) -> None:
    async with running_jobs(lab) as (estate, jobs):
        await jobs.start(await plan_for(estate, "WEB01", r"E:\VMs\WEB01"))
        seen = await follow(jobs.watch(), lab)
        assert seen[-1].state is JobState.FAILED
        lines = seen[-1].detail.splitlines()
        assert lines[0].startswith("Virtual machine migration operation for 'WEB01' failed")
        assert "0x80070070" in lines[-1]
        assert seen[-1].cure
        assert (await machine_on(estate, "HV-01", "WEB01")).state is MachineState.RUNNING
    assert "WEB01" not in lab.places()["HV-02"]


@on_a_loop
async def test_cancelling_leaves_the_machine_at_the_source(lab: RunningLab) -> None:
    async with running_jobs(lab) as (estate, jobs):
        started = await jobs.start(await plan_for(estate, "WEB01", r"D:\VMs\WEB01"))
        watched = jobs.watch()
        async for status in watched:
            if status.percent > 20:
                break
            lab.advance(3)
        await jobs.cancel(started.number)
        seen = await follow(watched, lab)
        assert seen[-1].state is JobState.CANCELLED
        assert seen[-1].detail == "The machine is still on HV-01, as it was."
        assert not (await machine_on(estate, "HV-01", "WEB01")).is_busy
    assert "WEB01" not in lab.places()["HV-02"]


@on_a_loop
async def test_a_plan_that_no_longer_fits_is_not_sent(lab: RunningLab) -> None:
    async with running_jobs(lab) as (estate, jobs):
        plan = await plan_for(estate, "WEB01", r"D:\VMs\WEB01")
        await jobs.start(plan)
        await has_begun(jobs)
        with pytest.raises(PlanOutdated, match="Another operation has begun on WEB01"):
            await jobs.start(plan)
        await follow(jobs.watch(), lab)
        with pytest.raises(PlanOutdated, match="WEB01 is no longer on HV-01"):
            await jobs.start(plan)
    assert [entry["cmdlet"] for entry in lab.received()].count("Move-VM") == 1


@on_a_loop
async def test_a_machine_in_another_state_than_planned_is_not_moved(lab: RunningLab) -> None:
    async with running_jobs(lab) as (estate, jobs):
        plan = await plan_for(estate, "TEST01", r"D:\VMs\TEST01")
        expectation = plan.expectation
        planned = Expectation(expectation.host, expectation.machine_id, expectation.machine_name, MachineState.RUNNING)
        outdated = Plan(plan.title, planned, plan.destination, plan.actions, plan.summary)
        with pytest.raises(PlanOutdated, match="TEST01 was Running and is Off now"):
            await jobs.start(outdated)
    assert not any(entry["cmdlet"] == "Move-VM" for entry in lab.received())


@on_a_loop
async def test_the_program_sends_no_script_text(lab: RunningLab) -> None:
    async with managed(lab.connections(configuration="VMFerry")) as estate:
        jobs = Jobs(estate)
        await jobs.start(await plan_for(estate, "WEB01", r"D:\VMs\WEB01"))
        seen = await follow(jobs.watch(), lab)
        await jobs.close()
    assert seen[-1].state is JobState.COMPLETED
