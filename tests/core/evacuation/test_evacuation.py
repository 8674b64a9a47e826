"""A host is emptied over the wire, a destination is lost meanwhile, and after a restart everything comes home."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from core.estate.connection import Connection
from core.estate.estate import Estate
from core.evacuation.record import EvacuationStore
from core.evacuation.whereabouts import Whereabouts, whereabouts
from core.hyperv.failure_codes import explain
from core.jobs.plan import Batch
from core.jobs.queue import Jobs
from core.jobs.status import JobState, JobStatus
from core.powershell.script import script
from core.wizards.evacuation import EvacuationWizard
from core.wizards.return_machines import ReturnWizard
from core.wizards.wizard import obstacles
from tests.core.estates import key, machine_on, read_all
from tests.core.jobs.working import IMPATIENT, a_program
from tests.core.moves import move_to_one_folder
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

Golden: TypeAlias = Callable[[str, str], None]

SCENARIO = str(Path(__file__).parent / "service.toml")
HOME, LOST = "SRV-A", "SRV-C"
PLACES = {
    "DB01": ("SRV-B", "46 GB of memory are left there."),
    "WEB01": ("SRV-B", "38 GB of memory are left there."),
    "APP01": (LOST, "56 GB of memory are left there."),
    "OLD01": ("SRV-AMD", "510 GB of memory are left there."),
    "SAVED01": (LOST, "56 GB of memory are left there."),
}
STAYING = {
    "HUGE01": "SRV-AMD has a processor of another maker than SRV-A."
    " SRV-B has too little memory: 62 GB of 400 GB are free."
    " SRV-C has too little memory: 62 GB of 400 GB are free."
    " SRV-FULL: 20 GB of room are needed on D:, 8 GB are left there."
    " The limit of SRV-ZERO for live migrations is 0: it makes none.",
    "RAW01": "RAW01 uses the physical disk 3 of SRV-A, which cannot move.",
    "QUORUM01": r"Other machines share the virtual hard disk D:\VMs\QUORUM01\Virtual Hard Disks\QUORUM01.vhdx,"
    " which cannot be moved while they do.",
    "NODE01": "NODE01 belongs to a failover cluster.",
}
SEDATE = replace(IMPATIENT, observe_after=0.3)
"""Every look at the hosts that jobs wait for costs time that the jobs then lack."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MAC = re.compile(r"\b00155D[0-9A-F]{6}\b")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, scenario=SCENARIO) as lab:
        yield lab


def hasty(lab: RunningLab) -> list[Connection]:
    """Connections that give a silent host up after a second or so."""
    return [replace(each, endpoint=replace(each.endpoint, operation_timeout=1)) for each in lab.connections()]


def printed(batch: Batch) -> str:
    lines = [f"# {plan.title}\n{script(action.pipeline)}" for plan in batch.plans for action in plan.actions]
    return _MAC.sub("MAC", _ID.sub("ID", "\n".join(lines)))


def standing(estate: Estate) -> dict[str, tuple[object, ...]]:
    """The machines of the host that is serviced, with what has to be as it was when they are back."""
    inventory = estate.picture(key(HOME)).inventory
    assert inventory is not None
    return {
        each.name: (
            each.state,
            each.path,
            [drive.path for drive in inventory.drives_of(each.machine_id)],
            [adapter.switch_name for adapter in inventory.adapters_of(each.machine_id)],
        )
        for each in inventory.machines
    }


async def told(estate: Estate, jobs: Jobs, store: EvacuationStore) -> Whereabouts:
    await read_all(estate)
    busy = {
        status.plan.expectation.machine_id
        for status in jobs.statuses
        if status.plan is not None and not status.state.is_final and status.plan.expectation is not None
    }
    return whereabouts(await store.of(key(HOME)), estate.pictures, busy)


def away(found: Whereabouts) -> dict[str, str]:
    return {machine.name: host.name for host, machine in found.away}


def states(jobs: Jobs) -> dict[str, JobState]:
    return {status.plan.title.split()[1]: status.state for status in jobs.statuses if status.plan is not None}


async def run_until(jobs: Jobs, lab: RunningLab, done: Callable[[], bool], step: float = 10) -> None:
    """Let time pass until ``done``; the limits of the hosts hold at every moment."""
    watched = jobs.watch()
    while not done():
        lab.advance(step)
        await anext(watched)
        running = [each.plan for each in jobs.statuses if each.state is JobState.RUNNING and each.plan is not None]
        assert len(running) <= 2, "SRV-A makes two migrations at once"
        assert sum(plan.title.endswith("SRV-B") for plan in running) <= 1, "SRV-B makes one"


def job_of(jobs: Jobs, machine: str) -> JobStatus:
    return next(each for each in jobs.statuses if each.plan is not None and each.plan.title.split()[1] == machine)


@on_a_loop
async def test_a_host_is_emptied_though_a_destination_is_lost_and_filled_again(
    service: RunningLab, tmp_path: Path, golden: Golden
) -> None:
    async with a_program(hasty(service), tmp_path, SEDATE) as (estate, jobs):
        before = await _evacuate(service, estate, jobs, EvacuationStore(tmp_path, estate.workers), golden)
    async with a_program(hasty(service), tmp_path, SEDATE) as (estate, jobs):
        assert await _bring_back(service, estate, jobs, EvacuationStore(tmp_path, estate.workers), golden) == before


