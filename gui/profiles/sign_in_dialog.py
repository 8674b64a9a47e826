"""Asks for a password that is not kept, once for all servers of one user."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from core.language import _
from gui.form import add_row, button_row, dialog_column, form_layout, password_edit
from gui.icons import icon
from gui.panels.notice import text_label

_WIDTH = 450
_SHOWN = 8
"""Servers that are named; of more, their number is said."""


class SignInDialog(QDialog):
    """``given`` is emitted with the password and whether it is to be kept."""

    given = Signal(str, bool)

    def __init__(
        self, user: str, hosts: Sequence[str], *, keep: bool, key_store_fault: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sign_in")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Sign In"))
        self.setWindowIcon(icon("connect"))
        self.password = password_edit()
        self.keep = QCheckBox(_("&Keep it in the key store of this computer"))
        self.keep.setObjectName("keep_password")
        self.keep.setEnabled(not key_store_fault)
        self.keep.setChecked(keep and not key_store_fault)
        form = form_layout()
        add_row(form, _("Pass&word:"), self.password)
        form.addRow("", self.keep)
        buttons = button_row("sign_in_now", _("&Sign In"), self._give, self)
        column = dialog_column(self)
        named = list(hosts[:_SHOWN])
        if len(hosts) > _SHOWN:
            named.append(_("and {count} more").format(count=len(hosts) - _SHOWN))
        question = _("What is the password of {user}? It is needed for: {hosts}.")
        label = text_label(question.format(user=user, hosts=", ".join(named)))
        label.setObjectName("sign_in_question")
        column.addWidget(label)
        column.addLayout(form)
        if key_store_fault:
            column.addWidget(text_label(key_store_fault))
        column.addLayout(buttons)
        self.setFixedSize(_WIDTH, column.totalHeightForWidth(_WIDTH))
        self.password.setFocus()

    def _give(self) -> None:
        self.given.emit(self.password.text(), self.keep.isChecked())
        self.accept()
