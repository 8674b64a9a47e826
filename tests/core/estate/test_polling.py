"""Hosts are read again as they are looked at: closely, from afar, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.estate import polling
from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.estate.polling import Attention, Polling
from core.powershell.command import Pipeline, Statement, command
from core.remoting.errors import Unreachable
from tests.core.estates import key, managed, read_all
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"TICK": 0.01, "CLOSELY": 0.02, "FROM_AFAR": 0.0, "DURING_JOB": 0.02}.items():
        monkeypatch.setattr(polling, name, seconds)


class Looking:
    """What is looked at, and where jobs run."""

    def __init__(self) -> None:
        self.attention = Attention(is_shown=True)
        self.at_work: set[HostKey] = set()


@contextlib.asynccontextmanager
async def polled(estate: Estate, looking: Looking) -> AsyncIterator[Polling]:
    keeps_fresh = Polling(estate, lambda: looking.attention, lambda: looking.at_work)
    running = asyncio.create_task(keeps_fresh.run())
    try:
        yield keeps_fresh
    finally:
        running.cancel()
        await asyncio.wait([running])


async def read_again(estate: Estate, name: str, times: int = 1) -> None:
    """Wait until a host has been read so many times."""
    news = estate.watch()
    while times:
        times -= (await anext(news)).key == key(name)


def asked(lab: RunningLab, name: str, since: int) -> set[str]:
    return {entry["cmdlet"] for entry in lab.received()[since:] if entry["host"] == name}


@on_a_loop
async def test_all_are_read_at_once_and_what_is_looked_at_is_read_whole(lab: RunningLab) -> None:
    looking = Looking()
    looking.attention = Attention(is_shown=True, hosts=frozenset([key("HV-01")]))
    async with managed(lab.connections()) as estate, polled(estate, looking):
        for name in ("HV-01", "HV-02"):
            await read_again(estate, name)
        since = len(lab.received())
        await asyncio.gather(read_again(estate, "HV-01", 2), read_again(estate, "HV-02", 2))
        assert "Get-VMHardDiskDrive" in asked(lab, "HV-01", since)
        assert asked(lab, "HV-02", since) == {
            *("Write-Output", "Get-Date", "Get-VM", "Get-CimInstance", "Select-Object", "ConvertTo-Json")
        }


@on_a_loop
async def test_a_glance_sees_what_machines_do_and_asks_for_more_when_they_are_others(lab: RunningLab) -> None:
    async with managed(lab.connections()) as estate:
        await read_all(estate)
        before = estate.picture(key("HV-01")).inventory
        assert before is not None
        lab.advance(3600)
        after = (await estate.glance(key("HV-01"))).inventory
        assert after is not None
        assert (after.read_at - before.read_at).total_seconds() >= 3600
        assert after.drives is before.drives
        assert after.machines[0].uptime.seconds > before.machines[0].uptime.seconds
        checkpoint = Pipeline((Statement((command("Checkpoint-VM", Name="TEST01"),)),))
        doing = asyncio.create_task(estate.change(key("HV-01"), checkpoint))
        while not doing.done():
            lab.advance(5)
            await asyncio.wait([doing], timeout=0.05)
        glanced = (await estate.glance(key("HV-01"))).inventory
        assert glanced is not None
        assert len(glanced.checkpoints) == len(after.checkpoints) + 1


@on_a_loop
async def test_nothing_is_read_that_nobody_looks_at(lab: RunningLab) -> None:
    looking = Looking()
    async with managed(lab.connections()) as estate, polled(estate, looking):
        await asyncio.gather(*(read_again(estate, picture.key.name) for picture in estate.pictures))
        looking.attention = Attention(is_shown=False)
        looking.at_work = {key("HV-02")}
        # What was under way has ended when the host at work has been read again and again.
        await read_again(estate, "HV-02", 3)
        since = len(lab.received())
        await read_again(estate, "HV-02", 5)
        assert {entry["host"] for entry in lab.received()[since:]} == {"HV-02"}


@on_a_loop
async def test_a_host_that_is_removed_is_read_no_more(lab: RunningLab) -> None:
    async with managed(lab.connections()) as estate, polled(estate, Looking()):
        await read_again(estate, "HV-01")
        estate.remove(key("HV-02"))
        await read_again(estate, "HV-01", 3)
        assert key("HV-02") not in estate


@on_a_loop
async def test_a_host_that_takes_no_connection_costs_no_thread(lab: RunningLab) -> None:
    with socket.socket() as full, contextlib.ExitStack() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _place in range(2):
            # From now on no connection is completed: the queue of those that wait to be accepted is full.
            first = waiting.enter_context(socket.socket())
            first.setblocking(False)
            first.connect_ex(full.getsockname())
        good = lab.connection("HV-01")
        silent = replace(
            good, endpoint=replace(good.endpoint, name="HV-99", port=full.getsockname()[1], connect_timeout=1)
        )
        async with managed([silent, good], threads=1) as estate:
            refused = asyncio.create_task(estate.refresh(key("HV-99")))
            answered = await estate.refresh(key("HV-01"))
            assert answered.failure is None
            assert not refused.done()
            assert isinstance((await refused).failure, Unreachable)


@on_a_loop
async def test_hosts_that_missed_a_deadline_leave_the_threads_to_the_others(lab: RunningLab) -> None:
    good, other = lab.connection("HV-01"), lab.connection("HV-02")
    slow = replace(other, endpoint=replace(other.endpoint, operation_timeout=1))
    lab.control("PUT", "/hosts/HV-02/disturbances", [{"kind": "black-hole"}])
    async with managed([good, slow], threads=2) as estate:
        await read_all(estate)
        assert [picture.failure is None for picture in estate.pictures] == [True, False]
        again = asyncio.create_task(estate.refresh(slow.key))
        async with estate.workers.opening:
            # The only place among those who open a session is taken, and not by it.
            lab.control("DELETE", "/hosts/HV-02/disturbances")
            assert (await again).failure is None
        assert (await estate.refresh(good.key)).failure is None
