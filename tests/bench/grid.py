"""Plan and checks for 500 machines in the grid for several machines, beyond the time that the hosts take."""

from __future__ import annotations

import asyncio
import time

from core.moving.rules import FolderRules
from core.wizards.move_many import MoveManyWizard
from tests.bench.estate import BenchLab, bench_lab, estate_of
from tests.bench.row import Row
from tests.core.estates import read_all


def measure(*, quick: bool) -> list[Row]:
    """The processor time of this program is what is its own: while a host is asked, it waits."""
    machines = 100 if quick else 500
    with bench_lab(f"scale:2x{machines}") as lab:
        return asyncio.run(_measure(lab, machines))


async def _measure(lab: BenchLab, machines: int) -> list[Row]:
    async with estate_of(lab.connections) as estate:
        await read_all(estate)
        source, destination = estate.pictures
        assert source.inventory is not None
        wizard = MoveManyWizard(estate, source.key, source.inventory.machines)
        wizard.choices.destination = destination.key.name
        wizard.choices.rules = FolderRules(r"D:\Moved\{vm}\Disks", r"D:\Moved\{vm}")
        began = time.perf_counter()
        wizard.apply()
        step = next(iter(wizard.steps()))
        typed = wizard.problems(step)
        keystroke = time.perf_counter() - began
        assert not typed, typed[:3]
        used = time.process_time()
        await wizard.load()
        await wizard.examine(step)
        batch = await wizard.plan()
        own = time.process_time() - used
        assert len(batch.plans) == machines
    return [
        Row(f"grid of {machines} machines: rules and their problems anew", keystroke, "s", most=1.0),
        Row(f"grid of {machines} machines: checks and plans, own processor time", own, "s", most=1.0),
    ]
