"""What the program would do about a problem: in words, as PowerShell, how to undo it; and the button that does it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from core.jobs.admission import NotStarted
from core.jobs.plan import Plan
from core.jobs.status import JobState, JobStatus
from core.language import _
from core.powershell.script import script
from core.remoting.errors import RemotingError
from core.wizards.wizard import Problem
from gui import theme
from gui.icons import icon
from gui.panels.notice import Notice, text_label
from gui.tasks import Tasks

_WIDTH = 600
CarryOut: TypeAlias = Callable[[Plan], Awaitable[JobStatus]]
"""Carries a plan out and returns how it ended. Raises NotStarted or RemotingError when it did not begin."""


class FixDialog(QDialog):
    """Shows the plan that cures ``problem``; it is accepted once the plan is carried out.

    Closing it while the plan is under way leaves the job to itself.
    """

    def __init__(self, problem: Problem, plan: Plan, carry_out: CarryOut, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("fix_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(plan.title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._plan = plan
        self._carry_out = carry_out
        self._tasks = tasks
        self._running: asyncio.Task[None] | None = None
        self.was_started = False
        self.notice = Notice()
        self._script = QPlainTextEdit(script_of(plan), readOnly=True)
        self._script.setObjectName("fix_script")
        self._script.setAccessibleName(_("PowerShell script"))
        self._script.setFont(theme.fixed_font())
        self._script.setTabChangesFocus(True)
        self._script.setMinimumHeight(96)
        self.verb = QPushButton(plan.title)
        self.verb.setObjectName("fix_now")
        self.verb.setDefault(True)
        self.verb.clicked.connect(self._start)
        copy = QPushButton(_("Copy"))
        copy.setObjectName("copy_fix")
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._script.toPlainText()))
        self._close = QPushButton(_("Cancel"))
        self._close.setObjectName("cancel_fix")
        self._close.setAutoDefault(False)
        self._close.clicked.connect(self.reject)
        self._arrange(problem, copy)
        self._fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """End the dialog."""
        self._stop_waiting()
        super().done(result)

    def _arrange(self, problem: Problem, copy: QPushButton) -> None:
        picture = QLabel()
        picture.setPixmap(icon("warning").pixmap(QSize(16, 16), self.devicePixelRatioF()))
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(picture, alignment=Qt.AlignmentFlag.AlignTop)
        head.addWidget(text_label(problem.what), 1)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(9)
        column.addLayout(head)
        for name, value in self._plan.summary:
            line = text_label(f"{name} {value}" if name else value)
            line.setObjectName("fix_line")
            column.addWidget(line)
        column.addWidget(text_label(_("This is what runs:")))
        column.addWidget(self._script, 1)
        for undo_text in dict.fromkeys(action.undo_text for action in self._plan.actions):
            undo = text_label(undo_text)
            undo.setObjectName("fix_undo")
            column.addWidget(undo)
        column.addWidget(self.notice)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(copy)
        buttons.addStretch()
        buttons.addWidget(self.verb)
        buttons.addWidget(self._close)
        column.addLayout(buttons)

    def _fit(self) -> None:
        """Take the height that the texts need at this width."""
        self.resize(_WIDTH, self._column.totalHeightForWidth(_WIDTH))

    def _start(self) -> None:
        self.was_started = True
        self.verb.setEnabled(False)
        self._close.setText(_("Close"))
        self.notice.say("busy", _("The host is at work..."), _("Closing this window leaves the job running."))
        self._fit()
        self._running = self._tasks.start(self._run(), f"fix: {self._plan.title}")

    async def _run(self) -> None:
        try:
            status = await self._carry_out(self._plan)
        except NotStarted as error:
            self._show_failure(error.what, error.cure)
        except RemotingError as error:
            self._show_failure(f"{error.sentence} {error.cause}", error.cure)
        else:
            if status.state is JobState.COMPLETED:
                self._running = None
                self.accept()
            else:
                self._show_failure(f"{status.state.word}: {status.detail}", status.cure)

    def _show_failure(self, what: str, cure: str) -> None:
        self.notice.say("error", what, cure)
        self._fit()
        self.verb.setEnabled(True)

    def _stop_waiting(self) -> None:
        if self._running is not None:
            self._running.cancel()
        self._running = None


def script_of(plan: Plan) -> str:
    """The plan as PowerShell, each host named in a comment above what runs there."""
    lines: list[str] = []
    host = None
    for action in plan.actions:
        if action.host != host:
            host = action.host
            lines.append(_("# On {host}:").format(host=host.name))
        lines.append(script(action.pipeline))
    return "\n".join(lines)
