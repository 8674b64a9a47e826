"""Test, planned and unplanned failovers, and the way back."""

from __future__ import annotations

from functools import partial

from core.failover.control import control_plan
from core.failover.link import back_link
from core.failover.planned import PlannedFailover, planned_plan, reverse_plan, second_half
from core.failover.prerequisites import Prerequisite, obstacles
from core.failover.rehearsal import Rehearsal, clean_up_plan, rehearsal_plan
from core.failover.unplanned import UnplannedFailover, unplanned_plan
from core.failover.way_back import Stage
from core.jobs.plan import Plan
from core.powershell.command import Switch, command
from core.recovery.document import Member
from core.recovery.member_plans import next_plan
from core.recovery.status import Kind as RunKind
from core.replicas.verbs import Verb
from core.wizards.reverse_replication import ReverseWizard
from tests.kill.kind import Kind
from tests.kill.world import World

SITES, NAME = ("HV-01", "HV-DR"), "CRM01"
PLANNED, UNPLANNED = "core.failover.planned.planned_plan", "core.failover.unplanned.unplanned_plan"
CONTROL, WAY_BACK = "core.failover.control.control_plan", "core.failover.way_back"


async def chosen(world: World, *, reverses: bool = True) -> PlannedFailover:
    page = await world.desk.planned(await world.leg(NAME), reverses=reverses)
    fresh = page.relationship
    assert page.machine is not None
    assert fresh.sender is not None
    assert fresh.receiver is not None
    return PlannedFailover(fresh.sender, fresh.receiver, page.machine, page.back, shuts_down=True)


async def planned(world: World, *, reverses: bool = True) -> Plan:
    return planned_plan(await chosen(world, reverses=reverses))


async def left_over(world: World) -> Plan:
    """The second half of a failover whose first half is done."""
    whole = await planned(world)
    first = tuple(action for action in whole.actions if action.host == whole.host)
    await world.did(Plan("First half", whole.host, first, expectation=whole.expectation))
    return second_half(await chosen(world))


async def reversed_afterwards(world: World) -> Plan:
    await world.did(await planned(world, reverses=False))
    leg = await world.leg(NAME)
    assert leg.receiver is not None
    assert leg.sender is not None
    return reverse_plan(leg.receiver, back_link(leg.sender))


async def _turned_off(world: World) -> None:
    """The primary does not run any more."""
    off = command("Stop-VM", TurnOff=Switch.PRESENT, Force=Switch.PRESENT)
    await world.change("HV-01", command("Get-VM", Name=NAME) | off)


async def unplanned(world: World, *, completes: bool, starts: bool = True) -> Plan:
    await _turned_off(world)
    page = await world.desk.unplanned(await world.leg(NAME))
    receiver = page.relationship.receiver
    assert receiver is not None
    point, lost = page.points[0]
    failover = UnplannedFailover(receiver, point, lost, starts, completes=completes, elsewhere=page.truth.hosts)
    return unplanned_plan(failover)


async def from_a_point(world: World) -> Plan:
    """To a recovery point that is not the latest."""
    await _turned_off(world)
    page = await world.desk.unplanned(await world.leg(NAME))
    receiver = page.relationship.receiver
    assert receiver is not None
    point, lost = page.points[-1]
    assert point.point_id is not None
    return unplanned_plan(UnplannedFailover(receiver, point, lost))


async def after_failover(world: World, verb: Verb) -> Plan:
    await world.did(await unplanned(world, completes=False))
    return control_plan(verb, await world.receiver(NAME))


async def rehearsed(world: World) -> Plan:
    page = await world.desk.rehearsal(await world.receiver(NAME))
    switches = {adapter.name: "Failover tests" for adapter in page.adapters}
    return rehearsal_plan(Rehearsal(page.receiver, page.adapters, switches, starts=True))


async def rehearsal_ended(world: World) -> Plan:
    await world.did(await rehearsed(world))
    return clean_up_plan(await world.receiver(NAME))


async def stopped_by_verb(world: World) -> Plan:
    await world.did(await rehearsed(world))
    return control_plan(Verb.STOP_TEST, await world.receiver(NAME))


async def on_the_way_back(world: World, stage: Stage) -> Plan:
    """What comes next at a stage of the way back, all stages before it gone through."""
    journey = await world.desk.journey(await world.leg(NAME))
    assert journey is not None
    await world.did(await unplanned(world, completes=False))
    for _stage in Stage:
        found = await world.desk.way_back(journey)
        assert found.plan is not None, found
        if found.stage is stage:
            return found.plan
        await world.did(found.plan)
        world.lab.advance(3600)
    raise AssertionError(f"{stage} is not reached")


async def started_at_home(world: World) -> Plan:
    """The start of a machine that is at home, and off."""
    journey = await world.desk.journey(await world.leg(NAME))
    assert journey is not None
    await _turned_off(world)
    found = await world.desk.way_back(journey)
    assert found.stage is Stage.START_AT_HOME
    assert found.plan is not None
    return found.plan


