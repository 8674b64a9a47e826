"""One action of a plan: sent once, followed, and its outcome found out even where the answer never came."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

from core.elapsed import elapsed
from core.estate.estate import Estate
from core.hyperv.memory_passes import read_memory_passes
from core.hyperv.migration_jobs import ACCEPTED, end_migration
from core.hyperv.records import MigrationJob
from core.jobs.copy_outlook import CopySeen, CopyStanding
from core.jobs.goal import Copied, Told
from core.jobs.job_log import JobLog
from core.jobs.journal import JournalUnavailable, now
from core.jobs.journal_entry import Event
from core.jobs.outcome import Ended, Outcome, Shown
from core.jobs.outlook import Outlook, look
from core.jobs.patience import Patience
from core.jobs.plan import Action, Expectation
from core.jobs.progress import Phase, Progress
from core.jobs.status import JobState
from core.jobs.unreached import Unreached
from core.language import _
from core.powershell.command import Pipeline
from core.powershell.script import script
from core.remoting.errors import (
    CmdletFailed,
    OutcomeUnknown,
    PipelineStopped,
    RemotingError,
    SignInRefused,
    cmdlet_failed,
)
from core.remoting.records import ErrorRecord, ProgressRecord, WarningRecord
from core.remoting.session import Session

KEPT_FOR = 24 * 3600
"""Seconds for which a host is asked to keep the shell of a call that copies when its client has gone."""


class ActionRun:
    """Carries out ``action``, the ``step``-th of its plan. ``expected`` is the machine that the plan is about."""

    def __init__(
        self,
        action: Action,
        step: int,
        expected: Expectation | None,
        estate: Estate,
        log: JobLog,
        patience: Patience,
        show: Shown,
    ) -> None:
        self.cancel_asked = False
        self.cancel_came_late = False
        self._action = action
        self._step = step
        self._expected = expected
        self._estate = estate
        self._log = log
        self._patience = patience
        self._show = show
        self._session: Session | None = None
        self._given_up = False
        self._woken = asyncio.Event()
        self._host_job: str | None = None
        self._progress = _progress_of(action)
        self._unreached = Unreached(action, expected, estate, lambda: self.cancel_asked)

    async def carry_out(self, found_before: tuple[str, ...] = ()) -> Ended:
        """Send the action, once, and say how it ended. ``found_before`` goes into the journal with it."""
        connection = self._estate.picture(self._action.host).connection
        session = self._estate.open_session(connection, kept_for=KEPT_FOR if self._action.size else None)
        self._session = session
        shell_id = ""
        try:
            await self._estate.sign_in(self._action.host, session)
            shell_id = session.shell_id or ""
            if self.cancel_asked:
                return Ended(Outcome.NOT_SENT, _("It was cancelled before anything was sent."))
            sent = script(self._action.pipeline)
            await self._log.require(
                Event.SENDING, step=self._step, script=sent, shell_id=shell_id, found_before=found_before
            )
            if self.cancel_asked:
                return Ended(Outcome.NOT_SENT, _("It was cancelled before anything was sent."))
            await self._send(session)
        except JournalUnavailable as error:
            cure = _("Make room there or make the folder writable, then try again.")
            return Ended(Outcome.NOT_SENT, _("Nothing was sent. {reason}").format(reason=error), cure)
        except CmdletFailed as error:
            return await self._find_out(self._unreached.refused(error), quiet_for=0.0, needs_quiet=False)
        except (OutcomeUnknown, PipelineStopped) as error:
            quiet_for = 0.0 if isinstance(error, PipelineStopped) else self._patience.quiet_for
            self._show(is_running=False, detail=f"{error.sentence} {error.cause}")
            ended = await self._find_out(self._unreached.still_there(), quiet_for=quiet_for)
            await self._remove_shell(shell_id, ended)
            return ended
        except RemotingError as error:
            return Ended(Outcome.NOT_SENT, f"{error.sentence} {error.cause}", error.cure)
        finally:
            self._session = None
            await session.close()
        if isinstance(self._action.goal, Told):
            return Ended(Outcome.DONE)
        return await self._find_out(self._unreached.reported_done(), quiet_for=0.0)

    async def follow(self, shell_id: str) -> Ended:
        """Say how the action ended that an earlier run of the program has sent, in the shell ``shell_id``."""
        ended = await self._find_out(self._unreached.still_there(), quiet_for=self._patience.quiet_for)
        await self._remove_shell(shell_id, ended)
        return ended

    async def cancel(self) -> None:
        """Ask the host to give the action up; what becomes of it is read from the hosts.

        Raises RemotingError when the host cannot be asked; the action goes on then.
        """
        self.cancel_asked = True
        copying = self._action.copying
        call = self._action.cancelling or (copying.cancel if copying is not None else None)
        try:
            if call is not None:
                await self._ask_host(call)
                return
            migration = await self._migration()
            if migration is None:
                if self._session is not None:
                    await self._session.stop()
                return
            answer = await self._estate.change(self._action.host, end_migration(migration.instance_id))
            if not answer.errors:
                self.cancel_came_late = not any(number in ACCEPTED for number in answer.output)
        except OutcomeUnknown:
            # The job itself tells what became of it.
            return
        except RemotingError:
            self.cancel_asked = False
            raise

    async def pause(self) -> None:
        """Ask the host to copy no further for now. Raises RemotingError when it cannot be asked, or refuses."""
        if self._action.copying is not None and self._action.copying.pause is not None:
            await self._ask_host(self._action.copying.pause)

    async def go_on(self) -> None:
        """Ask the host to go on with what was paused. Raises RemotingError when it cannot be asked, or refuses."""
        if self._action.copying is not None and self._action.copying.go_on is not None:
            await self._ask_host(self._action.copying.go_on)

    def give_up(self) -> None:
        """Ask the hosts no longer: the outcome stays unknown."""
        self._given_up = True
        self._woken.set()

    async def leave(self) -> None:
        """Let go of the action and leave it running on the host."""
        self.give_up()
        if self._session is not None:
            await self._session.leave()

    async def _ask_host(self, call: Pipeline) -> None:
        """Ask the host for a change of what it copies; what becomes of it is read from the host."""
        answer = await self._estate.change(self._action.host, call)
        if answer.errors:
            raise cmdlet_failed(answer.host, answer.errors[0])
        self._woken.set()

    async def _send(self, session: Session) -> None:
        records: list[ErrorRecord] = []
        warnings: list[str] = []
        observing = asyncio.create_task(self._observe(), name=f"observe {self._action.host}")
        failure: CmdletFailed | None = None
        try:
            async with contextlib.aclosing(session.stream(self._action.pipeline, changes=True)) as items:
                async for item in items:
                    match item:
                        case ProgressRecord(percent=int() as percent):
                            self._see_percent(percent)
                            self._show_progress(item.status)
                        case ErrorRecord():
                            records.append(item)
                        case WarningRecord():
                            warnings.append(item.message)
        except CmdletFailed as error:
            records.append(error.record)
            failure = error
        finally:
            observing.cancel()
            await asyncio.wait([observing])
        await self._log.note(Event.ANSWERED, step=self._step, records=tuple(records), detail="\n".join(warnings))
        if failure is not None:
            raise failure
        if records:
            raise CmdletFailed(self._action.host.name, records[0])

    async def _observe(self) -> None:
        """Read the host now and then while it works: what its answers tell is not all there is to see."""
        if isinstance(self._action.goal, Copied):
            await self._observe_copy()
            return
        host, expected, progress = self._action.host, self._expected, self._progress
        if expected is None or progress is None or not progress.has_memory:
            return
        while True:
            await asyncio.sleep(self._patience.observe_after)
            picture = self._estate.picture(host)
            # Whoever else keeps the picture fresh has seen enough.
            if picture.inventory is None or picture.inventory.age(now()) >= self._patience.observe_after:
                picture = await self._estate.glance(host)
            if picture.inventory is None or picture.failure is not None:
                continue
            machine = picture.inventory.machine(expected.machine_id)
            if machine is None:
                continue
            progress.see_status(machine.operational_status)
            if progress.phase is Phase.MEMORY:
                passes = await read_memory_passes(partial(self._estate.ask, host), expected.machine_name)
                progress.see_passes(passes)
            self._show_progress(None)

    async def _observe_copy(self) -> None:
        while True:
            await asyncio.sleep(self._patience.copy_after)
            seen = (await look(self._action.goal, self._expected, self._estate)).copy
            if seen is not None and seen.percent is not None:
                self._see_percent(seen.percent)
                self._show_progress(None)

    async def _find_out(
        self, if_not_reached: Callable[[Outlook], Ended], *, quiet_for: float, needs_quiet: bool = True
    ) -> Ended:
        """Ask the hosts until it is clear whether the goal is reached.

        ``if_not_reached`` says what it means that it has not been for ``quiet_for`` seconds. Something under way on the
        machine, or a host that does not answer, leaves the outcome open (``needs_quiet``), unless the host has told
        already that it failed.
        """
        clock = asyncio.get_running_loop().time
        quiet_since: float | None = None
        complaint = ""
        while not self._given_up:
            seen = await look(self._action.goal, self._expected, self._estate)
            if seen.reached:
                return Ended(Outcome.DONE)
            if (told := self._told_by_host(seen)) is not None:
                return told
            if seen.reached is False and (seen.is_settled or not needs_quiet):
                quiet_since = clock() if quiet_since is None else quiet_since
                if clock() - quiet_since >= quiet_for:
                    return if_not_reached(seen)
            elif isinstance(self._action.goal, Told) and (seen.is_settled or not needs_quiet):
                return if_not_reached(seen)
            else:
                quiet_since = None
            complaint = _complaint(seen.failure)
            self._show_outlook(seen, complaint)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._look_again_after(seen))
            self._woken.clear()
        detail = _("The hosts were not asked any longer.")
        cure = _("Look at the hosts before you do it again.")
        return Ended(Outcome.UNKNOWN, " ".join(filter(None, (detail, complaint))), cure)

    def _look_again_after(self, seen: Outlook) -> float:
        if seen.copy is None:
            return self._patience.look_again_after
        if seen.copy.standing is CopyStanding.SCHEDULED:
            return self._patience.schedule_after
        return self._patience.copy_after

    def _told_by_host(self, seen: Outlook) -> Ended | None:
        """What the host's own job says of its end, if it has failed under our eyes."""
        job = seen.migration
        if job is None:
            return None
        if not job.job_state.has_ended:
            self._host_job = job.instance_id
            return None
        if job.instance_id != self._host_job or job.job_state.succeeded or seen.reached is not False:
            return None
        return Ended(
            Outcome.NOT_DONE,
            job.error_description or _("The host has ended the migration without a word."),
            _("Look at the events of the host, then try again."),
        )

    def _show_outlook(self, seen: Outlook, complaint: str) -> None:
        if seen.copy is not None and not seen.is_settled:
            self._show_copy(seen.copy)
            return
        job = seen.migration
        if job is not None and not job.job_state.has_ended and self._progress is not None:
            if seen.machine is not None:
                self._progress.see_status(seen.machine.operational_status)
            self._see_percent(job.percent_complete)
            self._show_progress(complaint)
        else:
            self._show(is_running=False, detail=complaint or None)

    def _show_copy(self, seen: CopySeen) -> None:
        standings = {CopyStanding.PAUSED: JobState.PAUSED, CopyStanding.SCHEDULED: JobState.SCHEDULED}
        standing = standings.get(seen.standing)
        if seen.percent is not None and seen.standing is CopyStanding.COPYING:
            self._see_percent(seen.percent)
        if standing is not None:
            self._show(is_running=True, detail=seen.detail, standing=standing)
        else:
            self._show_progress(seen.detail)

    def _see_percent(self, percent: int) -> None:
        if self._progress is not None:
            self._progress.see_percent(percent, elapsed())

    def _show_progress(self, detail: str | None) -> None:
        if self._progress is None:
            self._show(is_running=True, detail=detail)
        else:
            progress = self._progress
            self._show(is_running=True, percent=progress.percent, transfer=progress.transfer(), detail=detail)

    async def _migration(self) -> MigrationJob | None:
        """The host's job for the machine, if one is under way."""
        if self._action.migration is None or self._expected is None:
            return None
        picture = await self._estate.reread(self._action.host)
        if picture.failure is not None:
            raise picture.failure
        return picture.inventory.migration_of(self._expected.machine_id) if picture.inventory else None

    async def _remove_shell(self, shell_id: str, ended: Ended) -> None:
        """Close the shell that was lost with its connection, unless something may still run in it.

        One that stays is closed by the host in time.
        """
        if not shell_id or ended.outcome is Outcome.UNKNOWN:
            return
        session = self._estate.open_session(self._estate.picture(self._action.host).connection)
        with contextlib.suppress(RemotingError):
            await session.remove_shell(shell_id)
        await session.close()


def _complaint(failure: RemotingError | None) -> str:
    """Why a host cannot be asked, in sentences; empty where it can."""
    if failure is None:
        return ""
    told = f"{failure.sentence} {failure.cause}"
    if isinstance(failure, SignInRefused):
        again = _("It is asked again when you have given another password, or chosen Refresh.")
        return f"{told} {again}"
    return told


def _progress_of(action: Action) -> Progress | None:
    if action.migration is not None:
        return Progress(action.migration.storage, action.migration.memory)
    return Progress(action.copying.size, 0) if action.copying is not None else None
