"""The page for the parameters of the connection: port, kind of authentication, certificate, compression, and a test."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.hyperv.query import UnexpectedAnswer
from core.hyperv.states import ReplicationAuthentication
from core.language import _
from core.remoting.errors import RemotingError
from core.wizards.enable_replication import EnableWizard
from core.wizards.wizard import obstacles
from gui.form import push_button
from gui.panels.notice import Notice, text_label
from gui.replication.certificate_dialog import CertificateDialog
from gui.tasks import Tasks
from gui.wizards.help_link import Question
from gui.wizards.page import Page


class ConnectionPage(Page):
    """What the Replica server told is filled in; where it could not be asked, it is typed."""

    def __init__(self, wizard: EnableWizard, tasks: Tasks) -> None:
        super().__init__()
        self._wizard = wizard
        self._tasks = tasks
        self._test: asyncio.Task[None] | None = None
        self._server = text_label(selectable=True)
        self._server.setWordWrap(False)
        self._server.setObjectName("server_name")
        self._port = QLineEdit()
        self._port.setObjectName("port")
        self._port.setAccessibleName(_("Replica server port"))
        self._port.setMaximumWidth(90)
        self._kerberos = QRadioButton(_("Use &Kerberos authentication (HTTP)"))
        self._kerberos.setObjectName("kerberos")
        self._certificate = QRadioButton(_("Use &certificate-based authentication (HTTPS)"))
        self._certificate.setObjectName("certificate")
        self._thumbprint = QLineEdit()
        self._thumbprint.setObjectName("thumbprint")
        self._thumbprint.setAccessibleName(_("Thumbprint of the certificate"))
        self._thumbprint.setPlaceholderText(_("Thumbprint"))
        self._select = push_button("select_certificate", _("&Select Certificate..."))
        self._compresses = QCheckBox(_("C&ompress the data that is transmitted over the network"))
        self._compresses.setObjectName("compresses")
        self._run = push_button("test_connection", _("&Test Connection"))
        self.result = Notice()
        self._arrange()
        self._connect()

    def question(self) -> Question:
        """What may be asked here."""
        return Question(
            _("Which kind of authentication is the right one?"), "which-kind-of-authentication-is-the-right-one"
        )

    def enter(self) -> None:
        """Show the choices as they stand."""
        choices = self._wizard.choices
        self._server.setText(self._wizard.server_name)
        self._port.setText(choices.port)
        uses_certificate = choices.authentication is ReplicationAuthentication.CERTIFICATE
        (self._certificate if uses_certificate else self._kerberos).setChecked(True)
        self._thumbprint.setText(choices.thumbprint)
        self._compresses.setChecked(choices.compresses)
        self.result.clear()
        self._enable()

    def first_field(self) -> QWidget:
        """The port."""
        return self._port

    def field(self, name: str) -> QWidget | None:
        """The control that a problem means."""
        return {"port": self._port, "certificate": self._thumbprint, "connection": self._port}.get(name)

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        port = QLabel(_("Replica server po&rt:"))
        port.setBuddy(self._port)
        grid.addWidget(QLabel(_("Replica server:")), 0, 0)
        grid.addWidget(self._server, 0, 1)
        grid.addWidget(port, 1, 0)
        grid.addWidget(self._port, 1, 1)
        grid.setColumnStretch(2, 1)
        certificate = QHBoxLayout()
        certificate.setContentsMargins(22, 0, 0, 0)
        certificate.setSpacing(8)
        certificate.addWidget(self._thumbprint, 1)
        certificate.addWidget(self._select)
        ways = QVBoxLayout()
        ways.setSpacing(6)
        ways.addWidget(self._kerberos)
        note = text_label(_("What is replicated is not encrypted on its way."))
        note.setIndent(22)
        ways.addWidget(note)
        ways.addWidget(self._certificate)
        ways.addLayout(certificate)
        test = QHBoxLayout()
        test.addWidget(self._run)
        test.addStretch()
        self.column.addWidget(text_label(_("How does the primary server reach the Replica server?")))
        self.column.addLayout(grid)
        self.column.addLayout(ways)
        self.column.addWidget(self._compresses)
        self.column.addLayout(test)
        self.column.addWidget(self.result)
        self.column.addStretch()

    def _connect(self) -> None:
        self._port.textEdited.connect(lambda text: self._choose("port", text))
        self._thumbprint.textEdited.connect(lambda text: self._choose("thumbprint", text))
        self._compresses.clicked.connect(lambda: self._choose("compresses", self._compresses.isChecked()))
        for button, way in (
            (self._kerberos, ReplicationAuthentication.KERBEROS),
            (self._certificate, ReplicationAuthentication.CERTIFICATE),
        ):
            button.clicked.connect(lambda _checked=False, way=way: self._choose_way(way))
        self._select.clicked.connect(
            lambda: self._tasks.start(self._offer_certificates(), f"certificates of {self._wizard.primary}")
        )
        self._run.clicked.connect(self._start_test)

    def _choose(self, name: str, value: object) -> None:
        setattr(self._wizard.choices, name, value)
        self._changed()

    def _choose_way(self, way: ReplicationAuthentication) -> None:
        if way is not self._wizard.choices.authentication:
            self._wizard.choices.authentication = way
            self._wizard.propose_port()
            self._port.setText(self._wizard.choices.port)
            self._enable()
            self._changed()

    def _changed(self) -> None:
        self.result.clear()
        if self._test is not None:
            self._test.cancel()
        self.edited.emit()

    def _enable(self) -> None:
        uses_certificate = self._certificate.isChecked()
        self._thumbprint.setEnabled(uses_certificate)
        self._select.setEnabled(uses_certificate)

    async def _offer_certificates(self) -> None:
        """Read the certificates of the primary, each with the verdict on it, and let one be chosen."""
        wizard = self._wizard
        self._select.setEnabled(False)
        try:
            own = await wizard.read_replica_server(wizard.primary)
        except RemotingError as error:
            self.result.say("error", f"{error.sentence} {error.cause}", error.cure)
            return
        except UnexpectedAnswer as error:
            self.result.say("error", str(error))
            return
        finally:
            self._enable()
        dialog = CertificateDialog(wizard.primary.name, own.verdicts, wizard.choices.thumbprint, self)
        dialog.chosen.connect(self._take_certificate)
        dialog.open()

    def _take_certificate(self, thumbprint: str) -> None:
        self._thumbprint.setText(thumbprint)
        self._choose("thumbprint", thumbprint)

    def _start_test(self) -> None:
        self.result.say("busy", _("The primary server tries to reach the Replica server..."))
        self._test = self._tasks.start(self._try(), f"test the connection from {self._wizard.primary}")

    async def _try(self) -> None:
        problems = await self._wizard.test_connection()
        found = obstacles(problems)
        if found:
            self.result.say("error", found[0].what, found[0].cure)
        else:
            warning = next(iter(problems), None)
            words = _("{primary} reaches {server} with these parameters.")
            names = {"primary": self._wizard.primary.name, "server": self._wizard.server_name}
            self.result.say("info", words.format(**names), warning.what if warning is not None else "")
