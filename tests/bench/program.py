"""The whole program in a process of its own, with the hosts of a lab: how long it took, how it held the screen up."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BEAT = 0.01
"""Seconds between two ticks whose lateness is the freeze of the window."""


@dataclasses.dataclass(frozen=True, slots=True)
class Course:
    """What to do: read the hosts (all but ``silent``), then be ``idle`` for so many seconds behind a hidden window."""

    hosts: tuple[dict[str, Any], ...]
    silent: tuple[dict[str, Any], ...] = ()
    idle: float = 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """What came of it: ``seconds`` until all hosts were read, freezes in seconds, bytes of memory at most.

    ``first`` is when the first host's machines were shown, ``idle_share`` the part of one core that idling took.
    """

    seconds: float
    first: float
    worst: float
    percentile: float
    memory: int
    idle_share: float


def follow(course: Course) -> Account:
    """Run the program along ``course``."""
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps(dataclasses.asdict(course)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        # The offscreen platform complains of every window that it cannot tell its size limits.
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "default.warning=false"},
        timeout=900,
    )
    return Account(**json.loads(done.stdout.splitlines()[-1]))


async def _heart(gaps: list[float]) -> None:
    """Note how much later than asked for each beat comes."""
    while True:
        asked = time.perf_counter()
        await asyncio.sleep(BEAT)
        gaps.append(time.perf_counter() - asked - BEAT)


async def _run(course: Course, folder: Path) -> Account:
    from gui.application import collected_here, opened
    from gui.options import Options
    from tests.bench.estate import connection

    async with opened(Options(data=folder, key_store=False)) as console:
        with collected_here():
            gaps: list[float] = []
            heart = asyncio.create_task(_heart(gaps))
            began = time.perf_counter()
            news = console.estate.watch()
            for host in (*course.silent, *course.hosts):
                console.estate.add(connection(host))
            waiting = {host["name"] for host in course.hosts}
            first = 0.0
            while waiting:
                picture = await anext(news)
                if picture.inventory is not None:
                    first = first or time.perf_counter() - began
                    waiting.discard(picture.key.name)
            seconds = time.perf_counter() - began
            heart.cancel()
            share = await _idle(console.window, course.idle) if course.idle else 0.0
        gaps.sort()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        account = Account(seconds, first, gaps[-1], gaps[int(len(gaps) * 0.99)], memory, share)
        print(json.dumps(dataclasses.asdict(account)), flush=True)
        # Hosts that are silent would be waited for.
        os._exit(0)


async def _idle(window: Any, seconds: float) -> float:
    """The share of one core that the program takes while nobody sees its window."""
    window.hide()
    # What was under way when it was hidden ends first.
    while reading := [task for task in asyncio.all_tasks() if task.get_name().startswith(("poll HV", "refresh HV"))]:
        await asyncio.wait(reading)
    began, used = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    return (time.process_time() - used) / (time.perf_counter() - began)


def main(arguments: Sequence[str]) -> None:
    """Read the course from standard input, and write the account as the last line of standard output."""
    from gui.__main__ import import_window

    import_window()
    from gui.application import make_application, make_runner

    del arguments
    given = json.loads(sys.stdin.readline())
    course = Course(tuple(given["hosts"]), tuple(given["silent"]), given["idle"])
    with tempfile.TemporaryDirectory() as folder, make_runner(make_application("en")) as runner:
        runner.run(_run(course, Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
