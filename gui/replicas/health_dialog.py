"""Replication Health of a machine, as Hyper-V Manager shows it, of both sides and with the rules that made it so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QTabWidget, QVBoxLayout, QWidget

from core.estate.connection import HostKey
from core.failover.control import control_plan
from core.jobs.admission import NotStarted
from core.jobs.status import JobState
from core.language import _
from core.remoting.errors import RemotingError
from core.replicas.relationship import Relationship
from core.replicas.report import health_csv
from core.replicas.side import Side
from core.replicas.survey import Overview
from core.replicas.verbs import Verb
from gui.export_dialog import ExportDialog
from gui.form import close_row, dialog_column, push_button
from gui.icons import icon
from gui.panels.notice import Notice
from gui.replicas.events_dialog import EventsDialog
from gui.replicas.health_page import HealthPage
from gui.replicas.workbench import Workbench


class HealthDialog(QDialog):
    """Shows ``relationship``, and what else the machine has: its extension is a second tab.

    It follows what is read while it is open. ``shown`` is emitted when it shows something new.
    """

    shown = Signal()

    def __init__(self, relationship: Relationship, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("replication_health")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Replication Health of {machine}").format(machine=relationship.machine_name))
        self.setWindowIcon(icon("replica"))
        self.resize(760, 640)
        self._bench = bench
        self._asked_for = relationship
        self._legs: tuple[Relationship, ...] = (relationship,)
        self._task: asyncio.Task[None] | None = None
        self.notice = Notice()
        self.tabs = QTabWidget()
        self.tabs.setObjectName("replication_legs")
        self.tabs.setAccessibleName(_("Replications of the virtual machine"))
        self._pages = [HealthPage(), HealthPage()]
        for page, title in zip(self._pages, (_("Replication"), _("Extended Replication")), strict=True):
            content = QWidget()
            inner = QVBoxLayout(content)
            inner.addWidget(page)
            self.tabs.addTab(content, title)
        self._refresh = push_button("health_refresh", _("&Refresh"), self.refresh)
        self._reset = push_button("health_reset", _("Reset S&tatistics"), self._reset_statistics)
        self._save = push_button("health_save", _("&Save As..."), self._save_as)
        self._events = push_button("health_events", _("View &Events..."), self._view_events)
        column = dialog_column(self)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.notice)
        column.addLayout(close_row(self, self._refresh, self._reset, self._save, self._events))
        self._following = bench.tasks.start(self._follow(), f"health of {relationship.machine_name}")
        self._show(bench.survey.overview)
        self.tabs.setCurrentIndex(int(relationship.is_extension))
        self.refresh()

    @property
    def relationship(self) -> Relationship:
        """The leg that is in front, as it was read last."""
        wanted = bool(self.tabs.currentIndex())
        return next((leg for leg in self._legs if leg.is_extension is wanted), self._legs[0])

    @property
    def page(self) -> HealthPage:
        """The page in front."""
        return self._pages[self.tabs.currentIndex()]

    def refresh(self) -> None:
        """Read both hosts anew."""
        self._begin(self._read(), _("Reading the hosts..."))

    def done(self, result: int) -> None:
        """End the dialog; a job that is under way goes on."""
        self._following.cancel()
        if self._task is not None:
            self._task.cancel()
        super().done(result)

    def _hosts(self) -> list[HostKey]:
        found = [side.host for leg in self._legs for side in leg.known]
        found += [leg.absence.key for leg in self._legs if leg.absence is not None and leg.absence.key is not None]
        return list(dict.fromkeys(found))

    def _begin(self, work: object, words: str) -> None:
        self.notice.say("busy", words)
        for button in (self._refresh, self._reset):
            button.setEnabled(False)
        self._task = self._bench.tasks.start(work, "replication health")  # type: ignore[arg-type]
        self._task.add_done_callback(lambda task: None if task.cancelled() else self._settle())

    def _settle(self) -> None:
        self._refresh.setEnabled(True)
        self._reset.setEnabled(True)

    async def _read(self) -> None:
        overview = await self._bench.survey.read(self._hosts())
        failed = [reading for host in self._hosts() if (reading := overview.reading(host)) and reading.failure]
        if failed and failed[0].failure is not None:
            error = failed[0].failure
            self.notice.say("error", f"{error.sentence} {error.cause}", error.cure)
        else:
            self.notice.clear()

    async def _follow(self) -> None:
        async for overview in self._bench.survey.watch():
            self._show(overview)

    def _show(self, overview: Overview) -> None:
        asked = self._asked_for
        legs = overview.of_machine(asked.machine_id, asked.side.host.group)
        self._legs = legs or self._legs
        for page, is_extension in zip(self._pages, (False, True), strict=True):
            leg = next((leg for leg in self._legs if leg.is_extension is is_extension), None)
            if leg is not None:
                page.show_relationship(leg)
            self.tabs.setTabVisible(int(is_extension), leg is not None)
        self.shown.emit()

    def _reset_statistics(self) -> None:
        self._begin(self._carry_out(self.relationship.known), _("The statistics are being reset..."))

    async def _carry_out(self, sides: Sequence[Side]) -> None:
        """Reset the statistics of both sides; each host keeps its own."""
        for side in sides:
            try:
                status = await self._bench.carry_out(control_plan(Verb.RESET_STATISTICS, side))
            except NotStarted as error:
                self.notice.say("error", error.what, error.cure)
                return
            except RemotingError as error:
                self.notice.say("error", f"{error.sentence} {error.cause}", error.cure)
                return
            if status.state is not JobState.COMPLETED:
                self.notice.say("error", f"{status.state.word}: {status.detail}", status.cure)
                return
        await self._read()

    def _save_as(self) -> None:
        leg = self.relationship
        proposed = _("Replication health of {machine}").format(machine=leg.machine_name)
        dialog = ExportDialog(self, _("Save As"), proposed, ".csv", _("CSV files (*.csv)"))
        dialog.setObjectName("health_export")
        dialog.write(
            lambda: (health_csv(leg), len(leg.known)),
            lambda _count: _("The replication health is in {file}."),
            *(self._bench.workers, self._bench.tasks, self.notice.say),
        )
        dialog.open()

    def _view_events(self) -> None:
        leg = self.relationship
        hosts = [side.host for side in leg.known]
        self._bench.open_dialog(EventsDialog(leg.machine_id, leg.machine_name, hosts, self._bench, self))
