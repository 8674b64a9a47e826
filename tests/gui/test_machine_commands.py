"""Everyday actions by mouse and keys: what is offered, what is asked, what the hosts have afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QToolButton,
    QTreeView,
)

from core.hyperv.states import MachineState
from core.jobs.status import JobState
from core.operating.exporting import Captured
from core.operating.verbs import Verb
from core.powershell.command import Pipeline, command
from gui.console import Console
from gui.machines.confirmation import Confirmation
from gui.machines.export_dialog import ExportDialog
from gui.machines.name_dialog import NameDialog
from tests.core.estates import key
from tests.gui.driving import click, dialog, find, machine_names, retype, select_machine, until
from tests.laboratory import RunningLab, running_lab

QUICK = 100.0
HOST = key("HV-01")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, speed=QUICK) as running:
        yield running


def state(console: Console, name: str) -> MachineState:
    picture = console.window.host
    assert picture is not None
    assert picture.inventory is not None
    return next(machine.state for machine in picture.inventory.machines if machine.name == name)


def do(console: Console, verb: Verb) -> None:
    action = console.window.actions_offered.machines.verbs[verb]
    button = find(console.window.actions_pane, QToolButton, f"action_{action.objectName()}")
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def offered(console: Console) -> list[str]:
    """The names of what can be done with the selection."""
    verbs = console.window.actions_offered.machines.verbs
    return [verb.value for verb, action in verbs.items() if action.isVisible() and action.isEnabled()]


async def answer(console: Console, button: str = "commit") -> Confirmation:
    await until(lambda: any(isinstance(each, Confirmation) for each in QApplication.topLevelWidgets()))
    asked = dialog(Confirmation)
    click(asked, button)
    return asked


async def test_a_machine_is_operated_with_the_mouse(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    select_machine(window, "TEST01")
    assert offered(practice) == ["start", "checkpoint", "rename", "delete"]
    do(practice, Verb.START)
    await until(lambda: state(practice, "TEST01") is MachineState.RUNNING)
    await until(lambda: not practice.jobs.under_way)
    assert offered(practice) == ["turn_off", "shut_down", "save", "pause", "reset", "checkpoint", "rename"]
    delete = window.actions_offered.machines.verbs[Verb.DELETE]
    assert delete.toolTip() == "TEST01 is Running: it can be deleted when it is off or saved."
    do(practice, Verb.TURN_OFF)
    asked = dialog(Confirmation)
    assert find(asked, QLabel, "question").text() == "Turn off TEST01 on HV-01?"
    assert find(asked, QLabel, "undo").text() == "This cannot be undone."
    # The safe answer is the default.
    QTest.keyClick(asked, Qt.Key.Key_Return)
    assert not asked.isVisible()
    assert not practice.jobs.under_way
    do(practice, Verb.TURN_OFF)
    asked = dialog(Confirmation)
    click(asked, "show_script")
    assert "Stop-VM -TurnOff -Force" in find(asked, QPlainTextEdit, "script").toPlainText()
    click(asked, "commit")
    await until(lambda: state(practice, "TEST01") is MachineState.OFF)
    await until(lambda: not practice.jobs.under_way)
    await type_in(window.machine_list, Qt.Key.Key_F2)
    naming = dialog(NameDialog)
    retype(naming.name, "web01")
    click(naming, "rename")
    assert naming.notice.text.startswith("There is one called web01 already.")
    retype(naming.name, "TEST02")
    QTest.keyClick(naming.name, Qt.Key.Key_Return)
    await until(lambda: "TEST02" in machine_names(window))
    await until(lambda: not practice.jobs.under_way)
    await type_in(window.machine_list, Qt.Key.Key_Delete)
    await answer(practice)
    await until(lambda: "TEST02" not in machine_names(window))
    assert "TEST02" not in lab.places()["HV-01"]


async def test_several_are_asked_about_at_once_and_those_left_out_are_named(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    silent = command("Get-VM", Name="WEB01") | command("Disable-VMIntegrationService", Name="Shutdown")
    (await practice.estate.change(HOST, Pipeline((silent,)))).raise_for_errors()
    select_machine(window, "SQL01")
    for name in ("TEST01", "WEB01", "DC01"):
        row = window.machines_model.index(machine_names(window).index(name), 0)
        place = window.machine_list.visualRect(row).center()
        QTest.mouseClick(
            window.machine_list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place
        )
    assert not window.actions_offered.machines.verbs[Verb.RENAME].isEnabled()
    do(practice, Verb.SHUT_DOWN)
    asked = await answer(practice)
    assert find(asked, QLabel, "question").text() == "Shut down 2 virtual machines on HV-01?"
    listed = [find(asked, QListWidget, "machines").item(row).text() for row in range(2)]
    assert listed == ["DC01", "SQL01"]
    skipped = find(asked, QListWidget, "skipped")
    told = [skipped.item(row).text() for row in range(skipped.count())]
    assert any("WEB01" in text and "integration service" in text for text in told)
    assert any("TEST01 is Off" in text for text in told)
    await until(lambda: state(practice, "SQL01") is state(practice, "DC01") is MachineState.OFF)
    await until(lambda: not practice.jobs.under_way)
    assert state(practice, "WEB01") is MachineState.RUNNING
    do(practice, Verb.START)
    await until(lambda: window.jobs.remark.text)
    assert "WEB01 is Running" in window.jobs.remark.text
    click(window.jobs.remark, "notice_close")
    assert not window.jobs.remark.text
    await until(lambda: state(practice, "SQL01") is MachineState.RUNNING)
    await until(lambda: not practice.jobs.under_way)


async def test_checkpoints_are_worked_with_in_their_tab(practice: Console, lab: RunningLab) -> None:
    window, tree = practice.window, practice.window.details.checkpoints
    select_machine(window, "APP01")
    window.details.show_tab(tree)
    item = tree.topLevelItem(0)
    assert item.text(0) == "Before update 4.2"
    assert item.child(0).text(0) == "Now"
    place = tree.visualItemRect(item).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    tree.customContextMenuRequested.emit(place)
    menu = find(tree, QMenu, "checkpoint_menu")
    words = [action.iconText() for action in menu.actions()]
    assert words == ["Apply...", "Export...", "Rename...", "Delete Checkpoint...", "Delete Checkpoint Subtree..."]
    press(menu, tree.apply)
    await answer(practice, "create_and_apply")
    await until(lambda: not practice.jobs.under_way and item_count(practice) == 2)
    assert state(practice, "APP01") is MachineState.OFF
    assert tree.currentItem().text(0) == "Before update 4.2"
    await type_in(tree, Qt.Key.Key_F2)
    naming = dialog(NameDialog)
    retype(naming.name, "Clean")
    QTest.keyClick(naming.name, Qt.Key.Key_Return)
    await until(lambda: not practice.jobs.under_way and tree.topLevelItem(0).text(0) == "Clean")
    tree.delete_subtree.trigger()
    asked = await answer(practice)
    assert "and the 1 that follow it" in find(asked, QLabel, "question").text()
    await until(lambda: not practice.jobs.under_way and not item_count(practice))
    assert tree.topLevelItem(0).text(0) == "None"


async def type_in(view: QTreeView, key: Qt.Key) -> None:
    """Press a key where the focus is in a view: a key that is an action's is one only there."""
    view.window().activateWindow()
    view.setFocus()
    await until(view.hasFocus)
    QTest.keyClick(view, key)


