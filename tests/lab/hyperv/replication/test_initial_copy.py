"""The initial copy: over the network, at a time, on media, on a basis; paused, cancelled, failed and tried again."""

from __future__ import annotations

import datetime

import pytest

from lab.hyperv.files import occupied
from lab.hyperv.machine import DiskDrive, VirtualMachine
from lab.hyperv.media import carry
from lab.hyperv.messages import OperationFailed
from lab.hyperv.migration import LOCAL_COPY
from lab.hyperv.replication import enabling, initial_copy, pausing
from lab.hyperv.replication.disk_copy import DIFFERENT_SHARE, PLACEHOLDER
from lab.hyperv.replication.job import JobType
from lab.hyperv.replication.states import ReplicationState
from tests.lab.hyperv.replication.three_hosts import GIGABYTE, Stage

READY = ReplicationState.ReadyForInitialReplication
COPYING = ReplicationState.InitialReplicationInProgress
WAITING = ReplicationState.WaitingForInitialReplication
REPLICATING = ReplicationState.Replicating
SIZE = 10 * GIGABYTE
LINK = 100 << 20


def replica_disk(machine: VirtualMachine) -> int:
    return sum(drive.disk.size for drive in machine.drives if drive.disk is not None)


@pytest.mark.parametrize(("compresses", "shrinking"), [(False, 1.0), (True, 0.6)])
def test_it_takes_as_long_as_the_link_allows(compresses: bool, shrinking: float) -> None:
    stage = Stage()
    sender, receiver = stage.enable(compresses=compresses)
    job = initial_copy.begin(sender)
    assert job is not None
    assert (sender.state, receiver.state, job.job_type) == (COPYING, WAITING, JobType.SendInitialReplica)
    seconds = SIZE * shrinking / LINK
    stage.wait(seconds / 2)
    assert job.percent == pytest.approx(50, abs=2)
    stage.wait(seconds / 2 - 2)
    assert sender.state is COPYING
    stage.wait(4)
    assert (sender.state, receiver.state) == (REPLICATING, REPLICATING)
    assert replica_disk(receiver.machine) == SIZE
    assert receiver.last_applied == job.began


def test_two_copies_share_the_link() -> None:
    stage = Stage()
    senders = [stage.enable(name, compresses=False)[0] for name in ("WEB", "SQL")]
    for sender in senders:
        initial_copy.begin(sender)
    stage.wait(SIZE / LINK + 5)
    assert [sender.state for sender in senders] == [COPYING, COPYING]
    stage.wait(SIZE / LINK + 5)
    assert [sender.state for sender in senders] == [REPLICATING, REPLICATING]


def test_what_is_written_meanwhile_goes_with_the_first_cycle() -> None:
    stage = Stage()
    sender, _ = stage.replicate(compresses=False)
    tracked = sender.cycles.pending
    assert tracked == pytest.approx(102 << 20, rel=0.05)
    stage.wait(310)
    assert sender.statistics.successes == 1
    assert sender.statistics.maximum_size == pytest.approx(tracked + (300 << 20), rel=0.02)


def test_cancelled_it_begins_from_nothing() -> None:
    stage = Stage()
    sender, receiver = stage.enable()
    job = initial_copy.begin(sender)
    stage.wait(30)
    assert replica_disk(receiver.machine) > GIGABYTE
    initial_copy.cancel(sender)
    assert job is not None
    assert job.failure is not None
    assert (job.failure.key, sender.state, receiver.state) == ("cancelled", READY, WAITING)
    assert replica_disk(receiver.machine) == PLACEHOLDER
    initial_copy.begin(sender)
    stage.wait(100)
    assert sender.state is REPLICATING


def test_paused_it_goes_on_where_it_was() -> None:
    stage = Stage()
    sender, receiver = stage.enable()
    initial_copy.begin(sender)
    stage.wait(30)
    pausing.pause(sender)
    there = replica_disk(receiver.machine)
    stage.wait(5000)
    assert (sender.state, replica_disk(receiver.machine)) == (ReplicationState.Suspended, there)
    pausing.resume(sender)
    assert sender.state is COPYING
    stage.wait(35)
    assert sender.state is REPLICATING


def test_broken_off_it_is_tried_again_where_it_was() -> None:
    stage = Stage()
    sender, receiver = stage.enable()
    initial_copy.begin(sender)
    stage.wait(30)
    there = replica_disk(receiver.machine)
    stage.b.lose_network()
    stage.wait(30)
    assert sender.state is ReplicationState.Error
    assert sender.failure is not None
    assert sender.failure.key == "replica_timed_out"
    stage.wait(300)
    assert sender.state is ReplicationState.Error
    stage.b.regain_network()
    stage.wait(300)
    assert sender.state is COPYING or sender.state is REPLICATING
    assert replica_disk(receiver.machine) > there
    stage.wait(60)
    assert sender.state is REPLICATING


def test_a_volume_that_is_too_small() -> None:
    stage = Stage({"B": {"volumes": [{"letter": "D", "label": "Data", "size": "4 GB"}]}})
    sender, receiver = stage.enable()
    initial_copy.begin(sender)
    stage.wait(100)
    assert sender.failure is not None
    assert (sender.state, receiver.state, sender.failure.key) == (ReplicationState.Error, WAITING, "replica_disk_full")
    assert stage.b.files.volumes[0].free >= 0
    stage.b.files.volumes[0].capacity *= 10
    pausing.resume(sender)
    stage.wait(100)
    assert sender.state is REPLICATING


