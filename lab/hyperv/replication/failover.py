"""Failovers: a test beside the replica, a planned one in two halves, an unplanned one, and their undoing.

How long each takes is assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.hyperv.changes import refusal
from lab.hyperv.checkpointing import NEW_DISK, put_on_top
from lab.hyperv.clock import Course
from lab.hyperv.files import StorageError
from lab.hyperv.machine import DiskDrive, MachineState, NetworkAdapter, VirtualMachine, saved_state_path
from lab.hyperv.messages import failed
from lab.hyperv.replication.connection import receiver_of
from lab.hyperv.replication.enabling import copied
from lab.hyperv.replication.job import JobType, ReplicationJob, ShortJob
from lab.hyperv.replication.receiving import ArrivedLog, OutOfOrder, apply
from lab.hyperv.replication.recovery_points import PointKind, RecoveryPoint
from lab.hyperv.replication.side import MachineReplication, Receiver, Sender
from lab.hyperv.replication.states import Mode, ReplicationState, ReplicationType

if TYPE_CHECKING:
    from lab.hyperv.host import Host

KEY_VALUE_PAIRS = "Key-Value Pair Exchange"
"""The integration service through which a guest gets its addresses after a failover."""
FAILED_OVER = (ReplicationState.FailedOverWaitingCompletion, ReplicationState.FailedOver)


class Preparation(ReplicationJob):
    """The first half of a planned failover, on the primary: the last changes are sent, and it stays off."""

    words = "Preparing for failover"
    job_type = JobType.PrepareFailover
    side: Sender

    def work(self) -> Course:
        """Send what is left."""
        sender = self.side
        yield sender.cycles.ship_now()
        sender.require("Initiate Synced Replication", ReplicationState.Replicating)
        receiver = receiver_of(sender)
        sender.cycles.stop()
        now = receiver.host.clock.now()
        try:
            apply(
                sender,
                receiver,
                ArrivedLog(sender.cycles.pending, now, self.host.clock.elapsed, PointKind.SyncedReplica),
            )
        except OutOfOrder:
            sender.cycles.require_resynchronization("resync_out_of_order")
            raise sender.refuse("Initiate Synced Replication") from None
        except BaseException:
            sender.cycles.go_on()
            raise
        sender.cycles.log.clear()
        sender.state = ReplicationState.PreparedForFailover
        sender.last_replication, sender.last_type = sender.host.clock.now(), ReplicationType.Planned
        receiver.is_planned = True


class CancelPreparation(ShortJob):
    """A planned failover that is given up on the primary."""

    words = "Cancelling the planned failover"
    job_type = JobType.CancelPreparedFailover
    side: Sender

    def finish(self) -> None:
        """Replicate again; the replica takes no logs once it has failed over."""
        self.side.state = ReplicationState.Replicating
        self.side.cycles.start()


class Failover(ShortJob):
    """A replica that takes over, from a recovery point or (None) from what was applied last; it is not started."""

    words = "Failing over"
    job_type = JobType.InitiateFailover
    side: Receiver

    def __init__(self, side: Receiver, point: RecoveryPoint | None) -> None:
        super().__init__(side)
        self.point = point
        self._before = side.state

    def work(self) -> Course:
        """Recovery is in progress meanwhile."""
        self.side.state = ReplicationState.RecoveryInProgress
        yield from super().work()

    def finish(self) -> None:
        """Take over; an extended replica can follow only what was applied last."""
        receiver = self.side
        receiver.state = ReplicationState.FailedOverWaitingCompletion
        receiver.failed_over_to = self.point
        if self.point is not None:
            receiver.failed_over_type = self.point.kind.replication_type
        else:
            receiver.failed_over_type = ReplicationType.Planned if receiver.is_planned else ReplicationType.Regular
        _apply_addresses(receiver)
        extended = receiver.machine.replication.extended if receiver.machine.replication is not None else None
        if extended is not None and self.point is not None:
            extended.cycles.travelled_in_time()

    def undo(self) -> None:
        """A replica as before."""
        self.side.state = self._before


class CancelFailover(ShortJob):
    """A failover that is undone: the machine is turned off, and what it has written is discarded."""

    words = "Cancelling the failover"
    job_type = JobType.RevertFailover
    side: Receiver

    def finish(self) -> None:
        """A replica again."""
        receiver = self.side
        _turn_off(receiver.machine, receiver.host)
        for adapter in receiver.machine.adapters:
            adapter.addresses = receiver.addresses_before.get(adapter.name, adapter.addresses)
        receiver.addresses_before.clear()
        receiver.state = ReplicationState.Replicating
        receiver.failed_over_to = None
        receiver.failed_over_type = ReplicationType.NoReplication
        extended = receiver.machine.replication.extended if receiver.machine.replication is not None else None
        if extended is not None:
            extended.cycles.travelled_in_time()


class CompleteFailover(ShortJob):
    """A failover that is made final: the recovery points go, it cannot be cancelled any more."""

    words = "Committing the failover"
    job_type = JobType.CommitFailover
    side: Receiver

    def finish(self) -> None:
        """Let the points go."""
        self.side.points.clear()
        self.side.state = ReplicationState.FailedOver


class TestFailover(ShortJob):
    """A machine beside the replica, off, on the test network or on none; replication goes on."""

    claims_machine = False
    words = "Creating the test virtual machine"
    job_type = JobType.CreateTestReplica
    side: Receiver

    def finish(self) -> None:
        """Make it from differencing disks on top of the replica's."""
        receiver, host = self.side, self.host
        replica = receiver.machine
        test = copied(replica, host, replica.path)
        test.name = f"{replica.name} - Test"
        test.machine_id = host.estate.new_id()
        test.is_clustered = False
        try:
            for drive in replica.drives:
                if drive.disk is not None:
                    disk = put_on_top(drive.disk, host, NEW_DISK)
                    test.drives.append(DiskDrive(disk, drive.controller, drive.controller_number, drive.location))
        except StorageError as error:
            for made in test.drives:
                if made.disk is not None:
                    host.files.remove(made.disk)
            raise self.fail("disk_full", path=error.path) from error
        for adapter, source in zip(test.adapters, replica.adapters, strict=True):
            adapter.switch = _test_switch(source, host)
        test.replication = MachineReplication(Mode.TestReplica, test_of=receiver)
        host.machines[test.machine_id] = test
        receiver.test_machine = test
        receiver.last_test = host.clock.now()


