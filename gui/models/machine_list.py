"""The list of virtual machines, which sorts and filters by itself: a proxy would freeze a long list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from core.language import _
from gui.icons import machine_icon
from gui.models.machine_columns import COLUMNS, Column
from gui.models.machine_rows import MachineRow, rows_of

if TYPE_CHECKING:
    from core.estate.connection import HostKey
    from core.estate.inventory import Inventory
    from core.hyperv.records import Machine

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_RUNS = 20
"""Each run of rows that are gone costs a turn of every view: beyond so many, all rows are set anew at once."""


# Each cell that is painted is asked for eight of them.
_TEXT, _ICON = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.DecorationRole
_ALIGNMENT, _SPOKEN = Qt.ItemDataRole.TextAlignmentRole, Qt.ItemDataRole.AccessibleTextRole


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


_ALIGNMENTS = tuple(_alignment(column) for column in COLUMNS)


class MachineListModel(QAbstractTableModel):
    """The machines of some of the hosts that are known, as far as every word of the filter occurs in them.

    ``show`` applies what changed row by row, so that selection and scrolling survive. ``counted`` is emitted when there
    may be another number of machines, shown or in all.
    """

    counted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[HostKey, dict[UUID, MachineRow]] = {}
        self._hosts: tuple[HostKey, ...] = ()
        self._matching: list[MachineRow] = []
        self._shown: list[MachineRow] = []
        self._words: list[str] = []
        self._column = 0
        self._is_descending = False

    @property
    def total(self) -> int:
        """How many machines the hosts have without the filter."""
        return sum(len(self._known.get(key, ())) for key in self._hosts)

    @property
    def hosts(self) -> tuple[HostKey, ...]:
        """The hosts whose machines are listed."""
        return self._hosts

    @property
    def is_known(self) -> bool:
        """Whether any of the hosts has told of its machines."""
        return any(key in self._known for key in self._hosts)

    def show_all(self, inventories: Mapping[HostKey, Inventory]) -> None:
        """Take in newer inventories of several hosts at once."""
        if len(inventories) == 1:
            self.show(*next(iter(inventories.items())))
            return
        for key, inventory in inventories.items():
            self._known[key] = rows_of(key, inventory, self._known.get(key, {}))
        if not inventories.keys().isdisjoint(self._hosts):
            self._apply()

    def show(self, key: HostKey, inventory: Inventory | None) -> None:
        """Take in a newer inventory of a host."""
        if inventory is None:
            return
        former = self._known.get(key)
        rows = self._known[key] = rows_of(key, inventory, former or {})
        if key not in self._hosts:
            return
        if former is None or self._words or former.keys() != rows.keys():
            self._apply()
            return
        changed = [row for machine_id, row in rows.items() if former[machine_id] is not row]
        if any(former[row.machine.machine_id].place != row.place for row in changed):
            self._apply()
        elif changed:
            self._exchange({row.number: row for row in changed})

    def forget(self, key: HostKey) -> None:
        """Know a host no longer."""
        self._known.pop(key, None)
        if key in self._hosts:
            self._hosts = tuple(each for each in self._hosts if each != key)
            self._apply()

    def list_hosts(self, keys: Iterable[HostKey]) -> None:
        """List the machines of these hosts and no others."""
        wanted = tuple(keys)
        if wanted == self._hosts:
            return
        if set(wanted) & set(self._hosts):
            self._hosts = wanted
            self._apply()
        else:
            self._hosts = wanted
            self._match()
            self._begin_anew()

    def filter(self, words: str) -> None:
        """Show only machines in which each of ``words`` occurs somewhere, in whatever letter case."""
        self._words = words.lower().split()
        self._apply()

    def row(self, index: _Index) -> MachineRow | None:
        """What a row shows, or None."""
        return self._shown[index.row()] if index.isValid() else None

    def rows(self, first: int, last: int) -> Sequence[MachineRow]:
        """The rows from ``first`` to ``last``."""
        return self._shown[first : last + 1]

    def machine(self, index: _Index) -> Machine | None:
        """The machine of a row, or None."""
        return self._shown[index.row()].machine if index.isValid() else None

    def find(self, key: HostKey, machine_id: UUID) -> QModelIndex:
        """The first cell of a machine's row; invalid when it is not in the list."""
        wanted = self._known.get(key, {}).get(machine_id)
        for place, row in enumerate(self._shown):
            if row is wanted:
                return self.index(place, 0)
        return QModelIndex()

    def places(self, numbers: Iterable[int]) -> list[int]:
        """Where the rows with these numbers are, from top to bottom; what is not shown is left out."""
        wanted = frozenset(numbers)
        return [place for place, row in enumerate(self._shown) if row.number in wanted]

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """The number of machines shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """The number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A column's heading."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == _ALIGNMENT:
            return _ALIGNMENTS[section]
        return COLUMNS[section].heading() if role == _TEXT else None

    def data(self, index: _Index, role: int = _TEXT) -> Any:
        """What a cell shows."""
        column = index.column()
        if role == _TEXT:
            return COLUMNS[column].text(self._shown[index.row()])
        if role == _ALIGNMENT:
            return _ALIGNMENTS[column]
        if column != 0 or role not in (_ICON, _SPOKEN):
            return None
        row = self._shown[index.row()]
        if role == _ICON:
            return machine_icon(row.machine.state)
        return _("{machine}, {state}").format(machine=row.machine.name, state=row.state)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, and keep sorting by it when machines change."""
        self._column = max(column, 0)
        self._is_descending = order == Qt.SortOrder.DescendingOrder
        self._arrange(self._ordered())

    def _match(self) -> None:
        rows = list(chain.from_iterable(self._known.get(key, {}).values() for key in self._hosts))
        for word in self._words:
            rows = [row for row in rows if word in row.said]
        self._matching = sorted(rows, key=lambda row: row.place)

    def _ordered(self) -> list[MachineRow]:
        if self._column == 0 and not self._is_descending:
            return self._matching.copy()
        return sorted(self._matching, key=COLUMNS[self._column].order, reverse=self._is_descending)

    def _apply(self) -> None:
        """Show what there is to show now, in steps that views and selections can follow."""
        self._match()
        latest = {row.number: row for row in self._matching}
        gone = runs([place for place, row in enumerate(self._shown) if row.number not in latest])
        if len(gone) > _RUNS:
            self._begin_anew()
            return
        for first, last in reversed(gone):
            self.beginRemoveRows(_NOWHERE, first, last)
            del self._shown[first : last + 1]
            self.endRemoveRows()
        self._update(latest)
        if len(self._shown) < len(latest):
            for row in self._shown:
                del latest[row.number]
            first = len(self._shown)
            self.beginInsertRows(_NOWHERE, first, first + len(latest) - 1)
            self._shown += latest.values()
            self.endInsertRows()
        self._arrange(self._ordered())
        self.counted.emit()

    def _begin_anew(self) -> None:
        self.beginResetModel()
        self._shown = self._ordered()
        self.endResetModel()
        self.counted.emit()

    def _exchange(self, latest: dict[int, MachineRow]) -> None:
        """Show the latest of rows that are there already: what most pictures come to."""
        order = COLUMNS[self._column].order
        self._matching = [latest.get(row.number, row) for row in self._matching]
        is_moved = any(order(row) != order(latest[row.number]) for row in self._shown if row.number in latest)
        self._update(latest)
        if is_moved:
            self._arrange(self._ordered())

    def _update(self, latest: dict[int, MachineRow]) -> None:
        changed = [place for place, row in enumerate(self._shown) if latest.get(row.number, row) is not row]
        if changed:
            for place in changed:
                self._shown[place] = latest[self._shown[place].number]
            # One signal for the whole range: one for every row freezes long lists.
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(COLUMNS) - 1))

    def _arrange(self, ordered: list[MachineRow]) -> None:
        """Bring the rows that are shown into this order."""
        if all(one is other for one, other in zip(ordered, self._shown, strict=True)):
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        moved = {row.number: place for place, row in enumerate(ordered)} if before else {}
        after = [self.index(moved[self._shown[index.row()].number], index.column()) for index in before]
        self._shown = ordered
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """``numbers``, which rise, as the first and last of each that follow one another."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found
