"""Cycles: what they ship and when, what they miss, and that days of them are right and cheap."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest

from lab.hyperv import migration, power
from lab.hyperv.caller import Caller
from lab.hyperv.compatibility import Move
from lab.hyperv.placement import in_one_folder
from lab.hyperv.replication import pausing
from lab.hyperv.replication.recovery_points import PointKind
from lab.hyperv.replication.side import Receiver, Sender
from lab.hyperv.replication.states import ReplicationState
from tests.lab.hyperv.replication.three_hosts import Stage

MEGABYTE = 1 << 20
DAY = 86_400.0


def told(side: Sender | Receiver) -> dict[str, Any]:
    """All that a side has counted."""
    counted = side.statistics
    return {
        "state": side.state,
        "successes": counted.successes,
        "missed": counted.missed,
        "errors": counted.errors,
        "size": pytest.approx(counted.total_size, abs=64),
        "latency": pytest.approx(counted.total_latency.total_seconds(), abs=0.01),
        "last": side.last_replication and round(side.last_replication.timestamp(), 3),
        "points": [point.name for point in side.points.points] if isinstance(side, Receiver) else None,
    }


@pytest.mark.parametrize("frequency", [30, 300, 900])
def test_each_ships_what_changed(frequency: int) -> None:
    stage = Stage()
    sender, receiver = stage.replicate(frequency=frequency)
    stage.wait(frequency * 2 + 30)
    sender.statistics.reset()
    receiver.statistics.reset()
    stage.wait(frequency * 10)
    for side in (sender, receiver):
        assert side.statistics.successes == 10
        assert side.statistics.average_size == pytest.approx(frequency * MEGABYTE, rel=0.001)
        assert side.statistics.missed == 0
    assert receiver.last_applied == receiver.last_replication == sender.last_replication


def test_latency_follows_from_the_link() -> None:
    stage = Stage()
    sender, _ = stage.replicate(compresses=False)
    stage.b.link = 2 * MEGABYTE
    stage.wait(7200)
    sender.statistics.reset()
    stage.wait(3600)
    assert sender.statistics.average_latency is not None
    assert sender.statistics.average_latency.total_seconds() == pytest.approx(150, abs=1)


@pytest.mark.parametrize(
    ("paused", "missed", "successes"),
    [
        (0, 0, 120),  # the 45 MB of a cycle take 22.5 s
        (30, 60, 60),  # the 90 MB of two take 45 s, which lasts into the next cycle: there are 90 MB again
    ],
)
def test_a_cycle_that_does_not_fit_makes_the_next_one_missed(paused: int, missed: int, successes: int) -> None:
    stage = Stage(WEB={"write_rate": "1.5 MB/s"})
    sender, _ = stage.replicate(compresses=False, frequency=30)
    stage.wait(120)
    stage.b.link = 2 * MEGABYTE
    pausing.pause(sender)
    stage.wait(paused)
    pausing.resume(sender)
    stage.wait(600)
    sender.statistics.reset()
    stage.wait(3600)
    assert (sender.statistics.missed, sender.statistics.successes) == (missed, successes)


def test_a_machine_that_is_off_writes_nothing() -> None:
    stage = Stage()
    sender, _ = stage.replicate()
    stage.turn_off()
    stage.wait(700)
    sender.statistics.reset()
    stage.wait(3600)
    assert (sender.statistics.successes, sender.statistics.total_size) == (12, 0)


def test_a_migration_takes_its_share_of_the_link() -> None:
    stage = Stage()
    sender, _ = stage.replicate(compresses=False)
    stage.a.link = stage.b.link = 4 * MEGABYTE
    stage.wait(3000)
    before = sender.statistics.average_latency
    sender.statistics.reset()
    moved = stage.machine("SQL")
    under_way = migration.start(Move(moved, stage.a, "C", in_one_folder(moved, "D:\\SQL"), Caller("X\\admin")))
    stage.wait(1500)
    assert not under_way.ended
    assert before is not None
    assert sender.statistics.average_latency is not None
    assert sender.statistics.average_latency > before * 1.8


def test_cycles_on_their_way_slow_a_migration() -> None:
    stage = Stage()
    sender, _ = stage.replicate(compresses=False)
    stage.a.link = stage.b.link = 4 * MEGABYTE
    stage.wait(3000)
    moved = stage.machine("SQL")
    under_way = migration.start(Move(moved, stage.a, "C", in_one_folder(moved, "D:\\SQL"), Caller("X\\admin")))
    while not sender.is_in_transfer:
        stage.wait(1)
    assert under_way.rate == 2 * MEGABYTE
    while sender.is_in_transfer:
        stage.wait(1)
    assert under_way.rate == 4 * MEGABYTE


class TestWhenItIsCut:
    def test_it_is_tried_every_five_minutes(self) -> None:
        stage = Stage()
        sender, _ = stage.replicate(frequency=30)
        while not sender.is_in_transfer:
            stage.wait(1)
        stage.wait(5)
        sender.statistics.reset()
        stage.b.lose_network()
        stage.wait(1500)
        assert sender.state is ReplicationState.Error
        assert sender.failure is not None
        assert sender.failure.key == "replica_timed_out"
        assert sender.statistics.errors == 5
        assert sender.statistics.missed == pytest.approx(50, abs=1)
        assert [event.event_id for event in stage.a.events].count(32315) == 5

    def test_all_that_was_tracked_goes_when_it_is_back(self) -> None:
        stage = Stage()
        sender, _ = stage.replicate()
        stage.b.lose_network()
        stage.wait(3600)
        pending = sender.cycles.pending
        assert pending == pytest.approx(3600 * MEGABYTE, rel=0.1)
        stage.b.regain_network()
        sender.statistics.reset()
        stage.wait(400)
        assert sender.state is ReplicationState.Replicating
        assert sender.statistics.maximum_size >= pending

    def test_a_log_on_its_way_is_lost(self) -> None:
        stage = Stage()
        sender, receiver = stage.replicate(compresses=False)
        stage.b.link = 2 * MEGABYTE
        stage.wait(3000)
        while not sender.is_in_transfer:
            stage.wait(1)
        applied, pending = receiver.last_applied, sender.cycles.pending
        stage.b.lose_network()
        stage.wait(1)
        assert (sender.state, sender.is_in_transfer) == (ReplicationState.Error, False)
        assert sender.failure is not None
        assert sender.failure.key == "replica_connection_lost"
        assert sender.cycles.pending >= pending
        assert receiver.last_applied == applied

    @pytest.mark.parametrize(
        ("deed", "key"),
        [
            ("pause", "replica_paused"),
            ("disable", "replica_refused"),
            ("close", "replica_timed_out"),
            ("forbid", "replica_not_authorized"),
            ("delete", "replica_missing"),
            ("detach", "replica_disk_missing"),
            ("resize", "replica_out_of_bounds"),
        ],
    )
    def test_what_else_keeps_it_from_sending(self, deed: str, key: str) -> None:
        stage = Stage()
        sender, receiver = stage.replicate()
        match deed:
            case "pause":
                pausing.pause(receiver)
            case "disable":
                stage.b.replication.server.enabled = False
            case "close":
                stage.b.replication.rules[0].is_enabled = False
            case "forbid":
                stage.b.replication.server.allows_any_server = False
            case "delete":
                del stage.b.machines[receiver.machine.machine_id]
            case "detach":
                receiver.machine.drives[0].disk = None
            case "resize":
                disk = stage.machine().drives[0].disk
                assert disk is not None
                disk.capacity += 1
        stage.wait(310)
        assert sender.failure is not None
        assert (sender.state, sender.failure.key) == (ReplicationState.Error, key)


class TestDays:
    @pytest.mark.parametrize(
        ("frequency", "link", "history"),
        [(30, 100, 0), (30, 100, 3), (300, 3, 0), (900, 2, 5)],
    )
    def test_one_step_of_days_is_as_many_small_ones(self, frequency: int, link: int, history: int) -> None:
        endings = []
        for steps in (1, 288):
            stage = Stage()
            sender, receiver = stage.replicate(frequency=frequency, history=history, consistent_hours=min(history, 2))
            stage.b.link = link * MEGABYTE
            for _ in range(steps):
                stage.wait(DAY / steps)
            endings.append((told(sender), told(receiver)))
        assert endings[0] == endings[1]

    def test_a_cut_in_between_is_found_at_its_time(self) -> None:
        endings = []
        for steps in (1, 100):
            stage = Stage()
            sender, receiver = stage.replicate(frequency=30)
            stage.estate.clock.call_later(30_000, stage.b.lose_network)
            stage.estate.clock.call_later(37_777, stage.b.regain_network)
            for _ in range(steps):
                stage.wait(60_000 / steps)
            endings.append((told(sender), told(receiver)))
        assert endings[0] == endings[1]

    def test_a_week_of_them_is_cheap(self) -> None:
        """Twenty thousand cycles: a bound that is wide, but would not hold if each of them were an event."""
        stage = Stage()
        sender, _ = stage.replicate(frequency=30)
        began = time.process_time()
        stage.wait(7 * DAY)
        assert time.process_time() - began < 0.5
        assert sender.statistics.missed == 0


class TestRecoveryPoints:
    def test_none_are_kept_unless_asked_for(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate()
        stage.wait(DAY)
        assert receiver.points.points == []

    def test_hourly_and_as_many_as_asked_for(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate(history=3)
        stage.wait(DAY)
        points = receiver.points.points
        assert len(points) == 3
        gaps = [(later.moment - earlier.moment).total_seconds() for earlier, later in itertools.pairwise(points)]
        assert gaps == [3600, 3600]
        assert receiver.last_applied is not None
        assert points[-1].moment <= receiver.last_applied

    def test_undo_logs_occupy_space(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate(history=3)
        stage.wait(DAY)
        logs = [file for path, file in stage.b.files.volumes[0].files.items() if path.endswith(".hru")]
        assert sorted(file.path for file in logs) == sorted(point.undo.path for point in receiver.points.points)
        assert [point.undo.size for point in receiver.points.points[:2]] == pytest.approx(
            [3600 * MEGABYTE] * 2, rel=0.01
        )

    def test_a_volume_that_they_fill(self) -> None:
        stage = Stage()
        sender, _ = stage.replicate(history=24)
        volume = stage.b.files.volumes[0]
        volume.used_by_others += volume.free - (8 << 30)
        stage.wait(9000)
        assert sender.failure is not None
        assert (sender.state, sender.failure.key) == (ReplicationState.Error, "replica_disk_full")
        assert volume.free >= 0

    def test_application_consistent_ones(self) -> None:
        stage = Stage()
        _, receiver = stage.replicate(history=6, consistent_hours=2)
        stage.wait(DAY)
        kinds = [point.kind for point in receiver.points.points]
        assert kinds.count(PointKind.AppConsistentReplica) == 3

    def test_without_integration_services_they_are_ordinary(self) -> None:
        stage = Stage()
        stage.machine().integration_services_off |= {"VSS"}
        sender, receiver = stage.replicate(history=6, consistent_hours=1)
        stage.wait(7200)
        assert {point.kind for point in receiver.points.points} == {PointKind.Replica}
        assert sender.statistics.failed_consistent_points > 0

    def test_fewer_are_kept_later(self) -> None:
        stage = Stage()
        sender, receiver = stage.replicate(history=6)
        stage.wait(DAY)
        sender.settings.history = 2
        stage.wait(301)
        assert len(receiver.points.points) <= 3
        stage.wait(3700)
        assert len(receiver.points.points) == 2


class TestExtended:
    def test_changes_go_on_to_the_third_host(self) -> None:
        stage = Stage()
        sender, _ = stage.replicate(frequency=30)
        extended, receiver = stage.extend(frequency=300)
        stage.wait(3600)
        for side in (sender, extended):
            side.statistics.reset()
        stage.wait(3000)
        assert extended.statistics.successes == 10
        assert extended.statistics.total_size == pytest.approx(sender.statistics.total_size, rel=0.02)
        assert receiver.last_applied is not None

    def test_nothing_comes_while_the_first_leg_is_paused(self) -> None:
        stage = Stage()
        sender, _ = stage.replicate()
        extended, _ = stage.extend()
        stage.wait(1000)
        pausing.pause(sender)
        stage.wait(700)
        extended.statistics.reset()
        stage.wait(3000)
        assert extended.statistics.total_size == 0
        assert extended.state is ReplicationState.Replicating


def test_the_log_lies_beside_the_disks_and_moves_with_them() -> None:
    stage = Stage()
    sender, receiver = stage.replicate()
    stage.wait(700)
    (log,) = [path for path in stage.a.files.volumes[0].files if path.endswith(".hrl")]
    assert log.startswith(r"d:\vms\web\virtual hard disks")
    machine = stage.machine()
    migration.start(Move(machine, stage.a, "C", in_one_folder(machine, "D:\\Moved"), Caller("X\\admin")))
    stage.wait(3000)
    assert machine.machine_id in stage.c.machines
    assert [path for path in stage.a.files.volumes[0].files if path.endswith(".hrl")] == []
    (moved,) = [path for path in stage.c.files.volumes[0].files if path.endswith(".hrl")]
    assert moved.startswith(r"d:\moved")
    assert (sender.state, sender.host, sender.primary_name) == (ReplicationState.Replicating, stage.c, "C.x.example")
    assert receiver.primary_name == "C.x.example"


@pytest.mark.parametrize(("group", "state"), [("One", ReplicationState.Replicating), ("Two", ReplicationState.Error)])
def test_a_machine_that_moves_goes_on_within_its_trust_group(group: str, state: ReplicationState) -> None:
    entries = [
        {"primary": "a.x.example", "storage_location": "D:\\R", "trust_group": "One"},
        {"primary": "c.x.example", "storage_location": "D:\\R", "trust_group": group},
    ]
    stage = Stage({"B": {"replica_server": {"entries": entries}}})
    sender, _ = stage.replicate()
    machine = stage.machine()
    migration.start(Move(machine, stage.a, "C", in_one_folder(machine, "D:\\Moved"), Caller("X\\admin")))
    stage.wait(3000)
    assert (sender.host, sender.state) == (stage.c, state)


def test_a_replica_does_not_start_and_a_running_primary_is_not_kept_from_it() -> None:
    stage = Stage()
    stage.replicate()
    with pytest.raises(Exception, match="is a replica and cannot be started"):
        power.change("start", stage.on(stage.b), stage.b)
    stage.turn_off()
    power.change("start", stage.machine(), stage.a)
