"""Hands and eyes of somebody at the window: real mouse and key events, and pictures of what is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QDialog, QLabel, QRadioButton, QWidget

from gui.panels.notice import Notice

T = TypeVar("T")
WidgetT = TypeVar("WidgetT", bound=QWidget)
PATIENCE = 30.0
"""Seconds after which something expected counts as missing, unless others are given."""


class Unexpected(Exception):
    """What was seen is not what should be; the text says what was seen."""


class Hands:
    """Works on ``window`` and the dialogs in front of it, and keeps pictures in ``folder``."""

    def __init__(self, window: QWidget, folder: Path, patience: float = PATIENCE, prefix: str = "") -> None:
        self.window = window
        self.folder = folder
        self.patience = patience
        self._prefix = prefix
        self._pictures = 0

    def find(self, kind: type[WidgetT], name: str, within: QWidget | None = None) -> WidgetT:
        """The visible widget called ``name``."""
        found = [widget for widget in (within or self.window).findChildren(kind, name) if widget.isVisible()]
        if len(found) != 1:
            raise Unexpected(f"{len(found)} visible widgets are called {name!r}")
        return found[0]

    def click(self, name: str, within: QWidget | None = None) -> None:
        """Press the left button on a widget that is enabled."""
        widget = self.find(QWidget, name, within)
        if not widget.isEnabled():
            raise Unexpected(f"{name!r} is disabled")
        place = widget.rect().center()
        if isinstance(widget, QRadioButton):
            place.setX(10)  # beyond its text it takes no click
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)

    def click_row(self, view: QAbstractItemView, index: QModelIndex) -> None:
        """Press the left button on a row."""
        view.scrollTo(index)
        place = view.visualRect(index)
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.left() + 20, place.center().y()))

    def write(self, name: str, text: str, within: QWidget | None = None) -> None:
        """Replace what stands in a field, key by key."""
        field = self.find(QWidget, name, within)
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(field, Qt.Key.Key_Delete)
        QTest.keyClicks(field, text)

    def press(self, key: Qt.Key, within: QWidget | None = None) -> None:
        """Press a key where the focus is."""
        window = within or self.window
        QTest.keyClick(window.focusWidget() or window, key)

    async def until(self, seen: Callable[[], T | None], what: str) -> T:
        """Wait until ``seen`` gives something; ``what`` is said when it does not, with what the window says instead.

        An error on the start page ends the wait: no host will come.
        """
        try:
            async with asyncio.timeout(self.patience):
                # What a window shows has no event of its own to wait for.
                while not (result := seen()):
                    if self._has_failed_to_start():
                        raise self._missing(f"an error came before: {what}")
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise self._missing(f"waited {self.patience:.0f} s for: {what}") from None
        return result

    def _has_failed_to_start(self) -> bool:
        start_page = self.window.findChild(QWidget, "start_page")
        return any(notice.kind == "error" and notice.isVisible() for notice in start_page.findChildren(Notice))

    def _missing(self, what: str) -> Unexpected:
        """What to raise, with everything that is said to whoever sits at the window."""
        self.picture("unexpected")
        said = [notice.text for notice in self.window.findChildren(Notice) if notice.isVisible()]
        said += [label.text() for label in self.window.findChildren(QLabel, "status")]
        return Unexpected("\n".join((what, "The window says:", *said)))

    async def dialog(self, name: str) -> QDialog:
        """The dialog called ``name``, once it is in front."""
        return await self.until(
            lambda: next((d for d in self.window.findChildren(QDialog, name) if d.isVisible()), None),
            f"the dialog {name!r}",
        )

    def picture(self, name: str, of: QWidget | None = None) -> Path:
        """Save what is seen as a PNG, numbered in the order of the tour."""
        self._pictures += 1
        # What was changed just now is laid out and painted by events that are still waiting.
        QCoreApplication.sendPostedEvents()
        path = self.folder / f"{self._prefix}{self._pictures:02d}-{name}.png"
        (of or self.window).grab().save(str(path))
        return path


def row_called(view: QAbstractItemView, text: str) -> QModelIndex | None:
    """The row of ``view``, at any depth, whose first column reads ``text``."""
    model = view.model()
    parents = [QModelIndex()]
    while parents:
        parent = parents.pop()
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            if str(index.data()) == text:
                return index
            parents.append(index)
    return None
