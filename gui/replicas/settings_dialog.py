"""The replication settings of a machine, as the wizard that made it has them, to be changed afterwards."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from PySide6.QtCore import QTime
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSpinBox, QTimeEdit, QWidget

from core.amounts import duration_text
from core.failover.settings import (
    EXTENDED_FREQUENCIES,
    FREQUENCIES,
    MOST_CONSISTENT_HOURS,
    MOST_POINTS,
    Settings,
    problems,
    settings_plan,
)
from core.jobs.plan import Plan
from core.language import _
from core.replicas.side import Side
from core.wizards.wizard import Problem
from gui.form import add_row, form_layout
from gui.replicas.action_dialog import ActionDialog
from gui.replicas.workbench import Workbench


class SettingsDialog(ActionDialog):
    """``sender`` is the side that has the settings; the replica takes them over with the next cycle."""

    def __init__(self, sender: Side, bench: Workbench, parent: QWidget) -> None:
        names = {"machine": sender.row.machine_name, "host": sender.host.name}
        super().__init__(
            "replication_settings",
            _("Replication Settings of {machine}").format(**names),
            _("How {host} replicates {machine}").format(**names),
            _("&Apply"),
            bench,
            parent,
        )
        self.mark_practice(is_practice=bench.is_practice(sender.host))
        self.resize(560, 380)
        self._sender = sender
        now = Settings.of(sender)
        offered = FREQUENCIES if sender.is_on_first_leg else EXTENDED_FREQUENCIES
        self.frequency = frequency_box(offered, now.frequency)
        self.history = _number("history", _("Additional recovery points"), MOST_POINTS, now.history)
        self.consistent = _number(
            "consistent_hours",
            _("Hours between consistent recovery points"),
            MOST_CONSISTENT_HOURS,
            now.consistent_hours,
        )
        self.consistent.setSpecialValueText(_("none"))
        self.consistent.setEnabled(sender.is_on_first_leg)
        self.compresses = _tick(
            "compresses", _("&Compress the data that is transmitted over the network"), now.compresses
        )
        self.resynchronizes = _tick(
            "resynchronizes", _("Resynchronize by &itself when that is needed, between:"), now.resynchronizes
        )
        self.begins = time_of_day("begins", _("Earliest time of day"), now.begins)
        self.ends = time_of_day("ends", _("Latest time of day"), now.ends)
        form = form_layout()
        add_row(form, _("&Frequency:"), self.frequency)
        add_row(form, _("Additional &recovery points:"), self.history)
        add_row(form, _("Applicatio&n-consistent, every so many hours:"), self.consistent)
        self.body.addLayout(form)
        self.body.addWidget(self.compresses)
        self.body.addWidget(self.resynchronizes)
        span = QWidget()
        row = QHBoxLayout(span)
        row.setContentsMargins(22, 0, 0, 0)
        row.addWidget(self.begins)
        row.addWidget(QLabel("-"))
        row.addWidget(self.ends)
        row.addStretch()
        self.body.addWidget(span)
        self.body.addStretch()
        self.frequency.currentIndexChanged.connect(lambda _index: self.changed())
        for box in (self.history, self.consistent):
            box.valueChanged.connect(lambda _value: self.changed())
        for tick in (self.compresses, self.resynchronizes):
            tick.toggled.connect(lambda _is_on: self.changed())
        for edit in (self.begins, self.ends):
            edit.timeChanged.connect(lambda _time: self.changed())
        self.load()

    @property
    def chosen(self) -> Settings:
        """The settings as they are chosen."""
        return Settings(
            int(self.frequency.currentData()),
            self.history.value(),
            self.consistent.value(),
            self.compresses.isChecked(),
            self.resynchronizes.isChecked(),
            span_of(self.begins),
            span_of(self.ends),
        )

    def problems(self) -> Sequence[Problem]:
        """What is wrong with what is chosen."""
        return tuple(problems(self.chosen, self._sender))

    def plans(self) -> Sequence[Plan]:
        """What is another than before; nothing where nothing is."""
        plan = settings_plan(self._sender, self.chosen)
        return () if plan is None else (plan,)


def frequency_box(offered: Sequence[int], now: int) -> QComboBox:
    """How often changes are sent."""
    box = QComboBox()
    box.setObjectName("frequency")
    box.setAccessibleName(_("Replication frequency"))
    for seconds in offered:
        box.addItem(duration_text(seconds), seconds)
    box.setCurrentIndex(max(box.findData(now), 0))
    return box


def _number(name: str, accessible_name: str, most: int, now: int) -> QSpinBox:
    box = QSpinBox()
    box.setObjectName(name)
    box.setAccessibleName(accessible_name)
    box.setRange(0, most)
    box.setValue(now)
    return box


def _tick(name: str, text: str, is_on: bool) -> QCheckBox:
    box = QCheckBox(text)
    box.setObjectName(name)
    box.setChecked(is_on)
    return box


def time_of_day(name: str, accessible_name: str, now: datetime.timedelta) -> QTimeEdit:
    """A time of day; ``now`` is that since midnight."""
    edit = QTimeEdit(QTime(0, 0).addSecs(int(now.total_seconds()) % 86400))
    edit.setObjectName(name)
    edit.setAccessibleName(accessible_name)
    edit.setDisplayFormat("HH:mm")
    return edit


def span_of(edit: QTimeEdit) -> datetime.timedelta:
    """What is chosen, since midnight."""
    return datetime.timedelta(seconds=QTime(0, 0).secsTo(edit.time()))
