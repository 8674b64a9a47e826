"""Test, planned and unplanned failovers, and the whole way back, on hosts whose clock is stepped."""

from __future__ import annotations

import pytest

from core.failover.link import Link, back_link
from core.failover.planned import PlannedFailover, planned_plan, reverse_plan
from core.failover.prerequisites import (
    WayBackFacts,
    obstacles,
    passed,
    planned_prerequisites,
    unplanned_prerequisites,
)
from core.failover.recovery_points import PointKind, RecoveryPoint, loss, read_points
from core.failover.rehearsal import Rehearsal, RehearsalAdapter, clean_up_plan, open_tests, rehearsal_plan, rehearsals
from core.failover.truth import Truth
from core.failover.unplanned import UnplannedFailover, unplanned_confirmation, unplanned_plan
from core.failover.way_back import ROUTE, Journey, Stage, Waypoint, waypoint
from core.hyperv.replication_states import ReplicationState as State
from core.hyperv.states import MachineState
from core.powershell.command import Pipeline
from core.remoting.session import Answer
from core.replicas.relationship import Relationship
from core.replicas.role import Role
from core.wizards.wizard import Problem
from lab.hyperv.machine import MachineState as LabState
from lab.hyperv.machine import VirtualMachine
from lab.powershell.values import display_text
from tests.core.failover.acting import act, carry_out, host, of, overview, picture, truth, wait
from tests.core.moving.hosts import machine_called, run
from tests.core.replicas.looking import PRIMARY, REPLICA, counted, side
from tests.lab.cmdlets.administration import Administrator

HOME, AWAY = "HV-01", "HV-DR"


@pytest.fixture
def admin() -> Administrator:
    return Administrator(replicated=True)


def planned(admin: Administrator, *, reverses: bool = True, starts: bool = True) -> PlannedFailover:
    found = of(admin, "CRM01")
    assert found.sender is not None
    assert found.receiver is not None
    inventory = picture(admin, HOME).inventory
    assert inventory is not None
    machine = machine_called(inventory, "CRM01")
    back = back_link(found.sender) if reverses else None
    return PlannedFailover(found.sender, found.receiver, machine, back, starts=starts, shuts_down=True)


def replica_of(admin: Administrator, name: str = "CRM01") -> VirtualMachine:
    return next(machine for machine in admin.host(AWAY).machines.values() if machine.name == name)


def test_a_planned_failover_runs_each_half_on_its_host_and_reverses(admin: Administrator) -> None:
    plan = planned_plan(planned(admin))
    assert [action.host.name for action in plan.actions] == [HOME, HOME, AWAY, AWAY, AWAY]
    carry_out(admin, plan)
    found = of(admin, "CRM01")
    assert (found.primary_name, found.replica_name) == (AWAY, HOME)
    assert found.sender is not None
    assert found.sender.state is State.REPLICATING
    assert replica_of(admin).state is LabState.Running


def test_a_first_half_whose_second_fails_is_undone(admin: Administrator) -> None:
    plan = planned_plan(planned(admin))
    for action in plan.actions[:2]:
        act(admin, action)
    found = of(admin, "CRM01")
    assert found.sender is not None
    assert found.sender.state is State.PREPARED_FOR_FAILOVER
    for action in reversed(plan.actions[:2]):
        assert action.undo is not None
        act(admin, action.undo)
    assert planned(admin).machine.state is MachineState.RUNNING
    assert planned(admin).sender.state is State.REPLICATING


def test_without_reversal_a_planned_failover_can_be_taken_back(admin: Administrator) -> None:
    plan = planned_plan(planned(admin, reverses=False))
    carry_out(admin, plan)
    for action in reversed(plan.actions):
        assert action.undo is not None, action.title
        act(admin, action.undo)
    assert planned(admin).sender.state is planned(admin).receiver.state is State.REPLICATING


def test_a_test_machine_is_on_the_chosen_network_and_leaves_nothing(admin: Administrator) -> None:
    receiver = of(admin, "CRM01").receiver
    assert receiver is not None
    before = sorted(machine.name for machine in admin.host(AWAY).machines.values())
    name = replica_of(admin).adapters[0].name
    chosen = Rehearsal(receiver, (RehearsalAdapter(name),), {name: "Failover tests"}, starts=True)
    carry_out(admin, rehearsal_plan(chosen))
    [tested] = open_tests(overview(admin))
    assert tested.row.machine_name == "CRM01"
    test = replica_of(admin, "CRM01 - Test")
    assert (test.state, test.adapters[0].switch) == (LabState.Running, "Failover tests")
    assert of(admin, "CRM01").sender.state is State.REPLICATING  # type: ignore[union-attr]
    carry_out(admin, clean_up_plan(tested))
    assert sorted(machine.name for machine in admin.host(AWAY).machines.values()) == before
    assert len(rehearsals([chosen, chosen]).plans) == 2


