"""The page Replication Configuration of a host: reads it, asks before it is changed, and follows the change."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.hyperv.query import UnexpectedAnswer
from core.jobs.admission import NotStarted
from core.jobs.plan import Plan
from core.jobs.status import JobState
from core.language import _
from core.remoting.errors import HostReadOnly, RemotingError
from core.replication.server import ReplicaServer, read_server
from core.replication.server_choices import ServerChoices, problems
from core.replication.server_plan import server_plan
from core.wizards.wizard import Problem, obstacles
from gui.folder_dialog import FolderDialog
from gui.panels.problem_list import ProblemNotice
from gui.plan_question import PlanQuestion, PlanTexts
from gui.replication.server_form import ServerForm
from gui.tasks import Tasks
from gui.wizards.fix_dialog import CarryOut


class ServerPage(QWidget):
    """``done`` is emitted when ``apply`` has come to its end and everything is as it was chosen.

    ``was_changed`` says whether a plan was carried out for it. ``state_changed`` is emitted when ``is_waiting`` or
    ``can_apply`` may have become others.
    """

    done = Signal()
    state_changed = Signal()

    def __init__(
        self,
        estate: Estate,
        host: HostKey,
        tasks: Tasks,
        open_dialog: Callable[[QDialog], None],
        carry_out: CarryOut,
    ) -> None:
        super().__init__()
        self.setObjectName("replica_server_page")
        self._estate = estate
        self._host = host
        self._tasks = tasks
        self._open_dialog = open_dialog
        self._carry_out = carry_out
        self._server: ReplicaServer | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_tried = False
        self.was_changed = False
        self.form = ServerForm(self._browse, open_dialog)
        self.form.setEnabled(False)
        self.form.changed.connect(self._show_problems)
        self.notice = ProblemNotice(offers_fixes=False)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName(_("Replication Configuration"))
        scroll.setWidget(self.form)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(scroll, 1)
        column.addWidget(self.notice)

    @property
    def is_waiting(self) -> bool:
        """Whether an answer of the host is awaited."""
        return self._task is not None and not self._task.done()

    @property
    def is_read_only(self) -> bool:
        """Whether the host may not be changed from here."""
        return self._estate.picture(self._host).connection.is_read_only

    @property
    def can_apply(self) -> bool:
        """Whether there is something that could be applied."""
        return self._server is not None and not self.is_waiting and not self.is_read_only

    def load(self) -> None:
        """Read the host and show it."""
        self._begin(self._load(), _("Reading the Replica server of {host}...").format(host=self._host.name))

    def apply(self) -> None:
        """Let what is chosen be done, after a question. Bad input is told on the page, and nothing is sent."""
        server = self._server
        if server is None or not self.can_apply:
            return
        self._is_tried = True
        found = obstacles(self._problems(server))
        if found:
            self._show_problems()
            self.form.focus(found[0].field)
            return
        self._begin(self._prepare(self.form.choices), _("Reading {host} once more...").format(host=self._host.name))

    def stop(self) -> None:
        """Wait for nothing any more; a job that is under way goes on."""
        if self._task is not None:
            self._task.cancel()

    def _begin(self, following: Coroutine[object, object, None], words: str) -> None:
        self.notice.say("busy", words)
        self.form.setEnabled(False)
        self._task = self._tasks.start(following, f"replica server of {self._host}")
        self._task.add_done_callback(lambda task: None if task.cancelled() else self.state_changed.emit())
        self.state_changed.emit()

    async def _load(self) -> None:
        server = await self._read()
        if server is not None:
            # Of a server that is in use everything that is wrong is told at once.
            self._is_tried = server.settings.replication_enabled
            self._server = server
            self.form.show_server(server, self._drives())
            self._settle()

    async def _read(self) -> ReplicaServer | None:
        """What the host tells now; None where it does not, and the notice says why."""
        try:
            return await read_server(functools.partial(self._estate.ask, self._host), self._host.name)
        except RemotingError as error:
            self.notice.say("error", f"{error.sentence} {error.cause}", error.cure)
        except UnexpectedAnswer as error:
            what = _("{host} gave an unexpected answer.").format(host=self._host.name)
            self.notice.say("error", f"{what} {error}", _("Close this window and open it again."))
        return None

    async def _prepare(self, choices: ServerChoices) -> None:
        """Make the plan of what the host has now, which somebody may have changed meanwhile, and ask before it."""
        server = await self._read()
        if server is None:
            self.form.setEnabled(True)
            return
        self._server = server
        self.form.keep_up(server)
        self._settle()
        found = self._problems(server)
        if obstacles(found):
            return
        plan = server_plan(choices, server, self._host)
        if plan is None:
            self.done.emit()
            return
        question = PlanQuestion(
            _texts(plan, found, self._host),
            plan,
            is_practice=self._estate.picture(self._host).connection.is_practice,
            parent=self.window(),
        )
        question.accepted.connect(
            lambda: self._begin(self._run(plan), _("{host} is being configured...").format(host=self._host.name))
        )
        self._open_dialog(question)

    async def _run(self, plan: Plan) -> None:
        try:
            status = await self._carry_out(plan)
        except NotStarted as error:
            failure = error.what, error.cure
        except RemotingError as error:
            failure = f"{error.sentence} {error.cause}", error.cure
        else:
            if status.state is JobState.COMPLETED:
                self.was_changed = True
                self.done.emit()
                return
            failure = f"{status.state.word}: {status.detail}", status.cure
        # Some of it may be done: what is chosen stays, and the next plan is made of what the host has then.
        self.form.setEnabled(True)
        self.notice.say("error", *failure)

    def _settle(self) -> None:
        """Let the page be used, unless the host may not be changed."""
        self.form.setEnabled(not self.is_read_only)
        self.notice.clear()
        self._show_problems()

    def _show_problems(self) -> None:
        if self._server is None:
            return
        found = tuple(each for each in self._problems(self._server) if self._is_tried or each.is_warning)
        if found:
            self.notice.say_problems(found)
        else:
            self.notice.clear()

    def _problems(self, server: ReplicaServer) -> tuple[Problem, ...]:
        """What is wrong with the choices, and what else is to be known of the host."""
        found = list(problems(self.form.choices, server, self._drives()))
        if self.is_read_only:
            what = _("{host} is read-only here.").format(host=self._host.name)
            found.append(Problem("", what, HostReadOnly(self._host.name).cure, is_warning=True))
        if len(server.full_names) > 1:
            what = _("The host is a node of a cluster: what is chosen here counts for all its nodes.")
            cure = _("Primary servers replicate to {broker}.").format(broker=server.broker_name)
            found.append(Problem("", what, cure, is_warning=True))
        found.extend(Problem("", each, "", is_warning=True) for each in server.unread)
        return tuple(found)

    def _drives(self) -> tuple[str, ...] | None:
        """The letters of the host's drives; None where it did not tell."""
        inventory = self._estate.picture(self._host).inventory
        letters = (
            tuple(each.drive_letter.upper() for each in inventory.volumes if each.drive_letter) if inventory else ()
        )
        return letters or None

    def _browse(self, field: QLineEdit, window: QWidget) -> None:
        dialog = FolderDialog(self._estate, self._host, field.text(), self._tasks, window)
        dialog.chosen.connect(field.setText)
        self._open_dialog(dialog)


def _texts(plan: Plan, found: Sequence[Problem], host: HostKey) -> PlanTexts:
    lines = [value for _name, value in plan.summary]
    lines += dict.fromkeys(action.undo_text for action in plan.actions)
    lines += [problem.what for problem in found]
    return PlanTexts(
        title=_("Replication Configuration"),
        question=_("Change the replication configuration of {host}?").format(host=host.name),
        consequence="\n".join(lines),
        commit=_("&Apply"),
    )
