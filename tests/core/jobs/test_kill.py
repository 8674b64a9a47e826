"""The program is killed at every step of a plan; the next one finds the truth, and in the end all is done just once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.jobs.queue import Jobs
from core.jobs.status import JobState, Offer
from tests import nursery
from tests.core.estates import key, machine_on
from tests.core.jobs.working import a_program, until_final
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

SPEED = 500.0
"""Simulated seconds per second: a storage move of 14 GB takes a fraction of one."""

WAY = [
    f"{moment} {event}"
    for event in (
        "planned",
        *("sending", "answered", "done"),
        *("sending", "answered", "done"),
        *("sending", "answered", "done"),
        "ended",
    )
    for moment in ("before", "after")
]
"""Where the program halts, in order: around each line that it writes."""


@pytest.fixture(scope="module")
def fast_lab(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running_lab(tmp_path_factory.mktemp("lab"), speed=SPEED) as running:
        yield running


@pytest.mark.parametrize("place", range(len(WAY)), ids=[f"{n} {where}" for n, where in enumerate(WAY)])
@on_a_loop
async def test_killed_at(fast_lab: RunningLab, tmp_path: Path, place: int) -> None:
    lab = fast_lab
    before = len(lab.received())
    target = rf"D:\Killed\{place}"
    die_at(lab, tmp_path, target, place)
    connections = [lab.connection("HV-01")]
    async with a_program(connections, tmp_path) as (estate, jobs):
        watched = jobs.watch()
        was_written = place > WAY.index("before planned")
        assert len(jobs.statuses) == was_written - (place == len(WAY) - 1)
        for status in jobs.statuses:
            if not status.state.is_final:
                status = await until_final(watched)
            await finish(jobs, status.number)
        machine = await machine_on(estate, "HV-01", "TEST01")
        if was_written:
            inventory = estate.picture(key("HV-01")).inventory
            assert inventory is not None
            assert [drive.path for drive in inventory.drives_of(machine.machine_id)] == [
                rf"{target}\Virtual Hard Disks\TEST01.vhdx"
            ]
            assert machine.notes == f"after {target}"
    received = [entry["cmdlet"] for entry in lab.received()[before:]]
    assert received.count("Move-VMStorage") == was_written
    assert received.count("Set-VM") == 2 * was_written


async def finish(jobs: Jobs, number: int) -> None:
    """Let a job be carried out to its end, as a user would who still wants it."""
    watched = jobs.watch()
    status = next(status for status in jobs.statuses if status.number == number)
    while status.state is not JobState.COMPLETED:
        assert Offer.RESUME in status.offers, status
        await jobs.resume(number)
        status = await until_final(watched)


def die_at(lab: RunningLab, folder: Path, target: str, place: int) -> None:
    """Run the program up to the ``place``-th halt, and kill it there."""
    host = lab.host("HV-01")
    given = {name: host[name] for name in ("address", "port", "scheme", "username", "password")}
    victim = nursery.start("tests.core.jobs.victim", [])
    assert victim.stdin is not None
    assert victim.stdout is not None
    with victim.stdin, victim.stdout:
        victim.stdin.write(json.dumps({**given, "folder": str(folder), "target": target}) + "\n")
        victim.stdin.flush()
        for where in WAY[: place + 1]:
            assert victim.stdout.readline().strip() == where
            if where is WAY[place]:
                break
            victim.stdin.write("\n")
            victim.stdin.flush()
        victim.kill()
        victim.wait()
