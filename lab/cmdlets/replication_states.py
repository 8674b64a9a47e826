"""Suspend-, Resume-, Stop- and Remove-VMReplication, and Reset-VMReplicationStatistics."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Callable

from lab.cmdlets.replications import asked_senders, asked_sides, health_record, replication_record
from lab.cmdlets.targets import refuse_unsupported, reported
from lab.hyperv.replication import pausing, removal, resynchronization
from lab.hyperv.replication.side import Receiver, Sender
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Value


async def _changed(call: Call, change: Callable[[Sender | Receiver], None]) -> AsyncIterator[Value]:
    refuse_unsupported(call)
    for side in list(asked_sides(call)):
        with reported(call):
            change(side)
            if call.switch("Passthru"):
                yield replication_record(side)


@cmdlet("Suspend-VMReplication")
async def suspend_vm_replication(call: Call) -> AsyncIterator[Value]:
    """Pause replication on this side."""
    async for value in _changed(call, pausing.pause):
        yield value


@cmdlet("Resume-VMReplication")
async def resume_vm_replication(call: Call) -> AsyncIterator[Value]:
    """Let replication go on, or begin (-Resynchronize) a comparison of all disks, now or at a time within seven days.

    It does not wait for the end of what it begins (assumed).
    """

    def change(side: Sender | Receiver) -> None:
        moment = call.parameters.get("ResynchronizeStartTime")
        if not (call.switch("Resynchronize") or call.switch("Continue")):
            pausing.resume(side)
        elif not isinstance(side, Sender):
            raise side.refuse(resynchronization.TASK)
        elif isinstance(moment, datetime.datetime):
            resynchronization.schedule(side, moment)
        else:
            resynchronization.begin(side, goes_on=call.switch("Continue"))

    async for value in _changed(call, change):
        yield value


@cmdlet("Stop-VMReplication")
async def stop_vm_replication(call: Call) -> AsyncIterator[Value]:
    """Cancel a resynchronisation; that is all it does."""
    refuse_unsupported(call)
    for sender in list(asked_senders(call)):
        with reported(call):
            resynchronization.cancel(sender)
            if call.switch("Passthru"):
                yield replication_record(sender)


@cmdlet("Remove-VMReplication")
async def remove_vm_replication(call: Call) -> AsyncIterator[Value]:
    """End replication on this side; the machine is kept."""
    refuse_unsupported(call)
    for side in list(asked_sides(call)):
        with reported(call):
            record = replication_record(side)
            removal.remove(side)
            record.properties["IsDeleted"] = True
            if call.switch("Passthru"):
                yield record


@cmdlet("Reset-VMReplicationStatistics")
async def reset_vm_replication_statistics(call: Call) -> AsyncIterator[Value]:
    """Count from nothing again, until the monitoring interval ends."""
    refuse_unsupported(call)
    for side in list(asked_sides(call)):
        with reported(call):
            side.statistics.reset()
            if call.switch("Passthru"):
                yield health_record(side)
