"""What the program saw of replications over time, in a SQLite file of the user's data folder.

Several programs may write it at once, and none has to end in order: each note is one transaction. It is bounded by age
and by number. A file that is damaged is renamed, one that a newer program has written is left alone; either is said,
and what is seen is remembered for this run only where it cannot be kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import math
import os
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from core.hyperv.replication_states import ReplicationHealth, ReplicationState
from core.language import _
from core.own_files import make_folder, open_file
from core.remoting.workers import Workers
from core.replicas.records import Leg
from core.replicas.side import Side
from core.replicas.survey import Overview

_VERSION = 1
_KEPT_FOR = 90 * 24 * 3600
"""Seconds for which a sample is kept."""
_MOST = 500_000
"""How many samples are kept at most; the oldest go first."""
_LONGEST_AGE = 100 * 365 * 24 * 3600
"""Seconds beyond which a host's dates are not taken for the age of a copy."""
_LARGEST = 2**63 - 1
"""The largest number that the file holds."""
_EVERY = 300.0
"""Seconds after which a side is noted again although nothing has changed."""
_LOCKED_FOR = 10.0
"""Seconds that another program may take to write."""
_TABLES = """
CREATE TABLE IF NOT EXISTS sample (
    moment REAL NOT NULL, host_group TEXT NOT NULL, host TEXT NOT NULL, machine TEXT NOT NULL, name TEXT NOT NULL,
    leg INTEGER NOT NULL, sends INTEGER NOT NULL, state INTEGER NOT NULL, health INTEGER NOT NULL,
    synchronised REAL, latency REAL, size INTEGER NOT NULL, pending INTEGER NOT NULL, asked INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS sample_of_machine ON sample (machine, moment);
CREATE INDEX IF NOT EXISTS sample_by_moment ON sample (moment);
"""
_COLUMNS = (
    "moment, host_group, host, machine, name, leg, sends, state, health, synchronised, latency, size, pending, asked"
)

_T = TypeVar("_T")
_Row = tuple[float, str, str, str, str, int, int, int, int, float | None, float | None, int, int, int]


class HistoryUnavailable(Exception):
    """The history cannot be read or written; the text is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One side of a leg as it was seen at ``moment``; ``size`` is that of a cycle on average, ``asked`` in seconds."""

    moment: datetime.datetime
    group: str
    host: str
    machine_id: UUID
    machine_name: str
    leg: Leg
    sends: bool
    state: ReplicationState
    health: ReplicationHealth
    synchronised: datetime.datetime | None
    latency: float | None
    size: int
    pending: int
    asked: int

    @property
    def age(self) -> float | None:
        """Seconds since the last synchronisation, then."""
        return (self.moment - self.synchronised).total_seconds() if self.synchronised is not None else None


