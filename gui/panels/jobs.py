"""The jobs of the program: what runs, then what waits, in the order of the queue, then what has ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from core.language import _
from gui import theme
from gui.panels.heading import PaneHeading
from gui.panels.job_row import JobRow
from gui.panels.notice import Notice, text_label

if TYPE_CHECKING:
    from core.jobs.status import JobStatus, Offer


class JobsPanel(QWidget):
    """One row for each job; ``ask`` is called with the number of a job and what the user asks of it.

    ``failure_asked`` is emitted with the number of a job whose failure the user wants explained. ``remark`` says what
    did not become a job, and why.
    """

    failure_asked = Signal(int)

    def __init__(self, ask: Callable[[int, Offer], None]) -> None:
        super().__init__()
        self.setObjectName("jobs")
        self.setAccessibleName(_("Jobs"))
        self._ask = ask
        self.rows: dict[int, JobRow] = {}
        self._order: list[int] = []
        self.heading = PaneHeading(_("Jobs"))
        self.remark = Notice(is_strip=True, is_closable=True)
        self._nothing = text_label(_("No job has been started."))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._nothing.setContentsMargins(8, 12, 8, 8)
        content = QWidget()
        content.setObjectName("jobs_content")
        theme.look(content, "surface")
        self._list = QVBoxLayout(content)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addWidget(self._nothing)
        self._list.addStretch()
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setAccessibleName(_("Jobs"))
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.heading)
        layout.addWidget(self.remark)
        layout.addWidget(self._scroll)

    def show_jobs(self, statuses: Sequence[JobStatus], is_practice: Callable[[JobStatus], bool]) -> None:
        """Show exactly these jobs; the order of those that wait is that of the queue."""
        known = {status.number for status in statuses}
        for number in [number for number in self.rows if number not in known]:
            self._remove(number)
        for status in statuses:
            row = self.rows.get(status.number)
            if row is None:
                row = self.rows[status.number] = JobRow(status.number, self._ask, is_practice=is_practice(status))
                row.left.connect(self._go_from)
                row.explain_asked.connect(self.failure_asked)
            if row.status != status:
                row.show_status(status)
        self._arrange([status.number for status in sorted(statuses, key=_rank)])
        self._nothing.setVisible(not statuses)
        self.heading.setText(_heading(statuses))

    def _go_from(self, number: int, step: int) -> None:
        """Give the focus to the job above or below."""
        place = self._order.index(number) + step
        if 0 <= place < len(self._order):
            self._focus(self._order[place])

    def _focus(self, number: int) -> None:
        self.rows[number].setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(self.rows[number], 0, 0)

    def _remove(self, number: int) -> None:
        row, place = self.rows.pop(number), self._order.index(number)
        focused = QApplication.focusWidget()
        had_focus = focused is not None and (focused is row or row.isAncestorOf(focused))
        self._order.remove(number)
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()
        if had_focus and self._order:
            self._focus(self._order[min(place, len(self._order) - 1)])

    def _arrange(self, order: list[int]) -> None:
        if order == self._order:
            return
        self._order = order
        for place, number in enumerate(order):
            self._list.insertWidget(place, self.rows[number])
        # The focus goes from row to row as they are read.
        chain = [widget for number in order for widget in self.rows[number].focus_chain()]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)


def _rank(status: JobStatus) -> tuple[int, float]:
    """The part of the list a job is in, and among those that have ended the latest first."""
    if status.state.is_under_way:
        return 0, 0.0
    if not status.state.is_final:
        return 1, 0.0
    return 2, -status.ended_at.timestamp() if status.ended_at is not None else 0.0


def _heading(statuses: Sequence[JobStatus]) -> str:
    parts = [_rank(status)[0] for status in statuses]
    running, waiting = parts.count(0), parts.count(1)
    if waiting:
        return _("Jobs: {running} running, {waiting} waiting").format(running=running, waiting=waiting)
    return _("Jobs: {running} running").format(running=running) if running else _("Jobs")
