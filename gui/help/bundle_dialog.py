"""Asks what a support bundle may hold, and where it goes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QWidget

from core.language import _
from gui.form import button_row, dialog_column, height_of
from gui.panels.notice import Notice, text_label

_WIDTH = 480
FILE = "vmferry-support.zip"


class BundleDialog(QDialog):
    """``chosen`` is emitted with the file, and whether names may be in it; ``say`` tells what became of it."""

    chosen = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("support_bundle")
        self.setWindowTitle(_("Save Support Bundle"))
        self.names = QCheckBox(_("&Include names of servers, machines and users"))
        self.names.setObjectName("with_names")
        self.notice = Notice()
        self._column = dialog_column(self)
        for text in (
            _("A support bundle is one file for somebody who helps you. It is saved here and sent nowhere."),
            _("It holds versions, the log, the end of the journal and the list of servers. No password is ever in it."),
            _("Without names, servers and users are numbered, and texts that may hold names are left out."),
        ):
            self._column.addWidget(text_label(text))
        self._column.addWidget(self.names)
        self._column.addWidget(self.notice)
        self._column.addLayout(button_row("save_bundle", _("&Save..."), self._choose, self))
        self._fit()

    def say(self, kind: str, what: str, cure: str = "") -> None:
        """Tell what became of it."""
        self.notice.say(kind, what, cure)
        self._fit()

    def _choose(self) -> None:
        dialog = QFileDialog(self, _("Save Support Bundle"), FILE, _("Zip files (*.zip)"))
        dialog.setObjectName("bundle_file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.fileSelected.connect(lambda file: self.chosen.emit(file, self.names.isChecked()))
        dialog.open()

    def _fit(self) -> None:
        self.setFixedSize(_WIDTH, height_of(self._column, _WIDTH))
