"""Start-, Stop- and Complete-VMFailover."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.failures import not_found
from lab.cmdlets.machines import machine_record
from lab.cmdlets.replications import asked_receivers, asked_sides
from lab.cmdlets.targets import refuse_prompt, refuse_unsupported, reported, see_through
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.replication import failover
from lab.hyperv.replication.job import ReplicationJob
from lab.hyperv.replication.recovery_points import RecoveryPoint
from lab.hyperv.replication.side import Receiver, Sender
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value


@cmdlet("Start-VMFailover")
async def start_vm_failover(call: Call) -> AsyncIterator[Value]:
    """Prepare a primary, fail a replica over, or make a test machine; nothing is started.

    It asks before all but a test (assumed).
    """
    refuse_unsupported(call)
    for side, point in list(_asked(call)):
        with reported(call):
            if not call.switch("AsTest"):
                refuse_prompt(call)
            job = _begin(call, side, point)
            await see_through(call, job, "Start-VMFailover")
            if call.switch("Passthru"):
                yield machine_record(_result(call, side), call.host)


@cmdlet("Stop-VMFailover")
async def stop_vm_failover(call: Call) -> AsyncIterator[Value]:
    """Undo a failover: prepared, carried out, or a test, which is stopped at the replica."""
    refuse_unsupported(call)
    for side in list(asked_sides(call)):
        with reported(call):
            await see_through(call, failover.stop(side), "Stop-VMFailover")
            if call.switch("Passthru"):
                yield machine_record(side.machine, call.host)


@cmdlet("Complete-VMFailover")
async def complete_vm_failover(call: Call) -> AsyncIterator[Value]:
    """Make failovers final and remove the recovery points; it asks first (assumed)."""
    refuse_unsupported(call)
    for receiver in list(asked_receivers(call)):
        with reported(call):
            refuse_prompt(call)
            await see_through(call, failover.complete(receiver), "Complete-VMFailover")
            if call.switch("Passthru"):
                yield machine_record(receiver.machine, call.host)


def _asked(call: Call) -> Iterator[tuple[Sender | Receiver, RecoveryPoint | None]]:
    """The sides, each with the recovery point that was chosen; one that is gone is an error."""
    value = call.parameters.get("VMRecoverySnapshot")
    if value is None:
        yield from ((side, None) for side in asked_sides(call))
        return
    point = value.subject if isinstance(value, Record) else None
    for side in call.host.replication.sides:
        if isinstance(side, Receiver) and point in side.points.points and isinstance(point, RecoveryPoint):
            yield side, point
            return
    wanted = value.get("Id") if isinstance(value, Record) else value
    call.error(not_found(call, "checkpoint_unknown_by_id", wanted))


def _begin(call: Call, side: Sender | Receiver, point: RecoveryPoint | None) -> ReplicationJob:
    """Begin what the parameters ask for; raises OperationFailed on the side where it cannot be done."""
    if call.switch("Prepare"):
        if not isinstance(side, Sender):
            raise side.refuse("Initiate Synced Replication")
        return failover.prepare(side)
    if not isinstance(side, Receiver):
        raise side.refuse("Initiate Test Replica" if call.switch("AsTest") else "Initiate Failover")
    return failover.begin_test(side) if call.switch("AsTest") else failover.fail_over(side, point)


def _result(call: Call, side: Sender | Receiver) -> VirtualMachine:
    test = side.test_machine if isinstance(side, Receiver) and call.switch("AsTest") else None
    return test or side.machine
