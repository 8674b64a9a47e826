"""Whatever is done to replicated machines: the two sides always form a pair that the reference allows."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lab.hyperv import creation, migration, power
from lab.hyperv.caller import Caller
from lab.hyperv.checkpointing import ApplyCheckpoint, TakeCheckpoint
from lab.hyperv.compatibility import Move
from lab.hyperv.crash import come_back, crash
from lab.hyperv.files import StorageError, StoredFile
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import OperationFailed
from lab.hyperv.physical_disks import mount
from lab.hyperv.placement import in_one_folder
from lab.hyperv.replication import (
    disk_set,
    enabling,
    failover,
    initial_copy,
    pausing,
    removal,
    resynchronization,
    reversal,
)
from lab.hyperv.replication.enabling import Wanted
from lab.hyperv.replication.health import health
from lab.hyperv.replication.side import Receiver, Sender
from lab.hyperv.replication.states import Health, Mode, Relationship
from lab.hyperv.replication.states import ReplicationState as State
from tests.lab.hyperv.replication.three_hosts import Stage

CALLER = Caller("X\\admin")
HOSTS = ("A", "B", "C")

Deed = tuple[Callable[..., None], tuple[Any, ...]]

SENDER_STATES = {
    State.ReadyForInitialReplication,
    State.InitialReplicationInProgress,
    State.Replicating,
    State.PreparedForFailover,
    State.Suspended,
    State.Error,
    State.WaitingForStartResynchronize,
    State.Resynchronizing,
    State.ResynchronizeSuspended,
    State.WaitingForUpdateCompletion,
    State.UpdateError,
}
TAKEN_OVER = {State.RecoveryInProgress, State.FailedOverWaitingCompletion, State.FailedOver}
RECEIVER_STATES = {
    State.WaitingForInitialReplication,
    State.Replicating,
    State.Suspended,
    State.Resynchronizing,
    *TAKEN_OVER,
}
WITH_COPY = {State.Replicating, State.Suspended, *TAKEN_OVER}
PAIRS = {
    State.ReadyForInitialReplication: {State.WaitingForInitialReplication},
    # An import on the replica is noticed by the primary at its next question.
    State.InitialReplicationInProgress: {State.WaitingForInitialReplication, *WITH_COPY},
    State.Replicating: WITH_COPY,
    State.PreparedForFailover: WITH_COPY,
    State.Suspended: {State.WaitingForInitialReplication, *WITH_COPY},
    State.Error: {State.WaitingForInitialReplication, State.Resynchronizing, *WITH_COPY},
    State.WaitingForStartResynchronize: {State.Resynchronizing, *WITH_COPY},
    State.Resynchronizing: {State.Resynchronizing, *WITH_COPY},
    State.ResynchronizeSuspended: {State.Resynchronizing, *WITH_COPY},
    State.WaitingForUpdateCompletion: WITH_COPY,
    State.UpdateError: WITH_COPY,
}
"""For each state of a sender, those that the receiver of what it sends may have."""


def host(stage: Stage, name: str) -> Host:
    found = stage.estate.find(name)
    assert found is not None
    return found


def machine(stage: Stage, number: int) -> tuple[VirtualMachine, Host]:
    """One of all machines, replicas and test machines among them."""
    found = [(each, there) for there in stage.estate.hosts for each in there.machines.values()]
    return found[number % len(found)]


def sender(stage: Stage, number: int) -> Sender | None:
    found = [side for side in all_sides(stage) if isinstance(side, Sender)]
    return found[number % len(found)] if found else None


def receiver(stage: Stage, number: int) -> Receiver | None:
    found = [side for side in all_sides(stage) if isinstance(side, Receiver)]
    return found[number % len(found)] if found else None


def enable(stage: Stage, number: int, to: str, frequency: int, history: int) -> None:
    there, source = machine(stage, number)
    wanted = Wanted(to, stage.settings(frequency=frequency, history=history, resynchronizes=history % 2 == 0))
    enabling.enable(there, source, wanted)


def enable_as_replica(stage: Stage, number: int) -> None:
    enabling.enable_as_replica(*machine(stage, number), "")


def start(stage: Stage, number: int, on_basis: bool) -> None:
    if side := sender(stage, number):
        initial_copy.begin(side, on_basis=on_basis)


def export(stage: Stage, number: int) -> None:
    if side := sender(stage, number):
        initial_copy.export(side, "D:\\Media")


def carry_and_import(stage: Stage, number: int) -> None:
    """Carry what lies in the folder for media to the host of a replica, and import it there."""
    side = receiver(stage, number)
    if side is None:
        return
    for each in stage.estate.hosts:
        for path, file in list(each.files.volumes[0].files.items()):
            if path.startswith("d:\\media") and each is not side.host:
                with contextlib.suppress(StorageError):
                    side.host.files.add(StoredFile(file.path, file.size))
    initial_copy.import_from(side, "D:\\Media")


def cancel(stage: Stage, number: int) -> None:
    if side := sender(stage, number):
        initial_copy.cancel(side)


def pause(stage: Stage, number: int) -> None:
    known = all_sides(stage)
    if known:
        pausing.pause(known[number % len(known)])


def resume(stage: Stage, number: int) -> None:
    known = all_sides(stage)
    if known:
        pausing.resume(known[number % len(known)])


def resynchronize(stage: Stage, number: int, goes_on: bool) -> None:
    if side := sender(stage, number):
        resynchronization.begin(side, goes_on=goes_on)


def cancel_resynchronization(stage: Stage, number: int) -> None:
    if side := sender(stage, number):
        resynchronization.cancel(side)


def prepare(stage: Stage, number: int) -> None:
    """Turn a primary off where it runs, and prepare it."""
    side = sender(stage, number)
    if side is None:
        return
    if side.machine.memory_assigned:
        power.change("turn_off", side.machine, side.host)
        stage.wait(2)
    failover.prepare(side)


def fail_over(stage: Stage, number: int, oldest: bool) -> None:
    if side := receiver(stage, number):
        failover.fail_over(side, side.points.points[0] if oldest and side.points.points else None)


def begin_test(stage: Stage, number: int) -> None:
    if side := receiver(stage, number):
        failover.begin_test(side)


def stop_failover(stage: Stage, number: int) -> None:
    known = all_sides(stage)
    if known:
        failover.stop(known[number % len(known)])


def complete(stage: Stage, number: int) -> None:
    if side := receiver(stage, number):
        failover.complete(side)


def reverse(stage: Stage, number: int) -> None:
    if side := receiver(stage, number):
        reversal.reverse(side, reversal.Direction(side.primary_name, stage.settings()))


def to_replica(stage: Stage, number: int) -> None:
    side = sender(stage, number)
    if side is not None and side.relationship is Relationship.Simple:
        reversal.to_replica(side, "")


def remove(stage: Stage, number: int) -> None:
    known = all_sides(stage)
    if known:
        removal.remove(known[number % len(known)])


def change_disks(stage: Stage, number: int, count: int) -> None:
    if side := sender(stage, number):
        drives = [drive for drive in side.machine.drives if drive.disk is not None]
        disk_set.change(side, [enabling.place_of(drive) for drive in drives[:count]])


def change_power(stage: Stage, number: int, verb: str) -> None:
    power.change(verb, *machine(stage, number))


def touch_disk(stage: Stage, number: int) -> None:
    """Mount a disk of a machine that is off, and dismount it at once."""
    touched, there = machine(stage, number)
    if not touched.memory_assigned and touched.drives and touched.drives[0].disk is not None:
        del there.mounted[mount(touched.drives[0].disk, there)]


def time_travel(stage: Stage, number: int) -> None:
    traveller, there = machine(stage, number)
    if traveller.checkpoints:
        ApplyCheckpoint(traveller, there, traveller.checkpoints[0]).begin()
    else:
        TakeCheckpoint(traveller, there, "checkpoint").begin()


def move(stage: Stage, number: int, to: str) -> None:
    moved, there = machine(stage, number)
    migration.start(Move(moved, there, to, in_one_folder(moved, f"D:\\Moved\\{moved.name}"), CALLER))


def delete(stage: Stage, number: int) -> None:
    """Delete a machine, unless it is the last one of its ID."""
    doomed, there = machine(stage, number)
    if any(doomed.machine_id in each.machines for each in stage.estate.hosts if each is not there):
        creation.delete(doomed, there)


def lose_network(stage: Stage, where: str) -> None:
    host(stage, where).lose_network()


def stop_without_warning(stage: Stage, where: str) -> None:
    crash(host(stage, where))


def regain_network(stage: Stage) -> None:
    for each in stage.estate.hosts:
        come_back(each)


def fill_up(stage: Stage, where: str) -> None:
    volume = host(stage, where).files.volumes[0]
    volume.used_by_others += volume.free


def clear_up(stage: Stage) -> None:
    for each in stage.estate.hosts:
        each.files.volumes[0].used_by_others = 0


def wait(stage: Stage, seconds: float) -> None:
    stage.wait(seconds)


def deeds() -> st.SearchStrategy[Deed]:
    numbers, hosts, truth = st.integers(0, 5), st.sampled_from(HOSTS), st.booleans()

    def deed(what: Callable[..., None], *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Deed]:
        return st.tuples(st.just(what), st.tuples(*arguments))

    return st.one_of(
        deed(wait, st.sampled_from([3.0, 40.0, 400.0, 8000.0, 90_000.0]) | st.floats(0, 4000)),
        deed(enable, numbers, hosts, st.sampled_from([30, 300, 900]), st.sampled_from([0, 1, 4])),
        deed(start, numbers, truth),
        deed(fail_over, numbers, truth),
        deed(reverse, numbers),
        deed(to_replica, numbers),
        deed(prepare, numbers),
        deed(stop_failover, numbers),
        deed(complete, numbers),
        deed(begin_test, numbers),
        deed(pause, numbers),
        deed(resume, numbers),
        deed(resynchronize, numbers, truth),
        deed(cancel_resynchronization, numbers),
        deed(change_power, numbers, st.sampled_from(["start", "turn_off"])),
        deed(lose_network, hosts),
        deed(regain_network),
        st.one_of(
            deed(remove, numbers),
            deed(cancel, numbers),
            deed(enable_as_replica, numbers),
            deed(export, numbers),
            deed(carry_and_import, numbers),
            deed(change_disks, numbers, st.integers(1, 2)),
            deed(touch_disk, numbers),
            deed(time_travel, numbers),
            deed(move, numbers, hosts),
            deed(delete, numbers),
            deed(stop_without_warning, hosts),
            deed(fill_up, hosts),
            deed(clear_up),
        ),
    )


def stories() -> st.SearchStrategy[list[Deed]]:
    """Deeds, each with the time that it takes, or none."""
    steps = st.tuples(deeds(), st.sampled_from([0.0, 3.0, 3.0, 400.0]))
    return st.lists(steps, min_size=4, max_size=20).map(
        lambda told: [part for deed, seconds in told for part in (deed, (wait, (seconds,)))]
    )


REPLICATED: list[Deed] = [(enable, (0, "B", 300, 4)), (start, (0, False)), (wait, (400.0,))]
BEGINNINGS: list[list[Deed]] = [
    [],
    REPLICATED,
    [*REPLICATED, (enable, (2, "C", 300, 0)), (start, (1, False)), (wait, (400.0,))],
    [*REPLICATED, (prepare, (0,)), (wait, (5.0,)), (fail_over, (0, False)), (wait, (5.0,))],
    [*REPLICATED, (fail_over, (0, True)), (wait, (5.0,)), (complete, (0,)), (wait, (5.0,))],
    [*REPLICATED, (time_travel, (0,)), (wait, (5.0,)), (time_travel, (0,)), (wait, (5.0,))],
]
"""Most of what can be done needs a machine that replicates, that has failed over, or that travelled in time."""


def all_sides(stage: Stage) -> list[Sender | Receiver]:
    return [s for h in stage.estate.hosts for s in h.replication.sides if isinstance(s, Sender | Receiver)]


def peer(stage: Stage, sending: Sender) -> Receiver | None:
    """The receiver of what a sender sends, whether they reach each other or not."""
    there = next(h for h in stage.estate.hosts if h.full_name == sending.current_replica)
    replica = there.machines.get(sending.machine.machine_id)
    found = replica.replication.receiver if replica is not None and replica.replication is not None else None
    return found if found is not None and found.primary_name == sending.host.full_name else None


def check(stage: Stage) -> None:
    known = all_sides(stage)
    assert sorted(map(id, known)) == sorted(
        id(side)
        for each in stage.estate.hosts
        for there in each.machines.values()
        if there.replication is not None
        for side in there.replication.sides
    )
    for side in known:
        assert side.machine.machine_id in side.host.machines
        assert health(side) is not Health.NotApplicable
        if isinstance(side, Receiver):
            check_receiver(side)
        else:
            assert side.state in SENDER_STATES
            other = peer(stage, side)
            # What has ended and begun anew on one side only is no pair any more.
            if other is not None and (side.copied_since is None) == (other.copied_since is None):
                assert other.state in PAIRS[side.state], (side.state, other.state)
    for each in stage.estate.hosts:
        assert all(volume.free >= 0 for volume in each.files.volumes)
        for there in each.machines.values():
            check_mode(there)


def check_receiver(side: Receiver) -> None:
    assert side.state in RECEIVER_STATES
    moments = [point.moment for point in side.points.points]
    assert moments == sorted(moments)
    if moments:
        assert side.last_applied is not None
        assert moments[-1] <= side.last_applied
    assert len(moments) <= side.settings.history + 1
    started = side.state in (State.FailedOverWaitingCompletion, State.FailedOver)
    assert started or not side.machine.memory_assigned


def check_mode(there: VirtualMachine) -> None:
    replication = there.replication
    if replication is None:
        return
    if replication.mode is Mode.TestReplica:
        assert replication.sides == []
        assert replication.test_of is not None
        assert replication.test_of.test_machine is there
    elif replication.mode is Mode.Primary:
        assert isinstance(replication.simple, Sender)
        assert replication.extended is None
    else:
        assert isinstance(replication.simple, Receiver)
        assert replication.mode is Mode.Replica or replication.extended is None


def end_everything(stage: Stage) -> None:
    """Remove replication on every side, tests and extended legs first."""
    for each in stage.estate.hosts:
        each.regain_network()
        each.files.volumes[0].used_by_others = 0
    stage.wait(200_000)
    for side in all_sides(stage):
        if isinstance(side, Receiver) and side.test_machine is not None:
            failover.stop(side)
            stage.finish(side)
    for relationship in (Relationship.Extended, Relationship.Simple):
        for side in all_sides(stage):
            if side.relationship is relationship:
                removal.remove(side)


def check_nothing_is_left(stage: Stage) -> None:
    for each in stage.estate.hosts:
        assert (each.replication.sides, each.replication.copies) == ([], 0)
        assert [path for volume in each.files.volumes for path in volume.files if path.endswith((".hrl", ".hru"))] == []
        assert all(there.replication is None for there in each.machines.values())
    stage.wait(100_000)
    assert all(each.replication.jobs == [] for each in stage.estate.hosts)
    assert stage.estate.clock.next_moment == float("inf")


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(BEGINNINGS), stories())
def test_sides_always_form_a_pair(beginning: list[Deed], story: list[Deed]) -> None:
    stage = Stage(WEB={"disks": [{"name": f"WEB{n}.vhdx", "size": "40 GB", "used": "10 GB"} for n in (1, 2)]})
    for deed, arguments in (*beginning, *story):
        with contextlib.suppress(OperationFailed):
            deed(stage, *arguments)
        check(stage)
    end_everything(stage)
    check_nothing_is_left(stage)


@settings(max_examples=5, deadline=None)
@given(st.sampled_from(BEGINNINGS), stories())
def test_the_same_story_ends_the_same(beginning: list[Deed], story: list[Deed]) -> None:
    endings = []
    for _telling in range(2):
        stage = Stage()
        said = []
        for deed, arguments in (*beginning, *story):
            try:
                deed(stage, *arguments)
            except OperationFailed as refusal:
                said.append(refusal.message)
        stage.wait(100_000)
        endings.append(
            (
                said,
                [(s.state, s.last_replication, s.statistics.successes, s.statistics.missed) for s in all_sides(stage)],
            )
        )
    assert endings[0] == endings[1]
