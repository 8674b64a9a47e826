"""What a machine of a recovery plan needs next, by what is true on its hosts now."""

from __future__ import annotations

from dataclasses import dataclass

from core.failover import steps
from core.failover.desk import Desk
from core.failover.planned import PlannedFailover, planned_plan, reverse_plan, second_half
from core.failover.prerequisites import Prerequisite, obstacles, passed
from core.failover.recovery_points import PointKind
from core.failover.rehearsal import Rehearsal, rehearsal_plan
from core.failover.steps import Place, premise
from core.failover.truth import Truth
from core.failover.unplanned import UnplannedFailover, unplanned_plan
from core.hyperv.replication_states import ReplicationState as State
from core.jobs.plan import Plan
from core.language import _
from core.recovery.document import Member
from core.recovery.status import Kind
from core.replicas.relationship import Relationship
from core.replicas.role import Role
from core.replicas.rules import FAILED_OVER
from core.replicas.side import Side
from core.replicas.survey import Overview


@dataclass(frozen=True, slots=True)
class Next:
    """A plan to carry out, or None with the reason; ``is_done``: nothing is left to do for the machine."""

    plan: Plan | None
    is_done: bool = False
    reason: str = ""
    truth: tuple[str, ...] = ()


def relationship_of(member: Member, overview: Overview, estate: str) -> Relationship | None:
    """The first leg of a member, or None where no host tells of it."""
    legs = overview.of_machine(member.machine_id, estate)
    return next((each for each in legs if not each.is_extension), None)


async def next_plan(member: Member, kind: Kind, relationship: Relationship | None, desk: Desk) -> Next:
    """What comes next for a member. Raises RemotingError where a host cannot be asked."""
    if relationship is None:
        text = _("No host tells of a replication of {machine}.")
        return Next(None, reason=text.format(machine=member.name))
    match kind:
        case Kind.TEST:
            return await _test(member, relationship, desk)
        case Kind.PLANNED:
            return await _planned(member, relationship, desk)
        case Kind.UNPLANNED:
            return await _unplanned(member, relationship, desk)


async def _test(member: Member, relationship: Relationship, desk: Desk) -> Next:
    truth = await desk.truth(relationship)
    found = truth.relationship
    receiver = found.receiver if found is not None else None
    if receiver is None:
        return _kept(truth, _("The replica of {machine} cannot be asked."), member)
    if receiver.has_test:
        return _kept(truth, _("A test failover of {machine} is under way already: stop it first."), member)
    if receiver.state not in (State.REPLICATING, State.SUSPENDED):
        return _kept(truth, _("The replica of {machine} cannot be tested as it stands."), member)
    page = await desk.rehearsal(receiver)
    if member.test_switch and member.test_switch.lower() not in {name.lower() for name in page.switches}:
        text = _("{host} has no switch {switch}, which the plan names for tests of {machine}.")
        names = {"host": receiver.host.name, "switch": member.test_switch, "machine": member.name}
        return Next(None, reason=text.format(**names), truth=truth.sentences)
    switches = {adapter.name: member.test_switch for adapter in page.adapters}
    chosen = Rehearsal(receiver, page.adapters, switches, starts=member.starts)
    return Next(rehearsal_plan(chosen), truth=truth.sentences)


async def _planned(member: Member, relationship: Relationship, desk: Desk) -> Next:
    truth = await desk.truth(relationship)
    found = truth.relationship
    sender = found.sender if found is not None else None
    receiver = found.receiver if found is not None else None
    if sender is not None and _is_target(sender, member):
        return _taken_over(member, sender, truth)
    page = await desk.planned(relationship, truth=truth)
    if receiver is not None and sender is not None and page.machine is not None and page.back is not None:
        chosen = PlannedFailover(sender, receiver, page.machine, page.back, member.starts, shuts_down=True)
        if receiver.state in FAILED_OVER:
            return Next(reverse_plan(receiver, page.back), truth=truth.sentences)
        if sender.state is State.PREPARED_FOR_FAILOVER:
            return Next(second_half(chosen), truth=truth.sentences)
        wrong = _wrong(page.prerequisites, but="off")
        plan = planned_plan(chosen, checks=passed(page.prerequisites))
        return Next(None if wrong else plan, reason=wrong, truth=truth.sentences)
    return Next(None, reason=_wrong(page.prerequisites, but="off"), truth=truth.sentences)


async def _unplanned(member: Member, relationship: Relationship, desk: Desk) -> Next:
    page = await desk.unplanned(relationship)
    truth, receiver = page.truth, page.relationship.receiver
    if receiver is not None and receiver.state in FAILED_OVER:
        return _taken_over(member, receiver, truth)
    wrong = _wrong(page.prerequisites)
    if wrong or receiver is None:
        return Next(None, reason=wrong, truth=truth.sentences)
    point, lost = next(each for each in page.points if each[0].kind is PointKind.LATEST)
    chosen = UnplannedFailover(receiver, point, lost, starts=member.starts, elsewhere=truth.hosts)
    return Next(unplanned_plan(chosen, checks=passed(page.prerequisites)), truth=truth.sentences)


def _taken_over(member: Member, side: Side, truth: Truth) -> Next:
    """The machine has taken over; what may be left is its start."""
    if not member.starts or truth.runs_on(side.host):
        return Next(None, is_done=True, truth=truth.sentences)
    action = steps.start(Place.of(side))
    return Next(Plan(action.title, side.host, (action,), premises=(premise(side),)), truth=truth.sentences)


def _is_target(sender: Side, member: Member) -> bool:
    """Whether the machine is the primary already where the plan wants it."""
    short = member.replica.partition(".")[0].lower()
    return sender.role is Role.PRIMARY and sender.host.name.partition(".")[0].lower() == short


def _wrong(found: tuple[Prerequisite, ...], *, but: str = "") -> str:
    """What keeps from it, in sentences; a machine that runs is shut down by the plan itself."""
    return " ".join(problem.what for problem in obstacles(found) if problem.field != but)


def _kept(truth: Truth, text: str, member: Member) -> Next:
    return Next(None, reason=text.format(machine=member.name), truth=truth.sentences)
