"""Copy-VMFile and Debug-VM: what reaches into a guest."""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.cmdlets.machines import machine_record
from lab.cmdlets.targets import asked_machines, refuse_prompt, refuse_unsupported, reported, see_through
from lab.hyperv.changes import refusal
from lab.hyperv.disk_work import elapse
from lab.hyperv.files import key
from lab.hyperv.guest_files import RATE, destination, source_file
from lab.hyperv.machine import MachineState
from lab.hyperv.power import reset
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import ProgressRecord
from lab.powershell.values import Value, display_text


@cmdlet("Copy-VMFile")
async def copy_vm_file(call: Call) -> AsyncIterator[Value]:
    """Copy a file of the host into running guests whose Guest Service Interface is enabled."""
    refuse_unsupported(call)
    source, path = (display_text(call.parameters[name]) for name in ("SourcePath", "DestinationPath"))
    for machine in asked_machines(call, "Name"):
        with reported(call):
            file = source_file(source, machine, call.host, call.runspace.caller)
            makes_folders, overwrites = call.switch("CreateFullPath"), call.switch("Force")
            target = destination(source, path, machine, call.host, makes_folders=makes_folders, overwrites=overwrites)
            async for percent in elapse(file.size / RATE, call.host):
                call.progress(ProgressRecord("Copy-VMFile", "", percent, completed=percent == 100))
            machine.guest_files |= {key(target)}
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Debug-VM")
async def debug_vm(call: Call) -> AsyncIterator[Value]:
    """Send running guests an interrupt that they cannot mask; a guest writes a dump and starts anew (assumed)."""
    refuse_unsupported(call)
    for machine in asked_machines(call, "Name"):
        with reported(call):
            refuse_prompt(call)
            if machine.state is not MachineState.Running:
                raise refusal("not_running", machine, call.host)
            if call.switch("InjectNonMaskableInterrupt"):
                await see_through(call, reset(machine, call.host), "Debug-VM")
            if call.switch("Passthru"):
                yield machine_record(machine, call.host)
