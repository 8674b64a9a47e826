"""The page for the Replica server: a saved host, or any name, such as the access point of a cluster's broker."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QHBoxLayout, QLabel, QWidget

from core.estate.connection import HostKey
from core.estate.estate import Picture
from core.language import _
from core.moving.rating import CREDENTIALS
from core.remoting.endpoint import Credential
from core.wizards.enable_replication import EnableWizard
from core.wizards.wizard import Problem
from gui.form import push_button
from gui.icons import icon
from gui.panels.notice import text_label
from gui.wizards.credentials_button import CredentialsButton
from gui.wizards.help_link import Question
from gui.wizards.page import Page


class ServerPage(Page):
    """``configure`` opens the Replication Configuration of a host, and returns its dialog."""

    def __init__(self, wizard: EnableWizard, configure: Callable[[HostKey, QWidget], QDialog]) -> None:
        super().__init__()
        self._wizard = wizard
        self._configure_host = configure
        self._name = QComboBox()
        self._name.setObjectName("server")
        self._name.setEditable(True)
        self._name.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._name.addItems([picture.key.name for picture in wizard.servers()])
        self._name.setAccessibleName(_("Replica server"))
        self._name.lineEdit().setAccessibleName(_("Replica server"))
        self._credentials = CredentialsButton(self._named, lambda: wizard.choices.credentials)
        self._configure = push_button("configure_server", _("Confi&gure Server..."))
        self._mark = QLabel()
        self._told = text_label()
        self._told.setObjectName("server_told")
        label = QLabel(_("Replica &server:"))
        label.setBuddy(self._name)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self._name, 0, 1)
        grid.addWidget(self._credentials, 0, 2)
        told = QHBoxLayout()
        told.setSpacing(6)
        told.addWidget(self._mark)
        told.addWidget(self._told, 1)
        grid.addLayout(told, 1, 1)
        grid.addWidget(self._configure, 1, 2)
        grid.setColumnStretch(1, 1)
        self.column.addWidget(text_label(_("Which server is to hold the replica of the virtual machine?")))
        self.column.addLayout(grid)
        self.column.addWidget(
            text_label(
                _(
                    "Choose a server from the list, or type the name of any other. For a cluster, its Hyper-V Replica"
                    " Broker is used, also where one of its nodes is named."
                )
            )
        )
        self.column.addStretch()
        self._name.currentTextChanged.connect(self._typed)
        self._credentials.given.connect(self._credentials_given)
        self._credentials.nameless.connect(self._name.setFocus)
        self._configure.clicked.connect(self._open_configuration)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which server can hold a replica?"), "which-server-can-hold-a-replica")

    def enter(self) -> None:
        """Show the choice."""
        self._name.blockSignals(True)
        self._name.setEditText(self._wizard.choices.server)
        self._name.blockSignals(False)
        self._tell()

    async def load(self) -> None:
        """Offer the brokers of the clusters whose nodes are in the list, first: a node does not receive by itself."""
        for name in await self._wizard.broker.known():
            if self._name.findText(name) < 0:
                self._name.blockSignals(True)
                typed = self._name.currentText()
                self._name.insertItem(0, name)
                self._name.setEditText(typed)
                self._name.blockSignals(False)

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Show what the server is; where credentials are refused, others are asked for."""
        self.enter()
        if refused := next((problem for problem in problems if problem.field == CREDENTIALS), None):
            self._credentials.ask(refused.what)

    def first_field(self) -> QWidget:
        """The name."""
        return self._name

    def field(self, name: str) -> QWidget | None:
        """The name."""
        return self._name if name in ("server", CREDENTIALS) else None

    def _typed(self, name: str) -> None:
        self._wizard.choices.server = name
        self._tell()
        self.edited.emit()

    def _tell(self) -> None:
        """What is known of the server that is named."""
        picture = self._reached
        self._configure.setEnabled(picture is not None and picture.failure is None)
        server = self._wizard.server
        is_known = picture is not None and server is not None and server.host == picture.key.name
        if not is_known or server is None:
            self._mark.clear()
            self._told.clear()
            return
        enabled = server.settings.replication_enabled
        words = _("{host} is a Replica server.") if enabled else _("{host} is not configured as a Replica server.")
        if self._wizard.broker.is_named:
            words = _("{broker} is the Hyper-V Replica Broker of the cluster of {host}.")
        self._told.setText(words.format(host=server.host, broker=server.broker_name))
        self._mark.setPixmap(icon("completed" if enabled else "error").pixmap(QSize(16, 16), self.devicePixelRatioF()))

    @property
    def _reached(self) -> Picture | None:
        """The server that is named, or the node that told of the broker that is."""
        wizard, node = self._wizard, self._wizard.broker.node
        return wizard.estate.picture(node) if node is not None and node in wizard.estate else wizard.replica_picture

    def _open_configuration(self) -> None:
        picture = self._reached
        if picture is None:
            return
        dialog = self._configure_host(picture.key, self.window())
        dialog.finished.connect(lambda _result: self._configured())

    def _configured(self) -> None:
        self._wizard.take_server(None)
        self._tell()
        self.edited.emit()

    def _named(self) -> tuple[str, Credential]:
        """The host that is named, and with whose credentials it is reached."""
        picture = self._wizard.replica_picture
        name = (picture.key.name if picture else self._wizard.choices.server).strip()
        return name, (picture or self._wizard.primary_picture).connection.credential

    def _credentials_given(self) -> None:
        self._name.setFocus()
        self.edited.emit()
