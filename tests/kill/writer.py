"""A program that writes one file of the user's data folder again and again, and says each time that it has.

Its arguments: what it writes (a name of ``WRITERS``), the folder, and the number to begin with. It does not end by
itself.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from msgspec import structs
from PySide6.QtCore import QByteArray

from core.estate.connection import Connection, HostKey
from core.estate.estate import Picture
from core.estate.last_pictures import LastPictures
from core.estate.profile_store import ProfileStore
from core.estate.profiles import Profile
from core.failover.journeys import JourneyStore
from core.failover.link import Link
from core.failover.rehearsal_ends import RehearsalEnd, RehearsalEnds
from core.failover.way_back import Journey
from core.jobs.journal import Journal
from core.jobs.journal_entry import Event, JournalEntry
from core.own_files import write_file
from core.recovery.document import Group, Member, RecoveryPlan, as_file
from core.recovery.readiness import RunRecords
from core.recovery.status import Kind, RunState, RunStatus
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.workers import Workers
from core.replicas.history import History
from core.replicas.role import Role
from core.replicas.survey import HostReading, Overview
from gui.preferences import Preferences
from tests.core.moving.hosts import inventory
from tests.core.replicas.looking import NOON, side
from tests.lab.cmdlets.administration import Administrator

HOST, HOME = HostKey("Servers", "HV-01"), Link("hv-01.contoso.example", 80)
TOLD = inventory(Administrator(), "HV-01")
PADDING = "x" * 4000
"""What makes each write long enough to be met in the middle."""
Write = Callable[[int], Awaitable[object]]


async def profiles(folder: Path, workers: Workers) -> AsyncIterator[Write]:
    store = ProfileStore(folder, workers)
    await store.load()
    yield lambda number: store.update(
        lambda kept: kept.kept(Profile(address="hv", name=f"HV-{number}", user_name="me"))
    )


async def journeys(folder: Path, workers: Workers) -> AsyncIterator[Write]:
    store = JourneyStore(folder, workers)
    await store.load()
    yield lambda number: store.begin(Journey(UUID(int=number), f"VM{number}", HOST, HOST, HOME, HOME))


async def rehearsal_ends(folder: Path, workers: Workers) -> AsyncIterator[Write]:
    store = RehearsalEnds(folder, workers)
    await store.load()
    yield lambda number: store.set(RehearsalEnd(HOST, UUID(int=number), f"VM{number}", NOON))


async def run_records(folder: Path, workers: Workers) -> AsyncIterator[Write]:
    store = RunRecords(folder, workers)
    await store.load()

    def status(number: int) -> RunStatus:
        plan = a_plan(number)
        return RunStatus(plan, Kind.TEST, RunState.SUCCEEDED, 0, "", (), NOON, NOON)

    yield lambda number: store.add(status(number))


async def journal(folder: Path, workers: Workers) -> AsyncIterator[Write]:
    kept = Journal(folder, workers)
    job = UUID(int=1)

    def entry(number: int) -> JournalEntry:
        return JournalEntry(number, NOON, Event.SENDING, job, job, "me", PADDING, "Servers", "HV-01")

    yield lambda number: kept.write(entry(number))


async def history(folder: Path, workers: Workers) -> AsyncIterator[Write]:
    kept = History(folder, workers)
    assert await kept.open() == ()
    seen = side(Role.PRIMARY)

    def overview(number: int) -> Overview:
        return Overview((HostReading(HOST, (replace(seen, host=HostKey("Servers", f"H{number}")),)),))

    yield lambda number: kept.note(overview(number), NOON)
    await kept.close()


async def last_pictures(folder: Path, workers: Workers) -> AsyncIterator[Write]:
    kept = LastPictures(folder, workers)
    yield lambda number: kept.keep([picture(number)])


async def preferences(folder: Path, workers: Workers) -> AsyncIterator[Write]:
    kept = Preferences(folder)

    async def keep(number: int) -> None:
        kept.keep_state("first", QByteArray(f"{number} {PADDING}".encode()))
        kept.keep_state("second", QByteArray(f"{number} {PADDING}".encode()))
        kept.save()

    yield keep


async def recovery_plan(folder: Path, workers: Workers) -> AsyncIterator[Write]:
    yield lambda number: workers.run(write_file, folder / "plan.json", as_file(a_plan(number)))


def a_plan(number: int) -> RecoveryPlan:
    member = Member(UUID(int=number), f"VM{number}", "P", "R", False, "")
    return RecoveryPlan(f"Plan {number}", "Servers", (Group("First", (member,), PADDING),))


def picture(number: int) -> Picture:
    """A picture of a machine whose notes say which it is."""
    machines = tuple(structs.replace(machine, notes=f"{number} {PADDING}") for machine in TOLD.machines)
    connection = Connection("Servers", Endpoint("HV-01", "HV-01", 5985, "http", "negotiate"), Credential("", ""))
    return Picture(connection, replace(TOLD, machines=machines))


WRITERS = {
    each.__name__: each
    for each in (
        *(profiles, journeys, rehearsal_ends, run_records, journal),
        *(history, last_pictures, preferences, recovery_plan),
    )
}


async def run(what: str, folder: Path, first: int) -> None:
    workers = Workers(2)
    workers.start()
    async for write in WRITERS[what](folder, workers):
        number = first
        while True:
            await write(number)
            print(number, flush=True)
            number += 1


def main(arguments: list[str]) -> None:
    what, folder, first = arguments
    asyncio.run(run(what, Path(folder), int(first)))


if __name__ == "__main__":
    main(sys.argv[1:])
