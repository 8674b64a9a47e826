"""Machines are dragged from the list onto a host, and the Move Wizard opens with that destination."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit

from core.estate.connection import HostKey
from gui.console import Console
from gui.panels.host_tree import dragged_machines
from gui.wizards.dialog import WizardDialog
from tests.gui.driving import dialog, find, go_to, machine_names, select_machine, until
from tests.laboratory import RunningLab


def key_of(console: Console, name: str) -> HostKey:
    return next(picture.key for picture in console.estate.pictures if picture.key.name == name)


def drag(console: Console, over: QModelIndex) -> bool:
    """Drag the selected machines over a row of the tree and let go there; whether they were taken."""
    tree = console.window.tree
    data, place = dragged_machines(), tree.visualRect(over).center()
    where = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    move, drop = QDragMoveEvent(place, *where), QDropEvent(place.toPointF(), *where)
    for event in (QDragEnterEvent(place, *where), move, drop):
        event.ignore()
        QApplication.sendEvent(tree.viewport(), event)
    assert move.isAccepted() == drop.isAccepted()
    return drop.isAccepted()


def said(console: Console) -> str:
    return find(console.window, QLabel, "status").text()


async def test_a_machine_that_is_dropped_on_a_host_is_moved_there(practice: Console) -> None:
    model = practice.window.tree_model
    select_machine(practice.window, "WEB01")
    assert drag(practice, model.find(key_of(practice, "HV-02")))
    assert said(practice) == "Let go to move to HV-02..."
    wizard = dialog(WizardDialog)
    await go_to(wizard, "destination")
    assert find(wizard, QLineEdit, "destination").text() == "HV-02"
    wizard.close()


async def test_several_machines_go_together(practice: Console) -> None:
    window = practice.window
    names = machine_names(window)
    view = window.machine_list
    for name, held in (("APP01", Qt.KeyboardModifier.NoModifier), ("WEB01", Qt.KeyboardModifier.ControlModifier)):
        place = view.visualRect(window.machines_model.index(names.index(name), 0)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, held, place)
    assert drag(practice, window.tree_model.find(key_of(practice, "HV-02")))
    wizard = dialog(WizardDialog)
    assert wizard.windowTitle() == "Move 2 Virtual Machines"
    assert find(wizard, QComboBox, "destination").currentText() == "HV-02"
    wizard.close()


async def test_what_cannot_be_a_destination_says_why(practice: Console) -> None:
    window, model = practice.window, practice.window.tree_model
    select_machine(window, "WEB01")
    assert not drag(practice, model.find(key_of(practice, "HV-01")))
    assert said(practice) == "The virtual machines are on HV-01 already."
    assert not drag(practice, model.root.child(0).index())
    assert said(practice) == "Drop virtual machines on a host."
    window.tree.setCurrentIndex(model.root.child(0).index())
    window.machine_list.selectAll()
    assert not drag(practice, model.find(key_of(practice, "HV-02")))
    assert said(practice) == "The selected virtual machines are on several hosts."
    assert not [each for each in QApplication.topLevelWidgets() if isinstance(each, WizardDialog) and each.isVisible()]


async def test_a_silent_host_takes_no_machine_and_its_group_says_so(practice: Console, lab: RunningLab) -> None:
    window, model = practice.window, practice.window.tree_model
    select_machine(window, "WEB01")
    silent = key_of(practice, "HV-02")
    lab.control("POST", "/hosts/HV-02/down", {})
    await practice.estate.refresh(silent)
    await until(lambda: "not answering" in str(model.find(silent).data()))
    assert model.root.child(0).text() == "Practice (simulated hosts) - 1 not answering"
    assert not drag(practice, model.find(silent))
    assert "HV-02" in said(practice)
    window.tree.setCurrentIndex(model.root.child(0).index())
    assert window.windowTitle() == "VM Ferry - Practice (simulated hosts)"
    assert "1 of 3 hosts does not answer: HV-02." in window.banner.failure.text
    assert "PRINT01" in machine_names(window)
