"""A dialog with a list of pages at the left: read from a host, changed by one plan of what differs."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.hyperv.query import UnexpectedAnswer
from core.jobs.admission import NotStarted
from core.jobs.plan import Plan
from core.jobs.status import JobState
from core.language import _
from core.remoting.errors import RemotingError
from core.wizards.wizard import Problem, obstacles
from gui import theme
from gui.form import form_layout, push_button
from gui.icons import icon
from gui.panels.notice import text_label
from gui.panels.problem_list import ProblemNotice
from gui.plain_text import tip
from gui.tasks import Tasks
from gui.wizards.fix_dialog import CarryOut, script_of
from gui.wizards.tab_order import put_last


class SettingsPage(QWidget):
    """One page: a heading, a sentence, and a form. ``changed`` is emitted when the user has chosen something else.

    ``fields`` are the controls by the field of a Problem that is about them.
    """

    changed = Signal()

    def __init__(self, title: str, explanation: str, icon_name: str) -> None:
        super().__init__()
        self.title = title
        self.icon_name = icon_name
        self.fields: dict[str, QWidget] = {}
        heading = text_label(title)
        heading.setFont(theme.text_font(12))
        theme.look(heading, "question")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 4, 4, 4)
        self.column.setSpacing(10)
        self.column.addWidget(heading)
        self.column.addWidget(text_label(explanation))
        self.form: QFormLayout = form_layout()
        self.column.addLayout(self.form)


class PagesDialog(QDialog):
    """OK makes one plan of what differs and is accepted when it is carried out; Apply stays open.

    Further pages can be put in with ``add_page``. ``obstacle`` says why nothing can be changed; the pages are only
    shown then. Closing the dialog while a change is under way leaves the job to itself.
    """

    def __init__(self, title: str, tasks: Tasks, carry_out: CarryOut, obstacle: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowIcon(icon("settings"))
        self.resize(740, 520)
        self._tasks = tasks
        self._carry_out = carry_out
        self._obstacle = obstacle
        self._is_read = False
        self._task: asyncio.Task[None] | None = None
        self.pages = QListWidget()
        self.pages.setObjectName("pages")
        self.pages.setAccessibleName(_("Pages"))
        self.pages.setIconSize(QSize(16, 16))
        self.pages.setFixedWidth(200)
        self.stack = QStackedWidget()
        self.pages.currentRowChanged.connect(self.stack.setCurrentIndex)
        self.notice = ProblemNotice(offers_fixes=False)
        self.script = QPlainTextEdit(readOnly=True)
        self.script.setObjectName("script")
        self.script.setAccessibleName(_("PowerShell script"))
        self.script.setFont(theme.fixed_font())
        self.script.setTabChangesFocus(True)
        self.script.setFixedHeight(110)
        self.script.hide()
        self._arrange()

    @property
    def is_waiting(self) -> bool:
        """Whether an answer of the host is awaited."""
        return self._task is not None and not self._task.done()

    def add_page(self, page: QWidget, title: str, icon_name: str) -> None:
        """Put a page behind the others."""
        item = QListWidgetItem(icon(icon_name), title)
        item.setToolTip(tip(title))
        self.pages.addItem(item)
        self.stack.addWidget(page)
        if isinstance(page, SettingsPage):
            page.changed.connect(self._offer)
        put_last(self, self.notice, self.script, self.show_script, self.ok, self._cancel, self.apply)
        if self.pages.currentRow() < 0:
            self.pages.setCurrentRow(0)

    def load(self) -> None:
        """Read the host and show it."""
        self._begin(self._load(), _("Reading the settings..."))

    def done(self, result: int) -> None:
        """End the dialog."""
        self._stop()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Wait no longer."""
        self._stop()
        super().closeEvent(event)

    @abstractmethod
    async def read(self) -> None:
        """Read what is set. Raises RemotingError and UnexpectedAnswer."""

    @abstractmethod
    def fill(self) -> None:
        """Show what was read on the pages."""

    @abstractmethod
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with what is chosen."""

    @abstractmethod
    def plan(self) -> Plan | None:
        """What makes of what was read what is chosen; None when they are the same."""

    def _arrange(self) -> None:
        self.show_script = push_button("show_script", _("Show &Script"))
        self.show_script.setCheckable(True)
        self.show_script.toggled.connect(self.script.setVisible)
        self.ok = push_button("ok", _("OK"))
        self.ok.setDefault(True)
        self.ok.clicked.connect(lambda: self._apply(closes=True))
        self._cancel = push_button("cancel", _("Cancel"))
        self._cancel.clicked.connect(self.reject)
        self.apply = push_button("apply", _("&Apply"))
        self.apply.clicked.connect(lambda: self._apply(closes=False))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.show_script)
        buttons.addStretch()
        for button in (self.ok, self._cancel, self.apply):
            buttons.addWidget(button)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.pages)
        middle.addWidget(self.stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(10)
        column.addLayout(middle, 1)
        column.addWidget(self.notice)
        column.addWidget(self.script)
        column.addLayout(buttons)

    def _begin(self, following: object, words: str) -> None:
        self.notice.say("busy", words)
        self.stack.setEnabled(False)
        for button in (self.ok, self.apply):
            button.setEnabled(False)
        self._task = self._tasks.start(following, self.windowTitle())  # type: ignore[arg-type]

    async def _load(self) -> None:
        if await self._read():
            self.fill()
            self._is_read = True
            self._settle()

    async def _read(self) -> bool:
        try:
            await self.read()
        except RemotingError as error:
            self.notice.say("error", f"{error.sentence} {error.cause}", error.cure)
        except UnexpectedAnswer as error:
            self.notice.say("error", str(error), _("Close this window and open it again."))
        else:
            return True
        return False

    def _settle(self) -> None:
        """Let the pages be used, or say why they cannot."""
        self.stack.setEnabled(not self._obstacle)
        if self._obstacle:
            self.notice.say("info", self._obstacle)
        else:
            self.notice.clear()
        self._offer()

    def _offer(self) -> None:
        if not self._is_read:
            return
        if self.notice.kind == "warning":
            self._show_problems()
        plan = None if obstacles(self.problems()) else self.plan()
        self.script.setPlainText(script_of(plan) if plan is not None else "# " + _("Nothing is changed."))
        self.ok.setEnabled(not self._obstacle)
        self.apply.setEnabled(not self._obstacle and (plan is not None or bool(self.problems())))

    def _show_problems(self) -> Sequence[Problem]:
        found = obstacles(self.problems())
        if found:
            self.notice.say_problems(found)
        else:
            self.notice.clear()
        return found

    def _apply(self, *, closes: bool) -> None:
        if found := self._show_problems():
            self._go_to(found[0].field)
            return
        plan = self.plan()
        if plan is not None:
            self._begin(self._run(plan, closes=closes), _("The host is at work..."))
        elif closes:
            self.accept()

    async def _run(self, plan: Plan, *, closes: bool) -> None:
        try:
            status = await self._carry_out(plan)
        except NotStarted as error:
            failure = error.what, error.cure
        except RemotingError as error:
            failure = f"{error.sentence} {error.cause}", error.cure
        else:
            if status.state is JobState.COMPLETED and closes:
                self._task = None
                self.accept()
                return
            failure = ("", "") if status.state is JobState.COMPLETED else (status.detail, status.cure)
        # What is chosen stays; the next plan is made of what the host has by then.
        if await self._read():
            self._settle()
            if failure[0]:
                self.notice.say("error", *failure)

    def _go_to(self, field: str) -> None:
        """Show the page with a field, and give it the focus."""
        for number in range(self.stack.count()):
            page = self.stack.widget(number)
            if isinstance(page, SettingsPage) and field in page.fields:
                self.pages.setCurrentRow(number)
                page.fields[field].setFocus()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = None
