"""The dialog that draws any wizard of core, in the look of Hyper-V Manager's wizards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from core.jobs.admission import NotStarted
from core.jobs.plan import Plan
from core.language import _
from core.remoting.errors import RemotingError
from core.wizards.wizard import Problem, Step, Wizard, obstacles
from gui import theme
from gui.icons import icon
from gui.panels.problem_list import ProblemNotice
from gui.tasks import Tasks
from gui.wizards.fix_dialog import CarryOut, FixDialog
from gui.wizards.help_link import HelpLink
from gui.wizards.page import Page
from gui.wizards.page_state import Busy, Error, PageState, Problems, Valid
from gui.wizards.step_list import StepList
from gui.wizards.tab_order import put_last

_T = TypeVar("_T")
BUSY_SHOWS_AFTER = 100
"""Milliseconds; what is over sooner does not flicker."""


class WizardDialog(QDialog):
    """Follows the wizard's route page by page; ``carry_out`` gets the plan in the end.

    ``help_asked`` is emitted with the heading of the user guide that answers the question of the page.
    ``make_page`` makes the page of a step when the step is first gone to. ``carry_out`` may raise NotStarted or
    RemotingError: that is shown, and the dialog stays. ``fix`` carries out what cures a problem; without it no cure is
    offered.
    """

    help_asked = Signal(str)

    def __init__(
        self,
        wizard: Wizard,
        make_page: Callable[[Step], Page],
        carry_out: Callable[[Plan], Awaitable[object]],
        tasks: Tasks,
        *,
        is_practice: bool,
        fix: CarryOut | None = None,
        picture: str = "move-wizard",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("wizard")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(wizard.title)
        self._picture = picture
        self.setWindowIcon(icon(picture))
        self.setMinimumSize(760, 560)
        self.resize(800, 580)
        self.wizard = wizard
        self._make_page = make_page
        self._pages: dict[str, Page] = {}
        self._carry_out = carry_out
        self._fix = fix
        self._tasks = tasks
        self._visited: set[str] = set()
        self._navigation: asyncio.Task[None] | None = None
        self._examination: asyncio.Task[bool] | None = None
        self._loading: asyncio.Task[None] | None = None
        self._plan: Plan | None = None
        self._busy = Busy("")
        self._busy_timer = QTimer(self, singleShot=True, interval=BUSY_SHOWS_AFTER)
        self._busy_timer.timeout.connect(lambda: self._show(self._busy))
        self._shown_route = self._route()
        self._current = self._shown_route[0]
        self._build(is_practice)
        self._enter(self._current)

    @property
    def current(self) -> Step:
        """The step whose page is shown."""
        return self._current

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self._pages[self._current.key]

    @property
    def is_waiting(self) -> bool:
        """Whether the dialog waits for an answer of a host."""
        waits = (self._navigation, self._examination)
        return any(task is not None and not task.done() for task in waits)

    def reject(self) -> None:
        """Cancel: the wait if there is one, else the wizard."""
        if self.is_waiting:
            self._stop_waiting()
            self._show(Error(_("The check was stopped. Nothing was changed."), _("Go on to repeat it.")))
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close whatever is under way."""
        self._stop_waiting()
        self._stop_loading()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """End the dialog."""
        self._stop_waiting()
        self._stop_loading()
        super().done(result)

    def _build(self, is_practice: bool) -> None:
        self.steps = StepList()
        self.heading = QLabel()
        self.heading.setObjectName("heading")
        self.heading.setFont(theme.text_font(15))
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.notice = ProblemNotice(offers_fixes=self._fix is not None)
        self.notice.fix_asked.connect(self._ask_to_fix)
        self.help = HelpLink()
        self.help.asked.connect(self.help_asked)
        QShortcut(QKeySequence.StandardKey.HelpContents, self, self.help.ask)
        self._stack = QStackedWidget()
        self.previous = _button("previous", _("< &Previous"))
        self.next = _button("next", _("&Next >"))
        self.commit = _button("commit", self.wizard.commit)
        self.cancel = _button("cancel", _("Cancel"))
        self.previous.clicked.connect(self._go_back)
        self.next.clicked.connect(lambda: self._navigate(self._go_on()))
        self.commit.clicked.connect(lambda: self._navigate(self._commit()))
        self.cancel.clicked.connect(self.reject)
        self.steps.chosen.connect(lambda key: self._navigate(self._go_to(key)))

        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(10)
        column.addWidget(self._stack, 1)
        column.addWidget(self.notice)
        column.addWidget(self.help)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.steps)
        middle.addWidget(_line(QFrame.Shape.VLine))
        middle.addWidget(right, 1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(14, 10, 14, 12)
        buttons.setSpacing(8)
        buttons.addStretch()
        for button in (self.previous, self.next, self.commit):
            buttons.addWidget(button)
        buttons.addSpacing(8)
        buttons.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header(is_practice))
        layout.addWidget(_line(QFrame.Shape.HLine))
        layout.addLayout(middle, 1)
        layout.addWidget(_line(QFrame.Shape.HLine))
        layout.addLayout(buttons)

    def _header(self, is_practice: bool) -> QWidget:
        header = QWidget()
        header.setObjectName("header")
        theme.look(header, "surface")
        picture = QLabel()
        picture.setPixmap(icon(self._picture).pixmap(QSize(32, 32), self.devicePixelRatioF()))
        row = QHBoxLayout(header)
        row.setContentsMargins(20, 12, 20, 12)
        row.setSpacing(14)
        row.addWidget(picture)
        row.addWidget(self.heading, 1)
        if is_practice:
            mark = QLabel(_("Practice"))
            theme.look(mark, "practice")
            row.addWidget(mark, alignment=Qt.AlignmentFlag.AlignVCenter)
        return header

    def _route(self) -> list[Step]:
        return list(self.wizard.steps())

    def _place(self) -> int:
        return [step.key for step in self._route()].index(self._current.key)

    def _is_last(self) -> bool:
        return self._current.key == self._route()[-1].key

    def _enter(self, step: Step) -> None:
        self._stop_examination()
        self._stop_loading()
        self._plan = None
        self._current = step
        self._visited.add(step.key)
        route = self._route()
        self._drop_pages({step.key for step in route})
        page = self._page_of(step)
        page.enter()
        self._stack.setCurrentWidget(page)
        self.heading.setText(step.heading)
        self.help.show_question(page.question())
        self._show_route(route)
        is_last = self._is_last()
        self.previous.setEnabled(step.key != route[0].key)
        self.next.setVisible(not is_last)
        self.commit.setVisible(is_last)
        (self.commit if is_last else self.next).setDefault(True)
        self._show(Valid())
        (page.first_field() or (self.commit if is_last else self.next)).setFocus()
        self._loading = self._begin(page.load(), f"load {step.key}")
        if page.examines_on_entry:
            self._examine()

    def _page_of(self, step: Step) -> Page:
        if step.key not in self._pages:
            page = self._pages[step.key] = self._make_page(step)
            page.edited.connect(self._edited)
            self._stack.addWidget(page)
            self._order_tabs()
        return self._pages[step.key]

    def _drop_pages(self, kept: set[str]) -> None:
        """Let go of the pages whose steps are no part of the route any more."""
        for key in self._pages.keys() - kept:
            page = self._pages.pop(key)
            self._stack.removeWidget(page)
            page.deleteLater()

    def _show_route(self, route: list[Step]) -> None:
        self._shown_route = route
        self.steps.show_route(route, self._current.key, self._visited)

    def _edited(self) -> None:
        self._stop_waiting()
        self._plan = None
        if (route := self._route()) != self._shown_route:
            self._show_route(route)
        self._show(Valid())

    def _go_back(self) -> None:
        self._stop_waiting()
        self._enter(self._route()[self._place() - 1])

    async def _go_on(self) -> None:
        if await self._passes():
            self._enter(self._route()[self._place() + 1])

    async def _go_to(self, key: str) -> None:
        """Back to a step, or forward as far as nothing is wrong."""
        keys = [step.key for step in self._route()]
        if keys.index(key) <= self._place():
            self._enter(self._route()[keys.index(key)])
            return
        while self._current.key != key and await self._passes():
            self._enter(self._route()[self._place() + 1])

    async def _passes(self) -> bool:
        """Whether nothing is wrong on the page. An examination that is under way is not begun anew."""
        examination = self._examination
        if examination is None or examination.done():
            examination = self._examine()
        await asyncio.wait((examination,))
        return not examination.cancelled() and examination.exception() is None and examination.result()

    def _examine(self) -> asyncio.Task[bool]:
        self._examination = self._begin(self._examined(), f"examine {self._current.key}")
        return self._examination

    async def _examined(self) -> bool:
        """Ask the hosts about the page and show what they say; whether nothing is wrong.

        It is the only one that shows answers, and it ends with its page: no answer is ever taken for another page's.
        """
        page = self.page
        self._show_soon(Busy(_("Asking the hosts...")))
        try:
            problems = await self.wizard.examine(self._current)
            keeps = bool(obstacles(problems))
            plan = await self.wizard.plan() if self._is_last() and not keeps else None
        except RemotingError as error:
            self._show(Error(f"{error.sentence} {error.cause}", error.cure))
            return False
        page.answered(problems)
        self._show(Problems(problems) if problems else Valid())
        if plan is not None:
            self._plan = plan
            page.show_plan(plan)
        return not keeps

    async def _commit(self) -> None:
        while (plan := self._plan) is None:
            if not await self._passes():
                return
        # Should it turn out not to fit any more, the next try asks the hosts anew.
        self._plan = None
        self._show_soon(Busy(_("Reading the virtual machine once more...")))
        try:
            # Awaited here and not in a task of its own: what cancels the navigation cancels this at once.
            await self._carry_out(plan)
        except NotStarted as error:
            self._show(Error(error.what, error.cure))
        except RemotingError as error:
            self._show(Error(f"{error.sentence} {error.cause}", error.cure))
        else:
            self._navigation = None
            self.accept()

    def _ask_to_fix(self, problem: Problem) -> None:
        """Show what the program can do about a problem; the page is examined again when that has ended."""
        assert problem.fix is not None
        assert self._fix is not None
        dialog = FixDialog(problem, problem.fix, self._fix, self._tasks, self)
        dialog.finished.connect(lambda _result: self._examine() if dialog.was_started else None)
        dialog.open()

    def _navigate(self, following: Coroutine[object, object, None]) -> None:
        """Go where ``following`` leads, unless the dialog is on its way already."""
        if self._navigation is not None and not self._navigation.done():
            following.close()
        else:
            self._navigation = self._begin(following, "navigate")

    def _begin(self, coroutine: Coroutine[object, object, _T], name: str) -> asyncio.Task[_T]:
        """Run ``coroutine``; an error in it that nobody foresaw is shown too."""
        task = self._tasks.start(coroutine, name)
        task.add_done_callback(self._show_unforeseen)
        return task

    def _show_unforeseen(self, task: asyncio.Task[_T]) -> None:
        if not task.cancelled() and (error := task.exception()):
            what = _("Something unexpected went wrong: {error}").format(error=error)
            self._show(Error(what, _("Try again. If it stays so, report it with this text.")))

    def _stop_waiting(self) -> None:
        self._stop_examination()
        if self._navigation is not None:
            self._navigation.cancel()
        self._navigation = None

    def _stop_examination(self) -> None:
        self._busy_timer.stop()
        if self._examination is not None:
            self._examination.cancel()
        self._examination = None

    def _stop_loading(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
        self._loading = None

    def _show_soon(self, busy: Busy) -> None:
        """Show ``busy`` unless something else is shown before."""
        self._busy = busy
        self._busy_timer.start()

    def _show(self, state: PageState) -> None:
        """The one place where the state of a page becomes visible."""
        self._busy_timer.stop()
        match state:
            case Valid():
                self.notice.clear()
            case Busy(what):
                self.notice.say("busy", what, _("Cancel stops the wait."))
            case Error(what, cure):
                self.notice.say("error", what, cure)
            case Problems(problems):
                self.notice.say_problems(problems)
                self._order_tabs()
                first = next(iter(obstacles(problems)), None)
                if first is not None and (field := self.page.field(first.field)) is not None:
                    field.setFocus()

    def _order_tabs(self) -> None:
        put_last(self, self.notice, self.help, self.previous, self.next, self.commit, self.cancel)


def _button(name: str, text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setMinimumWidth(92)
    return button


def _line(shape: QFrame.Shape) -> QFrame:
    line = QFrame()
    line.setFrameShape(shape)
    theme.look(line, "line")
    return line
