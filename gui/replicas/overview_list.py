"""The relationships of all hosts as a list that sorts and filters by itself."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.amounts import duration_text, size_text
from core.language import _
from core.replicas.attention import Standing
from core.times import ago_text, exact_text
from gui.icons import icon
from gui.plain_text import tip
from gui.replicas.curve import CURVE, Points
from gui.replicas.health_page import ICONS

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
LegKey = tuple[UUID, bool, str]
"""A leg: the machine, whether it is its extension, and the host that sends."""


@dataclass(frozen=True, slots=True)
class _Column:
    """``tip`` is what a cell says at length, where that is more than its text."""

    heading: Callable[[], str]
    text: Callable[[Standing], str]
    order: Callable[[Standing], Any]
    tip: Callable[[Standing], str] | None = None
    is_number: bool = False


def leg_key(standing: Standing) -> LegKey:
    """What tells a leg from all others, whatever becomes of it."""
    leg = standing.relationship
    return leg.machine_id, leg.is_extension, leg.primary_name


def _name(standing: Standing) -> str:
    leg = standing.relationship
    return _("{machine} (extension)").format(machine=leg.machine_name) if leg.is_extension else leg.machine_name


def _last(standing: Standing) -> str:
    last = standing.last_synchronised
    # By the clock of the host that told it.
    return ago_text(last, standing.relationship.teller.read_at) if last is not None else _("never")


def _exact(standing: Standing) -> str:
    last = standing.last_synchronised
    return exact_text(last) if last is not None else _("never")


def _latency(standing: Standing) -> str:
    latency = standing.relationship.side.latency
    return duration_text(latency) if latency is not None else ""


def _age(standing: Standing) -> str:
    age = standing.relationship.age
    asked = duration_text(standing.relationship.asked)
    if age is None:
        return ""
    return _("{age} (asked: {asked})").format(age=duration_text(age), asked=asked)


COLUMNS = (
    _Column(lambda: _("Virtual machine"), _name, lambda each: _name(each).lower()),
    _Column(
        lambda: _("Primary server"),
        lambda each: each.relationship.primary_name,
        lambda each: each.relationship.primary_name.lower(),
    ),
    _Column(
        lambda: _("Replica server"),
        lambda each: each.relationship.replica_name,
        lambda each: each.relationship.replica_name.lower(),
    ),
    _Column(lambda: _("State"), lambda each: each.state, lambda each: each.state.lower()),
    _Column(
        lambda: _("Health"),
        lambda each: each.health.word,
        lambda each: -int(each.health),
        lambda each: "\n".join(each.reasons) or each.health.word,
    ),
    _Column(
        lambda: _("Last synchronized"),
        _last,
        lambda each: each.relationship.age if each.relationship.age is not None else float("inf"),
        _exact,
    ),
    _Column(lambda: _("Latency"), _latency, lambda each: each.relationship.side.latency or 0.0, None, True),
    _Column(
        lambda: _("Not yet replicated"),
        lambda each: size_text(each.relationship.side.pending),
        lambda each: each.relationship.side.pending,
        None,
        True,
    ),
    _Column(
        lambda: _("Age of the copy"),
        _age,
        lambda each: each.relationship.age or 0.0,
        lambda each: each.recovery,
    ),
    _Column(lambda: _("Latency over time"), lambda each: "", lambda each: 0),
)
CURVE_COLUMN = len(COLUMNS) - 1
_HEALTH = 4


class OverviewModel(QAbstractTableModel):
    """The standings that the filter lets through."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[Standing, ...] = ()
        self._shown: list[Standing] = []
        self._curves: Mapping[LegKey, Points] = {}
        self._words: list[str] = []
        self._only_needy = False
        self._column, self._is_descending = 0, False

    @property
    def shown(self) -> tuple[Standing, ...]:
        """What is listed, from top to bottom."""
        return tuple(self._shown)

    @property
    def total(self) -> int:
        """How many there are without the filter."""
        return len(self._all)

    def show(self, standings: Sequence[Standing]) -> None:
        """Show these in place of the former ones."""
        self._all = tuple(standings)
        self._choose()

    def show_curves(self, curves: Mapping[LegKey, Points]) -> None:
        """Show the curves of legs."""
        self._curves = curves
        if self._shown:
            self.dataChanged.emit(self.index(0, CURVE_COLUMN), self.index(len(self._shown) - 1, CURVE_COLUMN))

    def filter(self, words: str, *, only_needy: bool) -> None:
        """Show only what each of ``words`` occurs in, and with ``only_needy`` what somebody should look at."""
        self._words = words.lower().split()
        self._only_needy = only_needy
        self._choose()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, and keep sorting by it."""
        self._column = max(column, 0)
        self._is_descending = order == Qt.SortOrder.DescendingOrder
        self._choose()

    def standing(self, index: _Index) -> Standing | None:
        """What a row is about, or None."""
        return self._shown[index.row()] if index.isValid() else None

    def find(self, key: LegKey) -> QModelIndex:
        """The first cell of a leg's row; invalid when it is not listed."""
        places = (row for row, each in enumerate(self._shown) if leg_key(each) == key)
        row = next(places, None)
        return self.index(row, 0) if row is not None else QModelIndex()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """The number of legs that are listed."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """The number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A column's heading."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return COLUMNS[section].heading() if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        each, column = self._shown[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(each)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(column.tip(each) if column.tip is not None else column.text(each))
        if role == Qt.ItemDataRole.DecorationRole and index.column() == _HEALTH:
            return icon(ICONS.get(each.health, "info"))
        if role == Qt.ItemDataRole.TextAlignmentRole and column.is_number:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == CURVE and index.column() == CURVE_COLUMN:
            return self._curves.get(leg_key(each))
        return None

    def _choose(self) -> None:
        self.beginResetModel()
        chosen = [each for each in self._all if not self._only_needy or each.needs_attention]
        chosen = [each for each in chosen if all(word in _said(each) for word in self._words)]
        chosen.sort(key=COLUMNS[self._column].order, reverse=self._is_descending)
        self._shown = chosen
        self.endResetModel()


def _said(standing: Standing) -> str:
    return " ".join(column.text(standing) for column in COLUMNS).lower()


def points_of(samples: Sequence[tuple[datetime.datetime, float | None]]) -> Points:
    """Samples as the points of a curve; what has no value is left out."""
    return [(moment.timestamp(), value) for moment, value in samples if value is not None]
