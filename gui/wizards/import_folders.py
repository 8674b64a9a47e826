"""The pages of the Import Wizard with folders of the host: where it is looked for, and where copies go."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QFormLayout, QWidget

from core.amounts import size_text
from core.language import _
from core.wizards.import_machine import ImportWizard
from gui.form import add_row, form_layout
from gui.panels.notice import text_label
from gui.tasks import Tasks
from gui.wizards.folder_field import FolderField
from gui.wizards.help_link import Question
from gui.wizards.page import Page


class FoldersPage(Page):
    """``fields`` are the names of choices with their labels; ``told`` stands above, ``remark`` below them.

    ``shows_room``: the free space of the last folder's drive is told.
    """

    def __init__(
        self,
        wizard: ImportWizard,
        tasks: Tasks,
        told: str,
        fields: Sequence[tuple[str, str]],
        remark: str = "",
        *,
        shows_room: bool = False,
    ) -> None:
        super().__init__()
        self._wizard = wizard
        self._fields: dict[str, FolderField] = {}
        self._free = text_label(selectable=True)
        self._free.setObjectName("free_space")
        self._free.setAccessibleName(_("Free space"))
        form = form_layout()
        if len(fields) > 1:
            # Their labels are long, and so are folders.
            form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for name, label in fields:
            field = FolderField(name, label.replace("&", "").rstrip(":"), wizard.estate, wizard.host, tasks)
            field.typed.connect(partial(self._typed, name))
            self._fields[name] = field
            add_row(form, label, field)
        self.column.addWidget(text_label(told))
        self.column.addLayout(form)
        if shows_room:
            self.column.addWidget(self._free)
        if remark:
            self.column.addWidget(text_label(remark))
        self.column.addStretch()

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which folder should it be?"), "which-folder-should-it-be")

    def enter(self) -> None:
        """Show the folders as they are chosen."""
        for name, field in self._fields.items():
            field.edit.setText(getattr(self._wizard.choices, name))
        self._show_free()

    def first_field(self) -> QWidget:
        """The first folder."""
        return next(iter(self._fields.values())).edit

    def field(self, name: str) -> QWidget | None:
        """A folder by the name of its choice."""
        return self._fields[name].edit if name in self._fields else None

    def _typed(self, name: str, folder: str) -> None:
        setattr(self._wizard.choices, name, folder)
        self._show_free()
        self.edited.emit()

    def _show_free(self) -> None:
        inventory = self._wizard.inventory
        last = list(self._fields.values())[-1]
        volume = inventory.volume_of(last.edit.text()) if inventory is not None else None
        if volume is None:
            self._free.clear()
            return
        text = _("{free} of {size} on drive {drive}:").format(
            free=size_text(volume.size_remaining), size=size_text(volume.size), drive=volume.drive_letter
        )
        self._free.setText(_("Free space:") + " " + text)


def locate_page(wizard: ImportWizard, tasks: Tasks) -> FoldersPage:
    """Where the machine is looked for."""
    names = {"host": wizard.host.name}
    return _Located(
        wizard,
        tasks,
        _("Specify the folder on {host} that contains the virtual machine to import.").format(**names),
        (("folder", _("&Folder:")),),
        _(
            "It may hold one export or several, or be a copy of the folder of a virtual machine. {host} reads shares"
            " with its own account: there, type the path of the configuration file (.vmcx or .xml) itself."
        ).format(**names),
    )


def destination_page(wizard: ImportWizard, tasks: Tasks) -> FoldersPage:
    """Where the copies go, but for the disks."""
    fields = (
        ("machine_folder", _("Virtual machine &configuration folder:")),
        ("checkpoint_folder", _("Checkpoint &store:")),
        ("paging_folder", _("Smart Pa&ging folder:")),
    )
    told = _("Specify the folders on {host} in which to store the files of the virtual machine.")
    return FoldersPage(wizard, tasks, told.format(host=wizard.host.name), fields, shows_room=True)


def storage_page(wizard: ImportWizard, tasks: Tasks) -> FoldersPage:
    """Where the disks go."""
    told = _("Where on {host} do you want to store the imported virtual hard disks of this virtual machine?")
    fields = (("disks_folder", _("&Location:")),)
    remark = _("The files keep their names, and nothing that is there already is overwritten.")
    return FoldersPage(wizard, tasks, told.format(host=wizard.host.name), fields, remark, shows_room=True)


class DisksPage(FoldersPage):
    """Where the disks are that are not where the configuration says."""

    def __init__(self, wizard: ImportWizard, tasks: Tasks) -> None:
        told = _("Some virtual hard disks are not where the configuration of the virtual machine says:")
        super().__init__(wizard, tasks, told, (("disk_folder", _("&Folder:")),))
        self._missing = text_label(selectable=True)
        self._missing.setObjectName("missing_disks")
        self._missing.setAccessibleName(_("Missing virtual hard disks"))
        self.column.insertWidget(1, self._missing)
        self.column.insertWidget(
            2, text_label(_("Specify the folder on {host} in which they are.").format(host=wizard.host.name))
        )
        self._remark = text_label()
        self.column.insertWidget(self.column.count() - 1, self._remark)

    def enter(self) -> None:
        """Name the disks that are missing now."""
        super().enter()
        if missing := self._wizard.missing_disks():
            self._missing.setText("\n".join(missing))
        copies = _("All virtual hard disks of the virtual machine are copied from this folder.")
        stay = _("They stay there: the virtual machine uses them where they are.")
        self._remark.setText(copies if self._wizard.choices.kind.copies else stay)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("What if something does not fit?"), "what-if-an-imported-machine-does-not-fit")

    def field(self, name: str) -> QWidget | None:
        """The folder, also for what is wrong with a disk."""
        return super().field("disk_folder" if name == "disks" else name)


class _Located(FoldersPage):
    def question(self) -> Question:
        return Question(_("What can be imported?"), "how-is-a-machine-imported")
