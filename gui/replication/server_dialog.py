"""The dialog Replication Configuration of a host: a page, OK and Cancel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.language import _
from gui.form import push_button
from gui.icons import icon
from gui.replication.server_page import ServerPage
from gui.tasks import Tasks
from gui.wizards.fix_dialog import CarryOut


class ServerDialog(QDialog):
    """It is accepted when the host is as it was chosen; ``was_changed`` says whether that took a change.

    Closing it while a change is under way leaves the job to itself.
    """

    def __init__(
        self,
        estate: Estate,
        host: HostKey,
        tasks: Tasks,
        open_dialog: Callable[[QDialog], None],
        carry_out: CarryOut,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("replication_configuration")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Replication Configuration of {host}").format(host=host.name))
        self.setWindowIcon(icon("host"))
        self.resize(660, 680)
        self.page = ServerPage(estate, host, tasks, open_dialog, carry_out)
        self.page.done.connect(self.accept)
        self.page.state_changed.connect(self._offer)
        self._ok = push_button("configure", _("OK"))
        self._ok.setDefault(True)
        self._ok.clicked.connect(self.page.apply)
        self._close = push_button("cancel", _("Cancel"))
        self._close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self._ok)
        buttons.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.page, 1)
        column.addLayout(buttons)
        self.page.load()

    @property
    def was_changed(self) -> bool:
        """Whether a plan was carried out."""
        return self.page.was_changed

    def closeEvent(self, event: QCloseEvent) -> None:
        """Wait no longer."""
        self.page.stop()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """End the dialog."""
        self.page.stop()
        super().done(result)

    def _offer(self) -> None:
        self._ok.setEnabled(self.page.can_apply)
