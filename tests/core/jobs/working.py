"""Jobs for tests: real plans carried out on the hosts of a lab whose clock the test steps."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from core.estate.connection import Connection
from core.estate.estate import Estate
from core.jobs.goal import Arrived, Fact, Facts
from core.jobs.journal import Journal
from core.jobs.patience import Patience
from core.jobs.plan import (
    Action,
    Expectation,
    Folder,
    Migration,
    Plan,
    PlannedAdapter,
    PlannedEnd,
)
from core.jobs.presence import Presence
from core.jobs.queue import Jobs
from core.jobs.status import JobState, JobStatus
from core.powershell.command import Pipeline, Statement, command
from tests.core.estates import key, machine_on, managed, read_all
from tests.core.moves import move_to_one_folder
from tests.laboratory import RunningLab

IMPATIENT = Patience(
    look_again_after=0.02, quiet_for=0.5, observe_after=0.05, heartbeat_within=0.5, brief_shown_for=0.05
)


def jobs_of(estate: Estate, folder: Path, patience: Patience = IMPATIENT) -> Jobs:
    """The jobs of one program whose journal is in ``folder``."""
    return Jobs(estate, Journal(folder / "journal", estate.workers), Presence(folder / "programs"), patience)


@contextlib.asynccontextmanager
async def a_program(
    connections: Iterable[Connection], folder: Path, patience: Patience = IMPATIENT
) -> AsyncIterator[tuple[Estate, Jobs]]:
    """One run of the program, from its start to the closing of its window."""
    async with managed(connections) as estate:
        jobs = jobs_of(estate, folder, patience)
        await jobs.open()
        try:
            yield estate, jobs
        finally:
            await jobs.close()


async def ended(watched: AsyncIterator[JobStatus], number: int) -> JobStatus:
    """How the job with this number ended."""
    async for status in watched:
        if status.number == number and status.state.is_final:
            return status
    raise AssertionError("nobody says anything any more")


async def carried_out(jobs: Jobs, plan: Plan) -> JobStatus:
    """How a plan ended that is started now."""
    watched = jobs.watch()
    started = await jobs.start(plan)
    return await ended(watched, started.number)


async def undone(jobs: Jobs, done: JobStatus) -> JobStatus:
    """How the job ended that takes back what another has done."""
    watched = jobs.watch()
    started = await jobs.undo(done.number)
    return await ended(watched, started.number)


async def move_plan(
    estate: Estate, machine: str, folder: str, destination: str = "HV-02", *, source: str = "HV-01"
) -> Plan:
    """Move a machine with all its data to one folder of the destination."""
    await read_all(estate)
    found = await machine_on(estate, source, machine)
    inventory = estate.picture(key(source)).inventory
    assert inventory is not None
    drives = [drive.path for drive in inventory.drives_of(found.machine_id) if drive.path]
    disks = tuple(rf"{folder}\Virtual Hard Disks\{path.rsplit(chr(92), 1)[-1]}" for path in drives)
    adapters = tuple(
        PlannedAdapter(each.mac_address, each.name, each.switch_name or "")
        for each in inventory.adapters_of(found.machine_id)
    )
    action = Action(
        title=f"Move {machine}",
        host=key(source),
        pipeline=move_to_one_folder(found.machine_id, destination, folder),
        goal=Arrived(found.machine_id, key(source), key(destination)),
        undo_text="",
        migration=Migration(key(destination), found.memory_assigned, 30 << 30),
    )
    return Plan(
        title=f"Move {machine}",
        host=key(source),
        actions=(action,),
        expectation=Expectation(key(source), found.machine_id, machine, found.state),
        end=PlannedEnd(key(destination), disks, adapters, (Folder(key(source), found.path),)),
    )


def noted(host: str, machine: Expectation, notes: str, before: str = "") -> Action:
    """A short step: the machine's notes. Its undo writes ``before``."""
    picked = command("Get-VM", Id=machine.machine_id)
    undo = None if notes == before else noted(host, machine, before, before)
    return Action(
        title=f"Note {notes!r}",
        host=key(host),
        pipeline=Pipeline((picked | command("Set-VM", Notes=notes),)),
        goal=Facts(key(host), (Fact(Statement((picked,)), (("Notes", notes),)),)),
        undo_text="Writing the former notes undoes it.",
        undo=undo,
    )


async def follow(watched: AsyncIterator[JobStatus], lab: RunningLab, step: float = 5) -> list[JobStatus]:
    """Let simulated time pass until an own job ends; everything it said."""
    seen: list[JobStatus] = []
    lab.advance(step)
    async for status in watched:
        if status.plan is None:
            continue
        seen.append(status)
        if status.state.is_final:
            break
        lab.advance(step)
    return seen


async def until_state(watched: AsyncIterator[JobStatus], *states: JobState) -> JobStatus:
    """The next status with one of these states."""
    async for status in watched:
        if status.state in states:
            return status
    raise AssertionError("nobody says anything any more")


async def is_under_way(watched: AsyncIterator[JobStatus], lab: RunningLab) -> None:
    """Let simulated time pass until a good part of the disks is copied."""
    async for status in watched:
        if status.percent > 20:
            return
        lab.advance(3)


async def has_begun(jobs: Jobs) -> None:
    """Wait until the host has told of the newest job for the first time."""
    async for status in jobs.watch():
        if status.detail:
            return


def sent(lab: RunningLab, cmdlet: str) -> int:
    """How often the hosts have received a cmdlet."""
    return [entry["cmdlet"] for entry in lab.received()].count(cmdlet)


async def settled(task: asyncio.Task[object]) -> None:
    """Wait for a task, whatever comes of it."""
    await asyncio.wait([task])


async def noted_around_a_storage_move(estate: Estate, folder: str) -> Plan:
    """Notes, then TEST01's storage to ``folder``, then notes again."""
    await read_all(estate)
    found = await machine_on(estate, "HV-01", "TEST01")
    expected = Expectation(key("HV-01"), found.machine_id, "TEST01", found.state)
    picked = command("Get-VM", Id=found.machine_id)
    disk = rf"{folder}\Virtual Hard Disks\TEST01.vhdx"
    drives = Statement((picked, command("Get-VMHardDiskDrive")))
    move = Action(
        title="Move the storage",
        host=key("HV-01"),
        pipeline=Pipeline((picked | command("Move-VMStorage", DestinationStoragePath=folder),)),
        goal=Facts(key("HV-01"), (Fact(drives, (("Path", disk),)),)),
        undo_text="",
        migration=Migration(key("HV-01"), 0, 14 << 30),
    )
    steps = (
        noted("HV-01", expected, f"before {folder}"),
        move,
        noted("HV-01", expected, f"after {folder}"),
    )
    end = PlannedEnd(key("HV-01"), (disk,), ())
    return Plan("Notes and storage", key("HV-01"), steps, expectation=expected, end=end)


async def until_final(watched: AsyncIterator[JobStatus]) -> JobStatus:
    """The next status of an own job with which it has ended."""
    async for status in watched:
        if status.plan is not None and status.state.is_final:
            return status
    raise AssertionError("nobody says anything any more")
