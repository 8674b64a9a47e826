"""The journal viewer lists, finds, tells and exports what the journal has; it writes nothing into it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QTableView

from core.estate.practice import GROUP as PRACTICE
from core.jobs.journal import Journal
from core.jobs.journal_entry import JournalEntry
from core.jobs.journal_export import as_table, as_transcript
from core.powershell.script import script
from core.remoting.workers import Workers
from gui.journal_dialog import JournalDialog
from gui.tasks import Tasks
from tests.gui.driving import click, find, until
from tests.gui.journal_samples import ENTRIES, FIX, MOVE, REFUSAL

HEADINGS = ["Time", "Who", "Host", "Job", "Event", "Outcome"]


@dataclass
class Reading:
    """A journal, and the viewer of it."""

    journal: Journal
    dialog: JournalDialog

    def column(self, heading: str) -> list[str]:
        model = self.dialog.model
        return [model.index(row, HEADINGS.index(heading)).data() for row in range(model.rowCount())]

    def choose(self, row: int) -> str:
        """Click a row; what is told of it."""
        table = find(self.dialog, QTableView, "journal_entries")
        place = table.visualRect(self.dialog.model.index(row, 0)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        return self.dialog.story.toPlainText()

    def search(self, words: str) -> None:
        field = find(self.dialog, QLineEdit, "journal_filter")
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, words)


@pytest.fixture
def workers(runner: asyncio.Runner) -> Iterator[Workers]:
    workers = Workers(2)
    workers.start()
    yield workers
    runner.run(workers.close())


@pytest.fixture
def reading(runner: asyncio.Runner, workers: Workers, tmp_path: Path) -> Iterator[Reading]:
    tasks = Tasks()
    journal = Journal(tmp_path / "journal", workers)

    async def open_dialog() -> JournalDialog:
        for entry in ENTRIES:
            await journal.write(entry)
        dialog = JournalDialog(journal, workers, tasks)
        dialog.show()
        await until(lambda: dialog.model.rowCount() == len(ENTRIES))
        return dialog

    dialog = runner.run(open_dialog())
    yield Reading(journal, dialog)
    dialog.close()
    runner.run(tasks.close())


async def test_the_latest_entry_stands_first(reading: Reading) -> None:
    model = reading.dialog.model
    columns = range(model.columnCount())
    assert [model.headerData(column, Qt.Orientation.Horizontal) for column in columns] == HEADINGS
    local = ENTRIES[-1].time.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    assert [model.index(0, column).data() for column in columns] == [
        local,
        "anna",
        "HV-01",
        MOVE.title,
        "Ended",
        "Completed",
    ]
    assert reading.column("Outcome") == ["Completed", "", "Failed", REFUSAL.message, "", "", "", ""]
    assert reading.dialog.count.text() == "8 of 8 entries"


async def test_what_is_written_meanwhile_appears_by_itself(reading: Reading) -> None:
    reading.choose(3)
    told = reading.dialog.story.toPlainText()
    await reading.journal.write(msgspec.structs.replace(ENTRIES[0], sequence=99))
    await until(lambda: reading.dialog.count.text() == "9 of 9 entries")
    assert reading.dialog.story.toPlainText() == told


async def test_every_column_sorts_and_equals_stay_in_time_order(reading: Reading) -> None:
    table = find(reading.dialog, QTableView, "journal_entries")
    table.sortByColumn(HEADINGS.index("Host"), Qt.SortOrder.AscendingOrder)
    assert reading.column("Host") == ["HV-01"] * 4 + ["HV-03"] * 4
    assert reading.column("Event")[:4] == ["Planned", "Sending", "Answered", "Ended"]
    table.sortByColumn(HEADINGS.index("Time"), Qt.SortOrder.AscendingOrder)
    assert reading.column("Time") == sorted(reading.column("Time"))


@pytest.mark.parametrize(
    ("words", "events"),
    [
        ("app01 ENDED", ["Ended"]),
        ("move-vm", ["Sending", "Sending"]),
        ("OperationFailed,Microsoft", ["Answered"]),
        ("1.7 TB", ["Planned"]),
        ("choose another", ["Ended"]),
        ("web01 runs", ["Ended"]),
        ("nothing like this", []),
    ],
)
async def test_the_filter_looks_at_everything_an_entry_says(reading: Reading, words: str, events: list[str]) -> None:
    reading.search(words)
    assert reading.column("Event") == events
    assert reading.dialog.count.text() == f"{len(events)} of 8 entries"


async def test_the_whole_job_is_told_in_its_order(reading: Reading) -> None:
    told = reading.choose(3)
    parts = [
        FIX.title,
        "By anna, on HV-03, signed in as CONTOSO\\hvadmin, negotiate",
        "Step 1 on HV-01: Connect the adapter to no switch",
        "Moving the virtual machine back undoes it.",
        "Step 2 on HV-01: Move APP01 to HV-02",
        "Sending, step 2",
        "Answered, step 2",
        f"The host said: {REFUSAL.message}",
        f"Error ID: {REFUSAL.error_id}",
        "Ended: Failed",
        "Choose another host.",
    ]
    places = [told.index(part) for part in parts]
    assert places == sorted(places)
    # Both steps of the plan, and the call as it was sent.
    assert told.count(script(FIX.actions[1].pipeline)) == 3
    assert MOVE.title not in told


async def test_checks_and_findings_are_told(reading: Reading) -> None:
    told = reading.choose(0)
    assert "Checked: HV-02 has 1.7 TB free on D:." in told
    assert "Found: WEB01 runs." in told


async def test_a_plan_that_cannot_be_read_is_said_and_hides_nothing_else(reading: Reading) -> None:
    broken = msgspec.structs.replace(ENTRIES[0], plan={"record": "Nonsense"}, sequence=50)
    await reading.journal.write(broken)
    click(reading.dialog, "journal_refresh")
    await until(lambda: reading.dialog.model.total == 9)
    told = reading.choose(reading.dialog.model.find(broken).row())
    assert "The plan cannot be read" in told
    assert "Found: WEB01 runs." in told


async def test_the_chosen_entry_stays_chosen_while_it_is_listed(reading: Reading) -> None:
    reading.choose(2)
    reading.search("app01")
    assert reading.dialog.model.entry(find(reading.dialog, QTableView, "journal_entries").currentIndex()) == ENTRIES[5]
    assert FIX.title in reading.dialog.story.toPlainText()
    reading.search("web01")
    assert FIX.title not in reading.dialog.story.toPlainText()


async def test_a_practice_host_is_never_taken_for_a_real_one(reading: Reading) -> None:
    await reading.journal.write(msgspec.structs.replace(ENTRIES[-1], group=PRACTICE, sequence=50))
    QTest.keyClick(reading.dialog, Qt.Key.Key_F5)
    await until(lambda: reading.dialog.model.total == 9)
    assert reading.column("Host").count("HV-01 (practice)") == 1


async def test_a_journal_that_cannot_be_read_is_said(reading: Reading) -> None:
    [file] = reading.journal.folder.glob("*.jsonl")
    file.unlink()
    file.mkdir()
    click(reading.dialog, "journal_refresh")
    await until(lambda: reading.dialog.notice.text)
    assert str(reading.journal.folder) in reading.dialog.notice.text
    assert "choose Refresh" in reading.dialog.notice.text
    assert reading.dialog.model.total == 8


async def exported(reading: Reading, button: str, file: Path) -> str:
    """What an export writes, chosen as a person does."""
    click(reading.dialog, button)
    [dialog] = reading.dialog.findChildren(QFileDialog)
    find(dialog, QLineEdit, "fileNameEdit").setText(str(file))
    dialog.accept()
    await until(lambda: reading.dialog.notice.text)
    return reading.dialog.notice.text


@pytest.mark.parametrize(
    ("button", "name", "text_of"),
    [("journal_csv", "out.csv", as_table), ("journal_transcript", "out.ps1", as_transcript)],
)
async def test_what_the_filter_lets_through_is_exported(
    reading: Reading, tmp_path: Path, button: str, name: str, text_of: object
) -> None:
    reading.search("app01")
    said = await exported(reading, button, tmp_path / name)
    assert said == f"4 entries are in {tmp_path / name}."
    of_app01: tuple[JournalEntry, ...] = ENTRIES[2:6]
    content = (tmp_path / name).read_bytes()
    assert content == b"\xef\xbb\xbf" + text_of(of_app01).encode()  # type: ignore[operator]


async def test_an_export_that_fails_says_why(reading: Reading, tmp_path: Path) -> None:
    said = await exported(reading, "journal_csv", tmp_path / "not there" / "out.csv")
    assert "out.csv cannot be written" in said


async def test_find_goes_to_the_filter(reading: Reading) -> None:
    find(reading.dialog, QPushButton, "journal_close").setFocus()
    QTest.keyClick(reading.dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert find(reading.dialog, QLineEdit, "journal_filter").hasFocus()
