"""States that only another provider of replication brings about: entered, and left again."""

from __future__ import annotations

import pytest

from lab.hyperv.messages import OperationFailed
from lab.hyperv.replication import failover, pausing, provider, removal
from lab.hyperv.replication.provider import Flow
from lab.hyperv.replication.states import ReplicationState as State
from tests.lab.hyperv.replication.three_hosts import Stage


@pytest.mark.parametrize("flow", Flow)
def test_a_flow_begins_and_ends_on_each_side(flow: Flow) -> None:
    stage = Stage()
    for side in stage.replicate():
        provider.begin(side, flow)
        assert side.state is flow.first
        stage.wait(provider.SECONDS)
        assert side.state is flow.last
        for refused in (pausing.pause, pausing.resume, lambda side: provider.begin(side, flow)):
            with pytest.raises(OperationFailed):
                refused(side)
        provider.end(side)
        assert side.state is State.Replicating


def test_all_states_that_hyper_v_replica_never_enters_are_in_a_flow() -> None:
    assert {state.value for flow in Flow for state in (flow.first, flow.last)} == {14, 15, 18, 19, 20, 21}


def test_cycles_rest_meanwhile_and_send_what_was_tracked_afterwards() -> None:
    stage = Stage()
    sender, receiver = stage.replicate()
    provider.begin(sender, Flow.Failback)
    with pytest.raises(OperationFailed):
        provider.end(sender)
    before = receiver.last_applied
    stage.wait(1200)
    assert (receiver.last_applied, sender.cycles.pending >= 1200 << 20) == (before, True)
    provider.end(sender)
    stage.wait(60)
    assert sender.cycles.pending < 200 << 20
    assert receiver.last_applied != before


def test_a_replica_under_a_provider_is_not_failed_over_but_can_be_removed() -> None:
    stage = Stage()
    _, receiver = stage.replicate()
    provider.begin(receiver, Flow.Firedrill)
    with pytest.raises(OperationFailed):
        failover.fail_over(receiver, None)
    removal.remove(receiver)
    stage.wait(provider.SECONDS)
    assert receiver.state is State.Disabled


def test_old_versions_know_failback_only() -> None:
    stage = Stage({name: {"version": "2012R2"} for name in "ABC"}, WEB={"version": "5.0"})
    sender, _ = stage.replicate()
    with pytest.raises(OperationFailed, match="does not know"):
        provider.begin(sender, Flow.Firedrill)
    provider.begin(sender, Flow.Failback)
    assert sender.state is State.FailbackInProgress
