"""Jobs wait for room on their hosts, say what they wait for, and begin in the order that the user wants."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.estate.estate import Estate
from core.hyperv.states import OperationalStatus
from core.jobs.journal import now
from core.jobs.patience import Patience
from core.jobs.plan import Plan
from core.jobs.queue import Jobs
from core.jobs.recovery import unfinished
from core.jobs.status import JobState, JobStatus, Offer
from core.powershell.command import Pipeline, command
from core.remoting.session import Session
from tests.core.estates import key, machine_on
from tests.core.jobs.working import IMPATIENT, a_program, follow, move_plan, sent, until_state
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

FOUR = ("WEB01", "APP01", "TEST01", "DC01")


async def start_four(estate: Estate, jobs: Jobs) -> list[JobStatus]:
    plans = [await move_plan(estate, name, rf"D:\Moved\{name}") for name in FOUR]
    return [await jobs.start(plan) for plan in plans]


def states(jobs: Jobs) -> dict[str, JobState]:
    return {status.title.removeprefix("Move "): status.state for status in jobs.statuses}


def detail(jobs: Jobs, name: str) -> str:
    return next(status.detail for status in jobs.statuses if status.title == f"Move {name}")


async def until_running(jobs: Jobs, watched: AsyncIterator[JobStatus], lab: RunningLab, name: str) -> None:
    """Let time pass until the job of this machine runs."""
    while states(jobs)[name] is not JobState.RUNNING:
        lab.advance(30)
        await anext(watched)


async def others_move_storage(estate: Estate, host: str, *machines: str) -> list[tuple[Session, asyncio.Task[object]]]:
    """Somebody else, with sessions of their own, moves the storage of machines within a host."""
    begun: list[tuple[Session, asyncio.Task[object]]] = []
    for name in machines:
        machine = await machine_on(estate, host, name)
        session = estate.open_session(estate.picture(key(host)).connection)
        call = command("Get-VM", Id=machine.machine_id) | command(
            "Move-VMStorage", DestinationStoragePath=rf"D:\Elsewhere\{name}"
        )
        task: asyncio.Task[object] = asyncio.create_task(session.run(Pipeline((call,)), changes=True))
        begun.append((session, task))
        while not (await machine_on(estate, host, name)).is_busy:
            pass
    return begun


async def leave(begun: list[tuple[Session, asyncio.Task[object]]]) -> None:
    for session, task in begun:
        await session.close()
        await asyncio.wait([task])


@on_a_loop
async def test_two_of_four_moves_run_and_two_wait_and_say_why(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        started = await start_four(estate, jobs)
        assert [status.state for status in started] == [
            JobState.RUNNING,
            JobState.RUNNING,
            JobState.WAITING,
            JobState.WAITING,
        ]
        assert detail(jobs, "TEST01") == "HV-01 has 2 outgoing moves (APP01, WEB01) and allows 2 at once."
        assert {Offer.CANCEL, Offer.HOLD, Offer.MOVE_UP} <= started[2].offers
        assert [status.number for status in jobs.statuses[:2]] == [started[2].number, started[3].number]
        watched = jobs.watch()
        await until_running(jobs, watched, lab, "TEST01")
        assert {states(jobs)[name] for name in ("WEB01", "APP01")} & {JobState.FINDING_OUT, JobState.COMPLETED}
        while jobs.under_way:
            lab.advance(60)
            await anext(watched)
        assert set(states(jobs).values()) == {JobState.COMPLETED}
    assert sent(lab, "Move-VM") == 4
    assert set(FOUR) <= set(lab.places()["HV-02"])


@on_a_loop
async def test_the_user_decides_on_the_order(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        *_running, third, fourth = await start_four(estate, jobs)
        jobs.move_up(fourth.number)
        assert [status.number for status in jobs.statuses[:2]] == [fourth.number, third.number]
        jobs.move_down(fourth.number)
        jobs.move_up(third.number)
        assert [status.number for status in jobs.statuses[:2]] == [third.number, fourth.number]
        jobs.hold(third.number)
        watched = jobs.watch()
        await until_running(jobs, watched, lab, "DC01")
        assert states(jobs)["TEST01"] is JobState.HELD
        jobs.release(third.number)
        await until_running(jobs, watched, lab, "TEST01")


@on_a_loop
async def test_a_job_begins_at_its_time_and_not_before(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        later = now() + datetime.timedelta(hours=2)
        started = await jobs.start(await move_plan(estate, "TEST01", r"D:\Moved\TEST01"), start_at=later)
        assert started.state is JobState.WAITING
        assert started.detail.startswith(f"It begins at {later:%Y-%m-%d %H:%M}")
        assert not sent(lab, "Move-VM")
        watched = jobs.watch()
        jobs.set_start(started.number, now() - datetime.timedelta(seconds=1))
        assert (await follow(watched, lab))[-1].state is JobState.COMPLETED


@on_a_loop
async def test_a_job_may_be_started_on_hold_and_cancelled_before_it_began(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        started = await jobs.start(await move_plan(estate, "TEST01", r"D:\Moved\TEST01"), hold=True)
        assert started.state is JobState.HELD
        await jobs.cancel(started.number)
        [status] = jobs.statuses
        assert (status.state, status.detail) == (JobState.CANCELLED, "It was cancelled before anything was sent.")
        jobs.dismiss(status.number)
        assert jobs.statuses == ()
    assert not sent(lab, "Move-VM")


@on_a_loop
async def test_what_others_have_begun_counts_and_is_shown(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        others = await others_move_storage(estate, "HV-01", "APP01", "DC01")
        started = await jobs.start(await move_plan(estate, "TEST01", r"D:\Moved\TEST01"))
        assert started.state is JobState.WAITING
        assert started.detail == "HV-01 has 2 migrations of storage (APP01, DC01) and allows 2 at once."
        foreign = {status.title: status for status in jobs.statuses if status.plan is None}
        assert set(foreign) == {"Move the storage of APP01", "Move the storage of DC01"}
        app = foreign["Move the storage of APP01"]
        assert app.offers == {Offer.CANCEL}
        watched = jobs.watch()
        await jobs.cancel(app.number)
        while not next(status for status in jobs.statuses if status.number == app.number).state.is_final:
            await anext(watched)
        await until_running(jobs, watched, lab, "TEST01")
        ended = next(status for status in jobs.statuses if status.number == app.number)
        assert ended.state is JobState.CANCELLED
        await leave(others)


@on_a_loop
async def test_a_limit_that_only_the_host_knew_of_is_waited_for(lab: RunningLab, tmp_path: Path) -> None:
    slow_to_look = replace(IMPATIENT, observe_after=3600)
    async with a_program(lab.connections(), tmp_path, slow_to_look) as (estate, jobs):
        plan = await move_plan(estate, "TEST01", r"D:\Moved\TEST01")
        unseen = lab.connection("HV-02", group="Others")
        async with a_program([unseen], tmp_path / "others") as (others_estate, _jobs):
            await others_estate.refresh(unseen.key)
            session = others_estate.open_session(unseen)
            busy = []
            for name in ("DC02", "PRINT01"):
                busy.append(await begin_storage_move(others_estate, unseen.key.group, name))
            watched = jobs.watch()
            await jobs.start(plan)
            waiting = await until_state(watched, JobState.WAITING)
            assert waiting.detail == "HV-02 has 2 migrations of storage (DC02, PRINT01) and allows 2 at once."
            assert sent(lab, "Move-VM") == 1
            # Was the program killed now, nobody would have to be asked what became of it.
            [left] = unfinished(await jobs.journal.recent())
            assert (left.step, left.pending) == (0, None)
            lab.advance(3600)
            await estate.refresh(key("HV-02"))
            assert (await follow(watched, lab, step=60))[-1].state is JobState.COMPLETED
            for session, task in busy:
                await session.close()
                await asyncio.wait([task])
    assert sent(lab, "Move-VM") == 2


async def begin_storage_move(estate: Estate, group: str, name: str) -> tuple[Session, asyncio.Task[object]]:
    [picture] = [each for each in estate.pictures if each.key.group == group]
    assert picture.inventory is not None
    machine = next(each for each in picture.inventory.machines if each.name == name)
    session = estate.open_session(picture.connection)
    call = command("Get-VM", Id=machine.machine_id) | command(
        "Move-VMStorage", DestinationStoragePath=rf"D:\Elsewhere\{name}"
    )
    task: asyncio.Task[object] = asyncio.create_task(session.run(Pipeline((call,)), changes=True))
    while True:
        seen = await estate.reread(picture.key)
        assert seen.inventory is not None
        if seen.inventory.migration_of(machine.machine_id) is not None:
            return session, task


@pytest.fixture
def troubled(tmp_path: Path) -> object:
    with running_lab(tmp_path, scenario="troubled") as running:
        yield running


@on_a_loop
async def test_a_backup_is_waited_for(troubled: RunningLab, tmp_path: Path) -> None:
    connections = [troubled.connection(name) for name in ("TR-01", "TR-02")]
    async with a_program(connections, tmp_path) as (estate, jobs):
        plan = await backup_plan(estate)
        started = await jobs.start(plan)
        assert (started.state, started.detail) == (JobState.WAITING, "A backup of BACKUP01 is under way.")
        watched = jobs.watch()
        troubled.advance(1900)
        assert (await follow(watched, troubled, step=60))[-1].state is JobState.COMPLETED


async def backup_plan(estate: Estate) -> Plan:
    plan = await move_plan(estate, "BACKUP01", r"D:\VMs\BACKUP01", "TR-02", source="TR-01")
    machine = await machine_on(estate, "TR-01", "BACKUP01")
    assert OperationalStatus.BACKING_UP in machine.operational_status
    return plan


@on_a_loop
async def test_a_host_that_hangs_keeps_no_other_waiting(tmp_path: Path) -> None:
    with running_lab(tmp_path, scenario="scale:20x2") as lab:
        names = [host["name"] for host in lab.ready["hosts"]]
        connections = [lab.connection(name) for name in names]
        patience = Patience(look_again_after=0.02, quiet_for=0.5, observe_after=0.05, heartbeat_within=0.5)
        async with a_program(connections, tmp_path, patience) as (estate, jobs):
            hanging, *healthy = names
            machine = (await estate.refresh(key(healthy[0]))).inventory
            assert machine is not None
            name = machine.machines[0].name
            plan = await move_plan(estate, name, rf"D:\Moved\{name}", healthy[1], source=healthy[0])
            lab.control(
                "PUT", f"/hosts/{hanging}/disturbances", [{"kind": "stall", "action": "Command", "times": None}]
            )
            waiting = [asyncio.create_task(estate.refresh(key(hanging))) for _each in range(4)]
            watched = jobs.watch()
            await jobs.start(plan)
            assert (await follow(watched, lab, step=60))[-1].state is JobState.COMPLETED
            assert not any(task.done() for task in waiting)
            lab.control("DELETE", f"/hosts/{hanging}/disturbances")
            await asyncio.gather(*waiting)
