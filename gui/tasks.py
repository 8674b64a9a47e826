"""The coroutines that run on behalf of the window."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

_T = TypeVar("_T")


class Tasks:
    """Holds every task until it ends, and ends them all."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    def start(self, coroutine: Coroutine[object, object, _T], name: str) -> asyncio.Task[_T]:
        """Run ``coroutine``. What goes wrong in it goes to the loop's exception handler."""
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(_report)
        return task

    async def close(self) -> None:
        """Cancel every task and wait for its end."""
        own = asyncio.current_task()
        others = [task for task in self._tasks if task is not own]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def _report(task: asyncio.Task[object]) -> None:
    if not task.cancelled() and (error := task.exception()):
        task.get_loop().call_exception_handler(
            {"message": f"The task {task.get_name()} failed", "exception": error, "task": task}
        )