async def _answer(admin: Administrator, question: Pipeline) -> Answer:
    recording = run(admin, AWAY, question)
    return Answer(AWAY, tuple(display_text(value) for value in recording.outputs), (), ())


def points_of(admin: Administrator) -> tuple[RecoveryPoint, ...]:
    """The points, through a coroutine that never waits."""
    receiver = of(admin, "CRM01").receiver
    assert receiver is not None
    try:
        read_points(lambda question: _answer(admin, question), receiver).send(None)
    except StopIteration as told:
        return told.value
    raise AssertionError("it waited")


def fail_over(admin: Administrator, point: RecoveryPoint | None = None) -> None:
    found = of(admin, "CRM01")
    assert found.receiver is not None
    point = point or RecoveryPoint(None, PointKind.LATEST, found.receiver.last_synchronised)
    lost = loss(point, found.receiver, found.sender)
    chosen = UnplannedFailover(found.receiver, point, lost)
    asked = unplanned_confirmation(chosen)
    assert asked.typed == "CRM01"
    assert lost.sentence in asked.consequence
    carry_out(admin, unplanned_plan(chosen))


JOURNEY_LINKS = Link("HV-01.contoso.example", 80), Link("HV-DR.contoso.example", 80)


def journey(admin: Administrator) -> Journey:
    machine = admin.machine("CRM01")
    return Journey(machine.machine_id, "CRM01", host(HOME), host(AWAY), *JOURNEY_LINKS)


def look(admin: Administrator, *, silent: tuple[str, ...] = ()) -> Waypoint:
    return waypoint(journey(admin), truth(admin, "CRM01", HOME, AWAY, silent=silent))


def sends_nothing_to_a_silent_host(admin: Administrator) -> None:
    """At each stage one of the hosts may be lost: nothing is planned for it, and what is known of it is said."""
    for silent in (HOME, AWAY):
        found = look(admin, silent=(silent,))
        plans = [plan for plan in (found.plan, *found.other) if plan is not None]
        assert silent not in {action.host.name for plan in plans for action in plan.actions}, found
        assert any(f"{silent} does not answer" in sentence for sentence in found.truth)


def go_on(admin: Administrator, stage: Stage) -> None:
    sends_nothing_to_a_silent_host(admin)
    found = look(admin)
    assert found.stage is stage, (found.stage, found.truth)
    assert found.plan is not None
    carry_out(admin, found.plan)


def test_the_whole_way_back_follows_from_what_is_true(admin: Administrator) -> None:
    primary = next(m for m in admin.host(HOME).machines.values() if m.name == "CRM01")
    assert look(admin).stage is Stage.AT_HOME
    primary.state = LabState.Off
    fail_over(admin)
    stages = []
    assert look(admin, silent=(HOME,)).stage is Stage.COMPLETE
    go_on(admin, Stage.COMPLETE)
    away = look(admin, silent=(HOME,))
    assert away.stage is Stage.WAIT_FOR_HOME
    assert "does not answer" in away.truth[0]
    primary.state = LabState.Running
    go_on(admin, Stage.SPLIT)
    go_on(admin, Stage.AS_REPLICA)
    go_on(admin, Stage.REVERSE)
    assert look(admin).other
    go_on(admin, Stage.START_COPY)
    while (found := look(admin)).stage is Stage.COPYING:
        stages.append(found.percent)
        wait(admin, 30)
    assert stages
    go_on(admin, Stage.IN_STEP)
    assert look(admin).stage is Stage.AT_HOME
    found_again = of(admin, "CRM01")
    assert (found_again.primary_name, found_again.replica_name) == (HOME, AWAY)
    assert set(ROUTE) <= set(Stage)


def test_a_way_back_that_stopped_half_way_is_taken_up(admin: Administrator) -> None:
    carry_out(admin, planned_plan(planned(admin)))
    found = look(admin)
    assert found.stage is Stage.IN_STEP
    assert found.plan is not None
    for action in found.plan.actions[:2]:
        act(admin, action)
    halfway = look(admin)
    assert halfway.stage is Stage.PREPARED
    assert halfway.plan is not None
    act(admin, halfway.plan.actions[0])
    go_on(admin, Stage.REVERSE_AGAIN)
    go_on(admin, Stage.START_AT_HOME)
    assert look(admin).stage is Stage.AT_HOME


