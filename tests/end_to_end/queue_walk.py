"""Four moves between the same two hosts: two run, two wait and say why; the queue is put in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMenu, QMenuBar, QSplitter, QSplitterHandle, QTableView, QTextBrowser, QWidget

from gui.panels.job_row import JobRow
from tests.end_to_end.hands import Unexpected, row_called

if TYPE_CHECKING:
    from tests.end_to_end.tour import Tour

RUNNING = ("FILE01", "SQL01")
WAITING = ("APP01", "DC01")
TALLER = 260
"""Pixels by which the panel is drawn up, so that four jobs are seen at once."""


async def walk_queue(tour: Tour) -> None:
    """Order four moves from HV-01 to HV-02, look at the queue, change it, and cancel everything."""
    hands = tour.hands
    await tour.select_host("HV-01", "FILE01")
    for machine in (*RUNNING, *WAITING):
        await order_move(tour, machine)
    await hands.until(
        lambda: (
            all(says(tour, machine, "Running") for machine in RUNNING)
            and all(says(tour, machine, "Waiting") and detail(tour, machine) for machine in WAITING)
        ),
        "two moves to run and two to wait",
    )
    draw_up_jobs(tour)
    # The rate is told when it has been measured.
    await hands.until(lambda: part(tour, RUNNING[0], "job_rate"), "the rate of a running move")
    hands.picture("waiting")
    for machine in WAITING:
        tour.say(f"{machine} waits: {detail(tour, machine)}")
    await change_order(tour)
    for machine in reversed((*RUNNING, *WAITING)):
        await cancel(tour, machine)
    hands.picture("cancelled")
    tour.say("all four moves were cancelled; the machines are still on HV-01")
    for machine in (*RUNNING, *WAITING):
        await hands.until(lambda machine=machine: row_called(tour.machines, machine), f"{machine} in the list of HV-01")
    await look_at_journal(tour)


async def order_move(tour: Tour, machine: str) -> None:
    """Walk the Move Wizard from its first page to its last, and commit."""
    hands = tour.hands
    hands.click_row(tour.machines, tour.row(tour.machines, machine))
    hands.click("action_move")
    wizard = await hands.dialog("wizard")
    while (heading := tour.text(wizard, "heading")) != "Completing Move Wizard":
        if any(field.isVisible() for field in wizard.findChildren(QWidget, "destination")):
            hands.write("destination", "HV-02", wizard)
        hands.click("next", wizard)
        await hands.until(lambda left=heading: tour.text(wizard, "heading") != left, f"the page after {heading!r}")
    await tour.summary_is_ready(wizard)
    hands.click("commit", wizard)
    wizards = hands.window.findChildren
    await hands.until(lambda: not any(each.isVisible() for each in wizards(QDialog, "wizard")), "the wizard to close")
    tour.say(f"the move of {machine} is ordered")


async def change_order(tour: Tour) -> None:
    """The last of the queue goes up by a key, and is put on hold through the menu of its row."""
    hands = tour.hands
    first, last = (row_of(tour, machine) for machine in WAITING)
    # A window manager would have made it active when the wizard closed.
    hands.window.activateWindow()
    last.setFocus()
    await hands.until(last.hasFocus, "the job to have the focus")
    QTest.keyClick(last, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    await hands.until(lambda: last.y() < first.y(), f"{WAITING[1]} to move up in the queue")
    hands.click("job_more", last)
    menu = await hands.until(lambda: visible_menu(last), "the menu of the job")
    hands.picture("menu", menu)
    QTest.keyClick(menu, Qt.Key.Key_H)
    await hands.until(lambda: says(tour, WAITING[1], "On hold"), f"{WAITING[1]} to be on hold")
    hands.picture("changed")
    tour.say(f"{WAITING[1]} was moved up in the queue and is on hold")


async def look_at_journal(tour: Tour) -> None:
    """Open the journal from the menu, find a job in it, and read what became of it."""
    hands = tour.hands
    bar = hands.find(QMenuBar, "")
    view = next(action for action in bar.actions() if action.text() == "&View")
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(view).center())
    menu = await hands.until(lambda: visible_menu(hands.window), "the menu View")
    QTest.keyClick(menu, Qt.Key.Key_O)
    journal = await hands.dialog("journal")
    table = hands.find(QTableView, "journal_entries", journal)
    hands.write("journal_filter", f"{RUNNING[0]} ended", journal)
    await hands.until(lambda: table.model().rowCount() == 1, "the end of a job in the journal")
    hands.click_row(table, table.model().index(0, 0))
    story = hands.find(QTextBrowser, "journal_story", journal).toPlainText()
    if "Move-VM" not in story:
        raise Unexpected(f"the journal does not tell what was sent: {story}")
    hands.picture("journal", journal)
    hands.click("journal_close", journal)
    tour.say(f"the journal tells of the move of {RUNNING[0]}")


async def cancel(tour: Tour, machine: str) -> None:
    tour.hands.click("job_cancel", row_of(tour, machine))
    await tour.hands.until(lambda: says(tour, machine, "Cancelled"), f"the move of {machine} to be cancelled")


def draw_up_jobs(tour: Tour) -> None:
    """Make the jobs panel taller with the mouse."""
    jobs = tour.hands.find(QWidget, "jobs")
    splitter = jobs.parentWidget()
    assert isinstance(splitter, QSplitter)
    handle: QSplitterHandle = splitter.handle(splitter.indexOf(jobs))
    centre = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=centre)
    QTest.mouseMove(handle, centre - QPoint(0, TALLER))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=centre)


def rows_of(tour: Tour, machine: str) -> list[JobRow]:
    """The jobs of a machine, the latest first."""
    rows = [row for row in tour.hands.window.findChildren(JobRow) if f" {machine} " in row.accessibleName()]
    return sorted(rows, key=lambda row: -int(row.objectName().removeprefix("job_")))


def row_of(tour: Tour, machine: str) -> JobRow:
    """The row of the latest move of a machine."""
    rows = rows_of(tour, machine)
    if not rows:
        raise Unexpected(f"there is no job for {machine}")
    return rows[0]


def part(tour: Tour, machine: str, name: str) -> str:
    """What one label of the row of a machine's latest move says; empty when it is not seen."""
    for row in rows_of(tour, machine)[:1]:
        label = row.findChild(QWidget, name)
        return str(label.property("text")) if label.isVisible() else ""
    return ""


def says(tour: Tour, machine: str, state: str) -> bool:
    return part(tour, machine, "job_state").startswith(state)


def detail(tour: Tour, machine: str) -> str:
    return part(tour, machine, "job_detail")


def visible_menu(within: QWidget) -> QMenu | None:
    return next((menu for menu in within.findChildren(QMenu) if menu.isVisible()), None)
