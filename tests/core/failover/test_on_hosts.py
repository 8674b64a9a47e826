"""Failovers as jobs over the wire: a host that fails in the middle, and others who act at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.estate.estate import Estate
from core.failover.control import control_plan
from core.failover.desk import Desk
from core.failover.journeys import JourneyStore
from core.failover.planned import PlannedFailover, planned_plan
from core.failover.prerequisites import obstacles
from core.failover.rehearsal import Rehearsal, rehearsal_plan
from core.failover.unplanned import UnplannedFailover, unplanned_plan
from core.failover.way_back import Stage
from core.hyperv.replication_states import ReplicationState as State
from core.jobs.admission import PlanOutdated
from core.jobs.plan import Plan
from core.jobs.queue import Jobs
from core.jobs.status import JobState, Offer
from core.powershell.command import Pipeline, Switch, command
from core.replicas.relationship import Relationship
from core.replicas.survey import Survey
from core.replicas.verbs import Verb
from tests.core.estates import key, read_all
from tests.core.jobs.working import a_program, carried_out, sent, undone, until_final
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import STANDING_STILL, RunningLab, running_lab

NAMES = ("HV-01", "HV-DR")
SPEED = 60.0


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, speed=SPEED) as running:
        yield running


async def found(estate: Estate, survey: Survey, name: str = "CRM01") -> Relationship:
    await read_all(estate)
    return next(each for each in (await survey.read()).relationships if each.machine_name == name)


async def chosen(desk: Desk, relationship: Relationship) -> PlannedFailover:
    page = await desk.planned(relationship)
    assert [problem.field for problem in obstacles(page.prerequisites)] == ["off"]
    assert page.machine is not None
    fresh = page.relationship
    assert fresh.sender is not None
    assert fresh.receiver is not None
    return PlannedFailover(fresh.sender, fresh.receiver, page.machine, page.back, shuts_down=True)


@on_a_loop
async def test_a_second_half_that_fails_is_taken_back_and_the_flow_is_resumed(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program([lab.connection(name) for name in NAMES], tmp_path) as (estate, jobs):
        survey = Survey(estate)
        desk = Desk(estate, survey)
        relationship = await found(estate, survey)
        plan = planned_plan(await chosen(desk, relationship))
        # The replica's host is lost in the moment in which the second half is sent there.
        fault = {"kind": "drop", "action": "Command", "moment": "before", "nth": 2, "times": 100}
        lab.control("PUT", "/hosts/HV-DR/disturbances", [fault])
        watched = jobs.watch()
        started = await jobs.start(plan)
        async for status in watched:
            if status.number == started.number and status.step == 2 and status.state is JobState.FINDING_OUT:
                jobs.give_up(started.number)
            if status.number == started.number and status.state.is_final:
                break
        assert status.step == 2
        lab.control("DELETE", "/hosts/HV-DR/disturbances")
        truth = await desk.truth(relationship)
        assert truth.side(key("HV-01")).state is State.PREPARED_FOR_FAILOVER  # type: ignore[union-attr]
        assert any("Prepared for planned failover" in sentence for sentence in truth.sentences)
        if Offer.ASK_AGAIN in status.offers:
            watched = jobs.watch()
            jobs.ask_again(status.number)
            status = await until_final(watched)
        assert Offer.UNDO in status.offers
        assert (await undone(jobs, status)).state is JobState.COMPLETED
        again = await desk.planned(relationship)
        assert [problem.field for problem in obstacles(again.prerequisites)] == ["off"]
        assert sent(lab, "Set-VMReplication") == 0


@on_a_loop
async def test_what_somebody_else_changed_stops_a_failover_with_what_is_true(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program([lab.connection(name) for name in NAMES], tmp_path) as (estate, jobs):
        survey = Survey(estate)
        desk = Desk(estate, survey)
        relationship = await found(estate, survey)
        plan = planned_plan(await chosen(desk, relationship))
        pausing = command("Get-VM", Id=relationship.machine_id) | command("Suspend-VMReplication")
        (await estate.change(key("HV-DR"), Pipeline((pausing,)))).raise_for_errors()
        with pytest.raises(PlanOutdated) as refused:
            await jobs.start(plan)
        assert "On HV-DR, replication of CRM01 was: Replication Enabled, and is now: Replication Paused." in str(
            refused.value
        )
        assert "On HV-01, replication of CRM01 is as before" in str(refused.value)
        removing = command("Get-VM", Id=relationship.machine_id) | command("Remove-VMReplication")
        (await estate.change(key("HV-DR"), Pipeline((removing,)))).raise_for_errors()
        with pytest.raises(PlanOutdated, match="not replicated any more"):
            await jobs.start(plan)
        assert sent(lab, "Start-VMFailover") == sent(lab, "Stop-VM") == 0
        # One job at a time is about a machine, also where it acts on the other host.
        again = (await found(estate, survey)).sender
        assert again is not None
        await jobs.start(control_plan(Verb.PAUSE, again), hold=True)
        with pytest.raises(PlanOutdated, match="A job for CRM01 is under way"):
            await jobs.start(control_plan(Verb.PAUSE, again))


@on_a_loop
async def test_a_failover_with_the_primary_gone_and_its_way_back_over_the_wire(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program([lab.connection(name) for name in NAMES], tmp_path) as (estate, jobs):
        survey = Survey(estate)
        desk = Desk(estate, survey)
        relationship = await found(estate, survey)
        assert relationship.receiver is not None
        page = await desk.rehearsal(relationship.receiver)
        assert "Failover tests" in page.switches
        names = {adapter.name: "Failover tests" for adapter in page.adapters}
        done = await carried_out(jobs, rehearsal_plan(Rehearsal(page.receiver, page.adapters, names, starts=True)))
        assert done.state is JobState.COMPLETED, done
        assert (await undone(jobs, done)).state is JobState.COMPLETED
        store = JourneyStore(tmp_path, estate.workers)
        journey = await desk.journey(relationship)
        assert journey is not None
        await store.begin(journey)
        other = JourneyStore(tmp_path, estate.workers)
        assert await other.load() == ()
        assert other.current == (journey,)
        lab.control("POST", "/hosts/HV-01/crash", {})
        # A program that is started after the disaster knows the way home as well.
        late = await found(estate, Survey(estate))
        assert late.sender is None
        assert await desk.journey(late) == journey
        unplanned = await desk.unplanned(late)
        assert not obstacles(unplanned.prerequisites)
        assert any(each.problem is not None for each in unplanned.prerequisites)
        receiver = unplanned.relationship.receiver
        assert receiver is not None
        point, lost = unplanned.points[0]
        elsewhere = unplanned.truth.hosts
        plan = unplanned_plan(UnplannedFailover(receiver, point, lost, elsewhere=elsewhere))
        # Between the page and the button the old primary has come back, and runs again.
        lab.control("POST", "/hosts/HV-01/up")
        lab.advance(60)
        with pytest.raises(PlanOutdated, match="CRM01 runs on HV-01"):
            await jobs.start(plan)
        lab.control("POST", "/hosts/HV-01/crash", {})
        done = await carried_out(jobs, plan)
        assert done.state is JobState.COMPLETED, done
        assert (await desk.way_back(journey)).stage is Stage.COMPLETE
        lab.control("POST", "/hosts/HV-01/up")
        split = await desk.way_back(journey)
        # Its start action has started the old primary again: it runs on both hosts.
        assert split.stage in (Stage.SPLIT, Stage.COMPLETE), split
        await store.end(journey.machine_id)
        assert store.current == ()


async def though_a_host_is_lost(
    lab: RunningLab, estate: Estate, jobs: Jobs, plan: Plan, step: int, desk: Desk, relationship: Relationship
) -> None:
    """Carry out a plan whose host is gone while ``step`` is sent, and comes back when that has been noticed."""
    lost = plan.actions[step].host.name
    watched = jobs.watch()
    started = await jobs.start(plan)
    is_lost = is_back = False
    async for status in watched:
        if status.number != started.number:
            continue
        if status.step == step and not is_lost and not status.state.is_final:
            # The clock stands still meanwhile: a cycle that is missed would change what a resumed step builds on.
            lab.control("POST", "/clock", {"speed": STANDING_STILL})
            lab.control("POST", f"/hosts/{lost}/down")
            is_lost = True
        elif is_lost and not is_back and (status.state is JobState.FINDING_OUT or status.state.is_final):
            # What is true on the other host is told; the one that is lost is said to be silent.
            truth = await desk.truth(relationship)
            assert [silent.name for silent in truth.silent] == [lost]
            lab.control("POST", f"/hosts/{lost}/up")
            lab.control("POST", "/clock", {"speed": SPEED})
            is_back = True
        if status.state is JobState.COMPLETED:
            break
        if status.state.is_final and is_back:
            if Offer.RESUME in status.offers:
                await read_all(estate)
                await jobs.resume(status.number)
            else:
                assert Offer.ASK_AGAIN in status.offers, status
                jobs.ask_again(status.number)
    assert is_lost
    if not is_back:
        lab.control("POST", f"/hosts/{lost}/up")
        lab.control("POST", "/clock", {"speed": SPEED})
    await read_all(estate)


@pytest.mark.parametrize("step", range(5))
@on_a_loop
async def test_whichever_host_is_lost_in_a_planned_failover_it_goes_on_from_what_is_true(
    lab: RunningLab, tmp_path: Path, step: int
) -> None:
    async with a_program([lab.connection(name) for name in NAMES], tmp_path) as (estate, jobs):
        survey = Survey(estate)
        desk = Desk(estate, survey)
        relationship = await found(estate, survey)
        plan = planned_plan(await chosen(desk, relationship))
        assert [action.host.name for action in plan.actions] == ["HV-01", "HV-01", "HV-DR", "HV-DR", "HV-DR"]
        await though_a_host_is_lost(lab, estate, jobs, plan, step, desk, relationship)
        back = await found(estate, survey)
        assert (back.primary_name, back.replica_name) == ("HV-DR", "HV-01")
        # Nothing was done twice.
        for cmdlet, times in (("Start-VMFailover", 2), ("Set-VMReplication", 1), ("Stop-VM", 1), ("Start-VM", 1)):
            assert sent(lab, cmdlet) == times, cmdlet


@on_a_loop
async def test_a_test_failover_goes_on_when_its_host_is_lost_in_any_step(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program([lab.connection(name) for name in NAMES], tmp_path) as (estate, jobs):
        survey = Survey(estate)
        desk = Desk(estate, survey)
        step, steps = 0, 1
        while step < steps:
            relationship = await found(estate, survey)
            assert relationship.receiver is not None
            page = await desk.rehearsal(relationship.receiver)
            names = {adapter.name: "Failover tests" for adapter in page.adapters}
            plan = rehearsal_plan(Rehearsal(page.receiver, page.adapters, names, starts=True))
            await though_a_host_is_lost(lab, estate, jobs, plan, step, desk, relationship)
            receiver = (await found(estate, survey)).receiver
            assert receiver is not None
            assert receiver.has_test
            # Nothing of the test is left, although the host is lost while that is done.
            await though_a_host_is_lost(
                lab, estate, jobs, control_plan(Verb.STOP_TEST, receiver), 0, desk, relationship
            )
            receiver = (await found(estate, survey)).receiver
            assert receiver is not None
            assert not receiver.has_test
            step, steps = step + 1, len(plan.actions)
        assert steps > 1
        assert sent(lab, "Start-VMFailover") == sent(lab, "Stop-VMFailover") == steps


@on_a_loop
async def test_an_unplanned_failover_and_every_stage_of_the_way_back_go_on_when_their_host_is_lost(
    lab: RunningLab, tmp_path: Path
) -> None:
    async with a_program([lab.connection(name) for name in NAMES], tmp_path) as (estate, jobs):
        survey = Survey(estate)
        desk = Desk(estate, survey)
        relationship = await found(estate, survey)
        journey = await desk.journey(relationship)
        assert journey is not None
        turning_off = command("Get-VM", Id=relationship.machine_id) | command("Stop-VM", TurnOff=Switch.PRESENT)
        (await estate.change(key("HV-01"), Pipeline((turning_off,)))).raise_for_errors()
        step, steps = 0, 1
        while step < steps:
            if step:
                receiver = (await found(estate, survey)).receiver
                assert receiver is not None
                cancelling = control_plan(Verb.CANCEL_FAILOVER, receiver)
                await though_a_host_is_lost(lab, estate, jobs, cancelling, 0, desk, relationship)
            await read_all(estate)
            page = await desk.unplanned(relationship)
            receiver = page.relationship.receiver
            assert receiver is not None
            point, lost = page.points[0]
            plan = unplanned_plan(UnplannedFailover(receiver, point, lost, elsewhere=()))
            await though_a_host_is_lost(lab, estate, jobs, plan, step, desk, relationship)
            step, steps = step + 1, len(plan.actions)
        stages: list[Stage] = []
        while not (waypoint := await desk.way_back(journey)).stage.is_done:
            if waypoint.plan is None:
                assert waypoint.stage.waits, waypoint
                lab.advance(60)
                continue
            stages.append(waypoint.stage)
            assert len(stages) < 20, stages
            last = len(waypoint.plan.actions) - 1
            await though_a_host_is_lost(lab, estate, jobs, waypoint.plan, last, desk, relationship)
        expected = [Stage.COMPLETE, Stage.AS_REPLICA, Stage.REVERSE, Stage.START_COPY, Stage.IN_STEP]
        assert [stage for stage in expected if stage not in stages] == []
        back = await found(estate, survey)
        assert (back.primary_name, back.replica_name) == ("HV-01", "HV-DR")
        assert sent(lab, "Start-VMInitialReplication") == 1
