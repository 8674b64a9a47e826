"""Failovers, from first to last; each state of a replica and of a prepared primary, reached and left again."""

from __future__ import annotations

import pytest

from lab.hyperv import creation, migration, power
from lab.hyperv.caller import Caller
from lab.hyperv.compatibility import Move
from lab.hyperv.machine import MachineState
from lab.hyperv.messages import OperationFailed
from lab.hyperv.migration import start_storage
from lab.hyperv.placement import in_one_folder
from lab.hyperv.replication import enabling, failover, initial_copy, pausing, removal, resynchronization, reversal
from lab.hyperv.replication.recovery_points import PointKind
from lab.hyperv.replication.states import Mode, ReplicationType
from lab.hyperv.replication.states import ReplicationState as State
from tests.lab.hyperv.replication.three_hosts import Stage

FAILOVER = {"IPv4Address": "192.168.15.10", "IPv6Address": "fd00::10"}


def refused(deed: object, *arguments: object) -> str:
    assert callable(deed)
    with pytest.raises(OperationFailed) as refusal:
        deed(*arguments)
    return refusal.value.key


class TestTest:
    def test_a_machine_beside_the_replica(self) -> None:
        stage = Stage({"B": {"switches": [{"name": "Tests"}]}})
        sender, receiver = stage.replicate(history=2)
        receiver.machine.adapters[0].test_switch = "Tests"
        failover.begin_test(receiver)
        stage.finish(receiver)
        test = receiver.test_machine
        assert test is not None
        assert test.replication is not None
        assert (test.name, test.state, test.replication.mode) == ("WEB - Test", MachineState.Off, Mode.TestReplica)
        assert [adapter.switch for adapter in test.adapters] == ["Tests"]
        assert test.machine_id != receiver.machine.machine_id
        assert receiver.last_test is not None
        successes = sender.statistics.successes
        power.change("start", test, stage.b)
        stage.wait(700)
        assert (test.state, receiver.state) == (MachineState.Running, State.Replicating)
        assert sender.statistics.successes > successes

    def test_it_goes_without_a_trace(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate()
        files = set(stage.b.files.volumes[0].files)
        failover.begin_test(receiver)
        stage.finish(receiver)
        assert len(stage.b.files.volumes[0].files) == len(files) + 1
        failover.stop(receiver)
        stage.finish(receiver)
        assert (receiver.test_machine, set(stage.b.files.volumes[0].files)) == (None, files)
        assert len(stage.b.machines) == 1

    def test_one_at_a_time_and_no_failover_meanwhile(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate()
        failover.begin_test(receiver)
        stage.finish(receiver)
        assert refused(failover.begin_test, receiver) == "test_failover_enabled"
        assert refused(failover.fail_over, receiver, None) == "test_failover_enabled"
        assert refused(removal.remove, receiver) == "test_failover_enabled"

    def test_a_test_machine_that_is_deleted_ends_the_test(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate()
        failover.begin_test(receiver)
        stage.finish(receiver)
        assert receiver.test_machine is not None
        creation.delete(receiver.test_machine, stage.b)
        assert receiver.test_machine is None


class TestPlanned:
    def test_both_halves_and_the_reversal(self) -> None:
        stage = Stage()
        sender, receiver = stage.replicate()
        stage.wait(450)
        stage.turn_off()
        failover.prepare(sender)
        stage.finish(sender)
        assert (sender.state, sender.cycles.pending, receiver.is_planned) == (State.PreparedForFailover, 0, True)
        assert refused(power.change, "start", stage.machine(), stage.a) == "prepared_cannot_start"
        failover.fail_over(receiver, None)
        stage.wait(1)
        assert receiver.state is State.RecoveryInProgress
        stage.finish(receiver)
        assert (receiver.state, receiver.failed_over_type) == (
            State.FailedOverWaitingCompletion,
            ReplicationType.Planned,
        )
        stage.reverse(receiver)
        turned, back = stage.sender(stage.b), stage.receiver(host=stage.a)
        assert (turned.state, back.state) == (State.Replicating, State.Replicating)
        power.change("start", turned.machine, stage.b)
        stage.wait(700)
        assert turned.statistics.successes == 2
        assert refused(power.change, "start", back.machine, stage.a) == "replica_cannot_start"

    def test_there_and_back_again(self) -> None:
        stage = Stage()
        stage.replicate()
        _, receiver = stage.planned_failover()
        stage.reverse(receiver)
        turned, back = stage.sender(stage.b), stage.receiver(host=stage.a)
        failover.prepare(turned)
        stage.finish(turned)
        failover.fail_over(back, None)
        stage.finish(back)
        stage.reverse(back, "B")
        assert (stage.sender(stage.a).state, stage.receiver().state) == (State.Replicating, State.Replicating)

    def test_only_of_a_machine_that_is_off(self) -> None:
        stage = Stage()
        sender, _ = stage.replicate()
        assert refused(failover.prepare, sender) == "prepare_not_off"

    def test_cancelled_on_the_primary(self) -> None:
        stage = Stage()
        sender, receiver = stage.replicate()
        stage.turn_off()
        failover.prepare(sender)
        stage.finish(sender)
        assert [point.kind for point in receiver.points.points] == [PointKind.SyncedReplica]
        failover.stop(sender)
        stage.finish(sender)
        assert sender.state is State.Replicating
        power.change("start", stage.machine(), stage.a)
        stage.wait(400)
        assert (sender.statistics.missed, receiver.is_planned, receiver.points.points) == (0, False, [])

    def test_the_replica_cannot_be_reached(self) -> None:
        stage = Stage()
        sender, _ = stage.replicate()
        stage.turn_off()
        stage.b.lose_network()
        job = failover.prepare(sender)
        stage.wait(5)
        assert job.failure is not None
        assert (job.failure.key, sender.state) == ("replica_timed_out", State.Replicating)

    def test_the_old_primary_is_no_replica_server(self) -> None:
        stage = Stage()
        stage.replicate()
        stage.a.replication.server.enabled = False
        _, receiver = stage.planned_failover()
        job = stage.reverse(receiver)
        assert job.failure is not None
        assert job.failure.key == "replica_refused"
        assert "reverse replication" in job.failure.lines[0]
        assert "(0x00002EFD)" in job.failure.lines[-1]
        assert receiver.state is State.FailedOverWaitingCompletion
        stage.a.replication.server.enabled = True
        assert stage.reverse(receiver).failure is None


class TestUnplanned:
    def test_a_recovery_point_is_chosen(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate(history=4, consistent_hours=2)
        stage.wait(5 * 3600)
        stage.a.lose_network()
        point = next(p for p in receiver.points.points if p.kind is PointKind.AppConsistentReplica)
        failover.fail_over(receiver, point)
        stage.finish(receiver)
        assert (receiver.failed_over_to, receiver.failed_over_type) == (point, ReplicationType.ApplicationConsistent)
        assert receiver.machine.state is MachineState.Off

    def test_the_primary_learns_of_it_at_its_next_cycle(self) -> None:
        stage = Stage()
        sender, receiver = stage.replicate()
        failover.fail_over(receiver, None)
        stage.wait(310)
        assert sender.failure is not None
        assert (sender.state, sender.failure.key) == (State.Error, "replica_not_ready")

    def test_cancelled_it_discards_what_the_machine_wrote(self) -> None:
        stage = Stage()
        sender, receiver = stage.replicate(history=2)
        failover.fail_over(receiver, None)
        stage.finish(receiver)
        power.change("start", receiver.machine, stage.b)
        stage.wait(60)
        failover.stop(receiver)
        stage.finish(receiver)
        assert (receiver.state, receiver.machine.state) == (State.Replicating, MachineState.Off)
        stage.wait(700)
        assert sender.state is State.Replicating

    def test_completed_it_cannot_be_cancelled(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate(history=2)
        assert refused(failover.complete, receiver) == "failover_not_committed"
        failover.fail_over(receiver, None)
        stage.finish(receiver)
        failover.complete(receiver)
        stage.finish(receiver)
        assert (receiver.state, receiver.points.points) == (State.FailedOver, [])
        assert refused(failover.stop, receiver) == "replication_wrong_state"
        power.change("start", receiver.machine, stage.b)

    def test_the_whole_way_back(self) -> None:
        stage = Stage()
        sender, receiver = stage.replicate()
        stage.a.lose_network()
        failover.fail_over(receiver, None)
        stage.finish(receiver)
        failover.complete(receiver)
        stage.finish(receiver)
        power.change("start", receiver.machine, stage.b)
        stage.wait(3600)
        job = stage.reverse(receiver)
        assert job.failure is not None
        assert job.failure.key == "replica_timed_out"
        stage.a.regain_network()
        assert stage.reverse(receiver).failure is not None
        assert refused(reversal.to_replica, sender, "") == "replica_not_off"
        stage.turn_off()
        waiting = reversal.to_replica(sender, "")
        assert (waiting.state, waiting.allowed_primary) == (State.WaitingForInitialReplication, "B.x.example")
        assert stage.reverse(receiver).failure is None
        survivor = stage.sender(stage.b)
        assert survivor.state is State.ReadyForInitialReplication
        initial_copy.begin(survivor, on_basis=True)
        stage.finish(survivor)
        assert (survivor.state, waiting.state) == (State.Replicating, State.Replicating)

    def test_to_a_new_host(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate()
        failover.fail_over(receiver, None)
        stage.finish(receiver)
        assert stage.reverse(receiver, "C").failure is None
        assert (stage.sender(stage.b).state, stage.receiver(host=stage.c).state) == (
            State.ReadyForInitialReplication,
            State.WaitingForInitialReplication,
        )


class TestAddresses:
    def test_they_are_given_on_failover_and_taken_back(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate()
        adapter = receiver.machine.adapters[0]
        adapter.failover = dict(FAILOVER)
        failover.fail_over(receiver, None)
        stage.finish(receiver)
        assert adapter.addresses == ("192.168.15.10", "fd00::10")
        failover.stop(receiver)
        stage.finish(receiver)
        assert adapter.addresses == ("10.0.0.5",)

    def test_they_need_integration_services(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate()
        receiver.machine.adapters[0].failover = dict(FAILOVER)
        receiver.machine.integration_services_off |= {failover.KEY_VALUE_PAIRS}
        failover.fail_over(receiver, None)
        stage.finish(receiver)
        assert receiver.machine.adapters[0].addresses == ("10.0.0.5",)


class TestExtended:
    def test_the_extended_leg_stays_after_a_failover(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate()
        extended, _ = stage.extend()
        failover.fail_over(receiver, None)
        stage.finish(receiver)
        power.change("start", receiver.machine, stage.b)
        stage.wait(700)
        assert extended.state is State.Replicating
        assert extended.statistics.maximum_size > 100 << 20
        assert (
            refused(reversal.reverse, receiver, reversal.Direction("A", stage.settings())) == "reverse_while_extended"
        )
        removal.remove(extended)
        stage.turn_off(host=stage.b)
        assert reversal.reverse(receiver, reversal.Direction("A", stage.settings())).failure is None

    def test_an_older_point_needs_a_resynchronisation_of_it(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate(history=3)
        extended, _ = stage.extend()
        stage.wait(2 * 3600)
        failover.fail_over(receiver, receiver.points.points[0])
        stage.finish(receiver)
        assert extended.state is State.WaitingForStartResynchronize

    def test_at_the_third_site(self) -> None:
        stage = Stage()
        stage.replicate()
        _, last = stage.extend()
        failover.fail_over(last, None)
        stage.finish(last)
        assert (last.state, last.primary_name) == (State.FailedOverWaitingCompletion, "B.x.example")


def test_disks_that_a_test_uses_stay_where_they_are() -> None:
    stage = Stage()
    _, receiver = stage.replicate()
    failover.begin_test(receiver)
    stage.finish(receiver)
    test = receiver.test_machine
    assert test is not None
    for machine in (receiver.machine, test):
        placement = in_one_folder(machine, "D:\\Elsewhere")
        assert refused(start_storage, machine, stage.b, placement) == "test_on_disks"
        move = Move(machine, stage.b, "C", placement, Caller("X\\admin"))
        assert refused(migration.start, move) == "test_on_disks"
    failover.stop(receiver)
    stage.finish(receiver)
    start_storage(receiver.machine, stage.b, in_one_folder(receiver.machine, "D:\\Elsewhere"))


@pytest.mark.parametrize("moved", ["test", "replica"])
def test_a_test_machine_on_another_host_belongs_to_its_replica_no_more(moved: str) -> None:
    stage = Stage()
    _, receiver = stage.replicate()
    failover.begin_test(receiver)
    stage.finish(receiver)
    test = receiver.test_machine
    assert test is not None
    whole = (test if moved == "test" else receiver.machine).replication
    assert whole is not None
    whole.moved(stage.c)
    assert (receiver.test_machine, test.replication) == (None, None)
    assert refused(failover.stop, receiver) == "replication_wrong_state"


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_what_a_side_cannot_do_before_the_initial_copy(side: str) -> None:
    stage = Stage()
    sender, receiver = stage.enable()
    deeds = {
        "sender": [(failover.prepare, sender), (failover.stop, sender), (resynchronization.begin, sender)],
        "receiver": [(failover.begin_test, receiver), (failover.fail_over, receiver, None), (pausing.pause, receiver)],
    }
    assert {refused(*deed) for deed in deeds[side]} == {"replication_wrong_state"}
    assert refused(pausing.resume, receiver) == "replication_state_unchanged"


def test_a_machine_that_was_enabled_as_replica_waits() -> None:
    stage = Stage(WEB={"state": "Off"})
    receiver = enabling.enable_as_replica(stage.machine(), stage.a, "b.x.example")
    assert (receiver.state, receiver.machine.replication is not None) == (State.WaitingForInitialReplication, True)
    removal.remove(receiver)
    assert stage.machine().replication is None
