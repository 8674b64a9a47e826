"""The pages for enabling several machines: those of one machine, a grid of exceptions, and one summary."""

from __future__ import annotations

import asyncio
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from core.amounts import size_text
from core.hyperv.query import UnexpectedAnswer
from core.language import _
from core.remoting.errors import RemotingError
from core.replication.protection import FREQUENCIES, MOST_CONSISTENT_HOURS, Points
from core.replication.summary import frequency_word
from core.wizards.enable_many import LONGEST_STAGGER, EnableManyWizard
from core.wizards.enable_replication import EnableWizard
from core.wizards.wizard import Problem, Step
from gui.panels.notice import text_label
from gui.tasks import Tasks
from gui.wizards.enable_connection import ConnectionPage
from gui.wizards.enable_copy import CopyPage
from gui.wizards.enable_pages import Configure, enable_summary
from gui.wizards.enable_points import FrequencyPage, PointsPage
from gui.wizards.enable_server import ServerPage
from gui.wizards.help_link import Question
from gui.wizards.page import Page

_NAME, _SIZE, _FREQUENCY, _HOURS, _CONSISTENT, _BEGINS = range(6)
_ROW = Qt.ItemDataRole.UserRole


def enable_many_page(wizard: EnableManyWizard, tasks: Tasks, configure: Configure, step: Step) -> Page:
    """The page for a step of ``wizard``."""
    kinds = {
        wizard.SERVER: partial(ServerPage, wizard.lead, configure),
        wizard.CONNECTION: partial(ConnectionPage, wizard.lead, tasks),
        wizard.FREQUENCY: partial(FrequencyPage, wizard.lead),
        wizard.POINTS: partial(PointsPage, wizard.lead),
        wizard.COPY: partial(CopyPage, wizard.lead, tasks),
        wizard.GRID: partial(GridPage, wizard),
        wizard.SUMMARY: partial(enable_summary, wizard),
    }
    return kinds[step.page]()


