"""The table of virtual machines: whole rows are chosen, columns are moved, hidden and sorted by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QHeaderView, QTableView

from core.language import _
from gui.icons import machine_icon
from gui.models.machine_columns import ALWAYS_SHOWN, COLUMNS, number_of
from gui.models.machine_list import MachineListModel, runs
from gui.panels.host_tree import dragged_machines
from gui.preferences import ListLayout

if TYPE_CHECKING:
    from gui.models.machine_rows import MachineRow

_ROWS = QItemSelectionModel.SelectionFlag.Rows
_ADD = QItemSelectionModel.SelectionFlag.Select | _ROWS
_LEAVE = QItemSelectionModel.SelectionFlag.NoUpdate
_BESIDE_HEADING = 16
"""Pixels beside the text of a heading."""
_MINIMUM_WIDTH = 30


class MachineTable(QTableView):
    """Shows ``model``. A tree view of ten thousand rows would freeze where this does not.

    ``copy_asked`` is emitted when the user wants the selected rows on the clipboard.
    """

    copy_asked = Signal()

    def __init__(self, model: MachineListModel) -> None:
        super().__init__()
        self.setObjectName("machine_list")
        self.setAccessibleName(_("Virtual Machines"))
        self._machines = model
        self._kept: tuple[list[int], list[int], int] = ([], [], 0)
        self._pressed: QPoint | None = None
        self._is_dragged = False
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIconSize(QSize(16, 16))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 6)
        header = self.horizontalHeader()
        # Which of them are selected is asked cell by cell, and nobody sees it: whole rows are.
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(_MINIMUM_WIDTH)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._restore_selection)

    @property
    def selected(self) -> tuple[MachineRow, ...]:
        """The selected rows, from top to bottom."""
        found = sorted({(each.top(), each.bottom()) for each in self.selectionModel().selection()})
        return tuple(row for top, bottom in found for row in self._machines.rows(top, bottom))

    @property
    def columns(self) -> tuple[int, ...]:
        """The columns that are shown, from left to right."""
        header = self.horizontalHeader()
        shown = [number for number in range(header.count()) if not header.isSectionHidden(number)]
        return tuple(sorted(shown, key=header.visualIndex))

    def show_columns(self, columns: Sequence[str]) -> None:
        """Show these columns in this order, and no others; a name that this version does not know is left out."""
        header = self.horizontalHeader()
        known = [column.name for column in COLUMNS]
        wanted = [name for name in dict.fromkeys(columns) if name in known]
        if ALWAYS_SHOWN not in wanted:
            wanted.insert(0, ALWAYS_SHOWN)
        for place, name in enumerate((*wanted, *(name for name in known if name not in wanted))):
            header.moveSection(header.visualIndex(number_of(name)), place)
            header.setSectionHidden(number_of(name), name not in wanted)

    def layout_now(self) -> ListLayout:
        """How the columns stand."""
        header = self.horizontalHeader()
        names = tuple(COLUMNS[number].name for number in self.columns)
        # The last of them fills what is left, so its width says nothing.
        widths = tuple((name, header.sectionSize(number_of(name))) for name in names[:-1])
        sorted_by = COLUMNS[header.sortIndicatorSection()].name
        return ListLayout(names, widths, sorted_by, header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder)

    def lay_out(self, layout: ListLayout) -> None:
        """Let the columns stand as in ``layout``; those of which it says nothing have their first width."""
        widths = {column.name: column.width for column in COLUMNS} | dict(layout.widths)
        self.show_columns(layout.columns)
        remembered = dict(layout.widths)
        for column in COLUMNS:
            number = number_of(column.name)
            # Headings are longer in other languages; who has made a column narrower has meant it.
            needed = self.fontMetrics().horizontalAdvance(column.heading()) + _BESIDE_HEADING
            least = _MINIMUM_WIDTH if column.name in remembered else needed
            self.setColumnWidth(number, max(widths[column.name], least))
        known = layout.sorted_by if layout.sorted_by in widths else ALWAYS_SHOWN
        order = Qt.SortOrder.DescendingOrder if layout.is_descending else Qt.SortOrder.AscendingOrder
        self.sortByColumn(number_of(known), order)

    def select_numbers(self, numbers: Sequence[int]) -> None:
        """Select exactly the rows with these numbers, as far as they are shown."""
        selection = QItemSelection()
        last = self._machines.columnCount() - 1
        for first, final in runs(self._machines.places(numbers)):
            selection.select(self._machines.index(first, 0), self._machines.index(final, last))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect | _ROWS)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """What is selected by this can be dragged next."""
        super().mousePressEvent(event)
        place = event.position().toPoint()
        is_left = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        self._pressed = place if is_left and self.indexAt(place).isValid() else None
        self._is_dragged = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was pressed; the view itself would ask the model of every row whether it can be dragged."""
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        gone = (event.position().toPoint() - self._pressed).manhattanLength()
        if gone >= QApplication.startDragDistance() and not self._is_dragged:
            self._is_dragged = True
            self.startDrag(Qt.DropAction.CopyAction)

    def startDrag(self, supported: Qt.DropAction) -> None:
        """Drag the selected machines: they can be dropped on a host. Nothing leaves the list by that."""
        rows = self.selected
        if rows:
            drag = QDrag(self)
            drag.setMimeData(dragged_machines())
            drag.setPixmap(machine_icon(rows[0].machine.state).pixmap(self.iconSize(), self.devicePixelRatioF()))
            drag.exec(supported)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy means rows, and the keys for the context menu open it also where the system does not see to it."""
        is_menu = event.key() == Qt.Key.Key_Menu or (
            event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        )
        if is_menu:
            self.customContextMenuRequested.emit(self.visualRect(self.currentIndex()).center())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        else:
            super().keyPressEvent(event)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End go to the first and last row: the ends of a row mean nothing here."""
        rows = self._machines.rowCount()
        if rows and action == QAbstractItemView.CursorAction.MoveHome:
            return self._machines.index(0, 0)
        if rows and action == QAbstractItemView.CursorAction.MoveEnd:
            return self._machines.index(rows - 1, 0)
        return super().moveCursor(action, modifiers)

    def _keep_selection(self) -> None:
        current = self._machines.row(self.currentIndex())
        self._kept = (
            [row.number for row in self.selected],
            [current.number] if current is not None else [],
            self.verticalScrollBar().value(),
        )

    def _restore_selection(self) -> None:
        selected, current, scrolled = self._kept
        self.select_numbers(selected)
        for place in self._machines.places(current):
            self.selectionModel().setCurrentIndex(self._machines.index(place, 0), _LEAVE)
        self.verticalScrollBar().setValue(scrolled)
