"""The dialog Test Failover: for one machine or many, on a network of choice, with what cleans up afterwards."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from core.failover.desk import RehearsalPage
from core.failover.rehearsal import Rehearsal, rehearsal_plan
from core.failover.rehearsal_ends import RehearsalEnd
from core.failover.unplanned import point_text
from core.jobs.plan import Plan
from core.language import _, ngettext
from core.replicas.side import Side
from core.wizards.wizard import Problem
from gui.form import combo
from gui.panels.notice import text_label
from gui.replicas.action_dialog import ActionDialog
from gui.replicas.workbench import Workbench

_AS_SET, _NOWHERE = "as set", "nowhere"
_USUAL_HOURS, _MOST_HOURS = 8, 168
"""A test goes on for a working day, and for a week at most."""


@dataclass(frozen=True, slots=True)
class _Row:
    """An adapter of a replica, and the box in which its switch is chosen."""

    page: RehearsalPage
    adapter: str
    switch: QComboBox


class RehearsalDialog(ActionDialog):
    """``receivers`` are the replicas that are tested, ``skipped`` sentences about machines that are left alone."""

    def __init__(self, receivers: Sequence[Side], skipped: Sequence[str], bench: Workbench, parent: QWidget) -> None:
        one = receivers[0]
        text = _("Test the failover of {machine} on {host}?").format(machine=one.row.machine_name, host=one.host.name)
        if len(receivers) > 1:
            several = ngettext(
                "Test the failover of {count} virtual machine?",
                "Test the failover of {count} virtual machines?",
                len(receivers),
            )
            text = several.format(count=len(receivers))
        super().__init__("test_failover", _("Test Failover"), text, _("&Test Failover"), bench, parent)
        self.mark_practice(is_practice=any(bench.is_practice(each.host) for each in receivers))
        self.resize(620, 460)
        self._receivers = receivers
        self._pages: tuple[RehearsalPage, ...] = ()
        self._rows: list[_Row] = []
        self.points = combo("recovery_point", _("Recovery point"), ())
        self.points.currentIndexChanged.connect(lambda _index: self.changed())
        points = QLabel(_("From this &recovery point:"))
        points.setBuddy(self.points)
        self.networks = _networks()
        networks = QLabel(_("The &networks of the test virtual machine:"))
        networks.setBuddy(self.networks)
        self.all_switches = combo("all_switches", _("Switch for all adapters"), ())
        self.all_switches.currentIndexChanged.connect(lambda _index: self._choose_for_all())
        all_label = QLabel(_("&All adapters:"))
        all_label.setBuddy(self.all_switches)
        self.starts = QCheckBox(_("Start the test &virtual machine"))
        self.starts.setObjectName("starts")
        self.starts.toggled.connect(lambda _is_on: self.changed())
        self.ends = QCheckBox(_("St&op the test by itself after so many hours:"))
        self.ends.setObjectName("ends")
        self.ends.setChecked(True)
        self.hours = QSpinBox(minimum=1, maximum=_MOST_HOURS, value=_USUAL_HOURS)
        self.hours.setObjectName("hours")
        self.hours.setAccessibleName(_("Hours after which the test is stopped"))
        self.ends.toggled.connect(self.hours.setEnabled)
        end = QHBoxLayout()
        end.addWidget(self.ends)
        end.addWidget(self.hours)
        end.addStretch()
        for widget in (points, self.points):
            widget.setVisible(len(receivers) == 1)
        for widget in (points, self.points, all_label, self.all_switches, networks, self.networks, self.starts):
            self.body.addWidget(widget)
        self.body.addLayout(end)
        for line in (
            _("A second machine is made beside the replica. Replication goes on, and nothing is failed over."),
            _("Stop Test Failover removes it with all that it has written; nothing of it is left then."),
            _("Where its time is over while this program does not run, the test is stopped at the next start."),
            *skipped,
        ):
            self.body.addWidget(text_label(line))
        self.load()

    async def read(self) -> None:
        """Read adapters, switches and recovery points of each replica."""
        self._pages = tuple(await asyncio.gather(*(self.bench.desk.rehearsal(each) for each in self._receivers)))
        self._rows = []
        self.networks.clear()
        for page in self._pages:
            for adapter in page.adapters:
                row = QTreeWidgetItem([page.receiver.row.machine_name, adapter.name, ""])
                self.networks.addTopLevelItem(row)
                box = _switch_box(page, adapter.name, adapter.switch)
                box.currentIndexChanged.connect(lambda _index: self.changed())
                self.networks.setItemWidget(row, 2, box)
                self._rows.append(_Row(page, adapter.name, box))
        names = [page.switches for page in self._pages]
        shared = [name for name in names[0] if all(name in each for each in names)] if names else []
        _fill(self.all_switches, _("As it is chosen below"), shared)
        self.points.clear()
        for point in self._pages[0].points:
            self.points.addItem(point_text(point), point.point_id)

    def problems(self) -> Sequence[Problem]:
        """A test that is on the network of the original is no harm to data, but to its users."""
        used = sorted({row.switch.currentData() for row in self._rows} - {_NOWHERE, _AS_SET, None})
        if not used or not self.starts.isChecked():
            return ()
        what = _("The test virtual machine starts with the addresses of the original, on: {switches}")
        cure = _("Choose a switch that is apart from the network of the original.")
        return (Problem("", what.format(switches=", ".join(used)), cure, is_warning=True),)

    async def before_start(self) -> None:
        """Remember when the tests end. Raises NotKept."""
        at = datetime.datetime.now().astimezone() + datetime.timedelta(hours=self.hours.value())
        for each in self._receivers:
            if self.ends.isChecked():
                end = RehearsalEnd(each.host, each.machine_id, each.row.machine_name, at)
                await self.bench.ends.set(end)
            else:
                await self.bench.ends.forget(each.host, each.machine_id)

    def plans(self) -> Sequence[Plan]:
        """A test of each."""
        return [rehearsal_plan(self._rehearsal(page)) for page in self._pages]

    def _rehearsal(self, page: RehearsalPage) -> Rehearsal:
        chosen = {row.adapter: str(row.switch.currentData()) for row in self._rows if row.page is page}
        switches = {name: "" if value == _NOWHERE else value for name, value in chosen.items() if value != _AS_SET}
        point = self.points.currentData() if len(self._pages) == 1 else None
        return Rehearsal(page.receiver, page.adapters, switches, point, self.starts.isChecked())

    def _choose_for_all(self) -> None:
        wanted = self.all_switches.currentData()
        if wanted in (_AS_SET, None):
            return
        for row in self._rows:
            row.switch.setCurrentIndex(max(row.switch.findData(wanted), 0))


def _networks() -> QTreeWidget:
    view = QTreeWidget()
    view.setObjectName("test_networks")
    view.setAccessibleName(_("Networks of the test virtual machines"))
    view.setHeaderLabels((_("Virtual machine"), _("Adapter"), _("Connected to")))
    view.setRootIsDecorated(False)
    view.setMinimumHeight(100)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for column, width in enumerate((150, 170)):
        view.setColumnWidth(column, width)
    return view


def _switch_box(page: RehearsalPage, adapter: str, now: str) -> QComboBox:
    accessible = _("Switch of {adapter} of {machine}").format(adapter=adapter, machine=page.receiver.row.machine_name)
    box = combo("test_switch", accessible, ())
    as_set = _("As set: {switch}").format(switch=now) if now else _("As set: not connected")
    _fill(box, as_set, page.switches)
    return box


def _fill(box: QComboBox, as_set: str, switches: Sequence[str]) -> None:
    box.clear()
    box.addItem(as_set, _AS_SET)
    box.addItem(_("Not connected"), _NOWHERE)
    for name in switches:
        box.addItem(name, name)
