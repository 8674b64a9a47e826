"""The entries of the journal, which sort and filter by themselves: a proxy would freeze a long journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.estate.practice import GROUP as PRACTICE
from core.jobs.journal_entry import JournalEntry
from core.jobs.status import JobState
from core.language import _
from gui.icons import icon
from gui.plain_text import tip

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ICONS = {
    JobState.COMPLETED.value: "completed",
    JobState.FAILED.value: "error",
    JobState.CANCELLED.value: "cancelled",
    JobState.UNKNOWN.value: "warning",
    JobState.INTERRUPTED.value: "warning",
}


@dataclass(frozen=True, slots=True)
class _Column:
    text: Callable[[JournalEntry], str]
    order: Callable[[JournalEntry], Any]


def outcome_text(entry: JournalEntry) -> str:
    """What an entry says of the outcome: how the job ended, or what the host answered."""
    if entry.state:
        return state_text(entry)
    if entry.records:
        return next(iter(entry.records[0].lines), entry.records[0].error_id)
    return next(iter(entry.detail.splitlines()), "")


def state_text(entry: JournalEntry) -> str:
    """The state that an entry names, in words; one that this version does not know as it stands there."""
    try:
        return JobState(entry.state).word
    except ValueError:
        return entry.state


def time_text(entry: JournalEntry) -> str:
    """The time of an entry, in this computer's zone."""
    return entry.time.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def host_text(entry: JournalEntry) -> str:
    """The host of an entry; a simulated one is never taken for a real one."""
    return _("{host} (practice)").format(host=entry.host) if entry.group == PRACTICE else entry.host


_COLUMNS = (
    _Column(time_text, lambda entry: (entry.time, entry.sequence)),
    _Column(lambda entry: entry.user, lambda entry: entry.user.lower()),
    _Column(host_text, lambda entry: entry.host.lower()),
    _Column(lambda entry: entry.title, lambda entry: entry.title.lower()),
    _Column(lambda entry: entry.event.word, lambda entry: entry.event.word.lower()),
    _Column(outcome_text, lambda entry: outcome_text(entry).lower()),
)


@dataclass(frozen=True, slots=True)
class JournalRow:
    """An entry, with everything it says in small letters, for the filter."""

    entry: JournalEntry
    said: str

    @classmethod
    def of(cls, entry: JournalEntry) -> JournalRow:
        """The row of ``entry``."""
        said = [column.text(entry) for column in _COLUMNS]
        said += [entry.group, entry.profile, entry.script, entry.detail, entry.cure, *entry.findings, *entry.checks]
        said += [text for record in entry.records for text in (record.message, record.error_id)]
        return cls(entry, "\n".join(said).lower())


def journal_rows(entries: Sequence[JournalEntry]) -> list[JournalRow]:
    """The rows of ``entries``; for many of them this takes a while, and needs no window."""
    return [JournalRow.of(entry) for entry in entries]


class JournalListModel(QAbstractTableModel):
    """The entries in which every word of the filter occurs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[JournalRow] = []
        self._shown: list[JournalEntry] = []
        self._words: list[str] = []
        self._column = 0
        self._is_descending = True

    @property
    def shown(self) -> tuple[JournalEntry, ...]:
        """The entries that the filter lets through, from top to bottom."""
        return tuple(self._shown)

    @property
    def total(self) -> int:
        """How many entries there are without the filter."""
        return len(self._all)

    def show(self, rows: Sequence[JournalRow]) -> None:
        """Show the entries of these rows."""
        self._all = list(rows)
        self._choose()

    def filter(self, words: str) -> None:
        """Show only entries in which each of ``words`` occurs somewhere, in whatever letter case."""
        self._words = words.lower().split()
        self._choose()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, and keep sorting by it."""
        self._column = max(column, 0)
        self._is_descending = order == Qt.SortOrder.DescendingOrder
        self._choose()

    def entry(self, index: _Index) -> JournalEntry | None:
        """The entry of a row, or None."""
        return self._shown[index.row()] if index.isValid() else None

    def find(self, entry: JournalEntry) -> QModelIndex:
        """The first cell of an entry's row; invalid when it is not shown."""
        return self.index(self._shown.index(entry), 0) if entry in self._shown else QModelIndex()

    def of_job(self, job: UUID) -> list[JournalEntry]:
        """Every entry of a job, whether shown or not, in the order they were written, whatever the clock said then."""
        found = [row.entry for row in self._all if row.entry.job == job]
        return sorted(found, key=lambda entry: entry.sequence)

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """The number of entries shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """The number of columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A column's heading."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (_("Time"), _("Who"), _("Host"), _("Job"), _("Event"), _("Outcome"))[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        entry = self._shown[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _COLUMNS[index.column()].text(entry)
            case Qt.ItemDataRole.DecorationRole if index.column() == len(_COLUMNS) - 1:
                name = "error" if entry.records and not entry.state else _ICONS.get(entry.state)
                return icon(name) if name is not None else None
            case Qt.ItemDataRole.ToolTipRole:
                return entry.time.isoformat(" ", "seconds") if index.column() == 0 else tip(str(self.data(index)))
            case _:
                return None

    def _choose(self) -> None:
        self.beginResetModel()
        chosen = [row.entry for row in self._all if all(word in row.said for word in self._words)]
        chosen.sort(key=_COLUMNS[0].order, reverse=self._is_descending)
        if self._column:
            chosen.sort(key=_COLUMNS[self._column].order, reverse=self._is_descending)
        self._shown = chosen
        self.endResetModel()