async def _evacuate(
    lab: RunningLab, estate: Estate, jobs: Jobs, store: EvacuationStore, golden: Golden
) -> dict[str, tuple[object, ...]]:
    await read_all(estate)
    before = standing(estate)
    here = estate.picture(key(HOME)).inventory
    assert here is not None
    wizard = EvacuationWizard(estate, key(HOME), here.machines)
    await wizard.load()
    rows = {row.machine.name: row for row in wizard.rows}
    placed = {name: (wizard.destination(row), wizard.words(row)) for name, row in rows.items()}
    assert placed == PLACES | {name: ("", f"It stays. {why}") for name, why in STAYING.items()}
    # One may be left where it is: it is said, and keeps nobody.
    chosen = wizard.choices.destinations.pop(rows["WEB01"].machine.machine_id)
    grid, *_others, summary = wizard.steps()
    notes = wizard.problems(grid)
    assert obstacles(notes) == ()
    assert {problem.what for problem in notes} == {
        "WEB01 stays on SRV-A. It was left out.",
        *(f"{name} stays on SRV-A. {why}" for name, why in STAYING.items()),
    }
    assert len({problem.cure for problem in notes}) == 4, "each reason has a cure of its own"
    wizard.choices.destinations[rows["WEB01"].machine.machine_id] = chosen
    assert obstacles(await wizard.examine(summary)) == ()
    assert "Return Machines" in dict(wizard.summary())["The way back:"]
    batch = await wizard.plan()
    golden("evacuate.ps1", printed(batch))
    await store.begin(wizard.remembered())
    await jobs.start_all(batch)
    await run_until(jobs, lab, lambda: job_of(jobs, "APP01").percent > 20, step=2)
    lab.control("POST", f"/hosts/{LOST}/down", {"seconds": 1e6})
    # What does not need the lost host goes on, what needs it waits, and what was on the way there has stayed at home.
    await run_until(
        jobs,
        lab,
        lambda: (
            all(states(jobs)[name].is_final for name in ("DB01", "WEB01", "APP01", "OLD01"))
            and "does not answer" in job_of(jobs, "SAVED01").detail
        ),
    )
    assert states(jobs) == {
        "DB01": JobState.COMPLETED,
        "WEB01": JobState.COMPLETED,
        "OLD01": JobState.COMPLETED,
        "APP01": JobState.FAILED,
        "SAVED01": JobState.WAITING,
    }
    assert job_of(jobs, "SAVED01").detail == "SRV-C does not answer; it begins when the host is back."
    failure = job_of(jobs, "APP01").record
    assert failure is not None
    explained = explain(failure)
    assert explained is not None
    assert "then move the machine again. It stays at the source." in explained.cure
    found = await told(estate, jobs, store)
    assert away(found) == {"DB01": "SRV-B", "WEB01": "SRV-B", "OLD01": "SRV-AMD"}
    assert [each.machine_name for each in found.at_home] == ["APP01"]
    assert [each.machine_name for each in found.under_way] == ["SAVED01"]
    lab.control("POST", f"/hosts/{LOST}/up")
    await run_until(jobs, lab, lambda: not jobs.under_way)
    assert states(jobs)["SAVED01"] is JobState.COMPLETED
    # A host that has machines and does not answer is named.
    lab.control("POST", f"/hosts/{LOST}/down", {"seconds": 1e6})
    found = await told(estate, jobs, store)
    assert found.missing == ("SAVED01 was seen last on SRV-C, which does not answer now.",)
    lab.control("POST", f"/hosts/{LOST}/up")
    await store.end(found.at_home)
    return before


async def _bring_back(
    lab: RunningLab, estate: Estate, jobs: Jobs, store: EvacuationStore, golden: Golden
) -> dict[str, tuple[object, ...]]:
    found = await told(estate, jobs, store)
    assert away(found) == {name: host for name, (host, _why) in PLACES.items() if name != "APP01"}
    kept = await store.of(key(HOME))
    early = ReturnWizard(estate, key(HOME), found.away, kept)
    await early.load()
    # Somebody else moves one on: the open wizard says so, and the next one finds it where it is.
    lab.control("POST", "/clock", {"speed": 3000})
    moved = await machine_on(estate, "SRV-B", "DB01")
    answer = await estate.change(key("SRV-B"), move_to_one_folder(moved.machine_id, LOST, r"D:\Elsewhere"))
    assert answer.errors == ()
    (problem,) = obstacles(await early.examine(next(iter(early.steps()))))
    assert problem.what == "DB01 is no longer on SRV-B."
    assert problem.cure.startswith("Close the wizard and look where the machine is now.")
    found = await told(estate, jobs, store)
    assert away(found)["DB01"] == LOST
    wizard = ReturnWizard(estate, key(HOME), found.away, kept, ["APP02 is on no host of the list."])
    await wizard.load()
    *_pages, summary = wizard.steps()
    assert [problem.what for problem in wizard.problems(summary)] == ["APP02 is on no host of the list."]
    assert obstacles(await wizard.examine(summary)) == ()
    batch = await wizard.plan()
    golden("return.ps1", printed(batch))
    await jobs.start_all(batch)
    await run_until(jobs, lab, lambda: not jobs.under_way)
    assert set(states(jobs).values()) == {JobState.COMPLETED}
    found = await told(estate, jobs, store)
    assert len(found.at_home) == len(kept)
    await store.end(found.at_home)
    assert await store.of(key(HOME)) == ()
    return standing(estate)
