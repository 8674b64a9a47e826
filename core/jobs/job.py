"""A plan being carried out, step by step, and what is known of it at every moment."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from core.estate.estate import Estate
from core.hyperv.query import UnexpectedAnswer
from core.jobs.action_run import ActionRun
from core.jobs.goal import Arrived
from core.jobs.job_log import JobLog
from core.jobs.journal import now
from core.jobs.journal_entry import Event
from core.jobs.leftovers import existing_files
from core.jobs.offers import offers
from core.jobs.outcome import Ended, Outcome
from core.jobs.outlook import look
from core.jobs.patience import Patience
from core.jobs.plan import Action, Plan, undoable
from core.jobs.slots import Load
from core.jobs.status import Finding, JobState, JobStatus, Transfer
from core.jobs.verification import beats, left_after_failure, left_after_success, verify
from core.language import _
from core.remoting.errors import RemotingError
from core.remoting.records import ErrorRecord

_MOST_REFUSALS = 5
"""How often a host may refuse a step for the moment before the job fails."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An action that an earlier run of the program has sent, in the shell ``shell_id`` of the host."""

    shell_id: str
    found_before: tuple[str, ...]


class Job:
    """Carries out one plan. What goes wrong becomes the state of the job, not an exception."""

    def __init__(
        self,
        number: int,
        plan: Plan,
        estate: Estate,
        log: JobLog,
        publish: Callable[[JobStatus], None],
        patience: Patience,
        why_wait: Callable[[Job], Awaitable[str]],
    ) -> None:
        self.plan = plan
        self.log = log
        self.is_resumed = False
        self.status = JobStatus(number, plan.title, plan.host, plan, JobState.WAITING)
        self._estate = estate
        self._publish = publish
        self._patience = patience
        self._why_wait = why_wait
        self._refusals = 0
        self._running: ActionRun | None = None
        self._cancel_asked = False
        self._left = False
        self._had_heartbeat = False
        self._found_before: tuple[str, ...] = ()

    @property
    def is_running(self) -> bool:
        """Whether something of it may be under way on a host."""
        return self.status.state.is_under_way

    @property
    def action(self) -> Action | None:
        """The action that comes next, or is under way."""
        return self.plan.actions[self.status.step] if self.status.step < len(self.plan.actions) else None

    @property
    def load(self) -> Load | None:
        """What the action puts on the hosts."""
        action, expected = self.action, self.plan.expectation
        if action is None or expected is None:
            return None
        return Load.of(action, expected.machine_id, expected.machine_name)

    def begin(self) -> None:
        """Take a place on the hosts, just before ``run``."""
        self._cancel_asked = False
        self.show(state=JobState.RUNNING, detail="", cure="", began_at=self.status.began_at or now(), ended_at=None)

    async def run(self) -> None:
        """Carry out the steps that are not done; of a job that is resumed, one that is true already is not sent again.

        What a host refuses only for the moment makes the job wait again: its state is then WAITING.
        """
        while (action := self.action) is not None:
            if self._left:
                return
            if self._cancel_asked:
                await self._end(Ended(Outcome.NOT_SENT, _("It was cancelled before the next step.")))
                return
            if self.is_resumed and await self._is_done_already(action):
                await self._step_done()
                continue
            await self._prepare(action)
            if not await self._carried(action, None):
                return
        await self._complete()

    async def follow(self, pending: Pending) -> None:
        """Find out what became of the step that an earlier run of the program has sent, and stop there.

        The user decides whether the steps after it are still wanted. If all are done, only the machine is looked at.
        """
        action = self.action
        self._found_before = pending.found_before
        self.show(state=JobState.FINDING_OUT, began_at=self.status.began_at or now())
        await self.log.note(Event.FOLLOWING, step=self.status.step)
        if action is not None and not await self._carried(action, pending.shell_id):
            return
        if self.action is None:
            await self._complete()
        else:
            detail = _("The program ended before the next step.")
            await self.log.note(Event.ENDED, state=JobState.INTERRUPTED.value, detail=detail)
            self.show_interrupted(self.status.step, detail)

    async def withdraw(self) -> None:
        """End before anything was sent, because the user wants it so."""
        self._cancel_asked = True
        await self._end(Ended(Outcome.NOT_SENT, _("It was cancelled before anything was sent.")))

    def show_interrupted(self, step: int, detail: str) -> None:
        """Stand between two steps, ``step`` of which are done, until the user says what is to become of the rest."""
        cure = _("Resume carries out the steps that are left; Undo takes back those that are done.")
        self.show(state=JobState.INTERRUPTED, step=step, detail=detail, cure=cure, ended_at=now())

    def show_lost(self, step: int) -> None:
        """Wait for the hosts of a step that an earlier run of the program has sent."""
        names = ", ".join(key.name for key in self.plan.hosts)
        detail = _("It was begun before this program was started. Connect to {hosts} to learn what became of it.")
        self.show(state=JobState.FINDING_OUT, step=step, detail=detail.format(hosts=names))

    def show_given_up(self) -> None:
        """Nobody asks what became of a step that an earlier run of the program has sent."""
        cure = _("Look at the hosts before you do it again.")
        self.show(state=JobState.UNKNOWN, detail=_("The hosts were not asked."), cure=cure, ended_at=now())

    async def close_book(self, event: Event) -> None:
        """Write down that nobody is to find the job again: it was dismissed, or taken back."""
        self.show(offers=frozenset())
        await self.log.note(event, step=self.status.step)

    async def cancel(self) -> None:
        """Ask for the end. Raises RemotingError when the host cannot be asked; the job goes on then."""
        self._cancel_asked = True
        await self.log.note(Event.CANCEL_ASKED, step=self.status.step)
        if self._running is not None:
            try:
                await self._running.cancel()
            except RemotingError:
                self._cancel_asked = False
                raise

    async def pause(self) -> None:
        """Ask for a pause. Raises RemotingError when the host cannot be asked, or refuses."""
        if self._running is not None:
            await self._running.pause()

    async def go_on(self) -> None:
        """Ask for what was paused to go on. Raises RemotingError when the host cannot be asked, or refuses."""
        if self._running is not None:
            await self._running.go_on()

    def give_up(self) -> None:
        """Ask the hosts no longer: the outcome stays unknown."""
        if self._running is not None:
            self._running.give_up()

    async def ask_again(self) -> None:
        """Ask the hosts once more what became of a step whose outcome is unknown."""
        await self.follow(Pending("", self._found_before))

    async def leave(self) -> None:
        """Let go of what runs and leave it running on the host; the journal knows that it has not ended."""
        self._left = True
        if self._running is not None:
            await self._running.leave()

    async def fail(self, detail: str, cure: str) -> None:
        """End without anything having been sent in this step."""
        await self._end(Ended(Outcome.NOT_SENT, detail, cure))

    def show_broken(self, what: str) -> None:
        """Something nobody foresaw has ended the job: what it came to is not known."""
        self.show(
            state=JobState.UNKNOWN,
            detail=_("Something unexpected went wrong: {error}").format(error=what),
            cure=_("Look at the hosts before you do it again."),
            ended_at=now(),
        )

    def undo_plan(self) -> Plan | None:
        """What takes back the steps that are done, the last one first; None when nothing can."""
        done = self.plan.actions[: self.status.step]
        actions = tuple(undo for action in reversed(undoable(done)) for undo in action.undos)
        if not actions:
            return None
        return Plan(_("Undo: {job}").format(job=self.plan.title), self.plan.host, actions, undoes=self.log.job)

    def show(self, **changed: object) -> None:
        """Change what the job shows; what it offers follows from that."""
        status = replace(self.status, **changed)  # type: ignore[arg-type]
        self.status = status if "offers" in changed else replace(status, offers=offers(self.plan, status))
        self._publish(self.status)

    async def _carried(self, action: Action, shell_id: str | None) -> bool:
        """Send a step, or follow the one in ``shell_id``; whether it is done. Else the job has ended."""
        step = self.status.step
        run = ActionRun(action, step, self.plan.expectation, self._estate, self.log, self._patience, self._show_running)
        run.cancel_asked = self._cancel_asked
        self._running = run
        try:
            if self._left:
                return False
            if shell_id is None:
                ended = await run.carry_out(self._found_before)
            else:
                ended = await run.follow(shell_id)
        finally:
            self._running = None
        if self._left:
            return False
        if ended.outcome is not Outcome.DONE:
            if ended.record is None or run.cancel_asked or not await self._waits_again():
                await self._end(ended)
            return False
        if run.cancel_asked:
            self.show(detail=_("The cancel came too late: this step was done already."))
        await self._step_done()
        return True

    async def _waits_again(self) -> bool:
        """Whether the host has refused what it takes later, as its limit or a backup does; the job waits then."""
        self._refusals += 1
        if self._refusals > _MOST_REFUSALS or not (reason := await self._why_wait(self)):
            return False
        await self.log.note(Event.WAITING, step=self.status.step, detail=reason)
        self.show(state=JobState.WAITING, detail=reason, transfer=None)
        return True

    async def _step_done(self) -> None:
        await self.log.note(Event.DONE, step=self.status.step)
        self.show(step=self.status.step + 1)

    async def _is_done_already(self, action: Action) -> bool:
        return (await look(action.goal, self.plan.expectation, self._estate)).reached is True

    async def _prepare(self, action: Action) -> None:
        """Note what is there before something is copied: what is there afterwards and was not is of this job."""
        end, expected = self.plan.end, self.plan.expectation
        if action.migration is None or end is None or expected is None:
            return
        # Where it cannot be told, nothing is offered for removal.
        self._found_before = end.disks
        with contextlib.suppress(RemotingError, UnexpectedAnswer):
            self._found_before = await existing_files(self._estate, end.host, end.disks)
        with contextlib.suppress(RemotingError, UnexpectedAnswer):
            self._had_heartbeat = await beats(self._estate, action.host, expected.machine_id)

    async def _complete(self) -> None:
        late = self.status.detail if self._cancel_asked else ""
        detail = _("Looking whether everything is as it was planned.")
        self.show(state=JobState.FINDING_OUT, percent=100, transfer=None, offers=frozenset(), detail=detail)
        findings = await verify(self.plan, self._estate, self._patience, had_heartbeat=self._had_heartbeat)
        left, clean_up = await left_after_success(self.plan, self._estate)
        findings = (*findings, *(Finding(sentence, True) for sentence in self.plan.remains))
        first = findings[0].what if findings else self._arrival()
        detail = "\n".join(filter(None, (late, first)))
        await self._show_end(JobState.COMPLETED, detail, "", (*findings, *left), clean_up)

    def _arrival(self) -> str:
        """Where the machine is, for a plan that says nothing of how it is to stand."""
        goal, expected = self.plan.actions[-1].goal, self.plan.expectation
        if not isinstance(goal, Arrived) or expected is None:
            return ""
        return _("{machine} is on {host}.").format(machine=expected.machine_name, host=goal.destination.name)

    async def _end(self, ended: Ended) -> None:
        state = {Outcome.UNKNOWN: JobState.UNKNOWN}.get(ended.outcome, JobState.FAILED)
        if self._cancel_asked and state is JobState.FAILED:
            state = JobState.CANCELLED
        findings: tuple[Finding, ...] = ()
        clean_up: Plan | None = None
        action = self.action
        if ended.outcome is Outcome.NOT_DONE and action is not None and action.migration is not None:
            findings, clean_up = await left_after_failure(self.plan, self._estate, self._found_before)
        detail, cure = ended.detail, ended.cure
        if self.status.step:
            told = _("Step {step} of {count} was not done: {action}")
            count = len(self.plan.actions)
            names = {"step": self.status.step + 1, "count": count, "action": action.title if action else ""}
            detail = "\n".join(filter(None, (told.format(**names), detail)))
        await self._show_end(state, detail, cure, findings, clean_up, ended.record)

    async def _show_end(
        self,
        state: JobState,
        detail: str,
        cure: str,
        findings: tuple[Finding, ...],
        clean_up: Plan | None,
        record: ErrorRecord | None = None,
    ) -> None:
        await self.log.note(
            Event.ENDED,
            state=state.value,
            detail=detail,
            cure=cure,
            findings=tuple(finding.what for finding in findings),
            records=(record,) if record is not None else (),
        )
        if self.log.trouble:
            findings = (*findings, Finding(self.log.trouble, False, _("Make room there: it is tried again.")))
        self.show(
            state=state,
            detail=detail,
            cure=cure,
            record=record,
            findings=findings,
            clean_up=clean_up,
            transfer=None,
            ended_at=now(),
        )

    def _show_running(
        self,
        *,
        is_running: bool,
        percent: int | None = None,
        transfer: Transfer | None = None,
        detail: str | None = None,
        standing: JobState | None = None,
    ) -> None:
        if self._left:
            return
        shown: dict[str, object] = {"state": standing or (JobState.RUNNING if is_running else JobState.FINDING_OUT)}
        if percent is not None:
            shown["percent"] = max(self.status.percent, self._share(percent))
        if transfer is not None:
            shown["transfer"] = transfer
        if detail is not None:
            shown["detail"] = detail
        self.show(**shown)

    def _share(self, percent: int) -> int:
        """The percentage of the whole plan: each step counts by what it copies, and a short one by next to nothing."""
        weights = [_weight(action) for action in self.plan.actions]
        done = sum(weights[: self.status.step])
        return int((done * 100 + weights[self.status.step] * percent) / sum(weights))


def _weight(action: Action) -> int:
    return max(1, action.size)
