"""A plan being carried out: its progress, and its outcome even where the answer never came."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from core.estate.estate import Estate, Picture
from core.hyperv.records import Machine
from core.jobs.plan import Action, Plan
from core.jobs.status import JobState, JobStatus
from core.language import _
from core.remoting.errors import CmdletFailed, OutcomeUnknown, PipelineStopped, RemotingError
from core.remoting.records import ErrorRecord, ProgressRecord
from core.remoting.session import Session


@dataclass(frozen=True, slots=True)
class Patience:
    """How a job looks for an outcome that nobody told.

    ``look_again_after``: seconds between two looks at the hosts. ``quiet_for``: seconds for which the machine must have
    been seen at the source, with nothing under way, before a request that got no answer counts as lost: it may still be
    on its way, and a host needs a moment to begin.
    """

    look_again_after: float = 2.0
    quiet_for: float = 20.0


class Job:
    """Carries out one plan in a session of its own, so that no refresh waits behind it."""

    def __init__(
        self, number: int, plan: Plan, estate: Estate, publish: Callable[[JobStatus], None], patience: Patience
    ) -> None:
        self.status = JobStatus(number, plan.title, plan.host, plan)
        self._plan = plan
        assert plan.expectation is not None
        self._expectation = plan.expectation
        self._estate = estate
        self._publish = publish
        self._patience = patience
        self._session: Session | None = None
        self._cancel_asked = False
        self._given_up = asyncio.Event()

    async def run(self) -> None:
        """Carry the plan out. What goes wrong becomes the state of the job, not an exception."""
        self._show()
        try:
            for action in self._plan.actions:
                if self._cancel_asked:
                    self._show(state=JobState.CANCELLED, detail=_("It was cancelled before anything was sent."))
                    return
                await self._carry_out(action)
            await self._find_out(self._not_moved, quiet_for=0.0)
        except CmdletFailed as error:
            self._show(detail=error.record.message, cure=error.cure)
            await self._find_out(partial(self._refused, error), quiet_for=0.0, needs_quiet=False)
        except (OutcomeUnknown, PipelineStopped) as error:
            stopped = isinstance(error, PipelineStopped)
            self._show(state=JobState.FINDING_OUT, detail=f"{error.sentence} {error.cause}", cure="")
            await self._find_out(self._still_there, quiet_for=0.0 if stopped else self._patience.quiet_for)
        except RemotingError as error:
            self._show(state=JobState.FAILED, detail=f"{error.sentence} {error.cause}", cure=error.cure)
            await self._look()

    async def cancel(self) -> None:
        """Ask the host to give the operation up; what becomes of it is read from the hosts.

        Raises RemotingError when the host cannot be asked; the operation goes on then.
        """
        self._cancel_asked = True
        if self._session is not None:
            try:
                await self._session.stop()
            except RemotingError:
                self._cancel_asked = False
                raise

    def give_up(self) -> None:
        """Ask the hosts no longer: the outcome stays unknown."""
        self._given_up.set()

    def show_broken(self, what: str) -> None:
        """Something nobody foresaw has ended the job: what it came to is not known."""
        self._show(
            state=JobState.UNKNOWN,
            detail=_("Something unexpected went wrong: {error}").format(error=what),
            cure=_("Look at both hosts before you do it again."),
        )

    async def _carry_out(self, action: Action) -> None:
        session = self._estate.open_session(self._estate.picture(action.host).connection)
        self._session = session
        failure: ErrorRecord | None = None
        try:
            async with contextlib.aclosing(session.stream(action.pipeline, changes=True)) as items:
                async for item in items:
                    match item:
                        case ProgressRecord(percent=int() as percent):
                            self._show(percent=max(percent, self.status.percent), detail=item.status)
                        case ErrorRecord():
                            failure = failure or item
        finally:
            self._session = None
            await session.close()
        if failure is not None:
            raise CmdletFailed(action.host.name, failure)

    async def _find_out(
        self,
        if_at_source: Callable[[Picture], tuple[JobState, str, str]],
        *,
        quiet_for: float,
        needs_quiet: bool = True,
    ) -> None:
        """Ask both hosts until it is clear where the machine is.

        ``if_at_source`` says what it means that the machine has been at the source for ``quiet_for`` seconds. Something
        under way on it, or a destination that does not answer, leaves the outcome open (``needs_quiet``), unless the
        host has told already that it failed.
        """
        wanted = self._expectation
        clock = asyncio.get_running_loop().time
        quiet_since: float | None = None
        while not self._given_up.is_set():
            source, destination = await self._look()
            here, there = _machine_on(source, wanted.machine_id), _machine_on(destination, wanted.machine_id)
            if there is not None and here is None and _answered(source):
                self._show_arrived()
                return
            settled = here is not None and not here.is_busy and there is None and _answered(destination)
            if settled or (here is not None and not needs_quiet):
                quiet_since = clock() if quiet_since is None else quiet_since
                if clock() - quiet_since >= quiet_for:
                    state, detail, cure = if_at_source(source)
                    self._show(state=state, detail=detail, cure=cure)
                    return
            else:
                quiet_since = None
                self._show(state=JobState.FINDING_OUT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._given_up.wait(), self._patience.look_again_after)
        self._show(
            state=JobState.UNKNOWN,
            detail=_("The hosts were not asked any longer. {last}").format(last=self.status.detail),
            cure=_("Look at both hosts before you do it again."),
        )

    def _show_arrived(self) -> None:
        where = _("{machine} is on {host}.").format(
            machine=self._expectation.machine_name, host=self._plan.hosts[-1].name
        )
        complaint = self.status.detail if self.status.cure else ""
        self._show(state=JobState.COMPLETED, percent=100, detail="\n".join(filter(None, (where, complaint))), cure="")

    def _refused(self, error: CmdletFailed, _source: Picture) -> tuple[JobState, str, str]:
        return JobState.FAILED, error.record.message, error.cure

    def _not_moved(self, _source: Picture) -> tuple[JobState, str, str]:
        wanted = self._expectation
        detail = _("The host reported success, but {machine} is still on {host}.").format(
            machine=wanted.machine_name, host=wanted.host.name
        )
        return JobState.FAILED, detail, _("Look at the events of the host, then try again.")

    def _still_there(self, source: Picture) -> tuple[JobState, str, str]:
        wanted = self._expectation
        seen = source.inventory.read_at.strftime("%H:%M:%S") if source.inventory else ""
        detail = _("At {time} by its clock, {host} had {machine} as before, with nothing under way.").format(
            time=seen, machine=wanted.machine_name, host=wanted.host.name
        )
        if self._cancel_asked:
            return JobState.CANCELLED, detail, ""
        return JobState.FAILED, detail, _("Look at the host once more before you do it again.")

    async def _look(self) -> tuple[Picture, Picture]:
        """Pictures of both hosts that were taken after this call."""
        source, destination = await asyncio.gather(
            self._estate.reread(self._expectation.host), self._estate.reread(self._plan.hosts[-1])
        )
        return source, destination

    def _show(self, **changed: object) -> None:
        self.status = replace(self.status, **changed)  # type: ignore[arg-type]
        self._publish(self.status)


def _answered(picture: Picture) -> bool:
    """Whether the picture is what the host has just told, and not what is remembered of it."""
    return picture.failure is None and picture.inventory is not None


def _machine_on(picture: Picture, machine_id: UUID) -> Machine | None:
    """The machine, if the host has just told that it has it."""
    return picture.inventory.machine(machine_id) if picture.inventory and picture.failure is None else None
