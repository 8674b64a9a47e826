"""Start-, Stop- and Import-VMInitialReplication."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator

from lab.cmdlets.replications import asked_receivers, asked_senders, replication_record
from lab.cmdlets.targets import refuse_unsupported, reported, see_through
from lab.hyperv.changes import refusal
from lab.hyperv.files import is_on_share
from lab.hyperv.replication import initial_copy
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Value, display_text


@cmdlet("Start-VMInitialReplication")
async def start_vm_initial_replication(call: Call) -> AsyncIterator[Value]:
    """Begin the initial copy over the network, to media, or on a basis; it does not wait for its end (assumed)."""
    refuse_unsupported(call)
    path, moment = call.parameters.get("DestinationPath"), call.parameters.get("InitialReplicationStartTime")
    for sender in list(asked_senders(call)):
        with reported(call):
            if path is not None:
                folder = display_text(path)
                if is_on_share(folder) and not call.runspace.caller.carries_credentials:
                    raise refusal("initial_copy_not_written", sender.machine, sender.host, path=folder)
                initial_copy.export(sender, folder)
            else:
                at = moment if isinstance(moment, datetime.datetime) else None
                initial_copy.begin(sender, at=at, on_basis=call.switch("UseBackup"))
            if call.switch("Passthru"):
                yield replication_record(sender)


@cmdlet("Stop-VMInitialReplication")
async def stop_vm_initial_replication(call: Call) -> AsyncIterator[Value]:
    """Cancel an initial copy that is under way or scheduled."""
    refuse_unsupported(call)
    for sender in list(asked_senders(call)):
        with reported(call):
            initial_copy.cancel(sender)
            if call.switch("Passthru"):
                yield replication_record(sender)


@cmdlet("Import-VMInitialReplication")
async def import_vm_initial_replication(call: Call) -> AsyncIterator[Value]:
    """Read initial copies from media, and wait for it."""
    refuse_unsupported(call)
    for receiver in list(asked_receivers(call)):
        with reported(call):
            job = initial_copy.import_from(receiver, display_text(call.parameters["Path"]))
            await see_through(call, job, "Import-VMInitialReplication")
            if call.switch("Passthru"):
                yield replication_record(receiver)
