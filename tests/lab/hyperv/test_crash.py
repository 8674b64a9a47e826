"""A host that stops without warning: what ran is off, primaries need a resynchronisation, and it comes back."""

from __future__ import annotations

import pytest

from lab.hyperv import power
from lab.hyperv.crash import come_back, crash
from lab.hyperv.machine import MachineState, StartAction
from lab.hyperv.replication import initial_copy
from lab.hyperv.replication.states import ReplicationState as State
from tests.lab.hyperv.replication.three_hosts import Stage


def test_primaries_that_ran_are_off_and_need_a_resynchronization() -> None:
    stage = Stage()
    ran, _ = stage.replicate(resynchronizes=False)
    rested, _ = stage.replicate("SQL")
    stage.turn_off("SQL")
    crash(stage.a)
    assert (ran.machine.state, ran.state, ran.failure.key if ran.failure else "") == (
        MachineState.Off,
        State.WaitingForStartResynchronize,
        "resync_host_crash",
    )
    assert rested.state is State.Replicating
    come_back(stage.a)
    stage.wait(5)
    assert (ran.machine.state, rested.machine.state) == (MachineState.Running, MachineState.Off)


@pytest.mark.parametrize(
    ("action", "runs", "after"),
    [
        (StartAction.Nothing, True, MachineState.Off),
        (StartAction.StartIfRunning, True, MachineState.Running),
        (StartAction.StartIfRunning, False, MachineState.Off),
        (StartAction.Start, False, MachineState.Running),
    ],
)
def test_machines_start_as_their_start_action_says(action: StartAction, runs: bool, after: MachineState) -> None:
    stage = Stage()
    machine = stage.machine()
    machine.start_action, machine.start_delay = action, 30
    if not runs:
        stage.turn_off()
    crash(stage.a)
    come_back(stage.a)
    stage.wait(29)
    assert machine.state is MachineState.Off
    stage.wait(5)
    assert machine.state is after


def test_work_in_progress_breaks_off() -> None:
    stage = Stage()
    sender, _ = stage.enable()
    initial_copy.begin(sender)
    starting = stage.machine("SQL")
    stage.turn_off("SQL")
    power.change("start", starting, stage.a)
    crash(stage.a)
    assert (sender.job, starting.operation, starting.state) == (None, None, MachineState.Off)
    assert not stage.a.is_reachable


def test_a_replica_does_not_start_with_its_host() -> None:
    stage = Stage()
    _, receiver = stage.replicate()
    receiver.machine.start_action = StartAction.Start
    crash(stage.b)
    come_back(stage.b)
    stage.wait(5)
    assert receiver.machine.state is MachineState.Off
    assert "is a replica" in stage.b.events[-1].message