class TestSchedule:
    def test_at_a_time(self) -> None:
        stage = Stage()
        sender, _ = stage.enable()
        moment = stage.estate.clock.now() + datetime.timedelta(hours=5)
        assert initial_copy.begin(sender, at=moment) is None
        assert (sender.initial_at, sender.state) == (moment, READY)
        stage.wait(5 * 3600 - 1)
        assert sender.state is READY
        stage.wait(2)
        assert (sender.state, sender.initial_at) == (COPYING, None)

    def test_cancelled_before(self) -> None:
        stage = Stage()
        sender, _ = stage.enable()
        initial_copy.begin(sender, at=stage.estate.clock.now() + datetime.timedelta(hours=5))
        initial_copy.cancel(sender)
        stage.wait(6 * 3600)
        assert (sender.state, sender.initial_at) == (READY, None)

    @pytest.mark.parametrize("hours", [-1, 7 * 24 + 1])
    def test_not_in_the_past_and_not_beyond_seven_days(self, hours: int) -> None:
        stage = Stage()
        sender, _ = stage.enable()
        with pytest.raises(OperationFailed) as refusal:
            initial_copy.begin(sender, at=stage.estate.clock.now() + datetime.timedelta(hours=hours))
        assert refusal.value.key == "replication_schedule"


class TestMedia:
    def test_export_carry_import(self) -> None:
        stage = Stage(WEB={"write_rate": "0.01 MB/s"})
        sender, receiver = stage.enable()
        job = initial_copy.export(sender, "D:\\Media")
        assert job.job_type is JobType.ExportInitialReplica
        stage.wait(SIZE / LOCAL_COPY + 1)
        assert (job.ended, sender.state) == (True, COPYING)
        with pytest.raises(OperationFailed) as refusal:
            initial_copy.cancel(sender)
        assert refusal.value.key == "initial_copy_exported"
        (file,) = job.files
        assert file.size == SIZE
        assert len(carry(stage.a, "D:\\Media", stage.b, "D:\\Carried")) == 1
        stage.wait(86_400)
        imported = initial_copy.import_from(receiver, "D:\\Carried")
        stage.finish(receiver)
        assert (imported.failure, receiver.state, sender.state) == (None, REPLICATING, COPYING)
        stage.wait(301)
        assert sender.state is REPLICATING
        stage.wait(601)
        assert sender.statistics.successes == 2

    def test_media_that_are_not_there(self) -> None:
        stage = Stage()
        sender, receiver = stage.enable()
        with pytest.raises(OperationFailed) as refusal:
            initial_copy.import_from(receiver, "D:\\Nothing")
        assert refusal.value.key == "initial_copy_not_found"
        with pytest.raises(OperationFailed) as unwritable:
            initial_copy.export(sender, "Q:\\Media")
        assert unwritable.value.key == "initial_copy_not_written"

    def test_an_export_without_room_leaves_nothing(self) -> None:
        stage = Stage()
        volume = stage.a.files.volumes[0]
        volume.used_by_others = volume.free - (1 << 30)
        sender, _ = stage.enable()
        job = initial_copy.export(sender, "D:\\Media")
        stage.wait(60)
        assert job.failure is not None
        assert (job.failure.key, sender.state) == ("initial_copy_not_written", READY)
        assert not [path for path in volume.files if "media" in path]


class TestBasis:
    def seeded(self) -> Stage:
        """A copy of the machine stands on B already, with the same ID."""
        stage = Stage()
        basis = enabling.copied(stage.machine(), stage.b, "D:\\Basis")
        for drive in stage.machine().drives:
            assert drive.disk is not None
            made = enabling.placeholder(drive, drive.disk, basis, "D:\\Basis", stage.b)
            assert made.disk is not None
            stage.b.files.grow(made.disk, occupied(drive.disk))
            basis.drives.append(DiskDrive(made.disk, drive.controller, drive.controller_number, drive.location))
        stage.b.machines[basis.machine_id] = basis
        return stage

    def test_only_what_differs_is_sent(self) -> None:
        stage = self.seeded()
        enabling.enable_as_replica(stage.on(stage.b), stage.b, "a.x.example")
        sender, receiver = stage.enable(compresses=False)
        job = initial_copy.begin(sender, on_basis=True)
        assert job is not None
        assert job.job_type is JobType.SendUsingBackup
        seconds = SIZE / LOCAL_COPY + SIZE * DIFFERENT_SHARE / LINK
        stage.wait(seconds - 2)
        assert sender.state is COPYING
        stage.wait(4)
        assert (sender.state, receiver.state) == (REPLICATING, REPLICATING)

    def test_there_is_none(self) -> None:
        stage = Stage()
        sender, _ = stage.enable()
        initial_copy.begin(sender, on_basis=True)
        stage.wait(1)
        assert sender.failure is not None
        assert (sender.state, sender.failure.key) == (ReplicationState.Error, "initial_copy_no_basis")

    def test_it_waits_for_one_primary_only(self) -> None:
        stage = self.seeded()
        enabling.enable_as_replica(stage.on(stage.b), stage.b, "c.x.example")
        with pytest.raises(OperationFailed) as refusal:
            stage.enable()
        assert refusal.value.key == "replica_exists"


@pytest.mark.parametrize("deed", ["begin", "export"])
def test_once_is_enough(deed: str) -> None:
    stage = Stage()
    sender, _ = stage.replicate()
    with pytest.raises(OperationFailed) as refusal:
        initial_copy.begin(sender) if deed == "begin" else initial_copy.export(sender, "D:\\Media")
    assert refusal.value.key == "replication_wrong_state"
