"""Asks who signs in at a host where the saved credentials do not fit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from core.language import _
from core.remoting.endpoint import Credential
from gui.form import add_row, button_row, dialog_column, form_layout, height_of, line_edit, password_edit
from gui.icons import icon
from gui.panels.notice import Notice, text_label

_WIDTH = 430


class CredentialsDialog(QDialog):
    """``given`` is emitted with the Credential. It is kept in memory only, by whoever takes it."""

    given = Signal(object)

    def __init__(self, host: str, user_name: str, why: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("credentials")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Credentials for {host}").format(host=host))
        self.setWindowIcon(icon("connect"))
        self.user_name = line_edit("user_name", _("User name"), _("DOMAIN\\user or user@domain"))
        self.user_name.setText(user_name)
        self.password = password_edit()
        self.notice = Notice()
        form = form_layout()
        add_row(form, _("&User name:"), self.user_name)
        add_row(form, _("Pass&word:"), self.password)
        buttons = button_row("ok", _("&OK"), self._give, self)
        column = self._column = dialog_column(self)
        if why:
            column.addWidget(text_label(why))
        column.addWidget(
            text_label(
                _("Who signs in at {host}? The password is kept until VM Ferry is closed, in memory only.").format(
                    host=host
                )
            )
        )
        column.addLayout(form)
        column.addWidget(self.notice)
        column.addLayout(buttons)
        self._fit()
        (self.password if user_name else self.user_name).setFocus()

    def _give(self) -> None:
        name = self.user_name.text().strip()
        if not name:
            self.notice.say("warning", _("No user name is given."), _("Fill in the field, then choose OK."))
            self._fit()
            self.user_name.setFocus()
            return
        self.given.emit(Credential(name, self.password.text()))
        self.accept()

    def _fit(self) -> None:
        self.setFixedSize(_WIDTH, height_of(self._column, _WIDTH))
