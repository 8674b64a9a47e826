"""The dialog Planned Failover: what it needs, ticked one by one, what follows it, and both halves as one job."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from core.failover.desk import PlannedPage
from core.failover.planned import PlannedFailover, planned_plan
from core.failover.prerequisites import Prerequisite, obstacles, passed
from core.hyperv.states import MachineState
from core.jobs.plan import Plan
from core.language import _
from core.replicas.relationship import Relationship
from core.wizards.wizard import Problem
from gui.panels.notice import text_label
from gui.replicas.action_dialog import ActionDialog
from gui.replicas.journeys import remember
from gui.replicas.prerequisite_list import PrerequisiteList
from gui.replicas.workbench import Workbench


class PlannedDialog(ActionDialog):
    """Everything is read when it opens, and again when the direction afterwards is chosen otherwise."""

    def __init__(self, relationship: Relationship, bench: Workbench, parent: QWidget) -> None:
        names = {
            "machine": relationship.machine_name,
            "primary": relationship.primary_name,
            "replica": relationship.replica_name,
        }
        super().__init__(
            "planned_failover",
            _("Planned Failover"),
            _("Fail {machine} over from {primary} to {replica}, as planned?").format(**names),
            _("&Fail Over"),
            bench,
            parent,
        )
        self.mark_practice(is_practice=bench.is_practice(relationship.side.host))
        self.resize(620, 560)
        self._relationship = relationship
        self._page: PlannedPage | None = None
        self.prerequisites = PrerequisiteList()
        self.prerequisites.fix_asked.connect(self._ask_to_fix)
        self.shuts_down = _box("shuts_down", _("Shut the virtual machine &down on {primary} first").format(**names))
        self.reverses = _box("reverses", _("&Reverse the replication direction after failover"))
        self.starts = _box("starts", _("S&tart the Replica virtual machine after failover"))
        self.reverses.toggled.connect(lambda _is_on: self.load())
        for box in (self.shuts_down, self.starts):
            box.toggled.connect(lambda _is_on: self._show())
        self.outcome = text_label(selectable=True)
        self.outcome.setObjectName("outcome")
        needs = QLabel(_("What it needs:"))
        self.body.addWidget(needs)
        self.body.addWidget(self.prerequisites, 1)
        for widget in (self.shuts_down, self.reverses, self.starts, self.outcome):
            self.body.addWidget(widget)
        self.body.addStretch()
        self.load()

    async def read(self) -> None:
        """Read both hosts, and how the replica's host could replicate back."""
        self._page = await self.bench.desk.planned(self._relationship, reverses=self.reverses.isChecked())
        self._show()

    def problems(self) -> Sequence[Problem]:
        """What keeps from it stands in the list already; here is only said that something does."""
        if self._page is not None and obstacles(self._needed) == () and self._chosen is not None:
            return ()
        return (Problem("", _("Something that the failover needs is not met."), _("Look at the list above.")),)

    def plans(self) -> Sequence[Plan]:
        """Both halves, each on its own host."""
        chosen = self._chosen
        return (planned_plan(chosen, checks=passed(self._needed)),) if chosen is not None else ()

    async def before_start(self) -> None:
        """Remember where the machine is at home."""
        if self._page is not None:
            await remember(self.bench, self._page.relationship)

    @property
    def _needed(self) -> tuple[Prerequisite, ...]:
        found = self._page.prerequisites if self._page is not None else ()
        if not self.shuts_down.isChecked():
            return found
        # The job begins with that.
        return tuple(each for each in found if each.problem is None or each.problem.field != "off")

    @property
    def _chosen(self) -> PlannedFailover | None:
        page = self._page
        if page is None or page.machine is None:
            return None
        sender, receiver = page.relationship.sender, page.relationship.receiver
        if sender is None or receiver is None or (self.reverses.isChecked() and page.back is None):
            return None
        back = page.back if self.reverses.isChecked() else None
        return PlannedFailover(
            sender, receiver, page.machine, back, self.starts.isChecked(), self.shuts_down.isChecked()
        )

    def _show(self) -> None:
        page = self._page
        if page is None:
            return
        runs = page.machine is not None and page.machine.state is not MachineState.OFF
        self.shuts_down.setVisible(runs)
        self.prerequisites.show_prerequisites(self._needed)
        plans = () if self.problems() else self.plans()
        self.outcome.setText("\n".join(f"{name} {value}" for plan in plans for name, value in plan.summary))
        self.changed()


def _box(name: str, text: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setObjectName(name)
    box.setChecked(True)
    return box
