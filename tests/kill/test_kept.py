"""Programs are killed at any moment while they write; what they keep reads whole, the old or the new."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from core.estate.last_pictures import LastPictures
from core.estate.profile_store import ProfileStore
from core.failover.journeys import JourneyStore
from core.failover.rehearsal_ends import RehearsalEnds
from core.jobs.journal import Journal
from core.recovery.document import from_file
from core.recovery.readiness import RunRecords
from core.remoting.workers import Workers
from core.replicas.history import History
from gui.preferences import Preferences
from tests import nursery
from tests.core.replicas.looking import MACHINE, NOON
from tests.kill.writer import HOST, PADDING, WRITERS

FEW, MANY = 8, 100
"""How often each file's program is killed."""
LONGEST = 0.004
"""Seconds within which a program is killed after it has said that something is written: several writes take that."""
NEWEST_ONLY = frozenset({"last_pictures", "preferences", "recovery_plan"})
"""What holds the newest content alone; everything else holds all that was ever written."""
Read = Callable[[Path, Workers], Awaitable[tuple[int, ...]]]


async def profiles(folder: Path, workers: Workers) -> tuple[int, ...]:
    store = ProfileStore(folder, workers)
    assert await store.load() == ()
    return tuple(int(each.listed_name.removeprefix("HV-")) for each in store.current.profiles)


async def journeys(folder: Path, workers: Workers) -> tuple[int, ...]:
    store = JourneyStore(folder, workers)
    assert await store.load() == ()
    return tuple(each.machine_id.int for each in store.current)


async def rehearsal_ends(folder: Path, workers: Workers) -> tuple[int, ...]:
    store = RehearsalEnds(folder, workers)
    assert await store.load() == ()
    return tuple(each.machine_id.int for each in store.current)


async def run_records(folder: Path, workers: Workers) -> tuple[int, ...]:
    store = RunRecords(folder, workers)
    assert await store.load() == ()
    return tuple(int(each.plan.removeprefix("Plan ")) for each in store.current)


async def journal(folder: Path, workers: Workers) -> tuple[int, ...]:
    return tuple(entry.sequence for entry in await Journal(folder, workers).entries())


async def history(folder: Path, workers: Workers) -> tuple[int, ...]:
    kept = History(folder, workers)
    assert await kept.open() == ()
    found = await kept.samples(MACHINE, NOON)
    await kept.close()
    return tuple(int(each.host.removeprefix("H")) for each in found)


async def last_pictures(folder: Path, workers: Workers) -> tuple[int, ...]:
    found = await LastPictures(folder, workers).load()
    assert all(each.notes and each.notes.endswith(PADDING) for each in found[HOST].machines)
    return tuple({int((each.notes or "").partition(" ")[0]) for each in found[HOST].machines})


async def preferences(folder: Path, _workers: Workers) -> tuple[int, ...]:
    kept = Preferences(folder)
    both = {bytes(kept.state(name).data()).decode() for name in ("first", "second")}
    assert all(each.endswith(PADDING) for each in both)
    return tuple({int(each.partition(" ")[0]) for each in both})


async def recovery_plan(folder: Path, workers: Workers) -> tuple[int, ...]:
    plan = from_file(await workers.run((folder / "plan.json").read_bytes))
    return (plan.members[0].machine_id.int,)


READERS: dict[str, Read] = {
    each.__name__: each
    for each in (
        *(profiles, journeys, rehearsal_ends, run_records, journal),
        *(history, last_pictures, preferences, recovery_plan),
    )
}


def seed_of_this_run() -> int:
    """That of the environment, so that a run can be made again; else any."""
    return int(os.environ.get("VMFERRY_KILL_SEED") or random.SystemRandom().randrange(1 << 32))


def write_until_killed(what: str, folder: Path, first: int, choose: random.Random) -> int:
    """Let a program write from ``first`` on, kill it, and return the last number that it has said to be written."""
    writer = nursery.start("tests.kill.writer", [what, str(folder), str(first)])
    assert writer.stdin is not None
    assert writer.stdout is not None
    with writer.stdin, writer.stdout:
        last = 0
        for _each in range(choose.randint(1, 3)):
            last = int(writer.stdout.readline())
        kill_at = time.perf_counter() + choose.uniform(0.0, LONGEST)
        while time.perf_counter() < kill_at:
            pass
        writer.kill()
        writer.wait()
        said = writer.stdout.read().splitlines()
    # A line that broke off was printed after its write had ended.
    return int(said[-1]) if said else last


def killed_often(what: str, folder: Path, times: int) -> None:
    seed = seed_of_this_run()
    print(f"VMFERRY_KILL_SEED={seed}")
    choose = random.Random(seed)
    known: tuple[int, ...] = ()
    for kill in range(times):
        first = known[-1] + 1 if known else 1
        last = write_until_killed(what, folder, first, choose)
        found = asyncio.run(read(what, folder))
        begun = range(1, last + 2)
        if what in NEWEST_ONLY:
            assert found in ((last,), (last + 1,)), f"seed {seed}, kill {kill}: {last} was written"
        else:
            assert sorted(found) in (list(begun), list(begun[:-1])), f"seed {seed}, kill {kill}: {last} was written"
        known = tuple(sorted(found))
    if what != "last_pictures":
        # What a kill leaves beside the file is used again: it does not become more.
        assert len([file for file in folder.iterdir() if ".new" in file.name]) <= 1


async def read(what: str, folder: Path) -> tuple[int, ...]:
    """The numbers that the next program finds."""
    workers = Workers(1)
    workers.start()
    try:
        return await READERS[what](folder, workers)
    finally:
        await workers.close()


@pytest.mark.parametrize("what", WRITERS)
def test_killed_while_it_writes(what: str, tmp_path: Path) -> None:
    killed_often(what, tmp_path, FEW)


@pytest.mark.long
@pytest.mark.parametrize("what", WRITERS)
def test_killed_many_times_while_it_writes(what: str, tmp_path: Path) -> None:
    killed_often(what, tmp_path, MANY)
