"""Connect to Server: a host that is managed until the program ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.estate.addresses import address_fault
from core.estate.connection import Connection
from core.estate.estate import Picture
from core.language import _
from core.remoting.endpoint import Credential, Endpoint
from gui.icons import icon
from gui.panels.notice import Notice, text_label
from gui.tasks import Tasks

GROUP = "Servers"
_HTTP_PORT = 5985
_HTTPS_PORT = 5986
_WIDTH = 470


class ConnectDialog(QDialog):
    """Asks for a host and signs in there. ``connected`` is emitted with the picture of a host that answers."""

    connected = Signal(object)

    def __init__(
        self, visit: Callable[[Connection], Awaitable[Picture]], tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("connect")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Connect to Server"))
        self.setWindowIcon(icon("connect"))
        self.resize(_WIDTH, 0)
        self._visit = visit
        self._tasks = tasks
        self._attempt: asyncio.Task[None] | None = None
        self.address = _edit("address", _("Name or address"))
        self.user_name = _edit("user_name", _("User name"))
        self.user_name.setPlaceholderText(_("DOMAIN\\user or user@domain"))
        self.password = _edit("password", _("Password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.https = QCheckBox(_("Use HTT&PS"))
        self.https.setObjectName("https")
        self.port = QSpinBox(minimum=1, maximum=65_535, value=_HTTP_PORT)
        self.port.setObjectName("port")
        self.port.setAccessibleName(_("Port"))
        self.notice = Notice()
        self._arrange()
        self._fit()
        self.https.toggled.connect(lambda is_on: self.port.setValue(_HTTPS_PORT if is_on else _HTTP_PORT))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close whatever is under way."""
        self._stop_waiting()
        super().closeEvent(event)

    def reject(self) -> None:
        """Cancel: the attempt if there is one, else the dialog."""
        if self._attempt is not None and not self._attempt.done():
            self._stop_waiting()
            self.notice.clear()
            self._fit()
        else:
            super().reject()

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        transport = QHBoxLayout()
        transport.setSpacing(10)
        transport.addWidget(self.port)
        transport.addWidget(self.https)
        transport.addStretch()
        for text, field in (
            (_("&Server:"), self.address),
            (_("P&ort:"), self.port),
            (_("&User name:"), self.user_name),
            (_("Pass&word:"), self.password),
        ):
            label = QLabel(text)
            label.setBuddy(field)
            if field is self.port:
                form.addRow(label, transport)
            else:
                form.addRow(label, field)
        self.connect_button = QPushButton(_("&Connect"))
        self.connect_button.setObjectName("connect_now")
        self.connect_button.setDefault(True)
        self.connect_button.clicked.connect(self._try)
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self.connect_button)
        buttons.addWidget(cancel)
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(text_label(_("Connect to a computer that runs Hyper-V, through Windows Remote Management.")))
        layout.addLayout(form)
        layout.addWidget(
            text_label(
                _(
                    "Kerberos or NTLM is negotiated with the server. The server and the password are kept"
                    " until VM Ferry is closed, in memory only."
                )
            )
        )
        layout.addWidget(self.notice)
        layout.addLayout(buttons)

    def _try(self) -> None:
        if self._attempt is not None and not self._attempt.done():
            return
        name = self.address.text().strip()
        if fault := address_fault(name):
            cure = _(
                "Type a name such as HV01 or hv01.contoso.example, or a network address. The port has its own field."
            )
            self._refuse(self.address, fault, cure)
            return
        if not self.user_name.text().strip():
            self._refuse(self.user_name, _("No user name is given."), _("Fill in the field, then choose Connect."))
            return
        endpoint = Endpoint(name, name, self.port.value(), "https" if self.https.isChecked() else "http", "negotiate")
        credential = Credential(self.user_name.text().strip(), self.password.text())
        connection = Connection(GROUP, endpoint, credential)
        self._attempt = self._tasks.start(self._sign_in(connection), f"connect to {name}")

    async def _sign_in(self, connection: Connection) -> None:
        host = connection.endpoint.name
        self._say("busy", _("Connecting to {host}...").format(host=host), _("Cancel stops the wait."))
        picture = await self._visit(connection)
        if picture.failure is not None:
            failure = picture.failure
            self._say("error", f"{failure.sentence} {failure.cause}", failure.cure)
            self.address.setFocus()
            return
        self._attempt = None
        self.connected.emit(picture)
        self.accept()

    def _refuse(self, field: QLineEdit, what: str, cure: str) -> None:
        self._say("warning", what, cure)
        field.setFocus()

    def _say(self, kind: str, what: str, cure: str) -> None:
        self.notice.say(kind, what, cure)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the wrapped texts need."""
        width = max(self.width(), _WIDTH)
        self.setMinimumSize(_WIDTH, self._column.totalHeightForWidth(width))
        self.resize(width, self.minimumHeight())

    def _stop_waiting(self) -> None:
        if self._attempt is not None:
            self._attempt.cancel()
        self._attempt = None


def _edit(name: str, accessible_name: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setObjectName(name)
    edit.setAccessibleName(accessible_name)
    return edit