class StopTest(ShortJob):
    """A test that ends: its machine goes with its disks."""

    claims_machine = False
    words = "Removing the test virtual machine"
    job_type = JobType.RemoveTestReplica
    side: Receiver

    def finish(self) -> None:
        """Remove it."""
        receiver, host = self.side, self.host
        test = receiver.test_machine
        receiver.test_machine = None
        if test is None or test.machine_id not in host.machines:
            return
        if test.operation is not None:
            receiver.test_machine = test
            raise failed("test_machine_busy", host.language, machine=test.name)
        _turn_off(test, host)
        kept = {disk for drive in receiver.machine.drives if drive.disk is not None for disk in drive.disk.chain()}
        for disk in test.disk_files():
            if disk not in kept:
                host.files.remove(disk)
        del host.machines[test.machine_id]


def prepare(sender: Sender) -> Preparation:
    """Begin the first half of a planned failover.

    Raises OperationFailed unless the machine is off and replicates.
    """
    sender.require("Initiate Synced Replication", ReplicationState.Replicating)
    if sender.machine.state is not MachineState.Off:
        raise refusal("prepare_not_off", sender.machine, sender.host)
    return Preparation(sender).begin()


def fail_over(receiver: Receiver, point: RecoveryPoint | None) -> Failover:
    """Begin to fail over; whether the primary still runs is not asked.

    Raises OperationFailed where the state does not allow it, or a test machine is there.
    """
    _require_no_test(receiver)
    receiver.require(
        "Initiate Failover",
        ReplicationState.Replicating,
        ReplicationState.Suspended,
        ReplicationState.Resynchronizing,
    )
    return Failover(receiver, point).begin()


def begin_test(receiver: Receiver) -> TestFailover:
    """Begin a test failover; a replica has one test machine at a time.

    Raises OperationFailed where the state does not allow it.
    """
    _require_no_test(receiver)
    receiver.require("Initiate Test Replica", ReplicationState.Replicating, ReplicationState.Suspended)
    return TestFailover(receiver).begin()


def stop(side: Sender | Receiver) -> ReplicationJob:
    """Begin to undo whichever failover is there: prepared, carried out, or a test.

    Raises OperationFailed when there is none.
    """
    if isinstance(side, Sender):
        side.require("Cancel Synced Replication", ReplicationState.PreparedForFailover)
        return CancelPreparation(side).begin()
    if side.test_machine is not None:
        return StopTest(side).begin()
    side.require("Revert Failover", ReplicationState.FailedOverWaitingCompletion)
    return CancelFailover(side).begin()


def complete(receiver: Receiver) -> CompleteFailover:
    """Begin to make a failover final.

    Raises OperationFailed where the state does not allow it, in the published words.
    """
    if receiver.state is not ReplicationState.FailedOverWaitingCompletion:
        raise refusal(
            "failover_not_committed",
            receiver.machine,
            receiver.host,
            task="Commit Failover",
            state=receiver.state.name,
        )
    return CompleteFailover(receiver).begin()


def _require_no_test(receiver: Receiver) -> None:
    if receiver.test_machine is not None:
        raise refusal("test_failover_enabled", receiver.machine, receiver.host)


def _apply_addresses(receiver: Receiver) -> None:
    """Failover TCP/IP: synthetic adapters get the addresses set for them, through the guest's integration services."""
    machine = receiver.machine
    if KEY_VALUE_PAIRS in machine.integration_services_off:
        return
    for adapter in machine.adapters:
        wanted = tuple(adapter.failover[name] for name in ("IPv4Address", "IPv6Address") if name in adapter.failover)
        if wanted and not adapter.is_legacy:
            receiver.addresses_before[adapter.name] = adapter.addresses
            adapter.addresses = wanted


def _test_switch(adapter: NetworkAdapter, host: Host) -> str | None:
    switch = host.find_switch(adapter.test_switch) if adapter.test_switch else None
    return switch.name if switch is not None else None


def _turn_off(machine: VirtualMachine, host: Host) -> None:
    """Off at once, without a saved state."""
    saved = host.files.find(saved_state_path(machine.path, machine.machine_id))
    if saved is not None:
        host.files.remove(saved)
    machine.state = MachineState.Off
    machine.started = None
