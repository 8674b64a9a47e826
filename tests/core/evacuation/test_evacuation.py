"""A host is emptied over the wire, and filled again after a restart of the program."""

from __future__ import annotations

import asyncio
from pathlib import Path

from core.estate.estate import Estate
from core.evacuation.record import EvacuationStore
from core.jobs.plan import Batch
from core.jobs.queue import Jobs
from core.jobs.status import JobState
from core.remoting.workers import Workers
from core.wizards.evacuation import EvacuationWizard, ReturnWizard
from core.wizards.wizard import obstacles
from tests.core.estates import key, read_all
from tests.core.jobs.working import a_program
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

HOME, NAMES = "HV-02", ("DC02", "PRINT01")


async def carried_out(jobs: Jobs, batch: Batch) -> list[JobState]:
    watched = jobs.watch()
    numbers = {status.number for status in await jobs.start_all(batch)}
    ended: dict[int, JobState] = {}
    async for status in watched:
        if status.number in numbers and status.state.is_final:
            ended[status.number] = status.state
            if len(ended) == len(numbers):
                break
    return list(ended.values())


def standing(estate: Estate, host: str) -> dict[str, tuple[object, ...]]:
    inventory = estate.picture(key(host)).inventory
    assert inventory is not None
    return {
        each.name: (
            each.state,
            each.path,
            [drive.path for drive in inventory.drives_of(each.machine_id)],
            [adapter.switch_name for adapter in inventory.adapters_of(each.machine_id)],
        )
        for each in inventory.machines
        if each.name in NAMES
    }


@on_a_loop
async def test_machines_leave_and_return_as_they_were_after_a_restart(tmp_path: Path) -> None:
    with running_lab(tmp_path, speed=3000.0) as lab:
        before = await _evacuate(lab, tmp_path)
        assert await _bring_back(lab, tmp_path) == before


async def _evacuate(lab: RunningLab, folder: Path) -> dict[str, tuple[object, ...]]:
    async with a_program(lab.connections(), folder) as (estate, jobs):
        await read_all(estate)
        before = standing(estate, HOME)
        here = estate.picture(key(HOME)).inventory
        assert here is not None
        wizard = EvacuationWizard(estate, key(HOME), [each for each in here.machines if each.name in NAMES])
        await wizard.load()
        assert {wizard.destination(row) for row in wizard.rows} == {"HV-01"}, "HV-DR takes no live migrations"
        assert all("of memory are left there." in wizard.words(row) for row in wizard.rows)
        grid, *_others, summary = wizard.steps()
        assert obstacles(await wizard.examine(grid)) == ()
        # One may be left where it is: it is said, and keeps nobody.
        chosen = wizard.choices.destinations.pop(wizard.rows[0].machine.machine_id)
        warned = await wizard.examine(grid)
        assert [problem.what.partition(":")[0] for problem in warned] == [
            f"{wizard.rows[0].machine.name} stays on HV-02"
        ]
        assert obstacles(warned) == ()
        wizard.choices.destinations[wizard.rows[0].machine.machine_id] = chosen
        assert obstacles(await wizard.examine(summary)) == ()
        workers = Workers(1)
        workers.start()
        await EvacuationStore(folder, workers).begin(wizard.remembered())
        await workers.close()
        assert set(await carried_out(jobs, await wizard.plan())) == {JobState.COMPLETED}
        await read_all(estate)
        assert standing(estate, HOME) == {}
        return before


async def _bring_back(lab: RunningLab, folder: Path) -> dict[str, tuple[object, ...]]:
    async with a_program(lab.connections(), folder) as (estate, jobs):
        await read_all(estate)
        workers = Workers(1)
        workers.start()
        store = EvacuationStore(folder, workers)
        kept = await store.of(key(HOME))
        assert sorted(each.machine_name for each in kept) == sorted(NAMES)
        assert await store.of(key("HV-01")) == ()
        there = estate.picture(key("HV-01")).inventory
        assert there is not None
        away = [(key("HV-01"), machine) for each in kept if (machine := there.machine(each.machine_id)) is not None]
        wizard = ReturnWizard(estate, key(HOME), away, kept)
        await wizard.load()
        *_others, summary = wizard.steps()
        assert obstacles(await wizard.examine(summary)) == ()
        assert set(await carried_out(jobs, await wizard.plan())) == {JobState.COMPLETED}
        await store.end(each.machine_id for each in kept)
        assert await store.of(key(HOME)) == ()
        await workers.close()
        await asyncio.gather(*(estate.refresh(picture.key) for picture in estate.pictures))
        return standing(estate, HOME)
