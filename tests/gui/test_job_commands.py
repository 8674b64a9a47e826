"""What is asked of a job in the window happens: the real queue, against the hosts of the lab."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidget

from core.jobs.plan import Expectation, Plan
from core.jobs.status import JobState, Offer
from core.remoting.errors import RemotingError
from gui.close_question import CloseQuestion
from gui.console import Console
from gui.panels.job_row import JobRow
from gui.plan_question import PlanQuestion
from gui.start_at_dialog import StartAtDialog
from tests.core.estates import key, machine_on
from tests.core.jobs.working import move_plan, noted, sent
from tests.core.moves import move_to_one_folder
from tests.gui.driving import click, dialog, find, is_all_shown, until
from tests.laboratory import RunningLab


@pytest.fixture
def real(runner: asyncio.Runner, console: Console, lab: RunningLab) -> Console:
    """A window with hosts that are not marked as practice, all read."""

    async def add() -> None:
        for connection in lab.connections():
            console.estate.add(connection)
        await until(lambda: is_all_shown(console))

    runner.run(add())
    return console


def row(console: Console, words: str) -> JobRow:
    """The one job that is called so."""
    [found] = [each for each in console.window.jobs.rows.values() if words in each.accessibleName()]
    return found


def rows_from_top(console: Console) -> list[JobRow]:
    return sorted(console.window.jobs.rows.values(), key=lambda each: each.y())


def choose_in_menu(job: JobRow, offer: Offer) -> None:
    """Open the menu of a row and choose from it by the access key."""
    QTest.mouseClick(job.actions_offered.more, Qt.MouseButton.LeftButton)
    action = job.actions_offered.actions[offer]
    assert action.isVisible()
    QTest.keyClicks(job.actions_offered.more.menu(), action.text()[action.text().index("&") + 1].lower())


async def order(console: Console, *machines: str) -> None:
    """Start a move of each machine to HV-02."""
    for machine in machines:
        await console.jobs.start(await move_plan(console.estate, machine, rf"D:\VMs\{machine}"))


async def notes_job(console: Console) -> JobRow:
    """A job of two short steps that has been carried out."""
    found = await machine_on(console.estate, "HV-01", "WEB01")
    expected = Expectation(key("HV-01"), found.machine_id, "WEB01", found.state)
    steps = (noted("HV-01", expected, "first", found.notes), noted("HV-01", expected, "second", "first"))
    await console.jobs.start(Plan("Note twice", key("HV-01"), steps, expectation=expected))
    await until(lambda: console.window.jobs.rows and row(console, "Note twice").state.text() == "Completed")
    return row(console, "Note twice")


async def test_two_of_four_moves_run_and_two_wait_and_say_why(real: Console, lab: RunningLab) -> None:
    await order(real, "FILE01", "SQL01", "APP01", "DC01")
    await until(lambda: len(real.window.jobs.rows) == 4 and row(real, "DC01").detail.text())
    for machine in ("FILE01", "SQL01"):
        assert row(real, machine).state.text().startswith("Running")
    for machine in ("APP01", "DC01"):
        assert row(real, machine).state.text() == "Waiting"
        assert "HV-0" in row(real, machine).detail.text()
    in_order = ["Move FILE01", "Move SQL01", "Move APP01", "Move DC01"]
    await until(lambda: [each.accessibleName().split(":")[0] for each in rows_from_top(real)] == in_order)
    assert real.window.jobs.heading.text() == "Jobs: 2 running, 2 waiting"


async def test_the_queue_changes_as_it_is_asked_to(real: Console, lab: RunningLab) -> None:
    await order(real, "FILE01", "SQL01", "APP01", "DC01")
    await until(lambda: len(real.window.jobs.rows) == 4 and row(real, "DC01").state.text() == "Waiting")
    last = row(real, "DC01")
    choose_in_menu(last, Offer.MOVE_UP)
    await until(lambda: last.y() < row(real, "APP01").y())
    choose_in_menu(last, Offer.HOLD)
    await until(lambda: last.state.text() == "On hold")
    click(last, "job_release")
    await until(lambda: last.state.text() == "Waiting")
    choose_in_menu(last, Offer.START_AT)
    asked = dialog(StartAtDialog)
    asked.moment.setFocus()
    QTest.keyClick(asked.moment, Qt.Key.Key_Up)
    when = asked.moment_chosen
    click(asked, "set_start")
    await until(lambda: last.status is not None and last.status.start_at == when)
    assert f"{when:%Y-%m-%d %H:%M}" in last.detail.text()
    for machine in ("DC01", "APP01", "SQL01", "FILE01"):
        click(row(real, machine), "job_cancel")
        await until(lambda machine=machine: row(real, machine).state.text() == "Cancelled")
    assert sent(lab, "Move-VM") == 2


async def test_an_ended_job_can_be_dismissed(real: Console) -> None:
    job = await notes_job(real)
    click(job, "job_dismiss")
    await until(lambda: not real.window.jobs.rows)
    assert real.jobs.statuses == ()


async def test_undo_shows_its_steps_first_and_then_takes_them_back(real: Console) -> None:
    job = await notes_job(real)
    choose_in_menu(job, Offer.UNDO)
    question = dialog(PlanQuestion)
    steps = find(question, QTreeWidget, "plan_steps")
    assert [steps.topLevelItem(number).text(1) for number in range(2)] == ["Note 'first'", "Note 'Public web site'"]
    assert "Set-VM -Notes 'Public web site'" in question.script.toPlainText()
    question.reject()
    assert (await machine_on(real.estate, "HV-01", "WEB01")).notes == "second"
    choose_in_menu(job, Offer.UNDO)
    click(dialog(PlanQuestion), "commit")
    await until(lambda: any(each.state.text() == "Completed" and each is not job for each in rows_from_top(real)))
    assert (await machine_on(real.estate, "HV-01", "WEB01")).notes == "Public web site"


async def test_what_is_refused_stands_in_the_row(real: Console, lab: RunningLab) -> None:
    job = await notes_job(real)
    choose_in_menu(job, Offer.UNDO)
    # The folder of the journal is in the way of the next line.
    [file] = real.jobs.journal.folder.glob("*.jsonl")
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    click(dialog(PlanQuestion), "commit")
    await until(lambda: job.refusal.text)
    assert "Nothing was sent." in job.refusal.text
    assert job.state.text() == "Completed"
    assert job.actions_offered.more.isEnabled()


async def test_leftovers_are_shown_before_they_are_removed(real: Console, lab: RunningLab) -> None:
    await order(real, "TEST01")
    await until(lambda: real.window.jobs.rows and row(real, "TEST01").detail.text())
    lab.advance(3600)
    await until(lambda: row(real, "TEST01").state.text() == "Completed")
    job = row(real, "TEST01")
    click(job, "job_clean_up")
    question = dialog(PlanQuestion)
    assert "Remove-Item" in question.script.toPlainText()
    assert "D:\\VMs\\TEST01" in question.script.toPlainText()
    assert sent(lab, "Remove-Item") == 0
    click(question, "commit")
    await until(lambda: len(rows_from_top(real)) == 2 and not real.jobs.under_way)
    assert sent(lab, "Remove-Item") == 1
    assert job.status is not None
    assert Offer.CLEAN_UP not in job.status.offers


async def test_what_others_began_is_shown_and_keeps_no_window_open(real: Console, lab: RunningLab) -> None:
    found = await machine_on(real.estate, "HV-01", "WEB01")
    others = real.estate.open_session(lab.connection("HV-01"))
    moving = asyncio.create_task(others.run(move_to_one_folder(found.machine_id, "HV-02", r"D:\VMs\WEB01")))
    try:
        while not (await machine_on(real.estate, "HV-01", "WEB01")).is_busy:
            assert not moving.done()
        await until(lambda: real.window.jobs.rows)
        job = row(real, "WEB01")
        assert job.others.isVisible()
        assert "begun by others" in job.accessibleName()
        assert real.window.jobs.heading.text() == "Jobs: 1 running"
        real.window.close()
        assert real.closing.is_set()
        click(job, "job_cancel")
        with contextlib.suppress(RemotingError):
            await moving
        await real.estate.reread(key("HV-01"))
        await until(lambda: job.status is not None and job.status.state is JobState.CANCELLED)
        click(job, "job_dismiss")
        assert not real.window.jobs.rows
        await real.estate.reread(key("HV-01"))
        assert not real.jobs.statuses
    finally:
        moving.cancel()
        await asyncio.wait([moving])
        await others.close()


async def test_closing_says_what_becomes_of_what_runs_and_what_waits(real: Console) -> None:
    await order(real, "FILE01", "SQL01", "APP01")
    await until(lambda: len(real.window.jobs.rows) == 3 and row(real, "APP01").state.text() == "Waiting")
    real.window.close()
    text = dialog(CloseQuestion).informativeText()
    assert "goes on at the host, and is found again at the next start:\n    Move FILE01\n    Move SQL01" in text
    assert "can be resumed at the next start:\n    Move APP01" in text
    dialog(CloseQuestion).reject()
    assert not real.closing.is_set()
