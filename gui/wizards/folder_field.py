"""A field for a folder of a host, with the button that looks for it there."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.language import _
from gui.folder_dialog import FolderDialog
from gui.form import line_edit, push_button
from gui.tasks import Tasks


class FolderField(QWidget):
    """``typed`` is emitted with every change that the user makes."""

    typed = Signal(str)

    def __init__(self, name: str, accessible_name: str, estate: Estate, host: HostKey, tasks: Tasks) -> None:
        super().__init__()
        self.edit = line_edit(name, accessible_name)
        self._estate, self._host, self._tasks = estate, host, tasks
        button = push_button(f"browse_{name}", _("Browse..."), self._open_folders)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(button)
        self.setFocusProxy(self.edit)
        self.edit.textEdited.connect(self.typed)

    def _open_folders(self) -> None:
        dialog = FolderDialog(self._estate, self._host, self.edit.text(), self._tasks, self.window())
        dialog.chosen.connect(self._take)
        dialog.open()

    def _take(self, folder: str) -> None:
        self.edit.setText(folder)
        self.typed.emit(folder)
        self.edit.setFocus()
