"""The page for the disks: all are ticked but those that cannot be replicated, which say why."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from core.amounts import size_text
from core.hyperv.query import UnexpectedAnswer
from core.hyperv.records import HardDiskDrive
from core.language import _
from core.remoting.errors import RemotingError
from core.wizards.enable_replication import EnableWizard
from core.wizards.wizard import Problem
from gui.panels.notice import text_label
from gui.plain_text import tip
from gui.wizards.help_link import Question
from gui.wizards.page import Page

_DRIVE = Qt.ItemDataRole.UserRole
_CONTROLLERS = {0: "IDE", 1: "SCSI", 2: "PMEM"}


class DisksPage(Page):
    """A row for each disk."""

    def __init__(self, wizard: EnableWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._disks = QTreeWidget()
        self._disks.setObjectName("disks")
        self._disks.setAccessibleName(_("Virtual hard disks"))
        self._disks.setHeaderLabels([_("Disk"), _("Position"), _("Size"), _("Remark")])
        self._disks.setRootIsDecorated(False)
        self._disks.setTabKeyNavigation(False)
        self._disks.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.column.addWidget(text_label(_("Which virtual hard disks are to be replicated?")))
        self.column.addWidget(self._disks, 1)
        self.column.addWidget(
            text_label(
                _(
                    "A disk that holds nothing but the page file of the guest need not be replicated: leave it out, and"
                    " give the replica an empty one. All other disks that the guest needs have to be chosen."
                )
            )
        )
        self._disks.itemChanged.connect(self._ticked)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which disks have to be replicated?"), "which-disks-have-to-be-replicated")

    def enter(self) -> None:
        """Show the disks as they are known."""
        with QSignalBlocker(self._disks):
            self._disks.clear()
            self._disks.addTopLevelItems([self._row(drive) for drive in self._wizard.drives])
            for column in range(self._disks.columnCount()):
                self._disks.resizeColumnToContents(column)
        if self._disks.topLevelItemCount():
            self._disks.setCurrentItem(self._disks.topLevelItem(0))

    async def load(self) -> None:
        """Read the sizes, and which disks cannot be replicated; Next says what kept them from being read."""
        try:
            await self._wizard.read_disks()
        except (RemotingError, UnexpectedAnswer):
            return
        self.enter()

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Show what was read."""
        self.enter()

    def first_field(self) -> QWidget:
        """The disks."""
        return self._disks

    def field(self, name: str) -> QWidget | None:
        """The disks."""
        return self._disks if name == "disks" else None

    def _row(self, drive: HardDiskDrive) -> QTreeWidgetItem:
        wizard, fault = self._wizard, self._wizard.fault_of(drive)
        size = wizard.size_of(drive)
        place = f"{_CONTROLLERS.get(drive.controller_type, '')} {drive.controller_number}:{drive.controller_location}"
        path = drive.path or ""
        row = QTreeWidgetItem(
            [path.rpartition("\\")[2], place, size_text(size) if size is not None else "", fault or ""]
        )
        row.setData(0, _DRIVE, path)
        row.setToolTip(0, tip(path))
        row.setToolTip(3, tip(fault or ""))
        row.setCheckState(0, Qt.CheckState.Checked if wizard.is_chosen(drive) else Qt.CheckState.Unchecked)
        if fault is not None:
            row.setFlags(row.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
        return row

    def _ticked(self, row: QTreeWidgetItem, _column: int) -> None:
        path = row.data(0, _DRIVE)
        left_out = self._wizard.choices.left_out
        (left_out.discard if row.checkState(0) is Qt.CheckState.Checked else left_out.add)(path)
        self.edited.emit()
