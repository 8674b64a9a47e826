"""A plan being carried out: its progress, and its outcome even where the answer never came."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace

from core.estate.estate import Estate, Picture
from core.jobs.plan import Action, Plan
from core.jobs.status import JobState, JobStatus
from core.language import _
from core.remoting.errors import CmdletFailed, OutcomeUnknown, PipelineStopped, RemotingError
from core.remoting.records import ErrorRecord, ProgressRecord
from core.remoting.session import Session

ASK_AGAIN_AFTER = 2.0
"""Seconds between two looks at the hosts while an outcome is not known."""


class Job:
    """Carries out one plan in a session of its own, so that no refresh waits behind it."""

    def __init__(self, number: int, plan: Plan, estate: Estate, publish: Callable[[JobStatus], None]) -> None:
        self.status = JobStatus(number, plan)
        self._estate = estate
        self._publish = publish
        self._session: Session | None = None
        self._cancel_asked = False

    async def run(self) -> None:
        """Carry the plan out. What goes wrong becomes the state of the job, not an exception."""
        self._show()
        try:
            for action in self.status.plan.actions:
                await self._carry_out(action)
            await self._find_out(_("The host reported success, but the machine is still on {host}."))
        except CmdletFailed as error:
            self._show(state=JobState.FAILED, detail=error.record.message, cure=error.cure)
        except (OutcomeUnknown, PipelineStopped) as error:
            detail = f"{error.sentence} {error.cause}"
            self._show(state=JobState.FINDING_OUT, detail=detail, cure="")
            await self._find_out(_("The machine is still on {host}, as it was."))
        except RemotingError as error:
            self._show(state=JobState.FAILED, detail=f"{error.sentence} {error.cause}", cure=error.cure)
        await self._refresh()

    async def cancel(self) -> None:
        """Ask the host to give the operation up; what becomes of it is read from the hosts.

        Raises RemotingError when the host cannot be asked.
        """
        self._cancel_asked = True
        if self._session is not None:
            await self._session.stop()

    async def _carry_out(self, action: Action) -> None:
        self._session = self._estate.open_session(self._estate.picture(action.host).connection)
        failure: ErrorRecord | None = None
        try:
            async with contextlib.aclosing(self._session.stream(action.pipeline, changes=True)) as items:
                async for item in items:
                    match item:
                        case ProgressRecord(percent=int() as percent):
                            self._show(percent=max(percent, self.status.percent), detail=item.status)
                        case ErrorRecord():
                            failure = failure or item
        finally:
            session, self._session = self._session, None
            await session.close()
        if failure is not None:
            raise CmdletFailed(action.host.name, failure)

    async def _find_out(self, otherwise: str) -> None:
        """Ask both hosts until it is clear where the machine is; ``otherwise`` is what is wrong if it never left."""
        plan = self.status.plan
        wanted = plan.expectation
        while True:
            source, destination = await self._refresh()
            if source.inventory and destination.inventory and not source.failure and not destination.failure:
                here = source.inventory.machine(wanted.machine_id)
                there = destination.inventory.machine(wanted.machine_id)
                if there is not None and here is None:
                    detail = _("{machine} is on {host}.").format(
                        machine=wanted.machine_name, host=plan.destination.name
                    )
                    self._show(state=JobState.COMPLETED, percent=100, detail=detail, cure="")
                    return
                if here is not None and there is None and not here.is_busy:
                    state = JobState.CANCELLED if self._cancel_asked else JobState.FAILED
                    self._show(state=state, detail=otherwise.format(host=wanted.host.name), cure="")
                    return
            await asyncio.sleep(ASK_AGAIN_AFTER)

    async def _refresh(self) -> tuple[Picture, Picture]:
        plan = self.status.plan
        source, destination = await asyncio.gather(
            self._estate.refresh(plan.expectation.host), self._estate.refresh(plan.destination)
        )
        return source, destination

    def _show(self, **changed: object) -> None:
        self.status = replace(self.status, **changed)  # type: ignore[arg-type]
        self._publish(self.status)
