"""The list of the servers that may replicate to a host, with what changes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.language import _
from core.replication.server import AuthorizationEntry
from gui.form import push_button
from gui.plain_text import tip
from gui.replication.entry_dialog import Browse, EntryDialog

_ROWS = 4


class EntryList(QWidget):
    """``changed`` is emitted when ``entries`` are others; ``open_dialog`` shows the dialog for one of them."""

    changed = Signal()

    def __init__(self, browse: Browse, open_dialog: Callable[[QDialog], None]) -> None:
        super().__init__()
        self._browse = browse
        self._open_dialog = open_dialog
        self._drives: Sequence[str] | None = None
        self._entries: list[AuthorizationEntry] = []
        self.table = _table()
        self.table.itemSelectionChanged.connect(self._offer)
        self.table.itemActivated.connect(lambda _item, _column: self._edit())
        self.add = push_button("add_entry", _("A&dd..."), self._add)
        self.edit = push_button("edit_entry", _("Ed&it..."), self._edit)
        self.remove = push_button("remove_entry", _("Re&move"), self._remove)
        buttons = QVBoxLayout()
        buttons.setSpacing(6)
        for button in (self.add, self.edit, self.remove):
            buttons.addWidget(button)
        buttons.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.table, 1)
        row.addLayout(buttons)
        self._offer()

    @property
    def entries(self) -> tuple[AuthorizationEntry, ...]:
        """The servers as they stand in the list."""
        return tuple(self._entries)

    def show_entries(self, entries: Sequence[AuthorizationEntry], drives: Sequence[str] | None) -> None:
        """Show these; ``drives`` are the letters that the host has, None: not known."""
        self._drives = drives
        self._entries = list(entries)
        self._fill(0)

    def _fill(self, selected: int) -> None:
        self.table.clear()
        for entry in self._entries:
            texts = [entry.allowed_primary_server, entry.replica_storage_location, entry.trust_group]
            item = QTreeWidgetItem(texts)
            for column, text in enumerate(texts):
                item.setToolTip(column, tip(text))
            self.table.addTopLevelItem(item)
        if self._entries:
            self.table.setCurrentItem(self.table.topLevelItem(min(selected, len(self._entries) - 1)))
        self._offer()

    def _row(self) -> int | None:
        """The row that is selected, or None."""
        items = self.table.selectedItems()
        return self.table.indexOfTopLevelItem(items[0]) if items else None

    def _offer(self) -> None:
        for button in (self.edit, self.remove):
            button.setEnabled(self._row() is not None)

    def _add(self) -> None:
        dialog = EntryDialog(None, self._entries, self._drives, self._browse, self.window())
        dialog.given.connect(self._take)
        self._open_dialog(dialog)

    def _edit(self) -> None:
        row = self._row()
        if row is None:
            return
        others = [entry for number, entry in enumerate(self._entries) if number != row]
        dialog = EntryDialog(self._entries[row], others, self._drives, self._browse, self.window())
        dialog.given.connect(lambda entry: self._take(entry, row))
        self._open_dialog(dialog)

    def _remove(self) -> None:
        row = self._row()
        if row is not None:
            del self._entries[row]
            self._fill(row)
            self.changed.emit()

    def _take(self, entry: AuthorizationEntry, row: int | None = None) -> None:
        if row is None:
            row = len(self._entries)
            self._entries.append(entry)
        else:
            self._entries[row] = entry
        self._fill(row)
        self.changed.emit()


def _table() -> QTreeWidget:
    table = QTreeWidget()
    table.setObjectName("authorization_entries")
    table.setAccessibleName(_("Servers that may replicate to this host"))
    table.setHeaderLabels((_("Primary Server"), _("Storage Location"), _("Trust Group")))
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAllColumnsShowFocus(True)
    table.header().setStretchLastSection(False)
    table.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    for column in (0, 2):
        table.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    table.setFixedHeight(table.header().sizeHint().height() + _ROWS * (table.fontMetrics().height() + 4))
    return table
