"""The threads that calls, stops and streams run in."""

from __future__ import annotations

import threading

from core.powershell.command import command
from tests.core.remoting.simulated_host import on_a_loop, pipeline, running_workers, simulated_host


@on_a_loop
async def test_no_call_waits_behind_streams() -> None:
    go_on = threading.Event()
    async with running_workers(1) as workers:
        streams = [workers.submit_stream(go_on.wait) for _stream in range(100)]
        assert await workers.run(lambda: "answered") == "answered"
        assert not any(stream.done() for stream in streams)
        go_on.set()


@on_a_loop
async def test_a_stream_is_followed_in_a_thread_of_its_own_lane() -> None:
    async with simulated_host() as host, host.session() as session:
        stream = session.stream(pipeline(command("Wait-Long")), changes=True)
        await anext(stream)
        assert any(thread.name.startswith("remoting-stream") for thread in threading.enumerate())
        await stream.aclose()
