"""The dialog Resynchronize: why it is needed, what it costs, how long it takes, and when it begins."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QDateTime
from PySide6.QtWidgets import QDateTimeEdit, QHBoxLayout, QLabel, QRadioButton, QWidget

from core.failover.resynchronization import MOST_AHEAD, Cost, full_copy_plan, reasons, resynchronization_plan
from core.failover.settings import Settings, settings_plan
from core.jobs.plan import Plan
from core.language import _, ngettext
from core.replicas.relationship import Relationship
from core.replicas.side import Side
from core.wizards.wizard import Problem
from gui.panels.notice import text_label
from gui.replicas.action_dialog import ActionDialog
from gui.replicas.settings_dialog import span_of, time_of_day
from gui.replicas.workbench import Workbench


class ResynchronizeDialog(ActionDialog):
    """``relationships`` have a side that sends each; ``skipped`` are sentences about machines that are left alone."""

    def __init__(
        self, relationships: Sequence[Relationship], skipped: Sequence[str], bench: Workbench, parent: QWidget
    ) -> None:
        text = _("Resynchronize {machine}?").format(machine=relationships[0].machine_name)
        if len(relationships) > 1:
            several = ngettext(
                "Resynchronize {count} virtual machine?", "Resynchronize {count} virtual machines?", len(relationships)
            )
            text = several.format(count=len(relationships))
        super().__init__("resynchronize", _("Resynchronize"), text, _("&Resynchronize"), bench, parent)
        self._relationships = tuple(each for each in relationships if each.sender is not None)
        self.mark_practice(is_practice=any(bench.is_practice(each.host) for each in self._senders))
        self.resize(600, 460)
        self._costs: tuple[Cost, ...] = ()
        self._plans: tuple[Plan, ...] = ()
        why = list(dict.fromkeys(line for side in self._senders for line in reasons(side)))
        self.why = text_label("\n".join(why), selectable=True)
        self.why.setObjectName("why")
        self.why.setVisible(bool(why))
        self.cost = text_label(selectable=True)
        self.cost.setObjectName("cost")
        self.now = _choice("now", _("Resynchronize &now"))
        self.later = _choice("later", _("Begin &at:"))
        self.by_itself = _choice("by_itself", _("By &itself, whenever it is needed, between:"))
        self.full = _choice("full", _("Send a &full copy instead; the replication is made anew"))
        self.full.setVisible(False)
        self.now.setChecked(True)
        self.begins = QDateTimeEdit()
        self.begins.setObjectName("begins")
        self.begins.setAccessibleName(_("Time at which it begins, by the clock of the host"))
        self.begins.setCalendarPopup(True)
        self.begins.setEnabled(False)
        self.later.toggled.connect(self.begins.setEnabled)
        usual = Settings.of(self._senders[0])
        self.earliest = time_of_day("earliest", _("Earliest time of day"), usual.begins)
        self.latest = time_of_day("latest", _("Latest time of day"), usual.ends)
        span = QWidget()
        row = QHBoxLayout(span)
        row.setContentsMargins(22, 0, 0, 0)
        for part in (self.earliest, QLabel("-"), self.latest):
            row.addWidget(part)
        row.addStretch()
        span.setEnabled(False)
        self.by_itself.toggled.connect(span.setEnabled)
        for edit in (self.earliest, self.latest):
            edit.timeChanged.connect(lambda _time: self.changed())
        for choice in (self.now, self.later, self.by_itself, self.full):
            choice.toggled.connect(lambda _is_on: self.changed())
        self.begins.dateTimeChanged.connect(lambda _when: self.changed())
        for widget in (self.why, self.cost, self.now, self.later, self.begins, self.by_itself, span, self.full):
            self.body.addWidget(widget)
        for line in skipped:
            self.body.addWidget(text_label(line))
        self.body.addStretch()
        self.load()

    async def read(self) -> None:
        """Read the disks, and for a full copy which are left out and how the one host reaches the other."""
        desk = self.bench.desk
        self._costs = tuple(await asyncio.gather(*(desk.resynchronization(side) for side in self._senders)))
        told = [sentence for cost in self._costs for sentence in cost.sentences]
        self.cost.setText("\n".join(dict.fromkeys(told)))
        read_at = self._senders[0].read_at
        clock = QDateTime(read_at.replace(tzinfo=None, second=0, microsecond=0))
        self.begins.setMinimumDateTime(clock)
        self.begins.setMaximumDateTime(clock.addSecs(int(MOST_AHEAD.total_seconds())))
        self.begins.setDateTime(clock.addSecs(3600))
        one = self._relationships[0] if len(self._relationships) == 1 else None
        journey = await desk.journey(one) if one is not None and not one.is_extension else None
        if one is not None and journey is not None and one.receiver is not None:
            excluded = await desk.excluded(self._senders[0])
            self._plans = (full_copy_plan(one, journey.link_away, excluded=excluded),)
        is_long = any(cost.is_too_long for cost in self._costs)
        self.full.setVisible(bool(self._plans))
        if is_long and self._plans:
            self.full.setChecked(True)

    def problems(self) -> Sequence[Problem]:
        """That it is to happen by itself already changes nothing."""
        if self.by_itself.isChecked() and not self.plans():
            what = _("It begins by itself already, in that time.")
            return (Problem("by_itself", what, _("Choose another way.")),)
        return ()

    def plans(self) -> Sequence[Plan]:
        """A job for each machine."""
        if self.full.isChecked():
            return self._plans
        if self.by_itself.isChecked():
            return [plan for side in self._senders if (plan := settings_plan(side, self._automatic(side))) is not None]
        begins = self._begins if self.later.isChecked() else None
        return [resynchronization_plan(side, begins=begins) for side in self._senders]

    def _automatic(self, side: Side) -> Settings:
        """The settings of a side, with the time of day that is chosen."""
        begins, ends = span_of(self.earliest), span_of(self.latest)
        return replace(Settings.of(side), resynchronizes=True, begins=begins, ends=ends)

    @property
    def _begins(self) -> datetime.datetime:
        when = self.begins.dateTime()
        date, time = when.date(), when.time()
        return datetime.datetime(date.year(), date.month(), date.day(), time.hour(), time.minute())

    @property
    def _senders(self) -> tuple[Side, ...]:
        return tuple(each.sender for each in self._relationships if each.sender is not None)


def _choice(name: str, text: str) -> QRadioButton:
    button = QRadioButton(text)
    button.setObjectName(name)
    return button
