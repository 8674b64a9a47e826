"""The list of virtual machines under its heading, and which of them are selected."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTreeView, QVBoxLayout, QWidget

from core.hyperv.records import Machine
from core.language import _
from gui.models.machine_list import MachineListModel
from gui.panels.heading import PaneHeading

_COLUMN_WIDTHS = (150, 100, 86, 124, 110)


class MachinePane(QWidget):
    """The list; ``model`` is what it shows and ``view`` where it is selected."""

    def __init__(self) -> None:
        super().__init__()
        self.model = MachineListModel(self)
        self.view = self._view()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(PaneHeading(_("Virtual Machines")))
        column.addWidget(self.view)

    @property
    def machines(self) -> tuple[Machine, ...]:
        """The selected machines, from top to bottom."""
        rows = sorted(self.view.selectionModel().selectedRows(), key=lambda index: index.row())
        found = (self.model.machine(row) for row in rows)
        return tuple(machine for machine in found if machine is not None)

    def _view(self) -> QTreeView:
        view = QTreeView()
        view.setObjectName("machine_list")
        view.setAccessibleName(_("Virtual Machines"))
        view.setModel(self.model)
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setAllColumnsShowFocus(True)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setIconSize(QSize(16, 16))
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.setSortingEnabled(True)
        view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        for column, width in enumerate(_COLUMN_WIDTHS):
            view.setColumnWidth(column, width)
        return view