def press(menu: QMenu, action: QAction) -> None:
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def item_count(console: Console) -> int:
    picture, machine = console.window.host, console.window.machine
    assert picture is not None
    assert picture.inventory is not None
    assert machine is not None
    return len(picture.inventory.checkpoints_of(machine.machine_id))


async def test_a_machine_and_a_checkpoint_are_exported_from_their_menus(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    select_machine(window, "WEB01")
    export = window.actions_offered.machines.export
    assert export.isEnabled()
    export.trigger()
    asked = dialog(ExportDialog)
    assert find(asked, QComboBox, "captured").count() == len(Captured)
    retype(asked.folder, r"\\HV-02\VMs")
    # What a share needs is said before anything is sent there.
    assert r"Give contoso.example\HV-01$ the right Change" in asked.notice.text
    retype(asked.folder, r"D:\Out")
    assert not asked.notice.text
    click(asked, "export")
    await until(lambda: [each.state for each in practice.jobs.statuses] == [JobState.COMPLETED])
    select_machine(window, "APP01")
    checkpoints = window.details.checkpoints
    window.details.show_tab(checkpoints)
    checkpoints.setCurrentItem(checkpoints.topLevelItem(0))
    checkpoints.export.trigger()
    asked = dialog(ExportDialog)
    assert not asked.findChildren(QComboBox, "captured")
    retype(asked.folder, r"D:\Out")
    click(asked, "export")
    await until(lambda: [each.state for each in practice.jobs.statuses] == [JobState.COMPLETED] * 2)
