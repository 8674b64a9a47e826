"""The networks of live migrations in their order: added, edited, removed, moved up and down."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from core.language import _
from core.operating.host_settings import network_fault, tidy_network
from gui.form import push_button
from gui.machines.name_dialog import LineTexts, NameDialog


class NetworkList(QWidget):
    """``changed`` is emitted when the user has changed the list."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.list = QListWidget()
        self.list.setObjectName("networks")
        self.list.setAccessibleName(_("Networks for live migrations, the first to use first"))
        self.list.setMinimumHeight(70)
        self.add = push_button("add_network", _("A&dd..."), self._add)
        self.edit = push_button("edit_network", _("Edi&t..."), self._edit)
        self.remove = push_button("remove_network", _("&Remove"), self._remove)
        self.up = push_button("network_up", _("Move &Up"), lambda: self._move(-1))
        self.down = push_button("network_down", _("Move Do&wn"), lambda: self._move(1))
        buttons = QVBoxLayout()
        buttons.setSpacing(4)
        for button in (self.add, self.edit, self.remove, self.up, self.down):
            buttons.addWidget(button)
        buttons.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.list, 1)
        row.addLayout(buttons)
        self.list.currentRowChanged.connect(lambda _row: self._offer())
        self._offer()

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks as they stand in the list."""
        return tuple(self.list.item(row).text() for row in range(self.list.count()))

    def show_networks(self, networks: Sequence[str]) -> None:
        """Show other networks."""
        self.list.clear()
        self.list.addItems(list(networks))
        self._offer()

    def _ask(self, title: str, text: str) -> NameDialog:
        others = [each for each in self.networks if each != text]

        def fault(typed: str) -> str:
            if found := network_fault(typed):
                return found
            return _("{network} is in the list already.").format(network=typed) if tidy_network(typed) in others else ""

        texts = LineTexts(
            title,
            _("Name a network, such as 10.0.0.0/24, or a single address of this host."),
            _("&Network:"),
            _("OK"),
            _("Type a network or an address."),
        )
        dialog = NameDialog(texts, text, fault, self.window())
        dialog.open()
        return dialog

    def _add(self) -> None:
        self._ask(_("Add a Network"), "").chosen.connect(self._append)

    def _append(self, text: str) -> None:
        self.list.addItem(tidy_network(text))
        self.list.setCurrentRow(self.list.count() - 1)
        self._change()

    def _edit(self) -> None:
        item = self.list.currentItem()
        self._ask(_("Edit a Network"), item.text()).chosen.connect(self._put)

    def _put(self, text: str) -> None:
        self.list.currentItem().setText(tidy_network(text))
        self._change()

    def _remove(self) -> None:
        self.list.takeItem(self.list.currentRow())
        self._change()

    def _move(self, step: int) -> None:
        row = self.list.currentRow()
        self.list.insertItem(row + step, self.list.takeItem(row))
        self.list.setCurrentRow(row + step)
        self._change()

    def _change(self) -> None:
        self._offer()
        self.changed.emit()

    def _offer(self) -> None:
        row, count = self.list.currentRow(), self.list.count()
        for button in (self.edit, self.remove):
            button.setEnabled(row >= 0)
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < count - 1)
