"""Chooses replicated machines for a recovery plan."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QWidget

from core.language import _
from core.recovery.document import Member
from core.replicas.relationship import Relationship
from gui.form import button_row, dialog_column
from gui.panels.notice import text_label


class MachinesDialog(QDialog):
    """``chosen`` is emitted with what was ticked of ``offered``."""

    chosen = Signal(object)

    def __init__(self, offered: Sequence[Relationship], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("plan_machines")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Add Machines"))
        self.resize(480, 380)
        self._offered = offered
        self.list = QListWidget()
        self.list.setObjectName("offered_machines")
        self.list.setAccessibleName(_("Replicated virtual machines"))
        for each in offered:
            text = _("{machine}: from {primary} to {replica}")
            names = {"machine": each.machine_name, "primary": each.primary_name, "replica": each.replica_name}
            item = QListWidgetItem(text.format(**names))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
        column = dialog_column(self)
        what = _("These machines are replicated and not in the plan so far:")
        if not offered:
            what = _("No further replicated machine is known. Read the replications of all hosts first.")
        column.addWidget(text_label(what))
        column.addWidget(self.list, 1)
        column.addLayout(button_row("add", _("&Add"), self._accept, self, is_enabled=bool(offered)))

    def _accept(self) -> None:
        ticked = [
            each for row, each in enumerate(self._offered) if self.list.item(row).checkState() is Qt.CheckState.Checked
        ]
        members = tuple(
            Member(each.machine_id, each.machine_name, each.primary_name, each.replica_name) for each in ticked
        )
        self.chosen.emit(members)
        self.accept()
