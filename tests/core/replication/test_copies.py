"""An initial copy is a job: it is followed, paused, cancelled, waits for its time, and is found again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.estate.estate import Estate
from core.hyperv.query import Reading, ask
from core.hyperv.replication import RELATIONSHIPS
from core.hyperv.replication_states import ReplicationState
from core.jobs.plan import Plan
from core.jobs.queue import Jobs
from core.jobs.status import JobState, JobStatus, Offer
from core.replication.planning import enabling_plan, import_plan
from core.replication.protection import CopyMethod, InitialCopy
from tests.core.estates import key, machine_on
from tests.core.jobs.working import IMPATIENT, a_program
from tests.core.moving.examining import connections
from tests.core.remoting.simulated_host import on_a_loop
from tests.core.replication.protecting import protection_of
from tests.laboratory import RunningLab, running_lab

QUICK = replace(IMPATIENT, copy_after=0.02, schedule_after=0.02)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    """Two sites, with a machine for each test."""
    with running_lab(tmp_path_factory.mktemp("sites")) as running:
        yield running


def a_window(lab: RunningLab, folder: Path) -> Any:
    return a_program(connections(lab, "HV-01", "HV-DR"), folder, QUICK)


async def begun(estate: Estate, jobs: Jobs, name: str, copy: InitialCopy | None = None) -> tuple[JobStatus, Plan]:
    plan = enabling_plan(await protection_of(estate, name, "HV-01", "HV-DR", copy=copy or InitialCopy()))
    return await jobs.start(plan), plan


async def until(jobs: Jobs, number: int, reached: Callable[[JobStatus], object]) -> JobStatus:
    """The first status of a job that ``reached`` likes."""
    for status in jobs.statuses:
        if status.number == number and reached(status):
            return status
    watched: AsyncIterator[JobStatus] = jobs.watch()
    async for status in watched:
        if status.number == number and reached(status):
            return status
    raise AssertionError("nobody says anything any more")


def at_work(status: JobStatus) -> bool:
    return status.state is JobState.RUNNING and Offer.PAUSE in status.offers


def final(status: JobStatus) -> bool:
    return status.state.is_final


async def state_on(estate: Estate, host: str, name: str) -> ReplicationState | None:
    """How the replication of a machine stands on a host; None where there is none."""
    machine = await machine_on(estate, host, name)
    answer = await estate.ask(key(host), ask((RELATIONSHIPS,)))
    found = Reading.of(answer.output).records(RELATIONSHIPS)
    return next((each.state for each in found if each.machine_id == machine.machine_id), None)


@on_a_loop
async def test_it_is_followed_paused_and_goes_on_to_its_end(sites: RunningLab, tmp_path: Path) -> None:
    async with a_window(sites, tmp_path) as (estate, jobs):
        started, _plan = await begun(estate, jobs, "WEB01")
        await until(jobs, started.number, at_work)
        sites.advance(30)
        seen = await until(jobs, started.number, lambda status: status.percent >= 5)
        assert seen.transfer is not None
        assert seen.transfer.total == int(27.5 * (1 << 30))
        await jobs.pause(started.number)
        paused = await until(jobs, started.number, lambda status: status.state is JobState.PAUSED)
        assert paused.offers == {Offer.CANCEL, Offer.GO_ON}
        assert paused.percent >= seen.percent
        assert await state_on(estate, "HV-01", "WEB01") is ReplicationState.SUSPENDED
        await jobs.go_on(started.number)
        await until(jobs, started.number, at_work)
        sites.advance(3600)
        done = await until(jobs, started.number, final)
        assert (done.state, done.percent) == (JobState.COMPLETED, 100)
        assert [finding.what for finding in done.findings] == [
            "The network adapters of the replica on HV-DR.contoso.example are not connected: choose switches for them"
            " in its settings."
        ]
        assert await state_on(estate, "HV-01", "WEB01") is ReplicationState.REPLICATING
        assert await state_on(estate, "HV-DR", "WEB01") is ReplicationState.REPLICATING
        undo = await jobs.undo(started.number)
        assert (await until(jobs, undo.number, final)).state is JobState.COMPLETED
        assert [await state_on(estate, host, "WEB01") for host in ("HV-01", "HV-DR")] == [None, None]


@on_a_loop
async def test_a_cancelled_copy_can_begin_anew(sites: RunningLab, tmp_path: Path) -> None:
    async with a_window(sites, tmp_path) as (estate, jobs):
        started, _plan = await begun(estate, jobs, "DC01")
        await until(jobs, started.number, at_work)
        await jobs.cancel(started.number)
        cancelled = await until(jobs, started.number, final)
        assert cancelled.state is JobState.CANCELLED
        assert "HV-01 is not copying" in cancelled.detail
        assert {Offer.RESUME, Offer.UNDO} <= cancelled.offers
        assert await state_on(estate, "HV-01", "DC01") is ReplicationState.READY_FOR_INITIAL_COPY
        await jobs.resume(started.number)
        await until(jobs, started.number, at_work)
        sites.advance(3600)
        assert (await until(jobs, started.number, final)).state is JobState.COMPLETED


@on_a_loop
async def test_a_scheduled_copy_waits_for_its_time(sites: RunningLab, tmp_path: Path) -> None:
    async with a_window(sites, tmp_path) as (estate, jobs):
        picture = await estate.refresh(key("HV-01"))
        assert picture.inventory is not None
        begins = picture.inventory.read_at + timedelta(hours=2)
        started, _plan = await begun(estate, jobs, "APP01", InitialCopy(begins=begins))
        waiting = await until(jobs, started.number, lambda status: status.state is JobState.SCHEDULED)
        assert waiting.offers == {Offer.CANCEL}
        assert waiting.detail == f"The initial copy begins at {begins.astimezone():%Y-%m-%d %H:%M}."
        sites.advance(2 * 3600 + 1)
        await until(jobs, started.number, at_work)
        sites.advance(3600)
        assert (await until(jobs, started.number, final)).state is JobState.COMPLETED


@on_a_loop
async def test_the_next_program_finds_it_again(sites: RunningLab, tmp_path: Path) -> None:
    async with a_window(sites, tmp_path) as (estate, jobs):
        started, _plan = await begun(estate, jobs, "SQL01")
        await until(jobs, started.number, at_work)
    async with a_window(sites, tmp_path) as (estate, jobs):
        await asyncio.gather(*(estate.refresh(key(host)) for host in ("HV-01", "HV-DR")))
        (again,) = jobs.statuses
        await until(jobs, again.number, at_work)
        sites.advance(7200)
        done = await until(jobs, again.number, final)
        assert (done.title, done.state) == (started.title, JobState.COMPLETED)


@on_a_loop
async def test_media_are_written_carried_and_imported(sites: RunningLab, tmp_path: Path) -> None:
    async with a_window(sites, tmp_path) as (estate, jobs):
        started, plan = await begun(estate, jobs, "TEST01", InitialCopy(CopyMethod.MEDIA, r"D:\IR"))
        running = await until(jobs, started.number, lambda status: status.transfer is not None)
        assert running.offers == {Offer.CANCEL}
        sites.advance(600)
        written = await until(jobs, started.number, final)
        assert (written.state, written.detail) == (JobState.COMPLETED, plan.remains[0])
        assert "Carry what was written to D:\\IR on HV-01 to HV-DR.contoso.example." in written.detail
        sites.control("POST", "/hosts/HV-01/carry", {"folder": r"D:\IR", "to": "HV-DR", "there": r"R:\IR"})
        machine = await machine_on(estate, "HV-DR", "TEST01")
        imported = await jobs.start(import_plan(key("HV-DR"), machine, r"R:\IR", 14 << 30))
        await until(jobs, imported.number, lambda status: status.transfer is not None)
        sites.advance(600)
        assert (await until(jobs, imported.number, final)).state is JobState.COMPLETED
        sites.advance(600)
        assert await state_on(estate, "HV-01", "TEST01") is ReplicationState.REPLICATING
        assert await state_on(estate, "HV-DR", "TEST01") is ReplicationState.REPLICATING


@on_a_loop
async def test_a_folder_without_a_copy_is_refused(sites: RunningLab, tmp_path: Path) -> None:
    async with a_window(sites, tmp_path) as (estate, jobs):
        started, _plan = await begun(estate, jobs, "FILE01", InitialCopy(CopyMethod.MEDIA, r"D:\IR"))
        await until(jobs, started.number, lambda status: status.transfer is not None)
        machine = await machine_on(estate, "HV-DR", "FILE01")
        await jobs.cancel(started.number)
        await until(jobs, started.number, final)
        refused = await jobs.start(import_plan(key("HV-DR"), machine, r"R:\Nothing", 0))
        failed = await until(jobs, refused.number, final)
        assert failed.state is JobState.FAILED
        assert failed.record is not None
