"""Asks into which folder of a host machines, or a checkpoint, are exported."""

from __future__ import annotations

import asyncio
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from core.estate.estate import Estate
from core.hyperv.paths import tidy
from core.hyperv.records import Checkpoint
from core.language import _
from core.operating.exporting import Captured, Export, captures, examine, share_note
from core.operating.subject import Subject
from core.wizards.wizard import Problem
from gui.folder_dialog import FolderDialog
from gui.form import add_row, button_row, combo, dialog_column, form_layout, height_of, line_edit, push_button
from gui.panels.notice import Notice, text_label
from gui.tasks import Tasks

_WIDTH = 560


class ExportDialog(QDialog):
    """``planned`` is emitted with plans in which the host finds nothing wrong, one for each machine."""

    planned = Signal(tuple)

    def __init__(
        self,
        estate: Estate,
        subjects: tuple[Subject, ...],
        checkpoint: Checkpoint | None,
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("export_machines")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Export Virtual Machine") if checkpoint is None else _("Export Checkpoint"))
        self._estate = estate
        self._subjects = subjects
        self._checkpoint = checkpoint
        self._tasks = tasks
        self._looking: asyncio.Task[None] | None = None
        self._host = subjects[0].host
        self.folder = line_edit("export_folder", _("Folder for the export"), "E:\\Exports")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.folder, 1)
        browse = push_button("browse_export", _("&Browse..."), self._open_folders)
        row.addWidget(browse)
        form = form_layout()
        add_row(form, _("&Location:"), self.folder, row)
        inventory = estate.picture(self._host).inventory
        choices = captures(subjects, inventory) if inventory is not None and checkpoint is None else ()
        self.captured = combo(
            "captured", _("State of running machines"), [(each.value, _words(each)) for each in choices]
        )
        if choices:
            add_row(form, _("&Running:"), self.captured)
        self.notice = Notice()
        self._column = dialog_column(self)
        self._column.addWidget(text_label(self._what()))
        self._column.addLayout(form)
        self._column.addWidget(self.notice)
        self._column.addStretch()
        self._column.addLayout(button_row("export", _("&Export"), self._accept, self))
        self.folder.textChanged.connect(self._explain)
        self._fit()

    def done(self, result: int) -> None:
        """End the dialog, and what the host is being asked for it."""
        if self._looking is not None:
            self._looking.cancel()
        super().done(result)

    def _what(self) -> str:
        names = {"host": self._host.name, "machine": self._subjects[0].machine.name}
        if self._checkpoint is not None:
            told = _('Export the checkpoint "{checkpoint}" of {machine}. The folder is one of {host}.')
            return told.format(checkpoint=self._checkpoint.name, **names)
        if len(self._subjects) == 1:
            told = _("Export {machine} with its disks and checkpoints. The folder is one of {host}.")
            return told.format(**names)
        told = _("Export {count} virtual machines, each into a folder of its own below this one of {host}.")
        return told.format(count=len(self._subjects), host=self._host.name)

    def _accept(self) -> None:
        if self._looking is not None and not self._looking.done():
            return
        captured = self.captured.currentData()
        export = Export(
            self._subjects,
            tidy(self.folder.text().strip()),
            Captured(captured) if captured is not None else None,
            self._checkpoint,
        )
        self._looking = self._tasks.start(self._look(export), f"examine an export of {self._host}")

    async def _look(self, export: Export) -> None:
        inventory = self._estate.picture(self._host).inventory
        if inventory is None:
            return
        found = await examine(export, inventory, partial(self._estate.ask, self._host))
        self._looking = None
        if isinstance(found, Problem):
            self.notice.say("warning", found.what, found.cure)
            self._fit()
            self.folder.setFocus()
        else:
            self.planned.emit(found)
            self.accept()

    def _explain(self, folder: str) -> None:
        """Say before it fails what a share needs; whatever was said of another folder is out of date."""
        inventory = self._estate.picture(self._host).inventory
        note = share_note(folder.strip(), inventory) if inventory is not None else None
        if note is None:
            self.notice.clear()
        else:
            self.notice.say("info", *note)
        self._fit()

    def _open_folders(self) -> None:
        dialog = FolderDialog(self._estate, self._host, self.folder.text(), self._tasks, self)
        dialog.chosen.connect(self.folder.setText)
        dialog.open()

    def _fit(self) -> None:
        self.resize(_WIDTH, height_of(self._column, _WIDTH))


def _words(captured: Captured) -> str:
    match captured:
        case Captured.MEMORY:
            return _("With their memory: they go on where they were")
        case Captured.CONSISTENT:
            return _("Without memory, with data that their guests have made consistent")
        case Captured.CRASH:
            return _("Without memory, as after a power failure")
