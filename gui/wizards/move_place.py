"""The page for the folder of one item, or of everything."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QGroupBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from core.amounts import size_text
from core.language import _
from core.moving.placement import Item
from core.wizards.move import MoveWizard
from core.wizards.wizard import Problem, Step
from gui.folder_dialog import FolderDialog
from gui.panels.notice import text_label
from gui.tasks import Tasks
from gui.wizards.help_link import Question
from gui.wizards.page import Page


class PlacePage(Page):
    """Where it is and what it occupies; the folder it goes to, and the room there."""

    examines_on_entry = True

    def __init__(self, wizard: MoveWizard, step: Step, tasks: Tasks) -> None:
        super().__init__()
        self._wizard = wizard
        self._step = step
        self._tasks = tasks
        self._question = text_label()
        self._current = text_label(selectable=True)
        self._current.setObjectName("current")
        self._current.setAccessibleName(_("Current folder"))
        self._size = text_label(selectable=True)
        self._size.setObjectName("size")
        self._size.setAccessibleName(_("Size"))
        self._folder = QLineEdit()
        self._folder.setObjectName("folder")
        self._folder.setAccessibleName(_("Folder"))
        self._browse = QPushButton(_("&Browse..."))
        self._browse.setObjectName("browse")
        self._browse.setAutoDefault(False)
        self._free = text_label(selectable=True)
        self._free.setObjectName("free_space")
        self._free.setAccessibleName(_("Free space"))
        self._destination = QGroupBox()
        folder_label = QLabel(_("&Folder:"))
        folder_label.setBuddy(self._folder)
        chooser = QWidget()
        row = QHBoxLayout(chooser)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._folder, 1)
        row.addWidget(self._browse)
        source = QGroupBox(_("Source location"))
        _form(source, ((QLabel(_("Current:")), self._current), (QLabel(_("Size:")), self._size)))
        _form(self._destination, ((folder_label, chooser), (QLabel(_("Free space:")), self._free)))
        self.column.addWidget(self._question)
        self.column.addWidget(source)
        self.column.addWidget(self._destination)
        self.column.addStretch()
        self._folder.textEdited.connect(self._typed)
        self._browse.clicked.connect(self._open_folders)

    @property
    def _item(self) -> Item | None:
        """The item that the page is about; None on the page for everything."""
        return self._wizard.item(self._step)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which folder should it be?"), "which-folder-should-it-be")

    def enter(self) -> None:
        """Show what was typed for this host, or propose a folder."""
        wizard, item = self._wizard, self._item
        names = {"host": wizard.target_name}
        self._destination.setTitle(_("Destination location on {host}").format(**names))
        if item is None:
            self._question.setText(
                _("Specify the folder on {host} in which to store the virtual machine.").format(**names)
            )
        else:
            self._question.setText(_("Specify the folder on {host} in which to store the item.").format(**names))
        self._current.setText(item.path if item else wizard.machine.path)
        self._folder.setText(wizard.folder(item))
        self._show_size(_("Reading..."))
        self._show_free_space()

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Show the size that was read."""
        self._show_size(_("Not known"))
        self._show_free_space()

    def first_field(self) -> QWidget:
        """The folder."""
        return self._folder

    def field(self, name: str) -> QWidget | None:
        """The folder."""
        return self._folder if name == "folder" else None

    def _show_size(self, otherwise: str) -> None:
        """The size of the item; what is not a disk has none that a host would tell."""
        item = self._item
        if item is not None and item.position is None:
            self._size.setText(_("A few files that are small beside the disks"))
            return
        size = item.size if item is not None else self._wizard.size
        self._size.setText(size_text(size) if size else otherwise)

    def _typed(self, folder: str) -> None:
        self._wizard.set_folder(self._item, folder)
        self._show_free_space()
        self.edited.emit()

    def _open_folders(self) -> None:
        target = self._wizard.target
        if target is None:
            return
        dialog = FolderDialog(self._wizard.estate, target.key, self._folder.text(), self._tasks, self)
        dialog.chosen.connect(self._take)
        dialog.open()

    def _take(self, folder: str) -> None:
        self._folder.setText(folder)
        self._typed(folder)
        self._folder.setFocus()

    def _show_free_space(self) -> None:
        inventory = self._wizard.target_inventory
        volume = inventory.volume_of(self._folder.text()) if inventory else None
        if volume is None:
            is_share = self._folder.text().startswith("\\\\")
            self._free.setText(_("Not known: a host does not tell it of a share") if is_share else _("Not known"))
        else:
            self._free.setText(
                _("{free} of {size} on drive {drive}:").format(
                    free=size_text(volume.size_remaining), size=size_text(volume.size), drive=volume.drive_letter
                )
            )


def _form(group: QGroupBox, rows: tuple[tuple[QLabel, QWidget], ...]) -> None:
    grid = QGridLayout(group)
    grid.setContentsMargins(12, 8, 12, 10)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(8)
    grid.setColumnMinimumWidth(0, group.fontMetrics().horizontalAdvance(_("Free space:")))
    grid.setColumnStretch(1, 1)
    for row, (label, field) in enumerate(rows):
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1)
