"""Export-VM and Export-VMSnapshot."""

from __future__ import annotations

import ntpath
from collections.abc import AsyncIterator

from lab.cmdlets.checkpoint_changes import asked_checkpoints
from lab.cmdlets.checkpoints import checkpoint_record
from lab.cmdlets.machines import machine_record
from lab.cmdlets.targets import asked_machines, refuse_unsupported, reported, see_through
from lab.hyperv.exporting import ExportCheckpoint, export
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Value, display_text


@cmdlet("Export-VM")
async def export_vm(call: Call) -> AsyncIterator[Value]:
    """Export machines, each into the sub-folder of -Path with its name.

    A running one is exported as if it had been saved, unless -CaptureLiveState names another state (assumed).
    """
    refuse_unsupported(call)
    captures = display_text(call.parameters.get("CaptureLiveState", "CaptureSavedState"))
    for machine in asked_machines(call, "Name"):
        with reported(call):
            with_memory = captures == "CaptureSavedState"
            operation = export(machine, call.host, _folder(call), with_memory=with_memory)
            await see_through(call, operation, "Export-VM")
            if call.switch("Passthru"):
                yield machine_record(machine, call.host)


@cmdlet("Export-VMSnapshot")
async def export_vm_snapshot(call: Call) -> AsyncIterator[Value]:
    """Export machines as they were at checkpoints."""
    refuse_unsupported(call)
    for checkpoint, machine in asked_checkpoints(call):
        with reported(call):
            operation = ExportCheckpoint(machine, call.host, checkpoint, _folder(call)).begin()
            await see_through(call, operation, "Export-VMSnapshot")
            if call.switch("Passthru"):
                yield checkpoint_record(checkpoint, machine, call.host)


def _folder(call: Call) -> str:
    return ntpath.normpath(display_text(call.parameters["Path"]))
