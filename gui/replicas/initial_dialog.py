"""The dialog Start Initial Replication: over the network now or later, to media, or on the basis of what is there."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from PySide6.QtCore import QDateTime
from PySide6.QtWidgets import QCheckBox, QDateTimeEdit, QHBoxLayout, QRadioButton, QWidget

from core.failover.initial import InitialCopy, Method, start_plan
from core.failover.resynchronization import MOST_AHEAD
from core.hyperv.paths import folder_fault, tidy
from core.jobs.plan import Plan
from core.language import _
from core.replicas.side import Side
from core.wizards.wizard import Problem
from gui.folder_dialog import FolderDialog
from gui.form import line_edit, push_button
from gui.replicas.action_dialog import ActionDialog
from gui.replicas.workbench import Workbench


class InitialDialog(ActionDialog):
    """``sender`` waits for its initial replication."""

    def __init__(self, sender: Side, bench: Workbench, parent: QWidget) -> None:
        names = {"machine": sender.row.machine_name, "host": sender.host.name}
        super().__init__(
            "start_initial_replication",
            _("Start Initial Replication"),
            _("How does the initial copy of {machine} get to its replica?").format(**names),
            _("Star&t"),
            bench,
            parent,
        )
        self.mark_practice(is_practice=bench.is_practice(sender.host))
        self.resize(560, 340)
        self._sender = sender
        self._is_tried = False
        self._ways = {
            Method.NETWORK: QRadioButton(_("Send it over the &network")),
            Method.MEDIA: QRadioButton(_("&Write it to external media, in this folder of {host}:").format(**names)),
            Method.EXISTING: QRadioButton(_("&Use the virtual machine that the Replica server has already")),
        }
        for method, button in self._ways.items():
            button.setObjectName(method.value)
            button.toggled.connect(lambda _is_on: self._choose())
        self.folder = line_edit("folder", _("Folder for the initial copy"))
        self.folder.textChanged.connect(lambda _text: self.changed())
        browse = push_button("browse_folder", _("&Browse..."), self._browse)
        self._folder_row = QWidget()
        row = QHBoxLayout(self._folder_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        self.later = QCheckBox(_("Begin &at, by the clock of {host}:").format(**names))
        self.later.setObjectName("later")
        self.later.toggled.connect(lambda _is_on: self._choose())
        self.begins = QDateTimeEdit()
        self.begins.setObjectName("begins")
        self.begins.setAccessibleName(_("Time at which it begins, by the clock of the host"))
        self.begins.setCalendarPopup(True)
        clock = QDateTime(sender.read_at.replace(tzinfo=None, second=0, microsecond=0))
        self.begins.setMinimumDateTime(clock)
        self.begins.setMaximumDateTime(clock.addSecs(int(MOST_AHEAD.total_seconds())))
        self.begins.setDateTime(clock.addSecs(3600))
        self.begins.dateTimeChanged.connect(lambda _when: self.changed())
        self.body.addWidget(self._ways[Method.NETWORK])
        self.body.addWidget(self._ways[Method.MEDIA])
        self.body.addWidget(self._folder_row)
        for widget in (self._ways[Method.EXISTING], self.later, self.begins):
            self.body.addWidget(widget)
        self.body.addStretch()
        self._ways[Method.NETWORK].setChecked(True)
        self.load()

    def problems(self) -> Sequence[Problem]:
        """A folder that is none, once it was tried."""
        if self._method is not Method.MEDIA or not self._is_tried:
            return ()
        fault = folder_fault(self.folder.text().strip())
        cure = _("Type a full path on {host}, such as E:\\Replicas.").format(host=self._sender.host.name)
        return (Problem("folder", fault, cure),) if fault else ()

    def plans(self) -> Sequence[Plan]:
        """One job, which ends when the host has begun."""
        when = self.begins.dateTime()
        date, time = when.date(), when.time()
        at = datetime.datetime(date.year(), date.month(), date.day(), time.hour(), time.minute())
        is_later = self.later.isChecked() and self._method is not Method.MEDIA
        folder = tidy(self.folder.text().strip()) if self._method is Method.MEDIA else ""
        return (start_plan(self._sender, InitialCopy(self._method, folder, at if is_later else None)),)

    def carry_out(self) -> None:
        """Start it, unless the folder is none."""
        self._is_tried = True
        super().carry_out()

    @property
    def _method(self) -> Method:
        return next((method for method, button in self._ways.items() if button.isChecked()), Method.NETWORK)

    def _choose(self) -> None:
        is_media = self._method is Method.MEDIA
        self._folder_row.setEnabled(is_media)
        self.later.setEnabled(not is_media)
        self.begins.setEnabled(self.later.isChecked() and not is_media)
        self._is_tried = False
        self.changed()

    def _browse(self) -> None:
        dialog = FolderDialog(self.bench.estate, self._sender.host, self.folder.text(), self.bench.tasks, self)
        dialog.chosen.connect(self.folder.setText)
        self.bench.open_dialog(dialog)
