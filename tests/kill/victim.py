"""A program that carries out one plan and stops at one place of the way, where it is killed.

It reads what it is to do from the first line of its input. At the place it prints a line and waits; without a place it
carries the plan out and ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from pathlib import Path
from typing import Any

from core.estate.connection import Connection
from core.estate.estate import Estate
from core.jobs.journal import Journal
from core.jobs.journal_entry import JournalEntry
from core.jobs.plan_record import read_plan
from core.jobs.presence import Presence
from core.jobs.queue import Jobs
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.workers import Workers
from tests.core.estates import managed
from tests.kill.place import PATIENT, Moment, Place
from tests.kill.world import let_time_pass
from tests.laboratory import GROUP, RunningLab


class StoppingJournal(Journal):
    """A journal that halts at its ``place``."""

    def __init__(self, folder: Path, workers: Workers, place: Place | None, lab: RunningLab) -> None:
        super().__init__(folder, workers)
        self._place = place
        self._lab = lab
        self._lines = 0
        self._is_dying = False

    async def write(self, entry: JournalEntry) -> None:
        place = self._place if self._place is not None and self._place.line == self._lines else None
        self._lines += 1
        if self._is_dying:
            # The host may have answered already: nothing is written of that any more.
            await asyncio.Event().wait()
        if place is None:
            await super().write(entry)
            return
        if place.moment is Moment.BEFORE:
            await asyncio.to_thread(halt)
        if place.moment is Moment.DURING:
            # What has begun on the host does not end before the program has: no simulated time passes.
            self._lab.control("POST", "/clock", {"speed": 0.0})
            before = self._calls()
            self._is_dying = True
        await super().write(entry)
        if place.moment is Moment.AFTER:
            await asyncio.to_thread(halt)
        if place.moment is Moment.DURING:
            threading.Thread(target=self._halt_once_sent, args=(before,), daemon=True).start()

    def _halt_once_sent(self, before: int) -> None:
        while self._calls() <= before:
            pass
        halt()

    def _calls(self) -> int:
        """How many calls the hosts have got so far."""
        names = (host["name"] for host in self._lab.ready["hosts"])
        reports = (self._lab.control("GET", f"/hosts/{name}") for name in names)
        return sum(report["requests"].get("Command", 0) for report in reports)


def halt() -> None:
    """Say that the place is reached, and wait for the end."""
    print("here", flush=True)
    sys.stdin.readline()


def main(_arguments: list[str]) -> None:
    asyncio.run(run(json.loads(sys.stdin.readline())))


async def run(given: dict[str, Any]) -> None:
    folder = Path(given["folder"])
    place = Place.read(given["place"]) if given["place"] is not None else None
    async with managed(map(connection, given["connections"])) as estate:
        lab = RunningLab(None, given["ready"], Path(given["transcript"]))  # type: ignore[arg-type]
        journal = StoppingJournal(folder / "journal", estate.workers, place, lab)
        await carry_out(estate, journal, folder, given["plan"], lab)
    print("ended", flush=True)


async def carry_out(estate: Estate, journal: Journal, folder: Path, plan: object, lab: RunningLab) -> None:
    jobs = Jobs(estate, journal, Presence(folder / "programs"), PATIENT)
    await jobs.open()
    waiting = asyncio.create_task(let_time_pass(jobs, lab))
    await jobs.carry_out(read_plan(plan))
    waiting.cancel()
    await jobs.close()


def connection(given: dict[str, Any]) -> Connection:
    endpoint = Endpoint(
        given["name"],
        given["address"],
        given["port"],
        given["scheme"],
        given["authentication"],
        operation_timeout=10,
    )
    return Connection(GROUP, endpoint, Credential(given["username"], given["password"]))


if __name__ == "__main__":
    main(sys.argv[1:])
