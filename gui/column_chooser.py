"""Add/Remove Columns, as in the Microsoft Management Console: what a list shows, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QGridLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.language import _
from gui.form import button_row, dialog_column, push_button
from gui.models.machine_columns import ALWAYS_SHOWN, COLUMNS, number_of

_NAME = Qt.ItemDataRole.UserRole


class ColumnChooser(QDialog):
    """``chosen`` is emitted with the names of the columns to show, from left to right."""

    chosen = Signal(list)

    def __init__(self, shown: Sequence[str], first: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("column_chooser")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Add/Remove Columns"))
        self.resize(560, 380)
        self._first = first
        self.available = _list("available_columns", _("Available columns"))
        self.shown = _list("shown_columns", _("Displayed columns"))
        self.available.itemDoubleClicked.connect(lambda _item: self._add())
        self.shown.itemDoubleClicked.connect(lambda _item: self._remove())
        self._buttons = {
            "add": push_button("add_column", _("&Add ->"), self._add),
            "remove": push_button("remove_column", _("<- &Remove"), self._remove),
            "restore": push_button("restore_columns", _("R&estore Defaults"), lambda: self._fill(self._first)),
            "up": push_button("column_up", _("Move &Up"), lambda: self._move(-1)),
            "down": push_button("column_down", _("Move &Down"), lambda: self._move(1)),
        }
        for each in (self.available, self.shown):
            each.currentRowChanged.connect(lambda _row: self._offer())
        self._arrange()
        self._fill(shown)

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        # In the order in which it is read: Tab follows it.
        parts = (
            (_("A&vailable columns:"), self.available, ("add", "remove", "restore")),
            (_("Di&splayed columns:"), self.shown, ("up", "down")),
        )
        for place, (text, view, names) in enumerate(parts):
            label = QLabel(text)
            label.setBuddy(view)
            grid.addWidget(label, 0, 2 * place)
            grid.addWidget(view, 1, 2 * place)
            grid.setColumnStretch(2 * place, 1)
            buttons = QVBoxLayout()
            buttons.setSpacing(8)
            for name in names:
                buttons.addWidget(self._buttons[name])
            buttons.addStretch()
            grid.addLayout(buttons, 1, 2 * place + 1)
        column_of_all = dialog_column(self)
        column_of_all.addLayout(grid, 1)
        column_of_all.addLayout(button_row("choose_columns", _("OK"), self._accept, self))

    def _accept(self) -> None:
        self.chosen.emit([item.data(_NAME) for item in _items(self.shown)])
        self.accept()

    def _fill(self, shown: Iterable[str]) -> None:
        names = list(shown)
        self.available.clear()
        self.shown.clear()
        for name in names:
            self.shown.addItem(_item(name))
        for column in COLUMNS:
            if column.name not in names:
                self.available.addItem(_item(column.name))
        self.available.setCurrentRow(0)
        self.shown.setCurrentRow(0)
        self._offer()

    def _add(self) -> None:
        if (item := self.available.takeItem(self.available.currentRow())) is not None:
            self.shown.insertItem(self.shown.currentRow() + 1, item)
            self.shown.setCurrentItem(item)
            self._offer()

    def _remove(self) -> None:
        item = self.shown.currentItem()
        if item is None or item.data(_NAME) == ALWAYS_SHOWN:
            return
        item = self.shown.takeItem(self.shown.currentRow())
        number = number_of(item.data(_NAME))
        before = [each for each in _items(self.available) if number_of(each.data(_NAME)) < number]
        self.available.insertItem(len(before), item)
        self.available.setCurrentItem(item)
        self._offer()

    def _move(self, step: int) -> None:
        row = self.shown.currentRow()
        if 0 <= row + step < self.shown.count():
            item = self.shown.takeItem(row)
            self.shown.insertItem(row + step, item)
            self.shown.setCurrentRow(row + step)
            self._offer()

    def _offer(self) -> None:
        row, item = self.shown.currentRow(), self.shown.currentItem()
        can = {
            "add": self.available.currentItem() is not None,
            "remove": item is not None and item.data(_NAME) != ALWAYS_SHOWN,
            "restore": True,
            "up": row > 0,
            "down": 0 <= row < self.shown.count() - 1,
        }
        for name, button in self._buttons.items():
            if not can[name] and button.hasFocus():
                # A button that can be pressed no more must not keep the keys.
                self.shown.setFocus()
            button.setEnabled(can[name])


def _items(view: QListWidget) -> list[QListWidgetItem]:
    return [view.item(row) for row in range(view.count())]


def _item(name: str) -> QListWidgetItem:
    item = QListWidgetItem(COLUMNS[number_of(name)].heading())
    item.setData(_NAME, name)
    return item


def _list(name: str, accessible_name: str) -> QListWidget:
    view = QListWidget()
    view.setObjectName(name)
    view.setAccessibleName(accessible_name)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    return view
