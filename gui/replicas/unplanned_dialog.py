"""The dialog Failover: recovery points with what each loses, whether the machine would run twice, its name."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QLabel, QTreeWidget, QTreeWidgetItem, QWidget

from core.amounts import duration_text, size_text
from core.failover.desk import UnplannedPage
from core.failover.prerequisites import obstacles, passed
from core.failover.recovery_points import Loss, RecoveryPoint
from core.failover.unplanned import UnplannedFailover, unplanned_confirmation, unplanned_plan
from core.jobs.plan import Plan
from core.language import _
from core.replicas.relationship import Relationship
from core.wizards.wizard import Problem
from gui import theme
from gui.form import line_edit
from gui.panels.notice import text_label
from gui.plain_text import tip
from gui.replicas.action_dialog import ActionDialog
from gui.replicas.journeys import remember
from gui.replicas.prerequisite_list import PrerequisiteList
from gui.replicas.workbench import Workbench


class UnplannedDialog(ActionDialog):
    """Nothing is failed over before the machine's name was typed, below what is lost."""

    def __init__(self, relationship: Relationship, bench: Workbench, parent: QWidget) -> None:
        names = {"machine": relationship.machine_name, "host": relationship.replica_name}
        super().__init__(
            "failover",
            _("Failover"),
            _("Fail {machine} over to its replica on {host}, although it was not planned?").format(**names),
            _("&Fail Over"),
            bench,
            parent,
        )
        self.mark_practice(is_practice=bench.is_practice(relationship.side.host))
        self.resize(640, 640)
        self._relationship = relationship
        self._page: UnplannedPage | None = None
        self._is_tried = False
        self.points = _points()
        self.points.currentItemChanged.connect(lambda _now, _before: self._show_loss())
        self.prerequisites = PrerequisiteList()
        self.prerequisites.fix_asked.connect(self._ask_to_fix)
        self.starts = QCheckBox(_("S&tart the virtual machine after failover"))
        self.starts.setObjectName("starts")
        self.starts.setChecked(True)
        self.starts.toggled.connect(lambda _is_on: self.changed())
        self.loss = text_label(selectable=True)
        self.loss.setObjectName("loss")
        self.loss.setFont(theme.text_font(bold=True))
        self.undo = text_label(selectable=True)
        self.undo.setObjectName("undo")
        self.typed = line_edit("typed", _("Name of the virtual machine"))
        self.typed.textChanged.connect(self._type)
        typed_label = QLabel(_("Type the &name of the virtual machine to confirm:"))
        typed_label.setBuddy(self.typed)
        label = QLabel(_("Go on from this &recovery point:"))
        label.setBuddy(self.points)
        for widget in (label, self.points, QLabel(_("What it needs:")), self.prerequisites, self.starts):
            self.body.addWidget(widget)
        for widget in (self.loss, self.undo, typed_label, self.typed):
            self.body.addWidget(widget)
        self.body.setStretchFactor(self.points, 1)
        self.load()

    async def read(self) -> None:
        """Read both hosts, and the recovery points. The primary's host may be gone."""
        self._page = page = await self.bench.desk.unplanned(self._relationship)
        self.points.clear()
        now = page.truth.side(page.relationship.receiver.host) if page.relationship.receiver is not None else None
        read_at = now.read_at if now is not None else datetime.datetime.now(datetime.UTC)
        for point, loss in page.points:
            self.points.addTopLevelItem(_item(point, loss, read_at))
        self.points.setCurrentItem(self.points.topLevelItem(0))
        self.prerequisites.show_prerequisites(page.prerequisites)
        self._show_loss()

    def problems(self) -> Sequence[Problem]:
        """What keeps from it; that the name was not typed only once it was tried."""
        page = self._page
        if page is None:
            return ()
        if obstacles(page.prerequisites) or self._chosen is None:
            return (Problem("", _("Something that the failover needs is not met."), _("Look at the list above.")),)
        name = self._relationship.machine_name
        if self._is_tried and self.typed.text().strip() != name:
            what = _("The name of the virtual machine has to be typed first: {machine}").format(machine=name)
            return (Problem("typed", what, _("Nothing is failed over before that.")),)
        return ()

    def carry_out(self) -> None:
        """Start the failover, once the name was typed."""
        self._is_tried = True
        super().carry_out()
        if any(problem.field == "typed" for problem in self.problems()):
            self.typed.setFocus()

    def plans(self) -> Sequence[Plan]:
        """All of it on the replica's host."""
        chosen, page = self._chosen, self._page
        if chosen is None or page is None:
            return ()
        return (unplanned_plan(chosen, checks=passed(page.prerequisites)),)

    async def before_start(self) -> None:
        """Remember where the machine is at home."""
        if self._page is not None:
            await remember(self.bench, self._page.relationship)

    @property
    def _chosen(self) -> UnplannedFailover | None:
        page, row = self._page, self.points.indexOfTopLevelItem(self.points.currentItem())
        if page is None or page.relationship.receiver is None or not 0 <= row < len(page.points):
            return None
        point, loss = page.points[row]
        return UnplannedFailover(page.relationship.receiver, point, loss, self.starts.isChecked())

    def _show_loss(self) -> None:
        chosen = self._chosen
        told = unplanned_confirmation(chosen) if chosen is not None else None
        self.loss.setText(chosen.loss.sentence if chosen is not None else "")
        self.undo.setText(told.undo if told is not None else "")
        self.changed()

    def _type(self) -> None:
        self._is_tried = False
        self.changed()


def _points() -> QTreeWidget:
    points = QTreeWidget()
    points.setObjectName("recovery_points")
    points.setAccessibleName(_("Recovery points"))
    points.setHeaderLabels((_("Recovery point"), _("Time"), _("Age"), _("Lost")))
    points.setRootIsDecorated(False)
    points.setMinimumHeight(110)
    for column, width in enumerate((260, 140, 90)):
        points.setColumnWidth(column, width)
    return points


def _item(point: RecoveryPoint, loss: Loss, now: datetime.datetime) -> QTreeWidgetItem:
    taken = point.taken
    time = f"{taken.astimezone():%Y-%m-%d %H:%M:%S}" if taken is not None else _("Not known")
    age = duration_text((now - taken).total_seconds()) if taken is not None else _("Not known")
    size = size_text(loss.size) if loss.size is not None else _("Not known")
    item = QTreeWidgetItem([point.kind.word, time, age, size])
    item.setToolTip(0, tip(point.name or point.kind.word))
    return item
