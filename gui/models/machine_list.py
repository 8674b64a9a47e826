"""The list of virtual machines, which sorts by itself and changes row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.amounts import size_text, uptime_text
from core.estate.inventory import Inventory, changes
from core.hyperv.records import Machine
from core.hyperv.states import MachineState
from core.language import _
from gui.icons import machine_icon

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class _Column:
    text: Callable[[Machine], str]
    order: Callable[[Machine], Any]
    is_number: bool = False


def _alignment(column: _Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _is_on(machine: Machine) -> bool:
    return machine.state not in (MachineState.OFF, MachineState.SAVED, MachineState.FAST_SAVED)


_COLUMNS = (
    _Column(lambda machine: machine.name, lambda machine: machine.name.lower()),
    _Column(lambda machine: machine.state.word, lambda machine: machine.state.word),
    _Column(
        lambda machine: f"{machine.processor_usage}%" if _is_on(machine) else "",
        lambda machine: machine.processor_usage,
        is_number=True,
    ),
    _Column(
        lambda machine: size_text(machine.memory_assigned) if machine.memory_assigned else "",
        lambda machine: machine.memory_assigned,
        is_number=True,
    ),
    _Column(
        lambda machine: uptime_text(machine.uptime.seconds) if machine.uptime.ticks else "",
        lambda machine: machine.uptime.ticks,
        is_number=True,
    ),
    _Column(lambda machine: machine.status, lambda machine: machine.status.lower()),
)


class MachineListModel(QAbstractTableModel):
    """The machines of one host. ``show`` applies what changed, so that selection and scrolling survive."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inventory: Inventory | None = None
        self._machines: list[Machine] = []
        self._column = 0
        self._is_descending = False

    def show(self, inventory: Inventory | None) -> None:
        """Show the machines of a newer inventory of the same host."""
        if inventory is None:
            return
        difference = changes(self._inventory, inventory)
        self._inventory = inventory
        self._remove(set(difference.gone))
        self._update({machine.machine_id: machine for machine in difference.changed})
        if difference.new:
            first = len(self._machines)
            self.beginInsertRows(_NOWHERE, first, first + len(difference.new) - 1)
            self._machines += difference.new
            self.endInsertRows()
        self._restore_order()

    def clear(self) -> None:
        """Show no machine: another host follows."""
        self.beginResetModel()
        self._inventory = None
        self._machines.clear()
        self.endResetModel()

    def machine(self, index: _Index) -> Machine | None:
        """The machine of a row, or None."""
        return self._machines[index.row()] if index.isValid() else None

    def find(self, machine_id: UUID) -> QModelIndex:
        """The first cell of a machine's row; invalid when it is not in the list."""
        for row, machine in enumerate(self._machines):
            if machine.machine_id == machine_id:
                return self.index(row, 0)
        return QModelIndex()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """The number of machines."""
        return 0 if parent.isValid() else len(self._machines)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """The number of columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A column's heading."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(_COLUMNS[section])
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (_("Name"), _("State"), _("CPU Usage"), _("Assigned Memory"), _("Uptime"), _("Status"))[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        machine, column = self._machines[index.row()], _COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(machine)
            case Qt.ItemDataRole.DecorationRole if index.column() == 0:
                return machine_icon(machine.state)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == 0:
                return _("{machine}, {state}").format(machine=machine.name, state=machine.state.word)
            case _:
                return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, and keep sorting by it when machines change."""
        self._column = max(column, 0)
        self._is_descending = order == Qt.SortOrder.DescendingOrder
        self._restore_order()

    def _remove(self, gone: set[UUID]) -> None:
        for row in reversed(range(len(self._machines)) if gone else ()):
            if self._machines[row].machine_id in gone:
                self.beginRemoveRows(_NOWHERE, row, row)
                del self._machines[row]
                self.endRemoveRows()

    def _update(self, changed: dict[UUID, Machine]) -> None:
        rows = [row for row, machine in enumerate(self._machines) if machine.machine_id in changed]
        for row in rows:
            self._machines[row] = changed[self._machines[row].machine_id]
        if rows:
            # One signal for the whole range: one for every row freezes long lists.
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], len(_COLUMNS) - 1))

    def _restore_order(self) -> None:
        ordered = sorted(self._machines, key=lambda machine: (machine.name.lower(), machine.machine_id))
        ordered.sort(key=_COLUMNS[self._column].order, reverse=self._is_descending)
        if ordered == self._machines:
            return
        self.layoutAboutToBeChanged.emit()
        new_row = {machine.machine_id: row for row, machine in enumerate(ordered)}
        before = self.persistentIndexList()
        after = [self.index(new_row[self._machines[index.row()].machine_id], index.column()) for index in before]
        self._machines = ordered
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
