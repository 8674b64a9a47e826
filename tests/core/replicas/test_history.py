"""The history of what was seen: bounded, shared, and never lost to a broken or a newer file."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.estate.connection import HostKey
from core.hyperv.replication_states import ReplicationHealth as Health
from core.hyperv.replication_states import ReplicationState as State
from core.remoting.workers import Workers
from core.replicas.attention import standing
from core.replicas.availability import availability, downtime_a_year
from core.replicas.history import History, HistoryUnavailable, Sample
from core.replicas.records import Leg
from core.replicas.relationship import Relationship
from core.replicas.report import csv_report, health_csv, html_report
from core.replicas.role import Role
from core.replicas.side import Side
from core.replicas.survey import HostReading, Overview
from tests.core.remoting.simulated_host import on_a_loop
from tests.core.replicas.looking import MACHINE, NOON, PRIMARY, counted, side


@contextlib.asynccontextmanager
async def opened(folder: Path, **bounds: int) -> AsyncIterator[tuple[History, tuple[str, ...]]]:
    workers = Workers(2)
    workers.start()
    history = History(folder, workers, **bounds)
    try:
        yield history, await history.open()
    finally:
        await history.close()
        await workers.close()


def set_aside(folder: Path) -> bytes:
    [aside] = folder.glob("*-damaged-*")
    return aside.read_bytes()


def seen(*sides: Side) -> Overview:
    return Overview(tuple(HostReading(each.host, (each,)) for each in sides))


def later(seconds: float) -> datetime.datetime:
    return NOON + datetime.timedelta(seconds=seconds)


@on_a_loop
async def test_what_was_seen_is_there_in_the_next_run(tmp_path: Path) -> None:
    primary, replica = side(Role.PRIMARY, statistics=counted(latency=4)), side(Role.REPLICA)
    async with opened(tmp_path) as (history, notes):
        assert notes == ()
        assert await history.note(seen(primary, replica), NOON) == 2
        # Nothing has changed, and it was noted a moment ago.
        assert await history.note(seen(primary, replica), later(10)) == 0
        assert await history.note(seen(replace(primary, row=side(Role.PRIMARY, State.ERROR).row)), later(20)) == 1
        assert await history.note(seen(replica), later(400)) == 1
    async with opened(tmp_path) as (again, notes):
        assert notes == ()
        found = await again.samples(MACHINE, NOON, sends=True)
        assert [(each.state, each.latency, each.age) for each in found] == [
            (State.REPLICATING, 4.0, 60.0),
            (State.ERROR, 4.0, 60.0),
        ]
        assert len(await again.samples(MACHINE, NOON)) == 4
        assert await again.samples(MACHINE, NOON, leg=Leg.EXTENDED) == ()
    if os.name == "posix":
        assert tmp_path.joinpath("replication-history.sqlite3").stat().st_mode & 0o077 == 0


@on_a_loop
async def test_it_is_bounded_by_age_and_number(tmp_path: Path) -> None:
    async with opened(tmp_path, most=3) as (history, _notes):
        for day in (0, 1, 2, 3, 4):
            await history.note(seen(side(Role.PRIMARY)), later(day * 86400))
        found = await history.samples(MACHINE, NOON)
        assert [each.moment for each in found] == [later(day * 86400) for day in (2, 3, 4)]
        await history.note(seen(side(Role.PRIMARY)), later(93.5 * 86400))
        assert [each.moment for each in await history.samples(MACHINE, NOON)] == [
            later(4 * 86400),
            later(93.5 * 86400),
        ]


def killed_while_writing(file: Path) -> None:
    """A program that dies in the middle of a transaction: what it had begun is taken back."""
    program = (
        "import sqlite3, sys\n"
        f"database = sqlite3.connect({str(file)!r})\n"
        "database.execute('BEGIN IMMEDIATE')\n"
        "database.execute('DELETE FROM sample')\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline().strip() == b"ready"
        victim.kill()


@on_a_loop
async def test_two_programs_write_it_and_one_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "replication-history.sqlite3"
    async with opened(tmp_path) as (history, _notes), opened(tmp_path) as (other, _others):
        await history.note(seen(side(Role.PRIMARY)), NOON)
        await other.note(seen(side(Role.REPLICA)), NOON)
        assert len(await history.samples(MACHINE, NOON)) == 2
        killed_while_writing(file)
        assert await history.note(seen(side(Role.PRIMARY, State.ERROR)), later(1)) == 1
        assert len(await other.samples(MACHINE, NOON)) == 3


@on_a_loop
async def test_a_damaged_file_is_renamed_and_said(tmp_path: Path) -> None:
    file = tmp_path / "replication-history.sqlite3"
    file.write_bytes(b"no database at all " * 100)
    async with opened(tmp_path) as (history, notes):
        assert "renamed" in notes[-1]
        assert await history.note(seen(side(Role.PRIMARY)), NOON) == 1
        assert set_aside(tmp_path).startswith(b"no database")
    async with opened(tmp_path) as (again, notes):
        assert notes == ()
        assert len(await again.samples(MACHINE, NOON)) == 1


@on_a_loop
async def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "replication-history.sqlite3"
    with contextlib.closing(sqlite3.connect(file)) as newer:
        newer.execute("PRAGMA user_version = 99")
    before = file.read_bytes()
    async with opened(tmp_path) as (history, notes):
        assert "newer version" in notes[0]
        assert await history.note(seen(side(Role.PRIMARY)), NOON) == 1
        assert len(await history.samples(MACHINE, NOON)) == 1
    assert file.read_bytes() == before


@on_a_loop
async def test_a_folder_that_is_none_and_a_closed_history_are_said(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("")
    async with opened(tmp_path / "file" / "folder") as (history, notes):
        assert len(notes) == 2
        assert await history.note(seen(side(Role.PRIMARY)), NOON) == 1
        await history.close()
        with pytest.raises(HistoryUnavailable):
            await history.samples(MACHINE, NOON)


def sample(
    seconds: float, *, state: State = State.REPLICATING, health: Health = Health.NORMAL, age: float = 60
) -> Sample:
    moment = later(seconds)
    last = moment - datetime.timedelta(seconds=age)
    return Sample(moment, "Lab", "PRI", MACHINE, "CRM", Leg.SIMPLE, True, state, health, last, 3.0, 0, 0, 300)


def test_availability_is_the_time_in_which_a_failover_would_have_lost_no_more_than_asked() -> None:
    samples = (sample(0), sample(300, state=State.ERROR), sample(400), sample(500, age=601), sample(600))
    found = availability(samples, later(700))
    assert (found.protected, found.observed) == (500, 700)
    # A sample holds for a quarter of an hour: what nobody looked at is not counted.
    assert availability((sample(0),), later(86400)).observed == 900
    assert availability((), NOON).percent is None
    assert "Nothing was observed" in availability((), NOON).sentence
    nearly = availability((sample(0), sample(900, health=Health.CRITICAL)), later(900.001))
    assert "99.999 %" in nearly.sentence


def test_downtime_a_year_is_as_the_course_counts() -> None:
    for percent, seconds in ((99, 3.65 * 86400), (99.9, 8.76 * 3600), (99.99, 52.56 * 60), (99.999, 5.256 * 60)):
        assert downtime_a_year(percent) == pytest.approx(seconds)


def test_reports_hold_nothing_that_runs() -> None:
    evil = side(Role.PRIMARY, host=HostKey("Lab", "=cmd|'/c calc'!A1"))
    named = replace(evil, row=side(Role.PRIMARY, names=("<script>alert(1)</script>", "REP")).row)
    told = standing(Relationship(named, side(Role.REPLICA)))
    lines = list(csv.reader(io.StringIO(csv_report([told]))))
    assert len(lines) == 2
    assert len(lines[0]) == len(lines[1])
    assert lines[1][1] == "'=cmd|'/c calc'!A1"
    page = html_report([told], NOON)
    assert "&#x27;=cmd" in page
    assert "<script" not in page
    assert page.count("<tr>") == 2
    health = list(csv.reader(io.StringIO(health_csv(Relationship(named, side(Role.REPLICA, statistics=counted()))))))
    assert [line[1] for line in health[1:]] == ["'=cmd|'/c calc'!A1", "REP"]
    assert {len(line) for line in health} == {len(health[0])}
    assert PRIMARY.name == "PRI"
