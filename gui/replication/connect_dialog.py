"""Chooses the virtual switches of a replica, one for each of its adapters."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QLabel, QWidget

from core.hyperv.records import NetworkAdapter
from core.language import _
from gui.form import button_row, dialog_column, height_of
from gui.panels.notice import text_label

_WIDTH = 480


class ReplicaNetworkDialog(QDialog):
    """``chosen`` is emitted with the switches by the places of the adapters, as far as they change; empty: none."""

    chosen = Signal(object)

    def __init__(
        self,
        machine: str,
        host: str,
        adapters: Sequence[NetworkAdapter],
        switches: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("replica_network")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Network Adapters of the Replica {machine}").format(machine=machine))
        self._adapters = adapters
        self._choices: list[QComboBox] = []
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for place, adapter in enumerate(adapters):
            choice = QComboBox()
            choice.setObjectName(f"replica_switch_{place}")
            choice.setAccessibleName(_("Virtual switch of {adapter}").format(adapter=adapter.name))
            choice.addItem(_("Not Connected"), "")
            for switch in switches:
                choice.addItem(switch, switch)
            choice.setCurrentIndex(max(0, choice.findData(adapter.switch_name or "")))
            label = QLabel(_("{adapter}:").format(adapter=adapter.name))
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(choice)
            grid.addWidget(label, place, 0)
            grid.addWidget(choice, place, 1)
            self._choices.append(choice)
        words = _("To which virtual switches of {host} is the replica connected when it takes over?").format(host=host)
        if not adapters:
            words = _("The replica has no network adapters.")
        column = dialog_column(self)
        column.addWidget(text_label(words))
        column.addLayout(grid)
        column.addStretch()
        column.addLayout(button_row("connect", _("OK"), self._accept, self, is_enabled=bool(adapters)))
        self.resize(_WIDTH, height_of(column, _WIDTH))

    def _accept(self) -> None:
        chosen = {place: choice.currentData() for place, choice in enumerate(self._choices)}
        changed = {
            place: switch for place, switch in chosen.items() if switch != (self._adapters[place].switch_name or "")
        }
        if changed:
            self.chosen.emit(changed)
        self.accept()
