"""A laptop that is closed for an hour: what is true is shown when it wakes, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path

import pytest

from core.estate.polling import CLOSELY, Attention, Polling
from core.jobs.status import JobState
from core.powershell.command import Pipeline, command
from tests.core.estates import key
from tests.core.jobs.working import a_program, follow, is_under_way, move_plan, sent
from tests.core.remoting.simulated_host import on_a_loop
from tests.core.sleeping import needs_a_clock_of_the_sleep, sleep_for
from tests.laboratory import RunningLab

HOUR = 3600.0


@needs_a_clock_of_the_sleep
@on_a_loop
async def test_an_hour_of_sleep_in_a_read_in_a_move_and_with_nothing_to_do(
    lab: RunningLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = [host["name"] for host in lab.ready["hosts"]]
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        polling = Polling(estate, lambda: Attention(is_shown=True, hosts=frozenset(map(key, hosts))), lambda: ())
        watched = jobs.watch()
        await jobs.start(await move_plan(estate, "WEB01", r"D:\Moved\WEB01"))
        await is_under_way(watched, lab)
        looking = asyncio.create_task(polling.run())
        begun = lab.control("GET", "/hosts/HV-02")["requests"]["Receive"]
        lab.control("PUT", "/hosts/HV-02/disturbances", [{"kind": "stall", "action": "Receive"}])
        reading = asyncio.create_task(estate.refresh(key("HV-02")))
        while lab.control("GET", "/hosts/HV-02")["requests"]["Receive"] == begun:  # noqa: ASYNC110 -- nothing tells
            await asyncio.sleep(0)
        pictures = estate.watch()

        # Nothing of the program runs until it wakes.
        for host in hosts:
            lab.control("PUT", f"/hosts/{host}/disturbances", [{"kind": "refuse"}])
            lab.control("POST", f"/hosts/{host}/idle", {"seconds": HOUR})
        lab.advance(HOUR)
        for host in hosts:
            lab.control("DELETE", f"/hosts/{host}/disturbances")
        sleep_for(HOUR, monkeypatch)
        woken = time.monotonic()

        # With nothing to do: a change goes through, once.
        note = command("Get-VM", Name="BRANCH01") | command("Set-VM", Notes="awake")
        assert not (await estate.change(key("HV-DR"), Pipeline((note,)))).errors
        # In a read: it fails or succeeds, and the next one tells what is true. All hosts are read at once, unasked.
        await reading
        renewed: set[str] = set()
        while renewed < set(hosts):
            picture = await anext(pictures)
            if picture.failure is None:
                renewed.add(picture.key.name)
        assert time.monotonic() - woken < CLOSELY, "nobody had to wait for the usual time between two readings"
        # In a move: it has ended meanwhile.
        ended = (await follow(watched, lab))[-1]
        assert ended.state is JobState.COMPLETED, ended.detail
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
    assert [host for host, machines in lab.places().items() if "WEB01" in machines] == ["HV-02"]
    assert sent(lab, "Move-VM") == 1
    assert [entry["parameters"].get("Notes") for entry in lab.received() if entry["cmdlet"] == "Set-VM"] == ["awake"]
