"""A missing switch is cured in the compatibility report, or around the move: disconnect, move, connect; and back again
where the move fails.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.estate.estate import Estate
from core.jobs.queue import Jobs
from core.jobs.status import JobState, JobStatus, Offer
from core.moving.move import Move, NetworkWay
from core.moving.planning import plan_of
from tests.core.estates import key
from tests.core.jobs.working import a_program
from tests.core.moving.examining import choosing, connections, examination, move_of
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

QUICK = 2000.0
"""Simulated seconds per second: a move takes a moment."""


@pytest.fixture
def troubled(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, scenario="troubled", speed=QUICK) as running:
        yield running


async def ended(watched: AsyncIterator[JobStatus], number: int) -> JobStatus:
    async for status in watched:
        if status.number == number and status.state.is_final:
            return status
    raise AssertionError("nobody says anything any more")


async def carried_out(jobs: Jobs, move: Move) -> JobStatus:
    watched = jobs.watch()
    started = await jobs.start(plan_of(move))
    return await ended(watched, started.number)


async def switches_on(estate: Estate, host: str, move: Move) -> list[str]:
    """What the machine's adapters are connected to."""
    picture = await estate.reread(key(host))
    assert picture.inventory is not None
    return [adapter.switch_name or "" for adapter in picture.inventory.adapters_of(move.machine.machine_id)]


@pytest.mark.parametrize("way", list(NetworkWay))
def test_either_way_the_machine_arrives_with_the_switch_that_was_chosen(
    troubled: RunningLab, tmp_path: Path, way: NetworkWay
) -> None:
    @on_a_loop
    async def moved() -> None:
        async with a_program(connections(troubled, "TR-01", "TR-02"), tmp_path) as (estate, jobs):
            plain = await move_of(estate, "SWITCH01", "TR-01", "TR-02")
            move = replace(choosing(plain, "Production", of="Legacy"), network_way=way)
            assert (await examination(estate, move)).obstacles == ()
            done = await carried_out(jobs, move)
            assert done.state is JobState.COMPLETED, done.detail
            assert await switches_on(estate, "TR-02", move) == ["Production", "Production"]

    moved()


@on_a_loop
async def test_where_the_move_fails_the_adapter_gets_its_switch_back(troubled: RunningLab, tmp_path: Path) -> None:
    async with a_program(connections(troubled, "TR-01", "TR-02"), tmp_path) as (estate, jobs):
        # There is no such drive: the move itself fails, after the adapter was disconnected.
        plain = await move_of(estate, "SWITCH01", "TR-01", "TR-02", r"Q:\Nowhere")
        move = replace(choosing(plain, "Production", of="Legacy"), network_way=NetworkWay.RECONNECT)
        failed = await carried_out(jobs, move)
        assert failed.state is JobState.FAILED
        assert await switches_on(estate, "TR-01", move) == ["", "Production"]
        assert Offer.UNDO in failed.offers
        watched = jobs.watch()
        undo = await jobs.undo(failed.number)
        assert (await ended(watched, undo.number)).state is JobState.COMPLETED
        assert await switches_on(estate, "TR-01", move) == ["Legacy", "Production"]
    assert "SWITCH01" in troubled.places()["TR-01"]
