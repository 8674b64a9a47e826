"""The jobs panel shows each job as core describes it, and asks for what is offered and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from core.jobs.status import JobState, JobStatus, Offer, Transfer
from gui.panels.job_actions import AT_HAND, IN_MENU
from gui.panels.job_row import JobRow
from gui.panels.jobs import JobsPanel
from tests.gui.job_samples import (
    ASKING,
    COMPLETED,
    EVERY,
    FAILED,
    HELD,
    INTERRUPTED,
    LEFTOVERS,
    MOVING,
    OTHERS,
    QUEUE_OFFERS,
    STEPS,
    WAITING,
    job,
)


class Asked(list[tuple[int, Offer]]):
    """What was asked of the jobs, in its order."""

    def take(self, number: int, offer: Offer) -> None:
        self.append((number, offer))


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def panel(qapp: QApplication, asked: Asked) -> Iterator[JobsPanel]:
    panel = JobsPanel(asked.take)
    panel.resize(820, 1000)
    panel.show()
    panel.activateWindow()
    yield panel
    panel.close()
    panel.deleteLater()


def show(panel: JobsPanel, *statuses: JobStatus, practice: bool = False) -> JobRow:
    """Show these jobs; the row of the first."""
    panel.show_jobs(statuses, lambda _status: practice)
    QApplication.processEvents()
    return panel.rows[statuses[0].number]


def from_top(panel: JobsPanel) -> list[int]:
    """The numbers of the jobs as they are seen."""
    return sorted(panel.rows, key=lambda number: panel.rows[number].mapTo(panel, QPoint(0, 0)).y())


def shown(widget: QWidget) -> str:
    """What a label says, if it is seen."""
    return str(widget.property("text")) if widget.isVisible() else ""


def test_what_runs_comes_first_then_the_queue_then_what_has_ended(panel: JobsPanel) -> None:
    show(panel, COMPLETED, WAITING, LEFTOVERS, MOVING, HELD, ASKING)
    assert from_top(panel) == [1, 4, 5, 6, 8, 7]
    show(panel, COMPLETED, HELD, WAITING, LEFTOVERS, MOVING, ASKING)
    assert from_top(panel) == [1, 4, 6, 5, 8, 7]
    assert panel.heading.text() == "Jobs: 2 running, 2 waiting"


def test_a_job_that_is_no_longer_there_leaves_the_list(panel: JobsPanel) -> None:
    show(panel, COMPLETED, FAILED)
    show(panel, FAILED)
    assert list(panel.rows) == [9]
    panel.show_jobs((), lambda _status: False)
    assert not panel.rows
    assert panel.heading.text() == "Jobs"


def test_a_running_move_says_how_much_how_fast_and_how_long(panel: JobsPanel) -> None:
    row = show(panel, MOVING)
    assert row.state.text() == "Running, 43%"
    assert row.transfer.bar.value() == 43
    assert shown(row.transfer.copied) == "11.8 GB of 27.5 GB copied"
    assert shown(row.transfer.rate) == "112 MB/s"
    assert row.transfer.rate.toolTip() == "0.94 Gb/s"
    assert shown(row.transfer.left) == "2 min 27 s left"
    assert not shown(row.transfer.remark)
    assert not shown(row.step)


def test_why_the_time_left_cannot_be_told_is_said(panel: JobsPanel) -> None:
    row = show(panel, STEPS)
    assert not shown(row.transfer.left)
    assert not shown(row.transfer.rate)
    assert "changes its memory faster" in shown(row.transfer.remark)


def test_before_anything_is_copied_no_amount_is_made_up(panel: JobsPanel) -> None:
    row = show(panel, replace(MOVING, transfer=None))
    assert not any(shown(label) for label in (row.transfer.copied, row.transfer.rate, row.transfer.left))
    row = show(panel, replace(MOVING, transfer=Transfer(0, 1 << 30)))
    assert shown(row.transfer.copied) == "0 bytes of 1 GB copied"
    assert not shown(row.transfer.rate)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (STEPS, "Step 2 of 3: Move APP01 to HV-02"),
        (replace(STEPS, step=3, state=JobState.FINDING_OUT), "Step 3 of 3: Connect it again"),
        (INTERRUPTED, "1 of 2 steps are done."),
        (replace(STEPS, state=JobState.COMPLETED), ""),
        (MOVING, ""),
        (OTHERS, ""),
    ],
)
def test_where_a_plan_of_several_steps_is(panel: JobsPanel, status: JobStatus, words: str) -> None:
    assert shown(show(panel, status).step) == words


def test_what_a_job_waits_for_is_said_and_there_is_no_bar(panel: JobsPanel) -> None:
    row = show(panel, WAITING)
    assert row.state.text() == "Waiting"
    assert shown(row.detail) == "HV-02 has two incoming moves."
    assert not row.transfer.isVisible()
    assert row.icon_name == "waiting"


def test_a_job_begun_by_others_says_so(panel: JobsPanel) -> None:
    row = show(panel, OTHERS)
    assert shown(row.others) == "Begun by others"
    assert row.accessibleName() == "Move SQL01, begun by others: Running, 12%"
    assert not show(panel, MOVING).others.isVisible()


@pytest.mark.parametrize("status", EVERY, ids=lambda status: status.title + " " + status.state.value)
def test_exactly_what_is_offered_can_be_asked(panel: JobsPanel, status: JobStatus) -> None:
    row = show(panel, status)
    actions = row.actions_offered
    at_hand = {offer for offer in AT_HAND if actions.buttons[offer].isVisible()}
    in_menu = {offer for offer in IN_MENU if actions.actions[offer].isVisible()}
    assert at_hand | in_menu == status.offers
    assert actions.more.isVisible() == bool(in_menu)
    menu = context_menu(row)
    assert {each.objectName() for each in menu.actions() if each.objectName()} == {
        f"job_{offer.name.lower()}" for offer in status.offers
    }


def context_menu(row: JobRow) -> QMenu:
    centre = row.rect().center()
    QApplication.sendEvent(row, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, centre, row.mapToGlobal(centre)))
    [menu] = [each for each in row.findChildren(QMenu, "job_menu") if each.isVisible()]
    return menu


@pytest.mark.parametrize("offer", Offer)
def test_every_offer_can_be_taken_up(panel: JobsPanel, asked: Asked, offer: Offer) -> None:
    row = show(panel, job(3, JobState.WAITING, offers=frozenset({offer})))
    if offer in AT_HAND:
        QTest.mouseClick(row.actions_offered.buttons[offer], Qt.MouseButton.LeftButton)
    else:
        [action] = [each for each in row.actions_offered.more.menu().actions() if each.isVisible()]
        action.trigger()
    assert asked == [(3, offer)]


def test_access_keys_are_unique_in_the_menu_of_a_job(panel: JobsPanel) -> None:
    row = show(panel, job(3, JobState.WAITING, offers=frozenset(Offer)))
    texts = [each.text() for each in context_menu(row).actions() if not each.isSeparator()]
    keys = [text[text.index("&") + 1].lower() for text in texts]
    assert len(texts) == len(Offer) + 1
    assert len(set(keys)) == len(keys)


def test_the_queue_is_reordered_by_keys(panel: JobsPanel, asked: Asked) -> None:
    second = replace(WAITING, number=15, offers=QUEUE_OFFERS - {Offer.MOVE_DOWN})
    show(panel, WAITING, second)
    panel.rows[15].setFocus()
    QTest.keyClick(panel.rows[15], Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert asked == []
    QTest.keyClick(panel.rows[15], Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert asked == [(15, Offer.MOVE_UP)]
    show(panel, second, WAITING)
    assert from_top(panel) == [15, 5]
    assert panel.rows[15].hasFocus()


def test_arrow_keys_go_from_job_to_job_as_they_are_seen(panel: JobsPanel) -> None:
    show(panel, COMPLETED, WAITING, MOVING)
    panel.rows[1].setFocus()
    visited = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(QApplication.focusWidget(), key)
        visited.append(next(number for number, row in panel.rows.items() if row.hasFocus()))
    assert visited == [5, 7, 7, 5]


def test_tab_goes_through_the_rows_in_reading_order(panel: JobsPanel) -> None:
    show(panel, COMPLETED, WAITING, MOVING)
    panel.rows[1].setFocus()
    visited = []
    for _number in range(7):
        focused = QApplication.focusWidget()
        visited.append(focused.objectName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert visited == ["job_1", "job_cancel", "job_5", "job_cancel", "job_more", "job_7", "job_dismiss"]


def test_when_a_dismissed_job_had_the_focus_the_next_gets_it(panel: JobsPanel, asked: Asked) -> None:
    show(panel, MOVING, COMPLETED, FAILED)
    panel.rows[7].setFocus()
    QTest.keyClick(panel.rows[7], Qt.Key.Key_Delete)
    assert asked == [(7, Offer.DISMISS)]
    show(panel, MOVING, FAILED)
    assert panel.rows[9].hasFocus()


def test_findings_are_counted_and_unfold(panel: JobsPanel) -> None:
    row = show(panel, COMPLETED)
    assert row.findings.unfold.text() == "3 of 3 checks are as they should be"
    assert not seen_findings(row)
    QTest.mouseClick(row.findings.unfold, Qt.MouseButton.LeftButton)
    assert len(seen_findings(row)) == 3


def test_what_is_wrong_is_seen_at_once_and_first_with_its_cure(panel: JobsPanel) -> None:
    row = show(panel, LEFTOVERS)
    assert row.findings.unfold.text() == "3 of 4 checks are as they should be"
    first, *others = seen_findings(row)
    assert first == "D:\\VMs\\WEB01 on HV-01 was left behind, empty.\nChoose Clean Up to remove it."
    assert len(others) == 3


def seen_findings(row: JobRow) -> list[str]:
    found = [each for each in row.findChildren(QWidget, "job_finding") if each.isVisible()]
    return [shown(each) for each in sorted(found, key=lambda each: each.y())]


def test_when_a_job_ended_is_told_in_local_time_with_its_zone(panel: JobsPanel) -> None:
    row = show(panel, COMPLETED)
    assert COMPLETED.began_at is not None
    assert COMPLETED.ended_at is not None
    local = COMPLETED.ended_at.astimezone()
    assert shown(row.when) == local.strftime("%Y-%m-%d %H:%M")
    assert local.isoformat(" ", "seconds") in row.when.toolTip()
    assert row.when.toolTip().endswith(": 7 min 10 s")
    assert not show(panel, MOVING).when.isVisible()


def test_what_was_asked_for_cannot_be_asked_twice(panel: JobsPanel, asked: Asked) -> None:
    row = show(panel, MOVING)
    row.show_pending(Offer.CANCEL)
    cancel = row.actions_offered.buttons[Offer.CANCEL]
    assert cancel.text() == "Cancelling..."
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert asked == []
    show(panel, replace(MOVING, percent=44))
    assert not cancel.isEnabled()


def test_a_refusal_stays_until_the_job_stands_otherwise(panel: JobsPanel) -> None:
    row = show(panel, MOVING)
    row.show_pending(Offer.CANCEL)
    row.show_refusal("HV-01 did not answer.", "Try again.")
    show(panel, replace(MOVING, percent=44))
    assert row.refusal.text == "HV-01 did not answer.\nTry again."
    assert row.actions_offered.buttons[Offer.CANCEL].isEnabled()
    assert row.actions_offered.buttons[Offer.CANCEL].text() == "Cancel"
    show(panel, replace(COMPLETED, number=1))
    assert not row.refusal.text


def test_a_row_can_be_copied_whole(panel: JobsPanel) -> None:
    row = show(panel, LEFTOVERS)
    [copy] = [each for each in context_menu(row).actions() if each.text() == "Cop&y"]
    copy.trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[:2] == ["Move WEB01 to HV-02: Completed", "WEB01 is on HV-02."]
    assert lines[-1] == "Choose Clean Up to remove it."


@pytest.mark.parametrize("practice", [True, False])
def test_a_practice_job_is_never_taken_for_a_real_one(panel: JobsPanel, practice: bool) -> None:
    row = show(panel, MOVING, practice=practice)
    assert row.practice.isVisible() == practice
