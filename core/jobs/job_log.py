"""What one job writes into the journal."""

from __future__ import annotations

import asyncio
import getpass
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.estate.connection import Connection
from core.jobs.journal import Journal, JournalUnavailable, now
from core.jobs.journal_entry import Event, JournalEntry
from core.jobs.plan import Plan
from core.jobs.plan_record import plan_data


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: this program, and its user; ``numbers`` go on from the last one in the journal."""

    program: UUID
    user: str
    numbers: Iterator[int]

    @classmethod
    def of(cls, program: UUID, last_number: int = 0) -> Author:
        """This program's own."""
        return cls(program, getpass.getuser(), itertools.count(last_number + 1))


class JobLog:
    """The lines of one job. ``trouble`` says why the last of them are not on the disk; they are tried again."""

    def __init__(self, journal: Journal, author: Author, job: UUID, plan: Plan, connection: Connection | None) -> None:
        self.job = job
        self.trouble = ""
        self._journal = journal
        self._author = author
        self._plan = plan
        self._profile = profile_text(connection) if connection is not None else ""
        self._kept: list[JournalEntry] = []
        self._turn = asyncio.Lock()

    async def plan(self) -> None:
        """Write the plan down, before anything is done. Raises JournalUnavailable."""
        await self.require(Event.PLANNED, plan=plan_data(self._plan), checks=self._plan.checks)

    async def require(self, event: Event, **fields: Any) -> None:
        """Write a line that must be on the disk before anything else happens. Raises JournalUnavailable."""
        async with self._turn:
            await self._write_kept()
            await self._journal.write(self._entry(event, fields))

    async def note(self, event: Event, **fields: Any) -> None:
        """Write a line of what has happened anyway; where that fails it is kept and written with the next."""
        async with self._turn:
            self._kept.append(self._entry(event, fields))
            try:
                await self._write_kept()
            except JournalUnavailable as error:
                self.trouble = str(error)

    async def _write_kept(self) -> None:
        while self._kept:
            await self._journal.write(self._kept[0])
            self._kept.pop(0)
        self.trouble = ""

    def _entry(self, event: Event, fields: dict[str, Any]) -> JournalEntry:
        return JournalEntry(
            sequence=next(self._author.numbers),
            time=now(),
            event=event,
            job=self.job,
            program=self._author.program,
            user=self._author.user,
            title=self._plan.title,
            group=self._plan.host.group,
            host=self._plan.host.name,
            profile=self._profile,
            **fields,
        )


def profile_text(connection: Connection) -> str:
    """How a host is signed in to, without any secret."""
    endpoint = connection.endpoint
    way = f"{endpoint.scheme}://{endpoint.address}:{endpoint.port}/{endpoint.configuration_name}"
    return f"{connection.credential.user_name}, {endpoint.authentication}, {way}"
