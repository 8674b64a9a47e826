"""Asks for the name of a group."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.language import _
from gui.icons import icon
from gui.panels.notice import Notice
from gui.profiles.form import add_row, form_layout, height_of, line_edit

_WIDTH = 380


class GroupDialog(QDialog):
    """``named`` is emitted with a name in which ``fault`` finds nothing wrong."""

    named = Signal(str)

    def __init__(
        self, title: str, name: str, fault: Callable[[str], str | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("group_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowIcon(icon("group"))
        self._fault = fault
        self.name = line_edit("group_name", _("Name of the group"))
        self.name.setText(name)
        self.name.selectAll()
        form = form_layout()
        add_row(form, _("&Name:"), self.name)
        self.notice = Notice()
        accept = QPushButton(_("&OK"))
        accept.setObjectName("ok")
        accept.setDefault(True)
        accept.clicked.connect(self._name)
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(accept)
        buttons.addWidget(cancel)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(18, 16, 18, 14)
        self._column.setSpacing(12)
        self._column.addLayout(form)
        self._column.addWidget(self.notice)
        self._column.addLayout(buttons)
        self._fit()

    def _name(self) -> None:
        name = self.name.text().strip()
        fault = self._fault(name) if name else _("A group needs a name.")
        if fault is not None:
            self.notice.say("warning", fault, _("Type another name."))
            self._fit()
            self.name.setFocus()
            return
        self.named.emit(name)
        self.accept()

    def _fit(self) -> None:
        """Be as high as the wrapped texts need."""
        self.setFixedSize(_WIDTH, height_of(self._column, _WIDTH))
