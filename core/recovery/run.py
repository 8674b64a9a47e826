"""A run of a recovery plan: group after group, each machine by a job, and it stops with the truth when one fails.

What to do is asked of the hosts at each step and never remembered, so a run that stopped, or whose program ended, is
begun again and goes on where the hosts are. A test is always cleaned up, however the run ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from core.estate.estate import Estate
from core.failover.desk import Desk
from core.failover.rehearsal import begins_test, clean_up_plan
from core.failover.steps import Place, test_machine
from core.feed import Feed
from core.hyperv.query import Reading, TextQuestion, UnexpectedAnswer, ask
from core.hyperv.states import MachineState
from core.jobs.admission import NotStarted
from core.jobs.journal import now
from core.jobs.plan import Plan
from core.jobs.queue import Jobs
from core.jobs.status import JobState, JobStatus
from core.language import _
from core.powershell.command import Statement, command
from core.recovery.document import Group, Member, RecoveryPlan
from core.recovery.member_plans import Next, next_plan, relationship_of
from core.recovery.status import Kind, MemberState, MemberStatus, RunState, RunStatus
from core.remoting.errors import RemotingError
from core.replicas.side import Side
from core.replicas.survey import Survey

_MOST_STEPS = 4
"""How many plans one machine may take: a failover that stopped half way takes two or three."""
_LOOK_AFTER = 2.0
"""Seconds between two looks whether machines run."""


class PlanRun:
    """One run of ``plan``. Only the machines that the plan had when it was confirmed are touched: it is frozen."""

    def __init__(
        self,
        plan: RecoveryPlan,
        kind: Kind,
        estate: Estate,
        jobs: Jobs,
        survey: Survey,
        *,
        look_after: float = _LOOK_AFTER,
    ) -> None:
        self._estate = estate
        self._jobs = jobs
        self._survey = survey
        self._desk = Desk(estate, survey)
        self._look_after = look_after
        self._feed: Feed[str, RunStatus] = Feed()
        self._answered = asyncio.Event()
        self._tested: list[Member] = []
        members = tuple(MemberStatus(member) for member in plan.members)
        self.status = RunStatus(plan, kind, RunState.RUNNING, 0, "", members, now())

    def watch(self) -> AsyncIterator[RunStatus]:
        """Every new status."""
        return self._feed.watch()

    def answer(self) -> None:
        """Somebody has read the message of a group that asks, and wants the run to go on."""
        self._answered.set()

    async def carry_out(self) -> RunStatus:
        """Carry the plan out; how it ended. Cancelled, it starts nothing more, and a test is cleaned up."""
        message = ""
        try:
            for number, group in enumerate(self.status.plan.groups):
                self._show(group=number)
                if message := await self._carry_out_group(group):
                    break
        finally:
            if self.status.kind is Kind.TEST:
                await asyncio.shield(self._clean_up())
        ended = RunState.STOPPED if message or self.status.failed else RunState.SUCCEEDED
        self._show(state=ended, message=message, ended_at=now())
        return self.status

    async def _carry_out_group(self, group: Group) -> str:
        """Why the run stops with this group; empty when it goes on."""
        if group.asks:
            self._answered.clear()
            self._show(state=RunState.ASKING, message=group.message)
            await self._answered.wait()
        self._show(state=RunState.RUNNING, message=group.message)
        await asyncio.gather(*(self._carry_out_member(member) for member in group.members))
        failed = [each for each in self.status.failed if each.member in group.members]
        if failed:
            return " ".join(dict.fromkeys(each.detail for each in failed if each.detail))
        self._show(state=RunState.CHECKING)
        if missing := await self._check(group):
            return missing
        if group.delay and group is not self.status.plan.groups[-1]:
            self._show(state=RunState.DELAYING)
            await asyncio.sleep(group.delay)
        return ""

    async def _carry_out_member(self, member: Member) -> None:
        self._see(member, MemberState.RUNNING)
        for step in range(_MOST_STEPS):
            try:
                found = await self._next(member)
                if found.is_done or (step and self.status.kind is Kind.TEST):
                    self._see(member, MemberState.DONE if step else MemberState.DONE_BEFORE, truth=found.truth)
                    return
                if found.plan is None:
                    self._see(member, MemberState.FAILED, found.reason, found.truth)
                    return
                if self.status.kind is Kind.TEST:
                    self._tested.append(member)
                ended = await self._jobs.carry_out(found.plan)
            except NotStarted as error:
                await self._fail(member, error.what)
                return
            except RemotingError as error:
                await self._fail(member, f"{error.sentence} {error.cause}")
                return
            if ended.state is not JobState.COMPLETED:
                if self.status.kind is Kind.TEST and _never_began(ended, found.plan):
                    self._tested.remove(member)
                await self._fail(member, ended.detail)
                return
            if self.status.kind is Kind.TEST:
                self._see(member, MemberState.DONE)
                return
        await self._fail(member, _("{machine} did not come to its end.").format(machine=member.name))

    async def _next(self, member: Member) -> Next:
        relationship = relationship_of(member, self._survey.overview, self.status.plan.estate)
        if relationship is None:
            await self._survey.read()
            relationship = relationship_of(member, self._survey.overview, self.status.plan.estate)
        return await next_plan(member, self.status.kind, relationship, self._desk)

    async def _fail(self, member: Member, detail: str) -> None:
        """Say what went wrong, with what is true now on both hosts."""
        relationship = relationship_of(member, self._survey.overview, self.status.plan.estate)
        truth = (await self._desk.truth(relationship)).sentences if relationship is not None else ()
        self._see(member, MemberState.FAILED, detail, truth)

    async def _check(self, group: Group) -> str:
        """What is not as the group wants it, in a sentence; empty when all is well within its time."""
        started = [member for member in group.members if member.starts]
        looks: list[tuple[int, Callable[[Member], Awaitable[bool]], str]] = []
        if group.running_within:
            looks.append((group.running_within, self._runs, _("{machines} do not run after {seconds} s.")))
        if group.heartbeat_within:
            text = _("The operating systems of {machines} do not answer after {seconds} s.")
            looks.append((group.heartbeat_within, self._beats, text))
        for seconds, look, text in looks:
            missing = await self._within(seconds, started, look)
            if missing:
                for member in missing:
                    self._see(member, MemberState.FAILED)
                return text.format(machines=", ".join(member.name for member in missing), seconds=seconds)
        return ""

    async def _within(
        self, seconds: float, members: list[Member], look: Callable[[Member], Awaitable[bool]]
    ) -> list[Member]:
        """Those of ``members`` for which ``look`` was not true within the time."""
        clock = asyncio.get_running_loop().time
        until, missing = clock() + seconds, members
        while missing:
            told = await asyncio.gather(*(look(member) for member in missing))
            missing = [member for member, is_true in zip(missing, told, strict=True) if not is_true]
            if not missing or clock() >= until:
                break
            await asyncio.sleep(min(self._look_after, max(0.0, until - clock())))
        return missing

    async def _runs(self, member: Member) -> bool:
        return await self._tells(member, "State", lambda told: told == MachineState.RUNNING.name.capitalize())

    async def _beats(self, member: Member) -> bool:
        """Whether the guest answers: the names of VMHeartbeatStatus that mean so begin with Ok."""
        return await self._tells(member, "Heartbeat", lambda told: told.startswith("Ok"))

    async def _tells(self, member: Member, name: str, is_so: Callable[[str], bool]) -> bool:
        """What the host that has the machine that took over, or its test machine, says; False where it says nothing."""
        picture = self._estate.find(self.status.plan.estate, member.replica)
        if picture is None:
            return False
        place = Place(picture.key, member.machine_id, member.name)
        machine = Statement((place.picked,))
        if self.status.kind is Kind.TEST:
            machine = test_machine(place)
        question = TextQuestion("machine", machine | command("Select-Object", ExpandProperty=name))
        try:
            answer = await self._estate.ask(picture.key, ask((question,)))
            return is_so(Reading.of(answer.output).texts.get(question.name, ""))
        except (RemotingError, UnexpectedAnswer):
            return False

    async def _clean_up(self) -> None:
        """Stop every test that this run began, whatever became of it."""
        if not self._tested:
            return
        self._show(state=RunState.CLEANING_UP)
        await self._survey.read()
        await asyncio.gather(*(self._clean_up_member(member) for member in dict.fromkeys(self._tested)))

    async def _clean_up_member(self, member: Member) -> None:
        relationship = relationship_of(member, self._survey.overview, self.status.plan.estate)
        receiver: Side | None = relationship.receiver if relationship is not None else None
        if receiver is not None and not receiver.has_test:
            return
        left = _("Stop the test failover of {machine} once its host answers.").format(machine=member.name)
        if receiver is None:
            self._see(member, MemberState.LEFT, left)
            return
        try:
            ended = await self._jobs.carry_out(clean_up_plan(receiver))
        except (NotStarted, RemotingError):
            self._see(member, MemberState.LEFT, left)
            return
        if ended.state is not JobState.COMPLETED:
            self._see(member, MemberState.LEFT, f"{ended.detail} {left}")
        elif self._of(member).state is MemberState.DONE:
            self._see(member, MemberState.CLEANED_UP)

    def _of(self, member: Member) -> MemberStatus:
        return next(each for each in self.status.members if each.member == member)

    def _see(self, member: Member, state: MemberState, detail: str = "", truth: tuple[str, ...] = ()) -> None:
        members = tuple(
            replace(each, state=state, detail=detail or each.detail, truth=truth or each.truth)
            if each.member == member
            else each
            for each in self.status.members
        )
        self._show(members=members)

    def _show(self, **changed: object) -> None:
        self.status = replace(self.status, **changed)  # type: ignore[arg-type]
        self._feed.publish("run", self.status)


def _never_began(ended: JobStatus, plan: Plan) -> bool:
    """Whether a test did not come about: a test machine that is there then is somebody else's."""
    done = plan.actions[: ended.step]
    return ended.state is JobState.FAILED and not any(begins_test(action) for action in done)