def test_a_way_back_in_trouble_says_what_helps(admin: Administrator) -> None:
    carry_out(admin, planned_plan(planned(admin)))
    away = next(m for m in admin.host(AWAY).machines.values() if m.name == "CRM01")
    assert away.replication is not None
    assert away.replication.simple is not None
    for state, stage in {
        "Suspended": Stage.TROUBLED,
        "Error": Stage.TROUBLED,
        "WaitingForStartResynchronize": Stage.TROUBLED,
        "Resynchronizing": Stage.COPYING,
        "FailbackInProgress": Stage.UNCLEAR,
    }.items():
        away.replication.simple.state = type(away.replication.simple.state)[state]
        assert look(admin).stage is stage, state
    away.replication.simple.state = type(away.replication.simple.state)["Replicating"]
    assert look(admin, silent=(AWAY,)).stage is Stage.UNCLEAR
    assert look(admin, silent=(HOME,)).stage is Stage.WAIT_FOR_HOME


def test_recovery_points_have_kind_and_age_and_tell_what_is_lost(admin: Administrator) -> None:
    wait(admin, 3 * 3600)
    points = points_of(admin)
    assert points[0].kind is PointKind.LATEST
    assert {point.kind for point in points} >= {PointKind.LATEST, PointKind.CONSISTENT}
    ages = [point.taken for point in points[1:]]
    assert ages == sorted(ages, reverse=True, key=str)
    found = of(admin, "CRM01")
    assert found.receiver is not None
    newest, oldest = (loss(point, found.receiver, found.sender) for point in (points[0], points[-1]))
    assert newest.seconds is not None
    assert oldest.seconds is not None
    assert newest.seconds < 320 < 3000 < oldest.seconds
    assert oldest.size is not None
    assert oldest.size > (newest.size or 0)
    admin.host(HOME).machines[admin.machine("CRM01").machine_id].state = LabState.Off
    fail_over(admin, points[-1])
    assert of(admin, "CRM01").receiver.state is State.FAILED_OVER_WAITING  # type: ignore[union-attr]


def test_a_planned_point_loses_nothing_and_an_unknown_one_says_so() -> None:
    receiver = side(Role.REPLICA, statistics=counted())
    assert loss(RecoveryPoint(None, PointKind.PLANNED, None), receiver, None).seconds == 0
    assert "not known" in loss(RecoveryPoint(None, PointKind.STANDARD, None), receiver, None).sentence


def fields(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.field for problem in problems]


def test_prerequisites_are_looked_at_one_by_one(admin: Administrator) -> None:
    found = of(admin, "CRM01")
    told = planned_prerequisites(truth(admin, "CRM01", HOME, AWAY), found, WayBackFacts(None, "It refuses.", "No."))
    assert fields(obstacles(told)) == ["off", "reverse", "reverse"]
    fix = obstacles(told)[0].fix
    assert fix is not None
    carry_out(admin, fix)
    again = planned_prerequisites(truth(admin, "CRM01", HOME, AWAY), of(admin, "CRM01"), None)
    assert not obstacles(again)
    assert len(passed(again)) == len(again) == 7
    silent = planned_prerequisites(truth(admin, "CRM01", HOME, AWAY, silent=(AWAY,)), found, None)
    assert fields(obstacles(silent)) == ["hosts"]


def test_a_primary_that_still_runs_keeps_a_failover_from_making_two(admin: Administrator) -> None:
    found = of(admin, "CRM01")
    told = unplanned_prerequisites(truth(admin, "CRM01", HOME, AWAY), found)
    [split] = obstacles(told)
    assert "run twice" in split.what
    assert split.fix is not None
    silent = unplanned_prerequisites(truth(admin, "CRM01", HOME, AWAY, silent=(HOME,)), found)
    assert not obstacles(silent)
    assert [each.problem.is_warning for each in silent if each.problem] == [True]
    receiver = side(Role.REPLICA, State.RESYNCHRONIZING, has_test=True)
    alone = Truth(receiver.machine_id, "CRM", {REPLICA: receiver}, {}, {}, (REPLICA,))
    troubled = unplanned_prerequisites(alone, Relationship(None, receiver))
    assert [each.problem.field for each in troubled if each.problem] == ["split", "test", "resynchronization"]
    assert alone.relationship == Relationship(None, receiver)
    assert PRIMARY not in alone.sides


def test_reversing_by_itself_makes_the_replica_the_primary(admin: Administrator) -> None:
    carry_out(admin, planned_plan(planned(admin, reverses=False)))
    found = of(admin, "CRM01")
    assert found.receiver is not None
    assert found.sender is not None
    carry_out(admin, reverse_plan(found.receiver, back_link(found.sender)))
    assert of(admin, "CRM01").primary_name == AWAY
