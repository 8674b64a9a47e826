"""The page for the folder into which a machine is exported on its way to another host."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.language import _
from core.wizards.move import MoveWizard
from gui.folder_dialog import FolderDialog
from gui.form import add_row, form_layout, line_edit, push_button
from gui.panels.notice import text_label
from gui.tasks import Tasks
from gui.wizards.help_link import Question
from gui.wizards.page import Page


class ExportPage(Page):
    """A folder of the present host, and what is to be done with it afterwards."""

    def __init__(self, wizard: MoveWizard, tasks: Tasks) -> None:
        super().__init__()
        self._wizard = wizard
        self._tasks = tasks
        names = {"machine": wizard.machine.name, "source": wizard.source.name, "host": wizard.target_name}
        self._folder = line_edit("folder", _("Folder for the export"), "E:\\Exports")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._folder, 1)
        row.addWidget(push_button("browse", _("&Browse..."), self._open_folders))
        form = form_layout()
        add_row(form, _("&Folder:"), self._folder, row)
        self.column.addWidget(
            text_label(_("{machine} is exported to a folder of its own in this folder of {source}:").format(**names))
        )
        self.column.addLayout(form)
        self.column.addWidget(
            text_label(
                _(
                    "Move shuts the machine down if it runs, and exports it. After that you copy its folder to {host}"
                    " and import it there. What the whole costs stands on the summary."
                ).format(**names)
            )
        )
        self.column.addStretch()
        self._folder.textEdited.connect(self._typed)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which way is the right one?"), "which-way-is-the-right-one")

    def enter(self) -> None:
        """Show what was typed, or what is proposed."""
        self._folder.setText(self._wizard.ways.by_export.folder)

    def first_field(self) -> QWidget:
        """The folder."""
        return self._folder

    def field(self, name: str) -> QWidget | None:
        """The folder."""
        return self._folder if name == "folder" else None

    def _typed(self, folder: str) -> None:
        self._wizard.ways.by_export.set_folder(folder)
        self.edited.emit()

    def _open_folders(self) -> None:
        dialog = FolderDialog(self._wizard.estate, self._wizard.source, self._folder.text(), self._tasks, self)
        dialog.chosen.connect(self._take)
        dialog.open()

    def _take(self, folder: str) -> None:
        self._folder.setText(folder)
        self._typed(folder)
        self._folder.setFocus()
