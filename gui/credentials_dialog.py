"""Asks who signs in at a host where the saved credentials do not fit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.language import _
from core.remoting.endpoint import Credential
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
        self.setFixedWidth(_WIDTH)
        self.user_name = _edit("user_name", _("User name"))
        self.user_name.setText(user_name)
        self.user_name.setPlaceholderText(_("DOMAIN\\user or user@domain"))
        self.password = _edit("password", _("Password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.notice = Notice()
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for text, field in ((_("&User name:"), self.user_name), (_("Pass&word:"), self.password)):
            label = QLabel(text)
            label.setBuddy(field)
            form.addRow(label, field)
        accept = QPushButton(_("&OK"))
        accept.setObjectName("ok")
        accept.setDefault(True)
        accept.clicked.connect(self._give)
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(accept)
        buttons.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
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
        (self.password if user_name else self.user_name).setFocus()

    def _give(self) -> None:
        name = self.user_name.text().strip()
        if not name:
            self.notice.say("warning", _("No user name is given."), _("Fill in the field, then choose OK."))
            self.user_name.setFocus()
            return
        self.given.emit(Credential(name, self.password.text()))
        self.accept()


def _edit(name: str, accessible_name: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setObjectName(name)
    edit.setAccessibleName(accessible_name)
    return edit
