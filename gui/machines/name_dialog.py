"""Asks for another name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from core.language import _
from core.operating.identity import name_fault
from gui.form import button_row, dialog_column, height_of, line_edit
from gui.panels.notice import Notice, text_label

_WIDTH = 460


class NameDialog(QDialog):
    """``chosen`` is emitted with a name that is none of ``taken``; the one that it has now may stay as it is."""

    chosen = Signal(str)

    def __init__(self, title: str, what: str, name: str, taken: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("name_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._before = name
        self._taken = taken
        self.name = line_edit("new_name", _("New name"))
        self.name.setText(name)
        self.name.selectAll()
        label = QLabel(_("&New name:"))
        label.setBuddy(self.name)
        self.notice = Notice()
        self._column = dialog_column(self)
        self._column.addWidget(text_label(what))
        self._column.addWidget(label)
        self._column.addWidget(self.name)
        self._column.addWidget(self.notice)
        self._column.addStretch()
        self._column.addLayout(button_row("rename", _("&Rename"), self._accept, self))
        self.name.textChanged.connect(self.notice.clear)
        self._fit()

    def _accept(self) -> None:
        name = self.name.text()
        if name == self._before:
            self.reject()
        elif fault := name_fault(name, self._taken):
            self.notice.say("warning", fault, _("Type another name."))
            self._fit()
            self.name.setFocus()
        else:
            self.chosen.emit(name)
            self.accept()

    def _fit(self) -> None:
        self.resize(_WIDTH, height_of(self._column, _WIDTH))
