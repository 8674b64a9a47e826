"""Carries out what the user asks of the selected machines, after a question where it costs something."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QDialog

from core.estate.estate import Estate
from core.hyperv.query import UnexpectedAnswer
from core.hyperv.records import Checkpoint
from core.jobs.admission import NotStarted
from core.jobs.plan import Plan
from core.jobs.queue import Jobs
from core.jobs.status import JobStatus
from core.language import _
from core.operating import identity
from core.operating.choice import Choice, why_not_export
from core.operating.plans import plan_of
from core.operating.questions import ASKED_BEFORE, question
from core.operating.shutdown import why_not_shut_down
from core.operating.subject import Subject
from core.operating.verbs import Verb
from core.remoting.errors import RemotingError
from gui.machines.confirmation import Confirmation
from gui.machines.export_dialog import ExportDialog
from gui.machines.name_dialog import LineTexts, NameDialog
from gui.main_window import MainWindow
from gui.tasks import Tasks
from gui.wizards.fix_dialog import script_of

_REASONS_SHOWN = 5


class MachineCommands:
    """Starts a job for each machine; ``open_dialog`` shows what has to be asked before.

    What is not carried out is named beside the jobs.
    """

    def __init__(
        self,
        estate: Estate,
        jobs: Jobs,
        window: MainWindow,
        tasks: Tasks,
        open_dialog: Callable[[QDialog], None],
        begin: Callable[[Plan], Awaitable[JobStatus]],
    ) -> None:
        self._estate = estate
        self._jobs = jobs
        self._begin = begin
        self._window = window
        self._tasks = tasks
        self._open_dialog = open_dialog
        for verb, action in window.actions_offered.machines.verbs.items():
            action.triggered.connect(partial(self.ask, verb))
        window.actions_offered.machines.export.triggered.connect(lambda: self.ask_export(window.subjects))

    def ask(self, verb: Verb, _checked: bool = False) -> None:
        """Do something with the selected machines, after a question where there is one."""
        self._window.jobs.remark.clear()
        choice = Choice.of(verb, self._window.subjects)
        if not choice.taken:
            return
        if verb is Verb.SHUT_DOWN:
            self._tasks.start(self._ask_hosts(choice), "ask which guests shut down")
        elif verb is Verb.RENAME:
            self._ask_name(choice.taken[0])
        elif verb in ASKED_BEFORE:
            self._confirm(choice)
        else:
            self._carry_out(choice)

    async def _ask_hosts(self, choice: Choice) -> None:
        """Look which guests can be told to shut down; a host that does not say so says it when it is told."""
        reasons: dict[UUID, str] = {}
        for host in dict.fromkeys(subject.host for subject in choice.taken):
            there = [subject for subject in choice.taken if subject.host == host]
            try:
                reasons |= await why_not_shut_down(partial(self._estate.ask, host), there)
            except (RemotingError, UnexpectedAnswer):
                continue
        left = [skipped.subject for skipped in choice.skipped]
        told = Choice.of(choice.verb, (*choice.taken, *left), reasons)
        if told.taken:
            self._confirm(told)
        else:
            self._say_not_done(_left_out(told), _("Turn it off instead, if need be."))

    def _confirm(self, choice: Choice) -> None:
        plans = _plans(choice)
        dialog = Confirmation(
            question(choice),
            script_of(Plan("", plans[0].host, tuple(action for plan in plans for action in plan.actions))),
            machines=[subject.machine.name for subject in choice.taken],
            skipped=[skipped.why for skipped in choice.skipped],
            is_practice=self._is_practice(choice.taken),
            parent=self._window,
        )
        dialog.accepted.connect(lambda: self.start(plans))
        self._open_dialog(dialog)

    def _carry_out(self, choice: Choice) -> None:
        self.start(_plans(choice), _left_out(choice))

    def _ask_name(self, subject: Subject) -> None:
        machine = subject.machine
        inventory = self._estate.picture(subject.host).inventory
        taken = [each.name for each in inventory.machines] if inventory is not None else []
        what = _("Rename {machine} on {host}. Its folders and files keep their names.")
        texts = LineTexts(
            _("Rename Machine"),
            what.format(machine=machine.name, host=subject.host.name),
            _("&New name:"),
            _("&Rename"),
            _("Type another name."),
        )
        dialog = NameDialog(texts, machine.name, lambda name: identity.name_fault(name, taken), self._window)
        dialog.chosen.connect(lambda name: self.start([identity.rename(subject, name)]))
        self._open_dialog(dialog)

    def ask_export(self, subjects: Sequence[Subject], checkpoint: Checkpoint | None = None) -> None:
        """Ask into which folder of their host machines are exported, or ``checkpoint`` of the one."""
        self._window.jobs.remark.clear()
        if not subjects or any(why_not_export(each) for each in subjects):
            return
        dialog = ExportDialog(self._estate, tuple(subjects), checkpoint, self._tasks, self._window)
        dialog.planned.connect(lambda plans: self.start(plans))
        self._open_dialog(dialog)

    def start(self, plans: Sequence[Plan], not_done: Sequence[tuple[str, str]] = ()) -> None:
        """Start a job for each plan. ``not_done`` are names of machines, and why nothing is done with each."""
        self._tasks.start(self._start(plans, not_done), "start everyday jobs")

    async def _start(self, plans: Sequence[Plan], not_done: Sequence[tuple[str, str]]) -> None:
        refused = await asyncio.gather(*(self._start_one(plan) for plan in plans))
        self._window.show_jobs(self._jobs.statuses)
        titles = [plan.expectation.machine_name if plan.expectation is not None else plan.title for plan in plans]
        self._say_not_done([*not_done, *((name, why) for name, why in zip(titles, refused, strict=True) if why)])

    async def _start_one(self, plan: Plan) -> str:
        """Start a job; why it did not begin, in sentences."""
        try:
            await self._begin(plan)
        except NotStarted as error:
            return f"{error.what} {error.cure}"
        except RemotingError as error:
            return f"{error.sentence} {error.cause} {error.cure}"
        return ""

    def _say_not_done(self, not_done: Sequence[tuple[str, str]], cure: str = "") -> None:
        if not not_done:
            return
        lines = list(dict.fromkeys(why for _name, why in not_done[:_REASONS_SHOWN]))
        if further := [name for name, _why in not_done[_REASONS_SHOWN:]]:
            told = _("{count} more are left as they are: {machines}")
            lines.append(told.format(count=len(further), machines=", ".join(further)))
        self._window.actions_offered.show_jobs.setChecked(True)
        self._window.jobs.remark.say("warning", "\n".join(lines), cure)

    def _is_practice(self, taken: Sequence[Subject]) -> bool:
        return any(self._estate.picture(subject.host).connection.is_practice for subject in taken)


def _left_out(choice: Choice) -> list[tuple[str, str]]:
    return [(skipped.subject.machine.name, skipped.why) for skipped in choice.skipped]


def _plans(choice: Choice) -> list[Plan]:
    now = datetime.datetime.now().astimezone()
    return [plan_of(choice.verb, subject, now) for subject in choice.taken]
