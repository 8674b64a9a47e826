"""Why a job failed: the host's own words whole, what they mean, what to do, and what the hosts have logged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.hyperv.events import HostEvents
from core.hyperv.known_failures import Explanation
from core.jobs.status import JobStatus
from core.language import _
from gui import theme
from gui.icons import icon
from gui.panels.event_list import EventList
from gui.panels.notice import Notice, text_label
from gui.tasks import Tasks

_SIZE = QSize(720, 560)


class FailureDialog(QDialog):
    """Shows how ``status`` ended. ``read_events`` asks the hosts for their logs; ``retry`` begins anew, if it can."""

    def __init__(
        self,
        status: JobStatus,
        explanation: Explanation | None,
        read_events: Callable[[], Awaitable[Sequence[HostEvents]]],
        retry: Callable[[], None] | None,
        tasks: Tasks,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("failure")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("{job}: {state}").format(job=status.title, state=status.state.word))
        self.setWindowIcon(icon("error"))
        self.resize(_SIZE)
        self._status = status
        self._explanation = explanation
        self.words = QPlainTextEdit(status.detail, readOnly=True)
        self.words.setObjectName("failure_words")
        self.words.setAccessibleName(_("What the host said"))
        self.words.setTabChangesFocus(True)
        self.words.setMaximumHeight(130)
        self.meaning = text_label(self._meaning(), selectable=True)
        self.meaning.setObjectName("failure_meaning")
        self.cure = text_label(explanation.cure if explanation is not None else status.cure, selectable=True)
        self.cure.setObjectName("failure_cure")
        self.events = EventList("failure_events")
        self.notice = Notice()
        self.retry = QPushButton(_("&Retry..."))
        self.retry.setObjectName("failure_retry")
        self.retry.setVisible(retry is not None)
        self.retry.clicked.connect(lambda: self._retry(retry))
        self._arrange()
        self._reading = tasks.start(self._read(read_events), "read the logs of the hosts")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the hosts no longer."""
        self._reading.cancel()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """End the dialog."""
        self._reading.cancel()
        super().done(result)

    def text(self) -> str:
        """Everything that is shown, to be sent to somebody."""
        lines = [self.windowTitle(), "", self._status.detail, "", self.meaning.text(), self.cure.text()]
        lines += [finding.what for finding in self._status.findings]
        return "\n".join((*lines, *self.events.lines()))

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(7)
        for title, content in (
            (_("What the host said:"), self.words),
            (_("What it means:"), self.meaning),
            (_("What to do:"), self.cure),
        ):
            if isinstance(content, QLabel) and not content.text():
                continue
            column.addWidget(_heading(title))
            column.addWidget(content)
        for finding in self._status.findings:
            column.addWidget(text_label(f"{finding.what} {finding.cure}".strip(), selectable=True))
        column.addWidget(_heading(_("What the hosts have logged about the machine:")))
        column.addWidget(self.events, 1)
        column.addWidget(self.notice)
        copy = QPushButton(_("Cop&y"))
        copy.setObjectName("failure_copy")
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        close = QPushButton(_("Close"))
        close.setObjectName("failure_close")
        close.setDefault(True)
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(copy)
        buttons.addStretch()
        buttons.addWidget(self.retry)
        buttons.addWidget(close)
        column.addLayout(buttons)

    def _meaning(self) -> str:
        if self._explanation is not None:
            return self._explanation.cause
        return _("No explanation is known for this message: the host's own words are all there is.")

    def _retry(self, retry: Callable[[], None] | None) -> None:
        self.accept()
        if retry is not None:
            retry()

    async def _read(self, read_events: Callable[[], Awaitable[Sequence[HostEvents]]]) -> None:
        self.notice.say("busy", _("The logs of the hosts are being read..."))
        events = await read_events()
        self.notice.clear()
        self.events.show_events(events)


def _heading(text: str) -> QLabel:
    label = text_label(text)
    label.setFont(theme.text_font(bold=True))
    return label
