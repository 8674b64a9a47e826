"""Asks for the name of a group."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from core.language import _
from gui.form import add_row, button_row, dialog_column, form_layout, height_of, line_edit
from gui.icons import icon
from gui.panels.notice import Notice

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
        buttons = button_row("ok", _("&OK"), self._name, self)
        self._column = dialog_column(self)
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
