"""Carries out what the user asks of a job."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime

from PySide6.QtWidgets import QDialog

from core.jobs.admission import NotStarted
from core.jobs.plan import Action, Plan
from core.jobs.queue import Jobs
from core.jobs.status import JobStatus, Offer
from core.language import _
from core.remoting.errors import RemotingError
from gui.main_window import MainWindow
from gui.plan_question import PlanQuestion, PlanTexts
from gui.start_at_dialog import StartAtDialog
from gui.tasks import Tasks


class JobCommands:
    """Asks ``jobs`` for what was chosen in ``window``; ``open_dialog`` shows what has to be asked before."""

    def __init__(self, jobs: Jobs, window: MainWindow, tasks: Tasks, open_dialog: Callable[[QDialog], None]) -> None:
        self._jobs = jobs
        self._window = window
        self._tasks = tasks
        self._open_dialog = open_dialog

    def carry_out(self, number: int, offer: Offer) -> None:
        """Do what was asked of a job, after a question where it changes something on a host."""
        status = self._status(number)
        if status is None:
            return
        match offer:
            case Offer.CANCEL:
                self._begin(number, offer, self._jobs.cancel(number))
            case Offer.PAUSE:
                self._begin(number, offer, self._jobs.pause(number))
            case Offer.GO_ON:
                self._begin(number, offer, self._jobs.go_on(number))
            case Offer.RESUME:
                self._begin(number, offer, self._jobs.resume(number))
            case Offer.UNDO:
                self._ask_before(status, offer, undo_texts(status), undo_plan(status))
            case Offer.CLEAN_UP if status.clean_up is not None:
                self._ask_before(status, offer, clean_up_texts(status), status.clean_up)
            case Offer.START_AT:
                self._ask_when(status)
            case Offer.STOP_ASKING:
                self._jobs.give_up(number)
            case Offer.ASK_AGAIN:
                self._jobs.ask_again(number)
            case Offer.HOLD:
                self._jobs.hold(number)
            case Offer.RELEASE:
                self._jobs.release(number)
            case Offer.MOVE_UP:
                self._jobs.move_up(number)
            case Offer.MOVE_DOWN:
                self._jobs.move_down(number)
            case Offer.DISMISS:
                self._jobs.dismiss(number)
        self._window.show_jobs(self._jobs.statuses)

    def _status(self, number: int) -> JobStatus | None:
        return next((status for status in self._jobs.statuses if status.number == number), None)

    def _ask_before(self, status: JobStatus, offer: Offer, texts: PlanTexts, plan: Plan) -> None:
        question = PlanQuestion(texts, plan, is_practice=self._window.is_practice(status), parent=self._window)
        ask = self._jobs.undo if offer is Offer.UNDO else self._jobs.clean_up
        question.accepted.connect(lambda: self._begin(status.number, offer, ask(status.number)))
        self._open_dialog(question)

    def _ask_when(self, status: JobStatus) -> None:
        dialog = StartAtDialog(status.title, status.start_at, self._window)
        dialog.chosen.connect(lambda when: self._set_start(status.number, when))
        self._open_dialog(dialog)

    def _set_start(self, number: int, when: datetime | None) -> None:
        if (status := self._status(number)) is not None and Offer.START_AT in status.offers:
            self._jobs.set_start(number, when)
            self._window.show_jobs(self._jobs.statuses)

    def _begin(self, number: int, offer: Offer, asking: Coroutine[object, object, object]) -> None:
        self._window.jobs.rows[number].show_pending(offer)
        self._tasks.start(self._ask(number, offer, asking), f"{offer.value} job {number}")

    async def _ask(self, number: int, offer: Offer, asking: Coroutine[object, object, object]) -> None:
        """Wait for the answer; a refusal stands in the job's row."""
        refusal: tuple[str, str] | None = None
        is_answered = False
        try:
            await asking
            is_answered = True
        except NotStarted as error:
            refusal = error.what, error.cure
        except RemotingError as error:
            refusal = f"{error.sentence} {error.cause}", error.cure
        finally:
            row = self._window.jobs.rows.get(number)
            if row is not None and refusal is not None:
                row.show_refusal(*refusal)
            elif row is not None and not (is_answered and offer is Offer.CANCEL):
                # What was cancelled goes on being cancelled until the hosts have told what came of it.
                row.show_pending(None)


def undo_plan(status: JobStatus) -> Plan:
    """What takes back the steps of a job that are done, the latest first."""
    actions = tuple(undo for action in _done(status) for undo in action.undos)
    return Plan(_("Undo: {job}").format(job=status.title), status.host, actions)


def undo_texts(status: JobStatus) -> PlanTexts:
    """What is asked before a job is undone."""
    return PlanTexts(
        title=_("Undo"),
        question=_('Undo the job "{job}"?').format(job=status.title),
        consequence="\n".join(dict.fromkeys(action.undo_text for action in _done(status) if action.undo_text)),
        commit=_("&Undo"),
    )


def clean_up_texts(status: JobStatus) -> PlanTexts:
    """What is asked before leftovers are removed."""
    return PlanTexts(
        title=_("Clean Up"),
        question=_('Remove what the job "{job}" left behind?').format(job=status.title),
        consequence=_("What is removed cannot be brought back. Nothing else is touched."),
        commit=_("&Remove"),
    )


def _done(status: JobStatus) -> list[Action]:
    """The steps of a job that are done, the latest first."""
    return list(reversed(status.plan.actions[: status.step])) if status.plan is not None else []
