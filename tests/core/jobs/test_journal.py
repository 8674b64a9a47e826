"""The journal keeps every line, whatever happens to the file, and lets nothing in that could do harm elsewhere."""

from __future__ import annotations

import asyncio
import csv
import datetime
import io
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.journal import Journal, JournalUnavailable, now
from core.jobs.journal_entry import Event, JournalEntry
from core.jobs.journal_export import as_table, as_transcript
from core.jobs.presence import Presence
from core.jobs.recovery import last_number, unfinished
from core.remoting.records import ErrorRecord
from core.remoting.workers import Workers
from tests.core.remoting.simulated_host import on_a_loop

JOB, PROGRAM = uuid4(), uuid4()


def entry(number: int = 1, event: Event = Event.PLANNED, *, job: UUID = JOB, **fields: object) -> JournalEntry:
    return JournalEntry(number, now(), event, job, PROGRAM, "me", "Move WEB01", "Servers", "HV-01", **fields)  # type: ignore[arg-type]


async def written(folder: Path, *entries: JournalEntry) -> Journal:
    workers = Workers(2)
    workers.start()
    journal = Journal(folder, workers)
    for each in entries:
        await journal.write(each)
    return journal


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@on_a_loop
async def test_what_is_written_is_read_again_whole(tmp_path: Path) -> None:
    record = ErrorRecord("Two\nlines", "Id,Cmdlet", "InvalidOperation", target="ä", cmdlet="Move-VM", advice="Wait.")
    lines = [
        entry(1, checks=("Room enough.",), plan={"record": "Plan"}),
        entry(2, Event.SENDING, step=0, script="Get-VM 'a\u2019b'\n| Move-VM", shell_id="X", found_before=("D:\\a",)),
        entry(3, Event.ANSWERED, step=0, records=(record,)),
    ]
    journal = await written(tmp_path / "journal", *lines)
    assert list(await journal.entries()) == lines
    [file] = files(tmp_path / "journal")
    assert file.name == f"{now():%Y-%m}.jsonl"
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o077 == 0
        assert file.parent.stat().st_mode & 0o077 == 0


@on_a_loop
async def test_there_is_a_file_for_each_month(tmp_path: Path) -> None:
    months = [datetime.datetime(2026, month, 3, tzinfo=datetime.UTC) for month in (9, 10, 11, 12)]
    lines = [JournalEntry(n, time, Event.PLANNED, JOB, PROGRAM, "me", "t", "g", "h") for n, time in enumerate(months)]
    journal = await written(tmp_path, *lines)
    assert [file.name for file in files(tmp_path)] == [f"2026-{n:02d}.jsonl" for n in (9, 10, 11, 12)]
    assert list(await journal.entries()) == lines
    assert list(await journal.recent()) == lines[1:]


@on_a_loop
async def test_a_line_that_was_not_written_whole_costs_no_other(tmp_path: Path) -> None:
    journal = await written(tmp_path, entry(1))
    [file] = files(tmp_path)
    file.write_bytes(file.read_bytes() + b'{"sequence":2,"time":"20')
    await journal.write(entry(3, Event.DONE))
    assert [line.sequence for line in await journal.entries()] == [1, 3]


@on_a_loop
async def test_lines_of_two_programs_do_not_mix(tmp_path: Path) -> None:
    one, other = await written(tmp_path), await written(tmp_path)
    long = "x" * 20_000
    await asyncio.gather(
        *(journal.write(entry(n, script=long)) for n in range(20) for journal in (one, other)),
    )
    assert len(await one.entries()) == 40


@on_a_loop
async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file where a folder should be")
    with pytest.raises(JournalUnavailable, match="cannot be written"):
        await written(tmp_path / "journal", entry())


@on_a_loop
async def test_what_is_no_plan_is_not_found_again(tmp_path: Path) -> None:
    others = [uuid4(), uuid4(), uuid4()]
    strange = ({"record": "os.system"}, ["Plan"], {"record": "Plan", "title": 3})
    journal = await written(tmp_path, *(entry(n, job=others[n], plan=plan) for n, plan in enumerate(strange)))
    entries = await journal.recent()
    assert unfinished(entries) == ()
    assert last_number(entries) == 2


@given(st.text(max_size=200))
def test_a_comment_holds_whatever_the_host_says(text: str) -> None:
    answered = entry(1, Event.ANSWERED, records=(ErrorRecord(text),))
    assert all(line.startswith("#") or not line.strip() for line in as_transcript([answered]).split("\n"))


def test_a_transcript_shows_each_call_as_it_was_sent() -> None:
    call = "Get-VM -Id '1' | Move-VM -DestinationHost HV-02"
    text = as_transcript(
        [
            entry(1, Event.SENDING, script=call),
            entry(2, Event.ANSWERED, records=(ErrorRecord("No.\nNot now."),)),
            entry(3, Event.ENDED, state="failed", detail="No."),
        ]
    )
    lines = text.splitlines()
    assert lines[1] == call
    assert lines[0].endswith("me on HV-01: Move WEB01")
    assert lines[2:4] == ["# No.", "# Not now."]
    assert lines[4].endswith("Move WEB01: failed. No.")


@given(st.text(max_size=50))
def test_no_cell_of_the_table_is_a_formula(text: str) -> None:
    cells = list(csv.reader(io.StringIO(as_table([entry(1, Event.ENDED, detail=text, script=text)]))))
    assert len(cells) == 2
    for cell in cells[1]:
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_program_that_runs_is_not_stood_in_for(tmp_path: Path) -> None:
    one, other, third = Presence(tmp_path), Presence(tmp_path), Presence(tmp_path)
    for each in (one, other, third):
        each.take()
    assert not other.adopt(one.program)
    one.release()
    assert other.adopt(one.program)
    assert other.adopt(one.program)
    assert not third.adopt(one.program)
    other.release()
    assert third.adopt(one.program)
