"""100 moves at once: how old what is shown of them gets, and what following them takes."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from pathlib import Path

from core.estate.estate import Estate
from core.jobs.journal import Journal
from core.jobs.presence import Presence
from core.jobs.queue import Jobs
from core.jobs.status import JobState
from core.wizards.move import MoveWizard
from core.wizards.move_choices import MoveType
from tests.bench.estate import BenchLab, bench_lab, estate_of
from tests.bench.row import Row
from tests.core.estates import read_all

SPEED = 0.5
"""Simulated seconds per second: the moves last longer than they are watched."""


def measure(*, quick: bool) -> list[Row]:
    """Storage of one machine moves on each host."""
    hosts, seconds = (20, 10.0) if quick else (100, 40.0)
    with bench_lab(f"scale:{hosts}x1", speed=SPEED) as lab:
        return asyncio.run(_measure(lab, hosts, seconds))


async def _measure(lab: BenchLab, hosts: int, seconds: float) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        async with estate_of(lab.connections) as estate:
            await read_all(estate)
            data = Path(folder)
            jobs = Jobs(estate, Journal(data / "journal", estate.workers), Presence(data / "programs"))
            await jobs.open()
            try:
                return await _follow(estate, jobs, hosts, seconds)
            finally:
                await jobs.close()


async def _follow(estate: Estate, jobs: Jobs, hosts: int, seconds: float) -> list[Row]:
    for picture in estate.pictures:
        assert picture.inventory is not None
        wizard = MoveWizard(estate, picture.key, picture.inventory.machines[0])
        wizard.choices.move_type = MoveType.STORAGE
        wizard.choices.folders = {(picture.key.name, ""): r"D:\Moved"}
        await jobs.start(await wizard.plan())
    heard: dict[int, float] = {}
    oldest = 0.0
    news = jobs.watch()
    # Until each of them has said something, they are being started.
    while len(heard) < hosts:
        status = await anext(news)
        if status.state is JobState.RUNNING:
            heard[status.number] = time.perf_counter()
    began, used = time.perf_counter(), time.process_time()
    heard = dict.fromkeys(heard, began)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            async for status in news:
                now = time.perf_counter()
                if status.number in heard:
                    oldest = max(oldest, now - heard[status.number])
                    heard[status.number] = now
    now = time.perf_counter()
    oldest = max(oldest, *(now - moment for moment in heard.values()))
    share = (time.process_time() - used) / (now - began)
    return [
        Row(f"{hosts} moves at once: oldest progress", oldest, "s", most=2.0),
        Row(f"{hosts} moves at once: of one core", share * 100, "%", most=30),
    ]