class History:
    """The history in ``folder``, of at most ``most`` samples."""

    def __init__(self, folder: Path, workers: Workers, *, most: int = _MOST) -> None:
        self.file = folder / "replication-history.sqlite3"
        self._workers = workers
        self._most = most
        self._turn = asyncio.Lock()
        self._working = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._noted: dict[tuple[str, str, str, int], tuple[float, int, int]] = {}

    async def open(self) -> tuple[str, ...]:
        """Make the file ready. Returns what was wrong with it, in sentences."""
        return await self._workers.run(self._open)

    async def note(self, overview: Overview, now: datetime.datetime | None = None) -> int:
        """Write down what is new in ``overview``; how many samples that were. Raises HistoryUnavailable.

        A host that did not answer has told nothing new, and is not noted.
        """
        moment = (now or datetime.datetime.now(datetime.UTC)).timestamp()
        answered = [reading for reading in overview.readings if reading.failure is None]
        rows = [_row(side, moment) for reading in answered for side in reading.sides]
        return await self._on_database(lambda database: self._write(database, rows, moment))

    async def follow(self, overviews: AsyncIterator[Overview]) -> None:
        """Note each of ``overviews``, such as those of ``Survey.watch()``. Raises HistoryUnavailable."""
        async for overview in overviews:
            await self.note(overview)

    async def samples(
        self, machine_id: UUID, since: datetime.datetime, *, leg: Leg = Leg.SIMPLE, sends: bool | None = None
    ) -> tuple[Sample, ...]:
        """What was seen of a machine, the oldest first; ``sends`` None: of both sides. Raises HistoryUnavailable."""
        text = f"SELECT {_COLUMNS} FROM sample WHERE machine = ? AND leg = ? AND moment >= ?"
        values: list[object] = [str(machine_id), int(leg), since.timestamp()]
        if sends is not None:
            text, values = f"{text} AND sends = ?", [*values, int(sends)]
        rows = await self._on_database(lambda database: database.execute(f"{text} ORDER BY moment", values).fetchall())
        return tuple(map(_sample, rows))

    async def close(self) -> None:
        """Let go of the file."""
        database, self._database = self._database, None
        if database is not None:
            await self._workers.run(self._alone, sqlite3.Connection.close, database)

    def _open(self) -> tuple[str, ...]:
        notes: list[str] = []
        try:
            make_folder(self.file.parent)
            self._database = _connected(self.file)
        except _NewerFile:
            what = _("{file} is left as it is. It was written by a newer version of VM Ferry.")
            notes.append(what.format(file=self.file))
        except sqlite3.OperationalError as error:
            notes.append(_("{file} cannot be read. {reason}").format(file=self.file, reason=error))
        except sqlite3.DatabaseError as error:
            notes += _set_aside(self.file, error)
            with contextlib.suppress(OSError, sqlite3.Error, _NewerFile):
                self._database = _connected(self.file)
        except OSError as error:
            notes.append(_("{file} cannot be read. {reason}").format(file=self.file, reason=error.strerror or error))
        if self._database is None:
            notes.append(_("What is seen of replications is remembered for this run only."))
            self._database = _prepared(sqlite3.connect(":memory:", check_same_thread=False))
        return tuple(notes)

    def _write(self, database: sqlite3.Connection, rows: list[_Row], moment: float) -> int:
        fresh = [row for row in rows if self._is_new(row)]
        if not fresh:
            return 0
        with database:
            places = ", ".join("?" * len(fresh[0]))
            database.executemany(f"INSERT INTO sample ({_COLUMNS}) VALUES ({places})", fresh)
            database.execute("DELETE FROM sample WHERE moment < ?", (moment - _KEPT_FOR,))
            oldest = "SELECT moment FROM sample ORDER BY moment DESC LIMIT 1 OFFSET ?"
            database.execute(f"DELETE FROM sample WHERE moment <= ({oldest})", (self._most,))
        for row in fresh:
            self._noted[row[1], row[2], row[3], row[5]] = (row[0], row[7], row[8])
        return len(fresh)

    def _is_new(self, row: _Row) -> bool:
        known = self._noted.get((row[1], row[2], row[3], row[5]))
        return known is None or (row[7], row[8]) != known[1:] or row[0] - known[0] >= _EVERY

    def _alone(self, work: Callable[[sqlite3.Connection], _T], database: sqlite3.Connection) -> _T:
        """A thread works on when nobody waits for it any more: whoever comes next waits for it here."""
        with self._working:
            return work(database)

    async def _on_database(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        database = self._database
        if database is None:
            raise HistoryUnavailable(_("The history of replications is not open."))
        try:
            # Threads that share a connection would share their transactions.
            async with self._turn:
                return await self._workers.run(self._alone, work, database)
        except sqlite3.Error as error:
            what = _("The history in {file} cannot be used: {reason}.")
            raise HistoryUnavailable(what.format(file=self.file, reason=error)) from error


class _NewerFile(Exception):
    """The file has a version that is not known here."""


def _connected(file: Path) -> sqlite3.Connection:
    """The database in ``file``, for its owner only. Raises OSError, sqlite3.Error and _NewerFile."""
    # It is made before SQLite would make it with other rights; the files beside it get the rights of this one.
    os.close(open_file(file, os.O_RDWR | os.O_CREAT))
    with contextlib.ExitStack() as unless_prepared:
        database = sqlite3.connect(file, timeout=_LOCKED_FOR, check_same_thread=False)
        unless_prepared.callback(database.close)
        _prepared(database)
        unless_prepared.pop_all()
    return database


def _prepared(database: sqlite3.Connection) -> sqlite3.Connection:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise _NewerFile
    (sound,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if sound != "ok":
        raise sqlite3.DatabaseError(sound)
    database.executescript(_TABLES)
    database.execute(f"PRAGMA user_version = {_VERSION}")
    # What is not there is a damage like any other.
    database.execute(f"SELECT {_COLUMNS} FROM sample LIMIT 1").fetchall()
    return database


def _set_aside(file: Path, error: Exception) -> Iterator[str]:
    yield _("{file} cannot be read. {reason}").format(file=file, reason=error)
    aside = file.with_name(f"{file.stem}-damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}{file.suffix}")
    try:
        os.replace(file, aside)
    except OSError as refused:
        yield _("{file} cannot be read. {reason}").format(file=file, reason=refused.strerror or refused)
        return
    yield _("It was renamed to {name}.").format(name=aside.name)


def _row(side: Side, moment: float) -> _Row:
    last = side.last_synchronised
    # Hosts have clocks of their own: how old the last synchronisation is counts, not what their clocks show.
    age = (side.read_at - last).total_seconds() if last is not None else math.inf
    size = side.statistics.average_replication_size if side.statistics is not None else 0
    return (
        *(moment, side.host.group, side.host.name, str(side.machine_id), side.row.machine_name),
        *(int(not side.is_on_first_leg), int(side.role.sends), int(side.state), int(side.health)),
        *(moment - age if abs(age) < _LONGEST_AGE else None, side.latency),
        *(min(size, _LARGEST), min(side.pending, _LARGEST), min(side.row.frequency, _LARGEST)),
    )


def _sample(row: _Row) -> Sample:
    return Sample(
        _moment(row[0]),
        row[1],
        row[2],
        UUID(row[3]),
        row[4],
        Leg(row[5]),
        bool(row[6]),
        ReplicationState(row[7]),
        ReplicationHealth(row[8]),
        _moment(row[9]) if row[9] is not None else None,
        *row[10:],
    )


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
