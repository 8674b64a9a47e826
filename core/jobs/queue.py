"""All jobs of the program: what waits, what runs, and what was found again."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import itertools
from collections.abc import AsyncIterator, Coroutine, Sequence
from uuid import UUID, uuid4

from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.feed import Feed
from core.hyperv.migration_jobs import end_migration
from core.jobs.admission import NotStarted, PlanOutdated, check
from core.jobs.foreign import ForeignJobs
from core.jobs.job import Job, Pending
from core.jobs.job_log import Author, JobLog
from core.jobs.journal import Journal, JournalUnavailable, now
from core.jobs.journal_entry import Event
from core.jobs.patience import Patience
from core.jobs.plan import Batch, Plan
from core.jobs.presence import Presence
from core.jobs.recovery import Unfinished, taken_over
from core.jobs.slots import Load
from core.jobs.status import JobState, JobStatus
from core.jobs.waiting import Waiting
from core.language import _
from core.remoting.errors import OutcomeUnknown, RemotingError

_STALE_FOR = datetime.timedelta(minutes=1)
"""How long after the end of a job a picture from before it may arrive."""


class Jobs:
    """Starts plans, lets them wait for each other, and follows them; every step is in the journal first."""

    def __init__(self, estate: Estate, journal: Journal, presence: Presence, patience: Patience | None = None) -> None:
        self._estate = estate
        self._journal = journal
        self._presence = presence
        self._patience = patience or Patience()
        self._author = Author.of(presence.program)
        self._starting: set[UUID] = set()
        self._jobs: dict[int, Job] = {}
        self._waiting = Waiting(estate)
        self._lost: dict[int, Pending] = {}
        self._tasks: set[asyncio.Task[object]] = set()
        self._last_words: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)
        self._feed: Feed[int, JobStatus] = Feed()
        self._foreign = ForeignJobs(lambda: next(self._numbers), self._publish)

    @property
    def statuses(self) -> tuple[JobStatus, ...]:
        """Where every job stands: those that wait in the order in which they are to begin, then all others."""
        waiting = [job.status for job in self._waiting.jobs]
        others = (job.status for job in self._jobs.values() if job not in self._waiting.jobs)
        return (*waiting, *others, *self._foreign.statuses)

    @property
    def under_way(self) -> tuple[JobStatus, ...]:
        """The own jobs that have not ended."""
        return tuple(job.status for job in self._jobs.values() if not job.status.state.is_final)

    @property
    def journal(self) -> Journal:
        """What was done, by this program and those that share its journal."""
        return self._journal

    async def open(self) -> None:
        """Find the jobs again that had not ended when their program did, and follow the hosts.

        Raises JournalUnavailable when the journal cannot be read or its folder not be written.
        """
        self._begin(self._follow_estate(), "follow the estate for jobs")
        self._begin(self._look_at_hosts(), "look at hosts that jobs wait for")
        try:
            await self._estate.workers.run(self._presence.take)
            last_number, found = await taken_over(self._journal, self._presence, self._estate.workers)
        except OSError as error:
            what = _("The journal in {folder} cannot be read: {reason}.")
            reason = error.strerror or str(error)
            raise JournalUnavailable(what.format(folder=self._journal.folder, reason=reason)) from error
        self._author = Author.of(self._presence.program, last_number)
        for job in found:
            self._restore(job)
        for picture in self._estate.pictures:
            self._see(picture)

    async def start(self, plan: Plan, *, start_at: datetime.datetime | None = None, hold: bool = False) -> JobStatus:
        """Read the machine again and, if the plan still fits, carry it out as soon as its hosts have room.

        It does not begin before ``start_at``, nor while it is on hold. Raises NotStarted (PlanOutdated when the plan
        does not fit any more), and RemotingError when the host cannot be asked; nothing was sent then.
        """
        [status] = await self._start((plan,), start_at, hold=hold)
        return status

    async def start_all(self, batch: Batch) -> tuple[JobStatus, ...]:
        """Start every plan of ``batch``, or none: the first that does not fit any more keeps all of them.

        Raises as ``start`` does; nothing was sent then.
        """
        return await self._start(batch.plans, None, hold=False)

    async def carry_out(self, plan: Plan) -> JobStatus:
        """Start a plan and say how it ended. Raises as ``start`` does."""
        news = self.watch()
        started = await self.start(plan)
        ended = next(status for status in self.statuses if status.number == started.number)
        while not ended.state.is_final:
            status = await anext(news)
            ended = status if status.number == started.number else ended
        return ended

    async def cancel(self, number: int) -> None:
        """Ask for the end of a job. Raises RemotingError when the host cannot be asked."""
        if (foreign := self._foreign.find(number)) is not None:
            # The job itself tells what becomes of it.
            with contextlib.suppress(OutcomeUnknown):
                await self._estate.change(foreign.status.host, end_migration(foreign.instance_id))
            return
        job = self._jobs[number]
        if self._waiting.remove(job):
            await job.withdraw()
        else:
            await job.cancel()

    async def pause(self, number: int) -> None:
        """Ask for a pause of what a job copies. Raises RemotingError when the host cannot be asked, or refuses."""
        await self._jobs[number].pause()

    async def go_on(self, number: int) -> None:
        """Let a paused job go on. Raises RemotingError when the host cannot be asked, or refuses."""
        await self._jobs[number].go_on()

    def give_up(self, number: int) -> None:
        """Ask the hosts no longer what became of a job."""
        if self._lost.pop(number, None) is not None:
            self._jobs[number].show_given_up()
        self._jobs[number].give_up()

    def hold(self, number: int) -> None:
        """Let a waiting job not begin before it is released."""
        self._jobs[number].show(state=JobState.HELD, detail="")

    def release(self, number: int) -> None:
        """Let a job that is on hold begin when its turn comes."""
        self._jobs[number].show(state=JobState.WAITING)
        self._schedule()

    def set_start(self, number: int, when: datetime.datetime | None) -> None:
        """Let a waiting job begin at ``when``, or as soon as there is room."""
        self._jobs[number].show(start_at=when)
        self._schedule()

    def move_up(self, number: int) -> None:
        """Let a waiting job begin before the one that is before it."""
        self._moved(self._waiting.shift(self._jobs[number], -1))

    def move_down(self, number: int) -> None:
        """Let a waiting job begin after the one that is after it."""
        self._moved(self._waiting.shift(self._jobs[number], +1))

    async def resume(self, number: int) -> None:
        """Carry out the steps of a job that are left. Raises as ``start`` does."""
        job = self._jobs[number]
        self._require_idle(job.plan)
        if not job.status.step:
            await check(job.plan, self._estate)
        try:
            await job.log.require(Event.RESUMED, step=job.status.step)
        except JournalUnavailable as error:
            raise _no_journal(error) from error
        job.is_resumed = True
        job.show(state=JobState.WAITING, detail="", cure="", ended_at=None, findings=(), clean_up=None)
        self._waiting.add(job)
        self._schedule(checked=(job,))

    async def undo(self, number: int) -> JobStatus:
        """Take back the steps of a job that are done, as a job of its own. Raises as ``start`` does."""
        job = self._jobs[number]
        plan = job.undo_plan()
        if plan is None:
            raise PlanOutdated(_("Nothing of it can be taken back."), _("Change it by hand where it is needed."))
        status = await self.start(plan)
        await job.close_book(Event.UNDONE)
        return status

    async def clean_up(self, number: int) -> JobStatus:
        """Remove what a job has left behind, as a job of its own. Raises as ``start`` does."""
        job = self._jobs[number]
        plan = job.status.clean_up
        if plan is None:
            raise PlanOutdated(_("Nothing was left behind."), _("Look at the hosts."))
        status = await self.start(plan)
        job.show(clean_up=None)
        return status

    def ask_again(self, number: int) -> None:
        """Ask the hosts once more what became of a job whose outcome is unknown."""
        self._begin(self._jobs[number].ask_again(), f"job {number}", self._jobs[number])

    def dismiss(self, number: int) -> None:
        """Show an ended job no longer; one that could be resumed is given up for good."""
        if self._foreign.find(number) is not None:
            self._foreign.dismiss(number)
            return
        writing = asyncio.create_task(self._jobs.pop(number).close_book(Event.DISMISSED), name=f"dismiss job {number}")
        self._last_words.add(writing)
        writing.add_done_callback(self._last_words.discard)

    def is_under_way_on(self, host: HostKey) -> bool:
        """Whether an own job that has not ended is about ``host``."""
        return any(host in status.plan.hosts for status in self.under_way if status.plan is not None)

    def forget(self, host: HostKey) -> None:
        """Show no longer what others do on a host that is managed no more."""
        self._foreign.forget(host)

    def watch(self) -> AsyncIterator[JobStatus]:
        """Every new status of any job."""
        return self._feed.watch()

    async def close(self) -> None:
        """Follow the jobs no longer. What runs on hosts goes on there, and the next program finds it again."""
        await asyncio.gather(*(job.leave() for job in self._jobs.values()))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._last_words, return_exceptions=True)
        self._presence.release()

    async def _start(
        self, plans: Sequence[Plan], start_at: datetime.datetime | None, *, hold: bool
    ) -> tuple[JobStatus, ...]:
        self._require_idle(*plans)
        machines = [expected for plan in plans for expected in plan.machines]
        self._starting.update(expected.machine_id for expected in machines)
        begun: list[Job] = []
        try:
            await asyncio.gather(*(check(plan, self._estate) for plan in plans))
            for plan in plans:
                job = self._new_job(plan, uuid4())
                await job.log.plan()
                begun.append(job)
        except JournalUnavailable as error:
            for job in begun:
                await job.log.note(Event.DISMISSED)
            raise _no_journal(error) from error
        finally:
            self._starting.difference_update(expected.machine_id for expected in machines)
        for job in begun:
            self._jobs[job.status.number] = job
            job.show(state=JobState.HELD if hold else JobState.WAITING, start_at=start_at)
            self._waiting.add(job)
        self._schedule(checked=begun)
        return tuple(job.status for job in begun)

    def _publish(self, status: JobStatus) -> None:
        self._feed.publish(status.number, status)

    def _new_job(self, plan: Plan, job_id: UUID) -> Job:
        known = {picture.key: picture.connection for picture in self._estate.pictures}
        log = JobLog(self._journal, self._author, job_id, plan, known.get(plan.host))
        number = next(self._numbers)
        return Job(number, plan, self._estate, log, self._publish, self._patience, self._why_wait)

    def _machines(self) -> frozenset[UUID]:
        """The machines that own jobs are about."""
        active = (job.plan for job in self._jobs.values() if not job.status.state.is_final)
        return frozenset({expected.machine_id for plan in active for expected in plan.machines} | self._starting)

    def _require_idle(self, *plans: Plan) -> None:
        """Raises PlanOutdated when another job is about a machine of ``plans``."""
        busy = self._machines()
        for expected in (expected for plan in plans for expected in plan.machines):
            if expected.machine_id in busy:
                raise PlanOutdated(
                    _("A job for {machine} is under way. Nothing was sent.").format(machine=expected.machine_name),
                    _("Wait until it has ended."),
                )

    def _restore(self, found: Unfinished) -> None:
        job = self._new_job(found.plan, found.job)
        self._jobs[job.status.number] = job
        pending = found.pending
        if pending is None and found.step == len(found.plan.actions):
            # Everything is done, and only the look at it was not written down.
            pending = Pending("", ())
        if pending is None:
            job.show_interrupted(found.step, found.detail)
        else:
            self._lost[job.status.number] = pending
            job.show_lost(found.step)

    def _schedule(self, *, checked: Sequence[Job] = ()) -> None:
        """Begin what has room; the machines of ``checked`` were read from their hosts just now."""
        brief = [job.plan.host for job in self._jobs.values() if job.plan.is_brief and job.is_running]
        for job in self._waiting.take_ready(self._running(), brief):
            job.begin()
            self._begin(self._carry_out(job, is_checked=job in checked), f"job {job.status.number}", job)

    async def _carry_out(self, job: Job, *, is_checked: bool) -> None:
        if not is_checked and not job.status.step:
            try:
                await check(job.plan, self._estate)
            except NotStarted as error:
                await job.fail(error.what, error.cure)
                return
            except RemotingError as error:
                nothing = _("Nothing was sent.")
                await job.fail(f"{error.sentence} {error.cause} {nothing}", error.cure)
                return
        await job.run()
        if job.status.state is JobState.WAITING:
            self._waiting.add(job)

    async def _why_wait(self, job: Job) -> str:
        """What a job that the host has refused may wait for, told by what is true there and not by what it says."""
        await asyncio.gather(*(self._estate.reread(key) for key in job.plan.hosts))
        return self._waiting.reason(job, self._running())

    def _running(self) -> list[Load]:
        """What own jobs put on the hosts."""
        return [load for job in self._jobs.values() if job.is_running and (load := job.load) is not None]

    async def _follow_estate(self) -> None:
        async for picture in self._estate.watch():
            self._see(picture)

    def _see(self, picture: Picture) -> None:
        # A picture may be older than the end of a job: for a while its machine counts as one of ours.
        just_ended = now() - _STALE_FOR
        own = (
            job.plan.expectation
            for job in self._jobs.values()
            if job.status.ended_at is not None and job.status.ended_at > just_ended
        )
        recent = {expected.machine_id for expected in own if expected is not None}
        self._foreign.see(picture, self._machines() | recent)
        for number, pending in tuple(self._lost.items()):
            job = self._jobs[number]
            if all(key in self._estate for key in job.plan.hosts):
                del self._lost[number]
                self._begin(job.follow(pending), f"job {number}", job)
        self._schedule()

    async def _look_at_hosts(self) -> None:
        """Read the hosts that jobs wait for; one that is slow keeps no other waiting."""
        while True:
            await asyncio.sleep(self._patience.observe_after)
            for key in self._waiting.hosts:
                self._begin(self._estate.refresh(key), f"refresh {key}")
            self._schedule()

    def _moved(self, changed: tuple[Job, ...]) -> None:
        for job in changed:
            self._publish(job.status)

    def _begin(self, work: Coroutine[object, object, object], name: str, job: Job | None = None) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._ended(ended, job))

    def _ended(self, task: asyncio.Task[object], job: Job | None) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            if job is not None:
                job.show_broken(str(error))
            message = f"{task.get_name()} ended unexpectedly"
            task.get_loop().call_exception_handler({"message": message, "exception": error, "task": task})
        if job is not None:
            if job.plan.is_brief and job.status.state is JobState.COMPLETED:
                self._begin(self._let_leave(job.status.number), f"let job {job.status.number} leave")
            self._schedule()

    async def _let_leave(self, number: int) -> None:
        """Take a brief job that has succeeded out of the list, once it has been seen; the journal keeps it."""
        await asyncio.sleep(self._patience.brief_shown_for)
        if number in self._jobs:
            self.dismiss(number)


def _no_journal(error: JournalUnavailable) -> NotStarted:
    cure = _("Make room there or make the folder writable, then try again.")
    return NotStarted(_("Nothing was sent. {reason}").format(reason=error), cure)
