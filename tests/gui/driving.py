"""Drives windows as a person does: looks, waits until something shows, clicks and types."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import QAbstractEventDispatcher, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from gui.console import Console
from gui.main_window import MainWindow
from gui.wizards.dialog import WizardDialog

_WidgetT = TypeVar("_WidgetT", bound=QWidget)

PATIENCE = 30.0
"""Seconds after which something that does not show is missed."""


async def until(condition: Callable[[], object]) -> None:
    """Wait until ``condition`` holds; it is looked at whenever the program has nothing left to do."""
    loop = asyncio.get_running_loop()
    held: asyncio.Future[None] = loop.create_future()
    dispatcher = QAbstractEventDispatcher.instance()

    def look() -> None:
        if not held.done() and condition():
            held.set_result(None)
            dispatcher.wakeUp()

    dispatcher.aboutToBlock.connect(look)
    try:
        async with asyncio.timeout(PATIENCE):
            await held
    finally:
        dispatcher.aboutToBlock.disconnect(look)


def find(parent: QWidget, kind: type[_WidgetT], name: str) -> _WidgetT:
    """The one control of this name."""
    [found] = parent.findChildren(kind, name)
    return found


def dialog(kind: type[_WidgetT]) -> _WidgetT:
    """The one dialog of this kind that is open."""
    [found] = [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]
    return found


def is_open(kind: type[QWidget]) -> bool:
    """Whether a dialog of this kind is open."""
    return any(isinstance(each, kind) and each.isVisible() for each in QApplication.topLevelWidgets())


def click(parent: QWidget, name: str) -> None:
    """Click a button with the mouse."""
    button = find(parent, QPushButton, name)
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def retype(field: QLineEdit, text: str) -> None:
    """Replace what is in a field by typing."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def select_machine(window: MainWindow, name: str) -> UUID:
    """Click a machine in the list; its ID."""
    model, view = window.machines_model, window.machine_list
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        if index.data() == name:
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
            machine = model.machine(index)
            assert machine is not None
            return machine.machine_id
    raise AssertionError(f"{name} is not in the list")


def is_all_shown(console: Console) -> bool:
    """Whether every host has been read, and the window shows what it told."""
    shown = {picture.key: picture for picture in console.window.pictures}
    return all(each.inventory is not None and shown.get(each.key) is each for each in console.estate.pictures)


def machine_names(window: MainWindow) -> list[str]:
    """The names in the list, from top to bottom."""
    model = window.machines_model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def open_wizard(console: Console, name: str) -> WizardDialog:
    """Select a machine and open the Move Wizard for it."""
    select_machine(console.window, name)
    console.window.actions_offered.move_machine.trigger()
    return dialog(WizardDialog)


async def go_to(wizard: WizardDialog, key: str, *, destination: str = "HV-02") -> None:
    """Next, until the page ``key`` is shown and has settled."""
    while wizard.current.key != key:
        here = wizard.current.key
        if here == "destination":
            retype(find(wizard, QLineEdit, "destination"), destination)
        click(wizard, "next")
        await until(lambda here=here: wizard.current.key != here)
    await until(lambda: not wizard.is_waiting)


def window_of(kind: type[_WidgetT]) -> _WidgetT | None:
    """The window of this kind that is open, minimised or not, or None."""
    return next(
        (each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and not each.isHidden()), None
    )
