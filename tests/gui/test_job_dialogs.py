"""What is asked before something is done with a job: undo, clean up, a time to start, and leaving."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QRadioButton, QTreeWidget, QWidget

from core.jobs.status import JobStatus
from core.powershell.script import script
from gui.close_question import CloseQuestion
from gui.plan_question import PlanQuestion, PlanTexts
from gui.start_at_dialog import StartAtDialog
from tests.gui.driving import click, find
from tests.gui.job_samples import ASKING, DESTINATION, HELD, MOVING, NOON, STEPS, WAITING, action, plan

TEXTS = PlanTexts("Undo", 'Undo the job "Move WEB01"?', "It is moved back.", "&Undo")
PLAN = plan(action("Connect it again"), action("Move WEB01 back", host=DESTINATION))


@pytest.fixture
def parent(qapp: QApplication) -> Iterator[QWidget]:
    parent = QWidget()
    parent.show()
    yield parent
    parent.close()
    parent.deleteLater()


def plan_question(parent: QWidget) -> tuple[PlanQuestion, list[str]]:
    """An open question, and the answers it gets."""
    question = PlanQuestion(TEXTS, PLAN, is_practice=True, parent=parent)
    answers: list[str] = []
    question.accepted.connect(lambda: answers.append("yes"))
    question.rejected.connect(lambda: answers.append("no"))
    question.open()
    return question, answers


def test_every_step_is_shown_with_its_host_and_its_script(parent: QWidget) -> None:
    question, _answers = plan_question(parent)
    steps = find(question, QTreeWidget, "plan_steps")
    rows = [[steps.topLevelItem(row).text(column) for column in range(3)] for row in range(steps.topLevelItemCount())]
    assert rows == [["1", "Connect it again", "HV-01"], ["2", "Move WEB01 back", "HV-02"]]
    lines = find(question, QPlainTextEdit, "script").toPlainText().splitlines()
    assert lines == ["# On HV-01:", script(PLAN.actions[0].pipeline), "# On HV-02:", script(PLAN.actions[1].pipeline)]
    click(question, "copy_script")
    assert QGuiApplication.clipboard().text().splitlines() == lines
    question.reject()


def test_the_safe_answer_is_the_default(parent: QWidget) -> None:
    question, answers = plan_question(parent)
    assert find(question, QPushButton, "cancel").isDefault()
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert answers == ["no"]


def test_only_its_own_button_carries_the_plan_out(parent: QWidget) -> None:
    question, answers = plan_question(parent)
    click(question, "commit")
    assert answers == ["yes"]


def start_at(parent: QWidget, when: datetime.datetime | None) -> tuple[StartAtDialog, list[object]]:
    """The open dialog, and the times that are chosen."""
    dialog = StartAtDialog("Move WEB01", when, parent)
    chosen: list[object] = []
    dialog.chosen.connect(chosen.append)
    dialog.open()
    return dialog, chosen


def test_a_job_may_start_as_soon_as_its_turn_comes(parent: QWidget) -> None:
    dialog, chosen = start_at(parent, NOON + datetime.timedelta(days=5000))
    assert find(dialog, QRadioButton, "start_later").isChecked()
    assert dialog.moment_chosen == NOON + datetime.timedelta(days=5000)
    find(dialog, QRadioButton, "start_soon").click()
    click(dialog, "set_start")
    assert chosen == [None]


def test_who_changes_the_time_means_it(parent: QWidget) -> None:
    dialog, chosen = start_at(parent, None)
    assert find(dialog, QRadioButton, "start_soon").isChecked()
    dialog.moment.setFocus()
    QTest.keyClick(dialog.moment, Qt.Key.Key_Up)
    assert find(dialog, QRadioButton, "start_later").isChecked()
    expected = dialog.moment_chosen
    assert expected.utcoffset() is not None
    click(dialog, "set_start")
    assert chosen == [expected]
    assert not dialog.isVisible()


def test_the_zone_and_the_wait_are_said(parent: QWidget) -> None:
    dialog, _chosen = start_at(parent, datetime.datetime.now().astimezone() + datetime.timedelta(hours=50, seconds=30))
    zone = dialog.moment_chosen.strftime("%z")
    assert f"{dialog.moment_chosen.tzname()} (UTC{zone[:3]}:{zone[3:5]})" in dialog.hint.text()
    assert dialog.hint.text().endswith("That is in 2 d 2 h.")
    dialog.reject()


def test_a_time_that_has_passed_is_refused_in_words(parent: QWidget) -> None:
    dialog, chosen = start_at(parent, None)
    dialog.moment.setDateTime(QDateTime.currentDateTime().addSecs(-120))
    click(dialog, "set_start")
    assert dialog.notice.text == "This time has passed.\nChoose a later time."
    assert chosen == []
    assert dialog.isVisible()
    dialog.reject()


def close_question(parent: QWidget, *statuses: JobStatus, practice: bool = False) -> CloseQuestion:
    return CloseQuestion(statuses, lambda _status: practice, parent)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (MOVING, "This goes on at the host, and is found again at the next start:\n    Move WEB01 to HV-02"),
        (STEPS, "The steps after it are kept, and can be resumed then:\n    Move APP01 to HV-02"),
        (replace(STEPS, step=2), "This goes on at the host, and is found again at the next start:\n    Move APP01"),
        (ASKING, "The hosts are asked for the outcome of this at the next start:\n    Move WEB01 to HV-02"),
        (WAITING, "It is kept, and can be resumed at the next start:\n    Move WEB01 to HV-02"),
        (HELD, "It is kept, and can be resumed at the next start:\n    Move WEB01 to HV-02"),
    ],
)
def test_what_becomes_of_a_job_is_said_before_the_window_closes(parent: QWidget, status: JobStatus, words: str) -> None:
    question = close_question(parent, status)
    assert words in question.informativeText()
    assert question.defaultButton() is question.keep
    assert question.escapeButton() is question.keep


def test_what_runs_in_the_practice_lab_ends_with_it(parent: QWidget) -> None:
    text = close_question(parent, MOVING, WAITING, practice=True).informativeText()
    assert text.startswith("The practice lab closes with the window, and ends this unfinished:")
    assert "goes on" not in text
    assert "kept" not in text


def test_many_jobs_are_counted(parent: QWidget) -> None:
    waiting = [replace(WAITING, number=number, title=f"Job {number}") for number in range(10)]
    text = close_question(parent, MOVING, *waiting).informativeText()
    assert "Job 5" in text
    assert "Job 6" not in text
    assert text.endswith("    and 4 more")
