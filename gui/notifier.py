"""Tells a user who looks at another program's window that a long job has ended."""

from __future__ import annotations

import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from core.amounts import duration_text
from core.jobs.status import JobState, JobStatus
from core.language import _
from gui.front import come_to_front

LONG = datetime.timedelta(minutes=2)
"""Who waits for less is still there."""


class Notifier(QObject):
    """Notices which jobs end. ``notified`` is emitted with the title and the words of a notification."""

    notified = Signal(str, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._under_way: set[int] = set()
        self._tray: QSystemTrayIcon | None = None

    def note(self, status: JobStatus) -> None:
        """Take in where a job stands, and notify if it is a long one that has just ended unseen."""
        if not status.state.is_final:
            self._under_way.add(status.number)
            return
        if status.number not in self._under_way:
            return
        self._under_way.discard(status.number)
        if status.began_at is None or status.ended_at is None or status.ended_at - status.began_at <= LONG:
            return
        if QApplication.activeWindow() is None:
            self._notify(status, status.ended_at - status.began_at)

    def _notify(self, status: JobStatus, took: datetime.timedelta) -> None:
        title = _("{job}: {state}").format(job=status.title, state=status.state.word)
        words = status.detail or _("It took {time}.").format(time=duration_text(took.total_seconds()))
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable():
            is_fine = status.state is JobState.COMPLETED
            kind = QSystemTrayIcon.MessageIcon.Information if is_fine else QSystemTrayIcon.MessageIcon.Warning
            self._in_tray().showMessage(title, words, kind)
        self.notified.emit(title, words)

    def _in_tray(self) -> QSystemTrayIcon:
        """The icon that a message hangs on; it stands in the tray from the first message on."""
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.setToolTip(_("VM Ferry"))
            self._tray.messageClicked.connect(self._come_to_front)
            self._tray.activated.connect(self._come_to_front)
            self._tray.show()
        return self._tray

    def _come_to_front(self) -> None:
        come_to_front(self._window)
