"""Which switch at the replica site stands for which at the primary site."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from core.language import _
from gui.form import add_row, button_row, choose, combo, dialog_column, form_layout
from gui.panels.notice import text_label


class SwitchesDialog(QDialog):
    """``chosen`` is emitted with the switch of ``offered`` for each name in ``named``; empty: left as it is."""

    chosen = Signal(object)

    def __init__(self, named: Sequence[str], offered: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("switches")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Connect All Adapters"))
        self.resize(460, 220)
        choices = [("", _("Not connected")), *((name, name) for name in offered)]
        self.boxes = {
            name: combo(f"switch_{place}", _("Switch that stands for {switch}").format(switch=name), choices)
            for place, name in enumerate(named)
        }
        form = form_layout()
        for name, box in self.boxes.items():
            # The same name says the same, as a rule.
            choose(box, next((each for each in offered if each.lower() == name.lower()), ""))
            add_row(form, _("Instead of {switch}:").format(switch=name.replace("&", "&&")), box)
        column = dialog_column(self)
        column.addWidget(text_label(_("To which switches are the replicas connected?")))
        column.addLayout(form)
        column.addStretch()
        column.addLayout(button_row("connect", _("C&onnect"), self._accept, self))

    def _accept(self) -> None:
        self.chosen.emit({name: box.currentData() for name, box in self.boxes.items()})
        self.accept()
