"""In what replicas differ from their primaries: what that means after a failover, and what makes them alike again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QTreeWidget, QTreeWidgetItem, QWidget

from core.failover.drift_fixes import bulk_connection, fix
from core.hyperv.query import UnexpectedAnswer
from core.jobs.plan import Plan
from core.language import _, ngettext
from core.remoting.errors import RemotingError
from core.replicas.drift import Configuration, Difference, differences, read_configuration
from core.replicas.relationship import Relationship
from core.replicas.side import Side
from core.wizards.wizard import Problem
from gui.form import close_row, dialog_column, push_button
from gui.icons import icon
from gui.panels.notice import Notice, text_label
from gui.plain_text import tip
from gui.plan_question import PlanQuestion, PlanTexts
from gui.replicas.switches_dialog import SwitchesDialog
from gui.replicas.workbench import Workbench
from gui.wizards.fix_dialog import FixDialog

_WIDTHS = (150, 280, 190, 130)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A machine on both hosts, and in what the two differ."""

    relationship: Relationship
    primary: Configuration
    replica: Configuration

    @property
    def found(self) -> tuple[Difference, ...]:
        """The differences."""
        return differences(self.primary, self.replica)


class DriftDialog(QDialog):
    """``relationships`` are compared; ``settled`` follows each reading."""

    settled = Signal()

    def __init__(self, relationships: Sequence[Relationship], bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("drift")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Compare with Replica"))
        self.setWindowIcon(icon("replica"))
        self.resize(860, 460)
        self._relationships = relationships
        self._bench = bench
        self._compared: tuple[_Compared, ...] = ()
        self._rows: list[tuple[_Compared, Difference]] = []
        self._task: asyncio.Task[None] | None = None
        self.notice = Notice()
        self.rows = _rows()
        self.rows.currentItemChanged.connect(lambda _now, _before: self._offer())
        self.consequence = text_label(selectable=True)
        self.consequence.setObjectName("consequence")
        self._fix = push_button("fix_drift", _("&Fix..."), self._ask_to_fix)
        self._connect = push_button("connect_all", _("Connect &All Adapters..."), self._ask_to_connect)
        again = push_button("compare_again", _("&Compare Again"), self.load)
        what = _("Settings are not replicated: what is changed on one side has to be changed on the other.")
        column = dialog_column(self)
        column.addWidget(text_label(what))
        column.addWidget(self.rows, 1)
        column.addWidget(self.consequence)
        column.addWidget(self.notice)
        column.addLayout(close_row(self, again, self._fix, self._connect))
        self.load()

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is awaited."""
        return self._task is not None and not self._task.done()

    def load(self) -> None:
        """Read both hosts of each machine, and compare."""
        self.notice.say("busy", _("The hosts are being asked..."))
        self._task = self._bench.tasks.start(self._load(), "compare with replicas")

    def done(self, result: int) -> None:
        """End the dialog."""
        if self._task is not None:
            self._task.cancel()
        super().done(result)

    async def _load(self) -> None:
        told = await asyncio.gather(*(self._compare(each) for each in self._relationships))
        self._compared = tuple(each for each in told if isinstance(each, _Compared))
        unread = [each for each in told if isinstance(each, str)]
        self._rows = [(each, difference) for each in self._compared for difference in each.found]
        self.rows.clear()
        for each, difference in self._rows:
            values = [each.relationship.machine_name, difference.what, difference.primary, difference.replica]
            item = QTreeWidgetItem(values)
            item.setToolTip(1, tip(difference.consequence))
            item.setIcon(1, icon("warning"))
            self.rows.addTopLevelItem(item)
        self._task = None
        if unread:
            self.notice.say("error", "\n".join(unread), _("Compare again when the hosts answer."))
        elif not self._rows:
            text = ngettext("The replica is like its primary.", "The replicas are like their primaries.", len(told))
            self.notice.say("info", text)
        else:
            self.notice.clear()
        self.rows.setCurrentItem(self.rows.topLevelItem(0))
        self._offer()
        self.settled.emit()

    async def _compare(self, relationship: Relationship) -> _Compared | str:
        """A machine on both hosts; why it cannot be compared, in sentences, where it cannot."""
        sides = relationship.known
        if len(sides) < 2:
            return relationship.absence.sentence if relationship.absence is not None else ""
        try:
            primary, replica = await asyncio.gather(*(self._read(side) for side in sides))
        except RemotingError as error:
            return f"{error.sentence} {error.cause}"
        except UnexpectedAnswer as error:
            return str(error)
        if primary is None or replica is None:
            return _("{machine} is not listed on both hosts.").format(machine=relationship.machine_name)
        return _Compared(relationship, primary, replica)

    async def _read(self, side: Side) -> Configuration | None:
        picture = await self._bench.estate.reread(side.host)
        inventory = picture.inventory
        machine = inventory.machine(side.machine_id) if inventory is not None else None
        if inventory is None or machine is None:
            return None
        switches = tuple(switch.name for switch in inventory.switches)
        return await read_configuration(partial(self._bench.estate.ask, side.host), side, machine, switches)

    @property
    def _chosen(self) -> tuple[_Compared, Difference] | None:
        row = self.rows.indexOfTopLevelItem(self.rows.currentItem())
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def _plan(self) -> Plan | None:
        if self._chosen is None:
            return None
        each, difference = self._chosen
        return fix(difference, each.primary, each.replica, each.relationship)

    def _offer(self) -> None:
        chosen = self._chosen
        self.consequence.setText(chosen[1].consequence if chosen is not None else "")
        self._fix.setEnabled(self._plan() is not None)
        self._fix.setToolTip("" if self._fix.isEnabled() else _("Only somebody who knows the machine can do that."))
        self._connect.setEnabled(all(self._switches))

    @property
    def _switches(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The switches of primaries whose replicas are not connected, and those that replicas could be connected to."""
        named: dict[str, None] = {}
        for each in self._compared:
            for adapter, copy in zip(each.primary.adapters, each.replica.adapters, strict=False):
                if adapter.switch_name and not copy.switch_name:
                    named[adapter.switch_name] = None
        offered = dict.fromkeys(name for each in self._compared for name in each.replica.switches)
        return tuple(named), tuple(offered)

    def _ask_to_fix(self) -> None:
        chosen, plan = self._chosen, self._plan()
        if chosen is None or plan is None:
            return
        problem = Problem("", chosen[1].what, chosen[1].consequence, fix=plan)
        dialog = FixDialog(problem, plan, self._bench.carry_out, self._bench.tasks, self)
        dialog.finished.connect(lambda _result: self.load() if dialog.was_started else None)
        self._bench.open_dialog(dialog)

    def _ask_to_connect(self) -> None:
        """Ask which switch at the replica site stands for which at the primary site, and before anything is sent."""
        named, offered = self._switches
        dialog = SwitchesDialog(named, offered, self)
        dialog.chosen.connect(self._confirm)
        self._bench.open_dialog(dialog)

    def _confirm(self, mapping: Mapping[str, str]) -> None:
        pairs = [(each.primary, each.replica) for each in self._compared]
        plans = bulk_connection(pairs, mapping).plans
        if not plans:
            self.notice.say("info", _("Nothing is to be connected: no host has the switches that were chosen."))
            return
        question = ngettext(
            "Connect the network adapters of {count} replica?",
            "Connect the network adapters of {count} replicas?",
            len(plans),
        )
        texts = PlanTexts(
            title=_("Connect All Adapters"),
            question=question.format(count=len(plans)),
            consequence=_("Only what is not connected is changed. A failover brings the machines onto these networks."),
            commit=_("C&onnect"),
        )
        whole = Plan(texts.title, plans[0].host, tuple(action for plan in plans for action in plan.actions))
        is_practice = self._bench.is_practice(plans[0].host)
        dialog = PlanQuestion(texts, whole, is_practice=is_practice, parent=self)
        dialog.accepted.connect(lambda: self._bench.tasks.start(self._carry_out(plans), "connect replicas"))
        self._bench.open_dialog(dialog)

    async def _carry_out(self, plans: Sequence[Plan]) -> None:
        self.notice.say("busy", _("The host is at work..."))
        # The jobs of all machines run side by side, and what became of each stands beside it in the list of jobs.
        await asyncio.gather(*(self._bench.carry_out(plan) for plan in plans), return_exceptions=True)
        self.load()


def _rows() -> QTreeWidget:
    rows = QTreeWidget()
    rows.setObjectName("differences")
    rows.setAccessibleName(_("Differences"))
    rows.setHeaderLabels((_("Virtual machine"), _("What differs"), _("Primary"), _("Replica")))
    rows.setRootIsDecorated(False)
    for column, width in enumerate(_WIDTHS):
        rows.setColumnWidth(column, width)
    return rows
