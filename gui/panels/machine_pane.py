"""The list of virtual machines under its heading, with the field that filters it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from core.language import _
from gui import theme
from gui.models.machine_columns import OF_ONE_HOST, OF_SEVERAL_HOSTS
from gui.models.machine_list import MachineListModel
from gui.panels.heading import PaneHeading
from gui.panels.machine_table import MachineTable
from gui.panels.notice import text_label
from gui.preferences import ListLayout, Preferences

if TYPE_CHECKING:
    from core.estate.connection import HostKey
    from core.estate.estate import Picture
    from core.hyperv.records import Machine
    from gui.models.machine_rows import MachineRow

_FIRST = {"host": OF_ONE_HOST, "several": OF_SEVERAL_HOSTS}
"""The columns at first, by what is listed: the machines of one host, or of several."""


class MachinePane(QWidget):
    """The list; ``model`` is what it shows and ``view`` where machines are selected.

    ``selection_changed`` is emitted when there is another selection.
    """

    selection_changed = Signal()

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._kind = "host"
        self.model = MachineListModel(self)
        self.view = MachineTable(self.model)
        self.heading = PaneHeading(_("Virtual Machines"))
        self.filter = QLineEdit()
        self.filter.setObjectName("machine_filter")
        self.filter.setAccessibleName(_("Filter the virtual machines"))
        self.filter.setPlaceholderText(_("Words that occur in a virtual machine's row"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self.model.filter)
        self.count = QLabel()
        self.count.setObjectName("machine_count")
        self._bar = self._filter_bar()
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.end_filter)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._nothing: QLabel | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.heading, self._bar, self.view):
            column.addWidget(widget)
        self.model.counted.connect(self._count)
        self.view.selectionModel().selectionChanged.connect(self._follow_selection)
        self._lay_out()

    @property
    def rows(self) -> tuple[MachineRow, ...]:
        """The selected rows, from top to bottom."""
        return self.view.selected

    @property
    def machines(self) -> tuple[Machine, ...]:
        """The selected machines, from top to bottom."""
        return tuple(row.machine for row in self.view.selected)

    def show_pictures(self, pictures: Iterable[Picture]) -> None:
        """Take in the latest pictures of some hosts. Of what was selected, that stays so which is still there."""
        before = [row.number for row in self.view.selected]
        self.model.show_all({each.key: each.inventory for each in pictures if each.inventory is not None})
        if before and len(self.model.places(before)) < len(before):
            # Qt selects a neighbour of a row that is gone; the next Move would be about that one.
            self.view.select_numbers(before)
            self.view.selectionModel().setCurrentIndex(QModelIndex(), QItemSelectionModel.SelectionFlag.NoUpdate)

    def list_hosts(self, keys: Iterable[HostKey], *, are_several: bool) -> None:
        """List the machines of these hosts, in the columns for one host or for several."""
        kind = "several" if are_several else "host"
        if kind != self._kind:
            self.keep_layout()
            self._kind = kind
            self._lay_out()
        self.model.list_hosts(keys)

    def first_layout(self) -> ListLayout:
        """The columns as they stand before anybody changes them."""
        return ListLayout(_FIRST[self._kind])

    def keep_layout(self) -> None:
        """Keep how the columns stand for the next start."""
        self._preferences.keep_list_layout(f"machines_{self._kind}", self.view.layout_now())

    def begin_filter(self) -> None:
        """Let the user type what the list is filtered by."""
        self._bar.show()
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def end_filter(self) -> None:
        """Show all machines again."""
        self.filter.clear()
        self._bar.hide()
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _filter_bar(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("filter_bar")
        theme.look(bar, "bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        label = QLabel(_("Filter:"))
        label.setBuddy(self.filter)
        row.addWidget(label)
        row.addWidget(self.filter, 1)
        row.addWidget(self.count)
        down = QShortcut(QKeySequence(Qt.Key.Key_Down), bar, self._enter_list)
        down.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        bar.hide()
        return bar

    def _enter_list(self) -> None:
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0, 0))

    def _lay_out(self) -> None:
        self.view.lay_out(self._preferences.list_layout(f"machines_{self._kind}") or self.first_layout())

    def _count(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        self.count.setText(_("{shown} of {total} shown").format(shown=shown, total=total))
        is_empty = not shown and self.model.is_known
        if self._nothing is None and is_empty:
            self._nothing = self._laid_over()
        if self._nothing is not None:
            if total and not shown:
                self._nothing.setText(_("No virtual machine matches the filter."))
            else:
                self._nothing.setText(_("There are no virtual machines."))
            self._nothing.setVisible(is_empty)
        self._head()

    def _laid_over(self) -> QLabel:
        """What says why the list is empty, made when it is: asking for the viewport delays the first paint by 6 ms."""
        nothing = text_label()
        nothing.setObjectName("no_machine")
        nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        nothing.setContentsMargins(8, 12, 8, 8)
        nothing.hide()
        over = QVBoxLayout(self.view.viewport())
        over.setContentsMargins(0, 0, 0, 0)
        over.addWidget(nothing)
        over.addStretch()
        return nothing

    def _follow_selection(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        self._head()
        self.selection_changed.emit()

    def _head(self) -> None:
        count = len(self.view.selected)
        if count > 1:
            self.heading.setText(_("Virtual Machines: {count} selected").format(count=count))
        else:
            self.heading.setText(_("Virtual Machines"))
