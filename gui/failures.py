"""Shows why jobs failed, and begins anew with the same choices."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QDialog

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.hyperv.events import HostEvents, read_events
from core.hyperv.failure_codes import explain
from core.jobs.status import JobStatus
from core.remoting.records import ErrorRecord
from gui.failure_dialog import FailureDialog
from gui.main_window import MainWindow
from gui.tasks import Tasks


class Failures:
    """Opens a dialog for a failed job. ``retry`` returns what begins it anew, or None when nothing can."""

    def __init__(
        self,
        estate: Estate,
        window: MainWindow,
        tasks: Tasks,
        open_dialog: Callable[[QDialog], None],
        retry: Callable[[JobStatus], Callable[[], None] | None],
    ) -> None:
        self._estate = estate
        self._window = window
        self._tasks = tasks
        self._open_dialog = open_dialog
        self._retry = retry

    def show(self, status: JobStatus) -> None:
        """Show why a job failed."""
        explanation = explain(status.record or ErrorRecord(status.detail))
        dialog = FailureDialog(
            status, explanation, partial(self._events, status), self._retry(status), self._tasks, self._window
        )
        self._open_dialog(dialog)

    async def _events(self, status: JobStatus) -> Sequence[HostEvents]:
        """What each host of the job has logged about its machine since the job began, read from that host."""
        expected = status.plan.expectation if status.plan is not None else None
        if status.plan is None or expected is None:
            return ()
        since = status.began_at or datetime.datetime.now(datetime.UTC)
        managed = {picture.key for picture in self._estate.pictures}
        return await asyncio.gather(
            *(self._of_host(host, expected.machine_id, since) for host in status.plan.hosts if host in managed)
        )

    async def _of_host(self, host: HostKey, machine_id: UUID, since: datetime.datetime) -> HostEvents:
        return await read_events(partial(self._estate.ask, host), host.name, machine_id, since)
