"""What the hosts of a machine have logged about it."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from core.estate.connection import HostKey
from core.hyperv.events import read_events
from core.language import _
from gui.form import close_row, dialog_column
from gui.panels.event_list import EventList
from gui.panels.notice import Notice, text_label
from gui.replicas.workbench import Workbench

_SPAN = datetime.timedelta(days=1)


class EventsDialog(QDialog):
    """Reads the logs of ``hosts`` of the last day, each from its host."""

    def __init__(
        self, machine_id: UUID, machine_name: str, hosts: Sequence[HostKey], bench: Workbench, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("replication_events")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Events of {machine}").format(machine=machine_name))
        self.resize(720, 460)
        self.events = EventList("replication_event_list")
        self.notice = Notice()
        column = dialog_column(self)
        column.addWidget(text_label(_("What the hosts have logged about the machine in the last 24 hours:")))
        column.addWidget(self.events, 1)
        column.addWidget(self.notice)
        column.addLayout(close_row(self))
        self._bench = bench
        self._reading = bench.tasks.start(self._read(machine_id, hosts), f"read events of {machine_name}")

    def done(self, result: int) -> None:
        """End the dialog."""
        self._reading.cancel()
        super().done(result)

    async def _read(self, machine_id: UUID, hosts: Sequence[HostKey]) -> None:
        self.notice.say("busy", _("The logs of the hosts are being read..."))
        since = datetime.datetime.now(datetime.UTC) - _SPAN
        ask = self._bench.estate.ask
        told = await asyncio.gather(*(read_events(partial(ask, host), host.name, machine_id, since) for host in hosts))
        self.notice.clear()
        self.events.show_events(told)
