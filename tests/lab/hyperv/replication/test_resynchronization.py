"""Resynchronisation: every trigger, what it costs, its window, its end; and the set of replicated disks."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from lab.hyperv.checkpointing import ApplyCheckpoint, TakeCheckpoint
from lab.hyperv.messages import OperationFailed
from lab.hyperv.migration import LOCAL_COPY
from lab.hyperv.physical_disks import mount
from lab.hyperv.replication import disk_set, failover, pausing, resynchronization
from lab.hyperv.replication.disk_copy import DIFFERENT_SHARE
from lab.hyperv.replication.job import JobType
from lab.hyperv.replication.side import Sender
from lab.hyperv.replication.states import ReplicationState as State
from tests.lab.hyperv.replication.three_hosts import GIGABYTE, Stage

SIZE = 10 * GIGABYTE
LINK = 100 << 20
HOUR = datetime.timedelta(hours=1)


def trigger(stage: Stage, sender: Sender, reason: str) -> None:
    machine = sender.machine
    disk = machine.drives[0].disk
    assert disk is not None
    match reason:
        case "resync_disk_changed":
            stage.turn_off()
            del stage.a.mounted[mount(disk, stage.a)]
        case "resync_log_full":
            pausing.pause(sender)
            stage.wait(6000)
        case "resync_log_write":
            volume = stage.a.files.volumes[0]
            volume.used_by_others += volume.free
            pausing.pause(sender)
            stage.wait(900)
            pausing.resume(sender)
        case "resync_time_travel":
            TakeCheckpoint(machine, stage.a, "before").begin()
            stage.wait(5)
            ApplyCheckpoint(machine, stage.a, machine.checkpoints[0]).begin()
            stage.wait(5)
        case "resync_out_of_order":
            replica = stage.on(stage.b).drives[0].disk
            assert replica is not None
            del stage.b.mounted[mount(replica, stage.b)]
    stage.wait(310)


TRIGGERS = (
    "resync_disk_changed",
    "resync_log_full",
    "resync_log_write",
    "resync_time_travel",
    "resync_out_of_order",
)


@pytest.mark.parametrize("reason", TRIGGERS)
def test_every_trigger(reason: str) -> None:
    stage = Stage()
    sender, receiver = stage.replicate()
    stage.wait(400)
    trigger(stage, sender, reason)
    assert sender.failure is not None
    assert (sender.state, sender.failure.key) == (State.WaitingForStartResynchronize, reason)
    assert (sender.cycles.pending, receiver.state) == (0, State.Replicating)
    stage.wait(50_000)
    assert sender.state is State.WaitingForStartResynchronize


def test_reading_a_disk_changes_nothing() -> None:
    stage = Stage()
    sender, _ = stage.replicate()
    stage.turn_off()
    disk = stage.machine().drives[0].disk
    assert disk is not None
    del stage.a.mounted[mount(disk, stage.a, is_writable=False)]
    stage.wait(700)
    assert sender.state is State.Replicating


def test_it_compares_and_sends_what_differs_and_takes_the_points() -> None:
    stage = Stage()
    sender, receiver = stage.replicate(compresses=False, history=3)
    stage.wait(3 * 3600)
    assert len(receiver.points.points) == 3
    trigger(stage, sender, "resync_time_travel")
    began = stage.estate.clock.now()
    job = resynchronization.begin(sender)
    assert (sender.state, receiver.state, job.job_type) == (
        State.Resynchronizing,
        State.Resynchronizing,
        JobType.Resynchronize,
    )
    seconds = (SIZE + (4 << 20)) / LOCAL_COPY + SIZE * DIFFERENT_SHARE / LINK
    stage.wait(seconds - 3)
    assert sender.state is State.Resynchronizing
    stage.wait(6)
    assert (sender.state, receiver.state, receiver.points.points) == (State.Replicating, State.Replicating, [])
    assert receiver.last_applied == began
    assert [event.event_id for event in stage.a.events if event.event_id in (29242, 29244)] == [29242, 29244]


def test_paused_it_goes_on_and_cancelled_it_begins_anew() -> None:
    stage = Stage()
    sender, receiver = stage.replicate()
    trigger(stage, sender, "resync_out_of_order")
    resynchronization.begin(sender)
    stage.wait(15)
    compared = sum(sender.compared.values())
    pausing.pause(sender)
    stage.wait(1000)
    assert (sender.state, sum(sender.compared.values())) == (State.ResynchronizeSuspended, compared)
    pausing.resume(sender)
    stage.wait(2)
    assert sender.state is State.Resynchronizing
    assert sum(sender.compared.values()) > compared
    resynchronization.cancel(sender)
    assert (sender.state, receiver.state, sender.compared) == (
        State.WaitingForStartResynchronize,
        State.Replicating,
        {},
    )


def test_by_force_only_of_what_is_paused() -> None:
    stage = Stage()
    sender, _ = stage.replicate()
    with pytest.raises(OperationFailed) as refusal:
        resynchronization.begin(sender)
    assert refusal.value.key == "replication_wrong_state"
    pausing.pause(sender)
    resynchronization.begin(sender)
    stage.finish(sender)
    assert sender.state is State.Replicating


def test_meanwhile_only_an_unplanned_failover_which_ends_it() -> None:
    stage = Stage()
    sender, receiver = stage.replicate()
    stage.turn_off()
    trigger(stage, sender, "resync_out_of_order")
    resynchronization.begin(sender)
    stage.wait(5)
    for deed in (lambda: failover.prepare(sender), lambda: failover.begin_test(receiver)):
        with pytest.raises(OperationFailed) as refusal:
            deed()
        assert refusal.value.key == "replication_wrong_state"
    failover.fail_over(receiver, None)
    stage.wait(5)
    assert (sender.state, receiver.state) == (State.WaitingForStartResynchronize, State.FailedOverWaitingCompletion)


def test_disks_of_different_sizes_keep_it_from_beginning() -> None:
    stage = Stage()
    sender, _ = stage.replicate()
    trigger(stage, sender, "resync_out_of_order")
    disk = stage.machine().drives[0].disk
    assert disk is not None
    disk.capacity += 1
    job = resynchronization.begin(sender)
    assert job.failure is not None
    assert (job.failure.key, sender.state) == ("replica_out_of_bounds", State.WaitingForStartResynchronize)


class TestTime:
    @pytest.mark.parametrize(
        ("window", "hours"),
        [
            ({}, 9),  # from 18:30 on; it is 10 o'clock
            ({"window_start": datetime.timedelta(0), "window_end": datetime.timedelta(hours=23, minutes=59)}, 0),
            ({"window_start": 2 * HOUR, "window_end": 4 * HOUR}, 16),
        ],
    )
    def test_by_itself_within_its_window(self, window: dict[str, Any], hours: int) -> None:
        stage = Stage()
        sender, _ = stage.replicate(resynchronizes=True, **window)
        sender.cycles.require_resynchronization("resync_log_full")
        if hours:
            stage.wait((hours - 1) * 3600)
            assert sender.state is State.WaitingForStartResynchronize
            stage.wait(3600)
        stage.wait(200)
        assert sender.state is State.Replicating

    def test_at_a_scheduled_time(self) -> None:
        stage = Stage()
        sender, _ = stage.replicate()
        sender.cycles.require_resynchronization("resync_log_full")
        moment = stage.estate.clock.now() + 3 * HOUR
        resynchronization.schedule(sender, moment)
        assert sender.resynchronize_at == moment
        stage.wait(3 * 3600 - 5)
        assert sender.state is State.WaitingForStartResynchronize
        stage.wait(10)
        assert (sender.state, sender.resynchronize_at) == (State.Resynchronizing, None)

    def test_it_is_tried_again_when_it_fails(self) -> None:
        stage = Stage()
        sender, _ = stage.replicate(
            resynchronizes=True, window_start=datetime.timedelta(0), window_end=datetime.timedelta(hours=23, minutes=59)
        )
        stage.b.lose_network()
        sender.cycles.require_resynchronization("resync_log_full")
        stage.wait(1000)
        assert sender.state is State.WaitingForStartResynchronize
        stage.b.regain_network()
        stage.wait(500)
        assert sender.state is State.Replicating


class TestDiskSet:
    def two_disks(self) -> tuple[Stage, Sender]:
        disks = [{"name": f"WEB{number}.vhdx", "size": "40 GB", "used": "10 GB"} for number in (1, 2)]
        stage = Stage(WEB={"disks": disks})
        sender, _ = stage.replicate()
        disk_set.change(sender, sender.places[:1])
        stage.wait(5)
        return stage, sender

    def test_a_disk_is_left_out_and_added_again(self) -> None:
        stage, sender = self.two_disks()
        assert (sender.state, len(sender.drives())) == (State.Replicating, 1)
        disk_set.change(sender, [("SCSI", 0, 0), ("SCSI", 0, 1)])
        assert sender.state is State.WaitingForUpdateCompletion
        stage.finish(sender)
        assert (sender.state, len(sender.drives()), len(stage.receiver().drives())) == (State.Replicating, 2, 2)

    def test_an_addition_that_fails_is_resumed(self) -> None:
        stage, sender = self.two_disks()
        second = stage.on(stage.b).drives[1].disk
        assert second is not None
        second.size = 4 << 20
        disk_set.change(sender, [("SCSI", 0, 0), ("SCSI", 0, 1)])
        stage.b.lose_network()
        stage.wait(5)
        assert sender.state is State.UpdateError
        stage.b.regain_network()
        pausing.resume(sender)
        assert sender.state is State.WaitingForUpdateCompletion
        stage.finish(sender)
        assert sender.state is State.Replicating

    def test_refusals(self) -> None:
        stage = Stage()
        sender, _ = stage.replicate()
        for places in ([], [("SCSI", 0, 7)]):
            with pytest.raises(OperationFailed) as refusal:
                disk_set.change(sender, places)
            assert refusal.value.key == "replication_disks"
        stage.a.version = "2012R2"
        with pytest.raises(OperationFailed) as old:
            disk_set.change(sender, sender.places)
        assert old.value.key == "replication_disk_set_fixed"
