"""All jobs of the program."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from uuid import UUID

from core.estate.estate import Estate
from core.feed import Feed
from core.jobs.job import Job, Patience
from core.jobs.plan import Plan
from core.jobs.status import JobStatus
from core.language import _


class PlanOutdated(Exception):
    """A plan no longer fits what is true on the host: ``what`` changed, and the ``cure``. Nothing was sent."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure


class Jobs:
    """Starts plans and follows them."""

    def __init__(self, estate: Estate, patience: Patience | None = None) -> None:
        self._estate = estate
        self._patience = patience or Patience()
        self._starting: set[UUID] = set()
        self._jobs: dict[int, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)
        self._feed: Feed[int, JobStatus] = Feed()

    @property
    def statuses(self) -> tuple[JobStatus, ...]:
        """Where every job stands, in the order they were started."""
        return tuple(job.status for job in self._jobs.values())

    @property
    def under_way(self) -> tuple[JobStatus, ...]:
        """The jobs that have not ended."""
        return tuple(status for status in self.statuses if not status.state.is_final)

    async def start(self, plan: Plan) -> JobStatus:
        """Read the machine again and, if the plan still fits, start to carry it out.

        Raises PlanOutdated when it does not fit, and RemotingError when the host cannot be asked; nothing was sent
        then.
        """
        assert plan.expectation is not None
        machine_id = plan.expectation.machine_id
        taken = (status.plan.expectation for status in self.under_way if status.plan is not None)
        if machine_id in self._starting or any(other and other.machine_id == machine_id for other in taken):
            raise PlanOutdated(
                _("A job for {machine} is under way. Nothing was sent.").format(machine=plan.expectation.machine_name),
                _("Wait until it has ended."),
            )
        self._starting.add(machine_id)
        try:
            await self._check(plan)
        finally:
            self._starting.discard(machine_id)
        number = next(self._numbers)
        job = Job(number, plan, self._estate, lambda status: self._feed.publish(number, status), self._patience)
        self._jobs[number] = job
        task = asyncio.create_task(job.run(), name=f"job {number}")
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._ended(job, ended))
        return job.status

    def give_up(self, number: int) -> None:
        """Ask the hosts no longer what became of a job."""
        self._jobs[number].give_up()

    async def cancel(self, number: int) -> None:
        """Ask for the end of a job.

        Raises RemotingError when the host cannot be asked.
        """
        await self._jobs[number].cancel()

    def watch(self) -> AsyncIterator[JobStatus]:
        """Every new status of any job."""
        return self._feed.watch()

    async def close(self) -> None:
        """Follow the jobs no longer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            job.show_broken(str(error))
            message = f"job {job.status.number} ended unexpectedly"
            task.get_loop().call_exception_handler({"message": message, "exception": error, "task": task})

    async def _check(self, plan: Plan) -> None:
        wanted = plan.expectation
        assert wanted is not None
        picture = await self._estate.reread(wanted.host)
        if picture.failure is not None:
            raise picture.failure
        machine = picture.inventory.machine(wanted.machine_id) if picture.inventory else None
        names = {"machine": wanted.machine_name, "host": wanted.host.name}
        if machine is None:
            raise PlanOutdated(
                _("{machine} is no longer on {host}. Nothing was sent.").format(**names),
                _("Close the wizard and look where the machine is now."),
            )
        if machine.state != wanted.state:
            raise PlanOutdated(
                _("{machine} was {before} and is {now} now. Nothing was sent.").format(
                    machine=wanted.machine_name, before=wanted.state.word, now=machine.state.word
                ),
                _("Close the wizard and start it again if you still want to move the machine."),
            )
        if machine.is_busy:
            raise PlanOutdated(
                _("Another operation has begun on {machine}: {status}. Nothing was sent.").format(
                    machine=wanted.machine_name, status=machine.status
                ),
                _("Wait until it has ended, then try again."),
            )