class GridPage(Page):
    """A row for each machine; what it has otherwise than the others is typed into it, and bold then."""

    def __init__(self, wizard: EnableManyWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._grid = QTreeWidget()
        self._grid.setObjectName("machines_grid")
        self._grid.setAccessibleName(_("Machines and what they have otherwise"))
        self._grid.setHeaderLabels(
            [
                _("Virtual machine"),
                _("Size"),
                _("Frequency"),
                _("Recovery points (hours)"),
                _("VSS (hours)"),
                _("Initial copy begins"),
            ]
        )
        self._grid.setRootIsDecorated(False)
        self._grid.setTabKeyNavigation(False)
        self._grid.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self._grid.setItemDelegate(CellDelegate(self._grid))
        self._stagger = QSpinBox(minimum=0, maximum=LONGEST_STAGGER)
        self._stagger.setObjectName("stagger")
        self._stagger.setSuffix(_(" min"))
        self._stagger.setAccessibleName(_("Minutes between two initial copies"))
        label = QLabel(_("&Between the beginnings of two initial copies:"))
        label.setBuddy(self._stagger)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label)
        row.addWidget(self._stagger)
        row.addStretch()
        self.column.addWidget(
            text_label(_("All machines get what you have chosen. What one shall have otherwise, type into its row."))
        )
        self.column.addWidget(self._grid, 1)
        self.column.addLayout(row)
        self._stagger.valueChanged.connect(self._choose_stagger)
        self._grid.itemChanged.connect(self._cell_edited)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("How are several machines enabled?"), "how-are-several-machines-enabled")

    def enter(self) -> None:
        """Show the choices as they stand."""
        with QSignalBlocker(self._stagger):
            self._stagger.setValue(self._wizard.choices.stagger)
        self._show()

    async def load(self) -> None:
        """Read the sizes of the machines; the summary says what keeps them from being read."""
        try:
            await self._wizard.load()
        except (RemotingError, UnexpectedAnswer):
            return
        self._show()

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Show what was read."""
        self._show()

    def first_field(self) -> QWidget:
        """The grid."""
        return self._grid

    def field(self, name: str) -> QWidget | None:
        """The grid."""
        return self._grid

    def _show(self) -> None:
        self._wizard.apply()
        with QSignalBlocker(self._grid):
            current = self._grid.indexOfTopLevelItem(self._grid.currentItem()) if self._grid.currentItem() else 0
            self._grid.clear()
            self._grid.addTopLevelItems([self._node(place, row) for place, row in enumerate(self._wizard.rows)])
            for column in range(self._grid.columnCount()):
                self._grid.resizeColumnToContents(column)
            self._grid.setCurrentItem(self._grid.topLevelItem(max(0, current)))

    def _node(self, place: int, row: EnableWizard) -> QTreeWidgetItem:
        wizard = self._wizard
        size, points, begins = row.protection().size, wizard.points(row), wizard.begins(place)
        node = QTreeWidgetItem(
            [
                row.machine.name,
                size_text(size) if size else "",
                frequency_word(wizard.frequency(row)),
                str(points.history),
                str(points.consistent_hours),
                f"{begins:%Y-%m-%d %H:%M}" if begins is not None else _("immediately"),
            ]
        )
        node.setData(_NAME, _ROW, row)
        node.setData(_FREQUENCY, _ROW, wizard.frequency(row))
        node.setFlags(node.flags() | Qt.ItemFlag.ItemIsEditable)
        exemption = wizard.exemption(row)
        for column, own in (
            (_FREQUENCY, exemption.frequency),
            (_HOURS, exemption.points),
            (_CONSISTENT, exemption.points),
        ):
            font = node.font(column)
            font.setBold(own is not None)
            node.setFont(column, font)
        return node

    def _choose_stagger(self, minutes: int) -> None:
        self._wizard.choices.stagger = minutes
        self._show()
        self.edited.emit()

    def _cell_edited(self, node: QTreeWidgetItem, column: int) -> None:
        row = node.data(_NAME, _ROW)
        if column == _FREQUENCY:
            self._wizard.set_exemption(row, frequency=node.data(_FREQUENCY, _ROW))
        elif column in (_HOURS, _CONSISTENT):
            texts = (node.text(_HOURS).strip(), node.text(_CONSISTENT).strip())
            if all(text.isdecimal() for text in texts):
                hours, consistent = map(int, texts)
                self._wizard.set_exemption(row, points=Points(hours, consistent if hours else 0))
        # The cell is still being edited: the grid is filled anew in the next turn.
        asyncio.get_running_loop().call_soon(self._changed)

    def _changed(self) -> None:
        self._show()
        self.edited.emit()


class CellDelegate(QStyledItemDelegate):
    """Lets the user edit frequencies and recovery points, and nothing else."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget | None:
        """The editor of a cell, or None where there is nothing to edit."""
        match index.column():
            case column if column == _FREQUENCY:
                frequency = QComboBox(parent)
                frequency.setAccessibleName(_("Frequency"))
                for seconds in FREQUENCIES:
                    frequency.addItem(frequency_word(seconds), seconds)
                return frequency
            case column if column in (_HOURS, _CONSISTENT):
                most = 24 if column == _HOURS else MOST_CONSISTENT_HOURS
                hours = QSpinBox(parent, minimum=0, maximum=most)
                hours.setAccessibleName(_("Hours"))
                return hours
        return None

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Show what the cell holds."""
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(index.data(_ROW))))
        elif isinstance(editor, QSpinBox):
            editor.setValue(int(index.data()))

    def setModelData(self, editor: QWidget, model: object, index: QModelIndex | QPersistentModelIndex) -> None:
        """Keep what was chosen."""
        grid = index.model()
        if isinstance(editor, QComboBox):
            grid.setData(index, editor.currentData(), _ROW)
        elif isinstance(editor, QSpinBox):
            grid.setData(index, str(editor.value()))
