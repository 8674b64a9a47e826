"""Asks for the folder that holds the initial copy of a replica."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QWidget

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.hyperv.paths import folder_fault, tidy
from core.language import _
from gui.folder_dialog import FolderDialog
from gui.form import add_row, button_row, dialog_column, form_layout, height_of, line_edit
from gui.panels.notice import Notice, text_label
from gui.tasks import Tasks

_WIDTH = 540


class ImportDialog(QDialog):
    """``chosen`` is emitted with a folder of the replica's host."""

    chosen = Signal(str)

    def __init__(
        self, estate: Estate, host: HostKey, machine: str, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("import_initial_replica")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Import Initial Replica"))
        self._estate = estate
        self._host = host
        self._tasks = tasks
        self.folder = line_edit("import_folder", _("Folder with the initial copy"))
        browse = QPushButton(_("&Browse..."))
        browse.setObjectName("browse_import")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._open_folders)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        form = form_layout()
        add_row(form, _("&Folder:"), self.folder, row)
        self.notice = Notice()
        words = _("In which folder of {host} is the initial copy of {machine}?")
        self._column = dialog_column(self)
        self._column.addWidget(text_label(words.format(host=host.name, machine=machine)))
        self._column.addLayout(form)
        self._column.addWidget(self.notice)
        self._column.addStretch()
        self._column.addLayout(button_row("complete", _("&Complete Initial Replication"), self._accept, self))
        self.folder.textChanged.connect(self.notice.clear)
        self._fit()

    def _accept(self) -> None:
        folder = self.folder.text().strip()
        if fault := folder_fault(folder):
            cure = _("Type a full path on {host}, such as E:\\Replicas.").format(host=self._host.name)
            self.notice.say("warning", fault, cure)
            self._fit()
            self.folder.setFocus()
        else:
            self.chosen.emit(tidy(folder))
            self.accept()

    def _open_folders(self) -> None:
        dialog = FolderDialog(self._estate, self._host, self.folder.text(), self._tasks, self)
        dialog.chosen.connect(self.folder.setText)
        dialog.open()

    def _fit(self) -> None:
        self.resize(_WIDTH, height_of(self._column, _WIDTH))
