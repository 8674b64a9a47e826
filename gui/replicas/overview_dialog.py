"""The replication of all hosts: every relationship with its state, health and age, over time, and as a report."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.amounts import duration_text, size_text
from core.failover.rehearsal import open_tests
from core.language import _, ngettext
from core.replicas.attention import Standing, standing
from core.replicas.availability import Availability, availability
from core.replicas.history import HistoryUnavailable, Sample
from core.replicas.records import Leg
from core.replicas.relationship import Relationship
from core.replicas.report import csv_report, html_report
from core.replicas.survey import Overview
from gui import theme
from gui.export_dialog import ExportDialog
from gui.form import close_row, line_edit, push_button
from gui.icons import icon
from gui.panels.notice import Notice, text_label
from gui.panels.row_table import row_table
from gui.plain_text import tip
from gui.replicas.curve import Curve, CurveDelegate, Points
from gui.replicas.overview_list import CURVE_COLUMN, LegKey, OverviewModel, leg_key, points_of
from gui.replicas.workbench import Workbench

SPAN = datetime.timedelta(days=1)
"""How far back curves go, and what is said of the availability beside them."""
REPORTED = datetime.timedelta(days=30)
"""How far back the availability of a report is counted."""
_MOST_CURVES = 300
_WIDTHS = (130, 95, 95, 145, 85, 145, 60, 110, 165, 100)


class OverviewDialog(QDialog):
    """It follows what is read. ``health_asked`` is emitted with a relationship; ``shown`` follows each new content.

    ``stop_asked`` is emitted when every test failover that is under way is to be stopped.
    """

    health_asked = Signal(object)
    stop_asked = Signal()
    shown = Signal()

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("replications")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Replication of All Hosts"))
        self.setWindowIcon(icon("replica"))
        self.resize(1180, 620)
        self._bench = bench
        self._chosen: LegKey | None = None
        self.samples: dict[LegKey, tuple[Sample, ...]] = {}
        self.model = OverviewModel(self)
        self.filter = line_edit("replications_filter", _("Filter"), _("Words that occur in a row"))
        self.filter.setClearButtonEnabled(True)
        self.needy = QCheckBox(_("&Needs attention"))
        self.needy.setObjectName("needs_attention")
        self.count = QLabel()
        self.count.setObjectName("replications_count")
        self.table = _table(self.model)
        self.reasons = text_label(selectable=True)
        self.reasons.setObjectName("reasons")
        self.availability = text_label(selectable=True)
        self.availability.setObjectName("availability")
        theme.look(self.availability, "subtle")
        self.latency = Curve("latency_curve", _("Latency:"), duration_text)
        self.sizes = Curve("size_curve", _("Size of a cycle:"), lambda value: size_text(round(value)))
        self.pending = Curve("pending_curve", _("Not yet replicated:"), lambda value: size_text(round(value)))
        self.notice = Notice()
        self._health = push_button("view_health", _("View &Health..."), self._ask_health)
        self._stop = push_button("stop_tests", _("S&top All Test Failovers..."), self.stop_asked.emit)
        self._arrange()
        self.filter.textChanged.connect(lambda _text: self._choose())
        self.needy.toggled.connect(lambda _is_on: self._choose())
        self.table.selectionModel().currentRowChanged.connect(self._select)
        self.table.activated.connect(lambda _index: self._ask_health())
        QShortcut(QKeySequence.StandardKey.Find, self, self.filter.setFocus)
        QShortcut(QKeySequence.StandardKey.Refresh, self, self.refresh)
        self._following = bench.tasks.start(self._follow(), "follow the replications")
        self._reading: asyncio.Task[object] | None = None
        self._show(bench.survey.overview)
        self.refresh()

    def refresh(self) -> None:
        """Ask all hosts."""
        self.notice.say("busy", _("All hosts are being asked..."))
        self._reading = self._bench.tasks.start(self._read(), "read the replications")

    def done(self, result: int) -> None:
        """End the dialog."""
        self._following.cancel()
        if self._reading is not None:
            self._reading.cancel()
        super().done(result)

    def _arrange(self) -> None:
        label = QLabel(_("&Filter:"))
        label.setBuddy(self.filter)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(label)
        top.addWidget(self.filter, 1)
        top.addWidget(self.needy)
        top.addWidget(self.count)
        curves = QHBoxLayout()
        curves.setSpacing(16)
        for curve in (self.latency, self.sizes, self.pending):
            curves.addWidget(curve, 1)
        export = push_button("replications_csv", _("Export as &CSV..."), lambda: self._export("csv"))
        report = push_button("replications_html", _("&Report..."), lambda: self._export("html"))
        refresh = push_button("replications_refresh", _("R&efresh"), self.refresh)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(9)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addWidget(self.reasons)
        column.addLayout(curves)
        column.addWidget(self.availability)
        column.addWidget(self.notice)
        column.addLayout(close_row(self, refresh, self._health, export, report, self._stop))

    async def _read(self) -> None:
        hosts = [picture.key for picture in self._bench.estate.pictures]
        overview = await self._bench.watch.read(hosts)
        failed = [reading.failure for reading in overview.readings if reading.failure is not None]
        lines = [f"{error.sentence} {error.cause}" for error in failed]
        lines += self._bench.watch.notes
        if lines:
            cure = failed[0].cure if failed else ""
            self.notice.say("warning", "\n".join(lines), cure)
        else:
            self.notice.clear()

    async def _follow(self) -> None:
        news = self._bench.survey.watch()
        await self._read_history()
        async for overview in news:
            self._show(overview)
            await self._read_history()

    async def _read_history(self) -> None:
        for each in self.model.shown[:_MOST_CURVES]:
            self.samples[leg_key(each)] = await self._samples(each, SPAN)
        self.model.show_curves({key: _curve(found, _latency) for key, found in self.samples.items()})
        self._show_curves()
        self.shown.emit()

    async def _samples(self, each: Standing, span: datetime.timedelta) -> tuple[Sample, ...]:
        """What was seen of a leg: of the side that sends, where that is known."""
        leg = each.relationship
        kind = Leg.EXTENDED if leg.is_extension else Leg.SIMPLE
        since = datetime.datetime.now(datetime.UTC) - span
        try:
            return await self._bench.history.samples(leg.machine_id, since, leg=kind, sends=leg.sender is not None)
        except HistoryUnavailable:
            # What is wrong with it is said where it is written.
            return ()

    def _show(self, overview: Overview) -> None:
        self._keep(lambda: self.model.show([standing(each) for each in overview.relationships]))
        tests = len(open_tests(overview))
        self._stop.setVisible(tests > 0)
        text = ngettext("{count} test failover is under way.", "{count} test failovers are under way.", tests)
        self._stop.setToolTip(tip(text.format(count=tests)))
        self.shown.emit()

    def _choose(self) -> None:
        self._keep(lambda: self.model.filter(self.filter.text(), only_needy=self.needy.isChecked()))

    def _keep(self, change: Callable[[], None]) -> None:
        """Change what is listed; the row that was chosen stays so while it is listed."""
        chosen = self._chosen
        change()
        text = _("{shown} of {total} replications")
        self.count.setText(text.format(shown=self.model.rowCount(), total=self.model.total))
        index = self.model.find(chosen) if chosen is not None else self.model.index(0, 0)
        if index.isValid():
            self.table.setCurrentIndex(index)
        else:
            self._show_chosen(None)

    def _select(self, index: QModelIndex, _previous: QModelIndex) -> None:
        self._show_chosen(self.model.standing(index))

    def _show_chosen(self, each: Standing | None) -> None:
        self._chosen = leg_key(each) if each is not None else None
        self._health.setEnabled(each is not None)
        self.reasons.setText("\n".join(each.reasons or (each.recovery,)) if each is not None else "")
        self._show_curves()

    def _show_curves(self) -> None:
        found = self.samples.get(self._chosen, ()) if self._chosen is not None else ()
        self.latency.show_points(_curve(found, _latency))
        self.sizes.show_points(_curve(found, lambda sample: float(sample.size)))
        self.pending.show_points(_curve(found, lambda sample: float(sample.pending)))
        self.availability.setText(_available(found).sentence if self._chosen is not None else "")

    def _ask_health(self) -> None:
        leg = self._leg
        if leg is not None:
            self.health_asked.emit(leg)

    @property
    def _leg(self) -> Relationship | None:
        found = self.model.standing(self.table.currentIndex())
        return found.relationship if found is not None else None

    def _export(self, kind: str) -> None:
        self._reading = self._bench.tasks.start(self._prepare(kind), "read for a report")

    async def _prepare(self, kind: str) -> None:
        """Read how much of the time each machine was protected, and ask where to write that."""
        shown = self.model.shown
        told = {
            (str(each.relationship.machine_id), each.relationship.is_extension): _available(found)
            for each in shown
            if (found := await self._samples(each, REPORTED))
        }

        def content() -> tuple[str, int]:
            if kind == "csv":
                return csv_report(shown, told), len(shown)
            return html_report(shown, datetime.datetime.now().astimezone(), told), len(shown)

        title, kinds = _("Export as CSV"), _("CSV files (*.csv)")
        if kind == "html":
            title, kinds = _("Report"), _("Web pages (*.html)")
        proposed = _("Replication {date}").format(date=datetime.date.today().isoformat())
        dialog = ExportDialog(self, title, proposed, f".{kind}", kinds)
        dialog.setObjectName("replications_export")
        dialog.write(
            content,
            lambda count: ngettext("{count} replication is in {file}.", "{count} replications are in {file}.", count),
            *(self._bench.workers, self._bench.tasks, self.notice.say),
        )
        dialog.open()


def _latency(sample: Sample) -> float | None:
    return sample.latency


def _curve(samples: tuple[Sample, ...], value: Callable[[Sample], float | None]) -> Points:
    return points_of([(sample.moment, value(sample)) for sample in samples])


def _available(samples: tuple[Sample, ...]) -> Availability:
    return availability(samples, datetime.datetime.now(datetime.UTC))


def _table(model: OverviewModel) -> QTableView:
    table = row_table("replications_table", _("Replications"), model, air=8)
    table.setItemDelegateForColumn(CURVE_COLUMN, CurveDelegate(table))
    header = table.horizontalHeader()
    for column, width in enumerate(_WIDTHS):
        needed = header.fontMetrics().horizontalAdvance(str(model.headerData(column, Qt.Orientation.Horizontal))) + 20
        table.setColumnWidth(column, max(width, needed))
    table.setSortingEnabled(True)
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    return table
