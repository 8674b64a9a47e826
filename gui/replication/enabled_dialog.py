"""What is to be known once a replication is enabled: the replica is not connected; its adapters can be, right here."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QWidget

from core.language import _
from gui.form import dialog_column, height_of
from gui.icons import icon
from gui.panels.notice import text_label

_WIDTH = 500


class EnabledDialog(QDialog):
    """``settings_asked`` is emitted when the replica's network is to be set; offered where ``can_connect``."""

    settings_asked = Signal()

    def __init__(self, machine: str, server: str, *, can_connect: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replication_enabled")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Enable Replication"))
        picture = QLabel()
        picture.setPixmap(icon("completed").pixmap(QSize(24, 24), self.devicePixelRatioF()))
        names = {"machine": machine, "server": server}
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(picture, alignment=Qt.AlignmentFlag.AlignTop)
        head.addWidget(text_label(_("Replication enabled successfully for {machine}.").format(**names)), 1)
        column = dialog_column(self)
        column.addLayout(head)
        column.addWidget(
            text_label(
                _(
                    "The replica virtual machine was created on {server}. Its network adapters are not connected."
                    " Choose Settings to connect them, so that the replica is reached after a failover."
                ).format(**names)
            )
        )
        column.addWidget(text_label(_("The initial copy goes on as a job.")))
        self.settings = QPushButton(_("&Settings..."))
        self.settings.setObjectName("replica_settings")
        self.settings.setAutoDefault(False)
        self.settings.setEnabled(can_connect)
        self.settings.clicked.connect(self._ask)
        close = QPushButton(_("&Close"))
        close.setObjectName("close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self.settings)
        buttons.addWidget(close)
        column.addLayout(buttons)
        self.resize(_WIDTH, height_of(column, _WIDTH))
        close.setFocus()

    def _ask(self) -> None:
        self.accept()
        self.settings_asked.emit()
