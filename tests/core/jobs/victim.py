"""A program that carries out a plan of three steps and can be killed at each line of its journal.

It reads the connections and the folder from its first line of input, prints a line before and after each line of the
journal, and goes on when it gets one. So whoever reads it decides where it dies.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from core.estate.connection import Connection
from core.jobs.journal import Journal
from core.jobs.journal_entry import JournalEntry
from core.jobs.presence import Presence
from core.jobs.queue import Jobs
from core.remoting.endpoint import Credential, Endpoint
from tests.core.estates import managed
from tests.core.jobs.working import IMPATIENT, noted_around_a_storage_move, until_final
from tests.laboratory import GROUP


class StoppingJournal(Journal):
    """A journal that halts before and after each line."""

    async def write(self, entry: JournalEntry) -> None:
        await asyncio.to_thread(halt, f"before {entry.event.value}")
        await super().write(entry)
        await asyncio.to_thread(halt, f"after {entry.event.value}")


def halt(where: str) -> None:
    print(where, flush=True)
    sys.stdin.readline()


def main(_arguments: list[str]) -> None:
    asyncio.run(run(json.loads(sys.stdin.readline())))


async def run(given: dict[str, Any]) -> None:
    endpoint = Endpoint("HV-01", given["address"], given["port"], given["scheme"], "negotiate")
    connection = Connection(GROUP, endpoint, Credential(given["username"], given["password"]))
    folder = Path(given["folder"])
    async with managed([connection]) as estate:
        journal = StoppingJournal(folder / "journal", estate.workers)
        jobs = Jobs(estate, journal, Presence(folder / "programs"), IMPATIENT)
        await jobs.open()
        watched = jobs.watch()
        await jobs.start(await noted_around_a_storage_move(estate, given["target"]))
        await until_final(watched)
        await jobs.close()


if __name__ == "__main__":
    main(sys.argv[1:])
