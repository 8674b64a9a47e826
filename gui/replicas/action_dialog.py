"""A dialog that reads the hosts, lets something be chosen, shows what runs, and starts it as a job."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLayoutItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.jobs.admission import NotStarted
from core.jobs.plan import Plan
from core.kept_file import NotKept
from core.language import _
from core.remoting.errors import RemotingError
from core.wizards.wizard import Problem, obstacles
from gui import theme
from gui.form import dialog_column, push_button
from gui.icons import icon
from gui.panels.notice import text_label
from gui.panels.problem_list import ProblemNotice
from gui.replicas.workbench import Workbench
from gui.wizards.fix_dialog import FixDialog, script_of
from gui.wizards.tab_order import put_in_order

_SCRIPT_HEIGHT = 110


class ActionDialog(QDialog):
    """A dialog of its own kind fills ``body``, and says what to read, what is wrong, and which plans come of it.

    It closes when the jobs have begun; what keeps one from that is told in the ``notice``, and the dialog stays.
    ``settled`` is emitted when it waits for nothing.
    """

    settled = Signal()

    def __init__(self, name: str, title: str, question: str, commit: str, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowIcon(icon("replica"))
        self.bench = bench
        self.is_read = False
        self._is_warned = False
        self._task: asyncio.Task[None] | None = None
        self.question = text_label(question)
        self.question.setObjectName("question")
        self.question.setFont(theme.text_font(12))
        theme.look(self.question, "question")
        self._head = QHBoxLayout()
        self._head.setSpacing(12)
        self._head.addWidget(self.question, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(9)
        self.notice = ProblemNotice(offers_fixes=True)
        self.notice.fix_asked.connect(self._ask_to_fix)
        self.script = _script()
        self.commit = QPushButton(commit)
        self.commit.setObjectName("commit")
        self.commit.setAutoDefault(False)
        self.commit.clicked.connect(self.carry_out)
        self._script_button = push_button("show_script", _("Show &Script"), lambda: None)
        self._script_button.setCheckable(True)
        self._script_button.toggled.connect(self._show_script)
        self._copy = push_button("copy_script", _("Cop&y"), self._copy_script)
        self._copy.hide()
        self._cancel = push_button("cancel", _("Cancel"), self.reject)
        self._cancel.setDefault(True)
        self._column = dialog_column(self)

    async def read(self) -> None:
        """Read what is shown. Raises RemotingError."""

    def problems(self) -> Sequence[Problem]:
        """What is wrong with what is chosen, and what should be known."""
        return ()

    def plans(self) -> Sequence[Plan]:
        """What comes of what is chosen, if nothing is wrong with it."""
        return ()

    async def before_start(self) -> None:
        """Keep what is needed later. Raises RemotingError and NotKept."""

    async def is_refused(self) -> bool:
        """Whether a host refuses what is chosen, which ``problems`` tell then."""
        return False

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is awaited."""
        return self._task is not None and not self._task.done()

    def mark_practice(self, *, is_practice: bool) -> None:
        """Say that it is about simulated hosts."""
        if is_practice:
            mark = QLabel(_("Practice"))
            theme.look(mark, "practice")
            self._head.addWidget(mark, alignment=Qt.AlignmentFlag.AlignTop)

    def load(self) -> None:
        """Read the hosts, and show what they say."""
        if self._column.isEmpty():
            self._arrange()
        self._begin(self._load(), _("The hosts are being asked..."))

    def changed(self) -> None:
        """Something else was chosen."""
        if self.is_read:
            self._show_problems()
            self._show_script(self._script_button.isChecked())
            self._order()

    def carry_out(self) -> None:
        """Start what was chosen, unless something is wrong with it."""
        if self.is_waiting or not self.is_read:
            return
        if obstacles(tuple(self.problems())):
            self._show_problems()
            return
        self._begin(self._start(), _("The job is being started..."))

    def done(self, result: int) -> None:
        """End the dialog, and wait for nothing."""
        if self._task is not None:
            self._task.cancel()
        super().done(result)

    def _arrange(self) -> None:
        """Put everything in its place, from top to bottom: Tab goes in the order in which that is done."""
        self._column.addLayout(self._head)
        self._column.addLayout(self.body, 1)
        self._column.addWidget(self.notice)
        self._column.addWidget(self.script)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._script_button)
        row.addWidget(self._copy)
        row.addStretch()
        row.addWidget(self.commit)
        row.addWidget(self._cancel)
        self._column.addLayout(row)
        self._cancel.setFocus()

    def _order(self) -> None:
        """Let Tab go as one reads, with what has come since."""
        widgets = [each for number in range(self.body.count()) for each in _widgets(self.body.itemAt(number))]
        below = (self.notice, self.script, self._script_button, self._copy, self.commit, self._cancel)
        put_in_order(self, *widgets, *below)

    def _copy_script(self) -> None:
        QGuiApplication.clipboard().setText(self.script.toPlainText())

    def _show_script(self, is_shown: bool) -> None:
        if is_shown:
            plans = () if obstacles(tuple(self.problems())) else self.plans()
            self.script.setPlainText("\n".join(script_of(plan) for plan in plans))
        self.script.setVisible(is_shown)
        self._copy.setVisible(is_shown)

    def _begin(self, work: Coroutine[object, object, None], words: str) -> None:
        if self._task is not None:
            self._task.cancel()
        self.notice.say("busy", words)
        self.commit.setEnabled(False)
        self._task = self.bench.tasks.start(work, self.objectName())

    async def _load(self) -> None:
        try:
            await self.read()
        except RemotingError as error:
            self._fail(f"{error.sentence} {error.cause}", error.cure)
            return
        self.is_read = True
        self._settle()
        self.changed()

    async def _start(self) -> None:
        try:
            if not self._is_warned:
                await self.before_start()
        except RemotingError as error:
            self._fail(f"{error.sentence} {error.cause}", error.cure)
            return
        except NotKept as error:
            # It is remembered for this run: who presses the button again wants to go on.
            self._is_warned = True
            self._fail(str(error), _("Press the button again to go on: it is remembered for this run only."))
            return
        if await self.is_refused():
            self._settle()
            self._show_problems()
            return
        refused = [why for plan in self.plans() if (why := await self._start_one(plan))]
        if refused:
            self._fail("\n".join(what for what, _cure in refused), refused[0][1])
            return
        self._task = None
        self.accept()

    async def _start_one(self, plan: Plan) -> tuple[str, str] | None:
        try:
            await self.bench.start(plan)
        except NotStarted as error:
            return error.what, error.cure
        except RemotingError as error:
            return f"{error.sentence} {error.cause}", error.cure
        return None

    def _fail(self, what: str, cure: str) -> None:
        self._settle()
        self.notice.say("error", what, cure)

    def _settle(self) -> None:
        self._task = None
        self.notice.clear()
        self.commit.setEnabled(self.is_read)
        self.settled.emit()

    def _show_problems(self) -> None:
        found = tuple(self.problems())
        if found:
            self.notice.say_problems(found)
        else:
            self.notice.clear()

    def _ask_to_fix(self, problem: Problem) -> None:
        if problem.fix is None:
            return
        dialog = FixDialog(problem, problem.fix, self.bench.carry_out, self.bench.tasks, self)
        dialog.finished.connect(lambda _result: self.load() if dialog.was_started else None)
        self.bench.open_dialog(dialog)


def _widgets(item: QLayoutItem) -> list[QWidget]:
    """What stands at one place of a layout, in the order in which it is read."""
    if (widget := item.widget()) is not None:
        return [widget]
    inner = item.layout()
    return [each for n in range(inner.count()) for each in _widgets(inner.itemAt(n))] if inner is not None else []


def icon_label(name: str, widget: QWidget) -> QLabel:
    """A small picture before a line."""
    label = QLabel()
    label.setPixmap(icon(name).pixmap(QSize(16, 16), widget.devicePixelRatioF()))
    return label


def _script() -> QPlainTextEdit:
    script = QPlainTextEdit(readOnly=True)
    script.setObjectName("script")
    script.setAccessibleName(_("PowerShell script"))
    script.setFont(theme.fixed_font())
    script.setTabChangesFocus(True)
    script.setFixedHeight(_SCRIPT_HEIGHT)
    script.hide()
    return script
