"""Several machines are selected and moved through one grid, with the mouse and with the keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QTreeWidget, QTreeWidgetItem

from core.jobs.status import JobState
from gui.console import Console
from gui.wizards.dialog import WizardDialog
from tests.gui.driving import click, dialog, find, retype, select_machine, until
from tests.laboratory import RunningLab


def select_too(console: Console, name: str) -> None:
    """Ctrl+click one more machine."""
    view, model = console.window.machine_list, console.window.machines_model
    index = next(index for row in range(model.rowCount()) if (index := model.index(row, 0)).data() == name)
    place = view.visualRect(index).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)


async def open_grid(console: Console, *names: str) -> WizardDialog:
    first, *others = names
    select_machine(console.window, first)
    for name in others:
        select_too(console, name)
    console.window.actions_offered.move_machine.trigger()
    opened = dialog(WizardDialog)
    await until(lambda: opened.page.findChild(QTreeWidget, "machines_grid").topLevelItem(0).text(1))
    return opened


def node(wizard: WizardDialog, machine: str, item: str = "") -> QTreeWidgetItem:
    grid = find(wizard, QTreeWidget, "machines_grid")
    top = next(grid.topLevelItem(n) for n in range(grid.topLevelItemCount()) if grid.topLevelItem(n).text(0) == machine)
    return next(top.child(n) for n in range(top.childCount()) if top.child(n).text(0) == item) if item else top


def type_into(wizard: WizardDialog, cell: QTreeWidgetItem, column: int, text: str) -> None:
    """Edit a cell of the grid by F2 and the keyboard."""
    grid = find(wizard, QTreeWidget, "machines_grid")
    grid.setFocus()
    grid.setCurrentItem(cell, column)
    QTest.keyClick(grid, Qt.Key.Key_F2)
    editor = grid.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)


async def test_three_machines_move_through_one_grid(practice: Console, lab: RunningLab) -> None:
    wizard = await open_grid(practice, "WEB01", "APP01", "TEST01")
    assert wizard.windowTitle() == "Move 3 Virtual Machines"
    retype(find(wizard, QComboBox, "destination").lineEdit(), "HV-02")
    retype(find(wizard, QLineEdit, "disks_rule"), r"D:\Moved\{vm}\Disks")
    retype(find(wizard, QLineEdit, "others_rule"), r"D:\Moved\{vm}")
    assert node(wizard, "WEB01", "WEB01.vhdx").text(4) == r"D:\Moved\WEB01\Disks"
    type_into(wizard, node(wizard, "TEST01", "TEST01.vhdx"), 4, r"C:\Fast")
    await until(lambda: node(wizard, "TEST01", "TEST01.vhdx").text(4) == r"C:\Fast")
    volumes = find(wizard, QTreeWidget, "volumes")
    assert {volumes.topLevelItem(row).text(1) for row in range(volumes.topLevelItemCount())} == {"C:", "D:"}
    click(wizard, "next")
    await until(lambda: wizard.current.key == "summary")
    script = find(wizard, QPlainTextEdit, "script")
    await until(lambda: script.toPlainText().count("Move-VM") == 3)
    click(wizard, "commit")
    await until(lambda: len(practice.jobs.under_way) == 3)
    assert [status.state for status in practice.jobs.statuses].count(JobState.WAITING) == 1

    def is_over() -> bool:
        lab.advance(20)
        return not practice.jobs.under_way

    await until(is_over)
    assert {"WEB01", "APP01", "TEST01"} <= set(lab.places()["HV-02"])


async def test_a_machine_may_go_elsewhere_than_the_others(practice: Console) -> None:
    wizard = await open_grid(practice, "WEB01", "TEST01")
    retype(find(wizard, QComboBox, "destination").lineEdit(), "HV-02")
    for rule in ("disks_rule", "others_rule"):
        retype(find(wizard, QLineEdit, rule), r"C:\VMs\{vm}")
    type_into(wizard, node(wizard, "TEST01"), 3, "HV-DR")
    await until(lambda: node(wizard, "TEST01").text(4) == "Live migrations are not enabled on HV-DR.")
    assert (node(wizard, "WEB01").text(3), node(wizard, "WEB01").text(4)) == ("HV-02", "Fits.")
    click(wizard, "next")
    notice = find(wizard, QLabel, "notice_what")
    await until(lambda: "TEST01: Live migrations are not enabled on HV-DR." in notice.text())
    wizard.close()


async def test_the_actions_are_about_all_selected_machines(practice: Console) -> None:
    window = practice.window
    select_machine(window, "WEB01")
    select_too(practice, "APP01")
    assert [machine.name for machine in window.machines] == ["APP01", "WEB01"]
    assert window.actions_offered.move_machine.isEnabled()
    titles = [label.text() for label in window.actions_pane.findChildren(QLabel)]
    assert "2 virtual machines" in titles