async def split(world: World) -> Plan:
    """The old primary has come back, and runs as well."""
    journey = await world.desk.journey(await world.leg(NAME))
    assert journey is not None
    await world.did(await unplanned(world, completes=True))
    await world.change("HV-01", command("Get-VM", Name=NAME) | command("Start-VM"))
    found = await world.desk.way_back(journey)
    assert found.stage is Stage.SPLIT
    assert found.plan is not None
    return found.plan


async def reversal(world: World) -> Plan:
    """All that the wizard does after an unplanned failover: the old primary waits, reversal, copy."""
    await world.did(await unplanned(world, completes=True))
    # Until the old primary has noticed that nobody takes what it sends, its state is not yet that of the plan.
    world.lab.advance(3600)
    leg = await world.leg(NAME)
    assert leg.receiver is not None
    journey = await world.desk.journey(leg)
    assert journey is not None
    machine = await world.machine(NAME, "HV-DR")
    reversing = ReverseWizard(world.estate, leg, leg.receiver, machine, journey.link_home)
    for step in tuple(reversing.steps()):
        await reversing.examine(step)
    return await reversing.plan()


async def shut_down_before(world: World) -> Plan:
    """What cures that the primary still runs."""
    page = await world.desk.unplanned(await world.leg(NAME))
    return _cure(page.prerequisites, "split")


async def stopped_before(world: World) -> Plan:
    """What cures that a test is under way."""
    await world.did(await rehearsed(world))
    page = await world.desk.planned(await world.leg(NAME))
    return _cure(page.prerequisites, "test")


def _cure(prerequisites: tuple[Prerequisite, ...], field: str) -> Plan:
    fix = next(problem.fix for problem in obstacles(prerequisites) if problem.field == field)
    assert isinstance(fix, Plan)
    return fix


async def started_by_recovery_plan(world: World) -> Plan:
    """The start of a machine that has taken over already when a recovery plan comes to it."""
    await world.did(await unplanned(world, completes=False, starts=False))
    leg = await world.leg(NAME)
    member = Member(leg.machine_id, NAME, "HV-01", "HV-DR")
    plan = (await next_plan(member, RunKind.UNPLANNED, leg, world.desk)).plan
    assert plan is not None
    return plan


BEFORE = "core.failover.prerequisites"
KINDS = (
    Kind("planned failover", planned, 5, (PLANNED,), hosts=SITES, ordinary=frozenset({"sending"})),
    Kind("planned failover without reversal", partial(planned, reverses=False), 4, (PLANNED,), hosts=SITES),
    Kind("second half", left_over, 3, (PLANNED,), hosts=SITES),
    Kind("reverse", reversed_afterwards, 1, ("core.failover.planned.reverse_plan",), hosts=SITES),
    Kind("unplanned failover", partial(unplanned, completes=True), 3, (UNPLANNED,), hosts=SITES),
    Kind("unplanned failover to a point", from_a_point, 2, (UNPLANNED,), hosts=SITES),
    Kind("failover completed", partial(after_failover, verb=Verb.REMOVE_POINTS), 1, (CONTROL,), hosts=SITES),
    Kind("failover cancelled", partial(after_failover, verb=Verb.CANCEL_FAILOVER), 1, (CONTROL,), hosts=SITES),
    Kind("test failover", rehearsed, 3, ("core.failover.rehearsal.rehearsal_plan",), hosts=SITES),
    Kind("test failover cleaned up", rehearsal_ended, 1, ("core.failover.rehearsal.clean_up_plan",), hosts=SITES),
    Kind("test failover stopped", stopped_by_verb, 1, (CONTROL,), hosts=SITES),
    Kind("way back: split", split, 1, (f"{WAY_BACK}._taken_over",), hosts=SITES),
    *(
        Kind(f"way back: {stage.value}", partial(on_the_way_back, stage=stage), steps, (maker,), hosts=SITES)
        for stage, steps, maker in (
            (Stage.AS_REPLICA, 1, f"{WAY_BACK}._as_replica_plan"),
            (Stage.START_COPY, 1, f"{WAY_BACK}._copy_plan"),
            (Stage.IN_STEP, 5, PLANNED),
        )
    ),
    Kind("way back: start at home", started_at_home, 1, (f"{WAY_BACK}._at_home",), hosts=SITES),
    Kind("shut down before a failover", shut_down_before, 1, (f"{BEFORE}._power_fix",), hosts=SITES),
    Kind("test stopped before a failover", stopped_before, 1, (f"{BEFORE}._takes_over",), hosts=SITES),
    Kind(
        "start by a recovery plan",
        started_by_recovery_plan,
        1,
        ("core.recovery.member_plans._taken_over",),
        hosts=SITES,
    ),
    Kind("reversal with a copy", reversal, 3, ("core.failover.reversal.reversal_plan",), hosts=SITES),
)
