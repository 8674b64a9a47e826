"""The threads in which pypsrp's blocking calls run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

# Stops do not wait behind calls that poll.
_STOP_THREADS = 2

# How many pipelines that go on for long are followed at once; each of them keeps a thread waiting most of the time.
_STREAM_THREADS = 128


class Workers:
    """The threads that serve all sessions of one event loop.

    ``size`` threads run the calls and two more the stops. Those that follow streams are started when they are needed:
    however many moves are under way, calls do not wait for them. ``opening`` lets half of the calls be the opening
    of a session: that is where hosts that are switched off keep a thread waiting, and the others must not
    wait for them. ``slow`` lets a few calls go on to hosts that have lately missed a deadline.
    """

    def __init__(self, size: int = 16) -> None:
        self.opening = asyncio.Semaphore(max(1, size // 2))
        self.slow = asyncio.Semaphore(max(1, size // 8))
        self._sizes = {"call": size, "stop": _STOP_THREADS}
        self._executors: dict[str, ThreadPoolExecutor] = {}
        self._under_way: set[Future[Any]] = set()

    def start(self) -> None:
        """Start every thread now; a thread started later, on a busy loop, costs tens of milliseconds."""
        for kind, size in self._sizes.items():
            executor = ThreadPoolExecutor(size, thread_name_prefix=f"remoting-{kind}")
            everyone = threading.Barrier(size + 1)
            for _thread in range(size):
                executor.submit(everyone.wait)
            everyone.wait()
            self._executors[kind] = executor
        self._executors["stream"] = ThreadPoolExecutor(_STREAM_THREADS, thread_name_prefix="remoting-stream")

    def submit(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Run ``call`` in a thread. Raises RuntimeError before ``start`` and after ``close``."""
        return self._submit("call", lambda: call(*args, **kwargs))

    def submit_stream(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Like ``submit``, in the threads that follow streams."""
        return self._submit("stream", lambda: call(*args, **kwargs))

    async def run(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """What ``call`` returns or raises; cancelling the wait does not interrupt a call that has begun."""
        return await asyncio.wrap_future(self.submit(call, *args, **kwargs))

    async def run_stop(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Like ``run``, in the threads kept for stops."""
        return await asyncio.wrap_future(self._submit("stop", lambda: call(*args, **kwargs)))

    async def close(self) -> None:
        """Drop the calls that have not begun and wait for the others: at most their time-outs."""
        for executor in self._executors.values():
            executor.shutdown(wait=False, cancel_futures=True)
        waits = [asyncio.wrap_future(future) for future in tuple(self._under_way)]
        await asyncio.gather(*waits, return_exceptions=True)
        for executor in self._executors.values():
            executor.shutdown()
        self._executors.clear()

    def _submit(self, kind: str, call: Callable[[], _T]) -> Future[_T]:
        if kind not in self._executors:
            raise RuntimeError("the workers are not running")
        future = self._executors[kind].submit(call)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future
