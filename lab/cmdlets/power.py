"""Start-VM, Stop-VM, Save-VM, Suspend-VM, Resume-VM, Restart-VM and Remove-VMSavedState."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from lab.cmdlets.machines import machine_record
from lab.cmdlets.targets import asked_machines, listed, refuse_prompt, refuse_unsupported, reported, see_through
from lab.hyperv.changes import refusal
from lab.hyperv.machine import Checkpoint, MachineState, VirtualMachine
from lab.hyperv.messages import failed
from lab.hyperv.operation import Operation
from lab.hyperv.power import change, discard_saved_state, reset
from lab.hyperv.settings import SHUTDOWN
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value


async def _changed(
    call: Call, activity: str, already: MachineState | None, begin: Callable[[VirtualMachine], Operation]
) -> AsyncIterator[Value]:
    """Let each machine change its state, one after the other; one that is there already is left with a warning."""
    refuse_unsupported(call)
    for machine in asked_machines(call, "Name"):
        with reported(call):
            if machine.state is already and machine.operation is None:
                call.warning(failed("already_in_state", call.host.language).message)
            else:
                await see_through(call, begin(machine), activity)
            if call.switch("Passthru"):
                yield machine_record(machine, call.host)


@cmdlet("Start-VM")
async def start_vm(call: Call) -> AsyncIterator[Value]:
    """Start machines that are off, saved or paused (assumed for paused ones) and wait until they run."""

    def begin(machine: VirtualMachine) -> Operation:
        return change("resume" if machine.state is MachineState.Paused else "start", machine, call.host)

    async for value in _changed(call, "Start-VM", MachineState.Running, begin):
        yield value


@cmdlet("Stop-VM")
async def stop_vm(call: Call) -> AsyncIterator[Value]:
    """Shut machines down through their guests, turn them off (-TurnOff) or save them (-Save), and wait for it.

    A guest that cannot be told to shut down makes the cmdlet ask whether to turn the machine off, which only -Force
    answers on a remote host (public error records); -Force then turns it off.
    """

    def begin(machine: VirtualMachine) -> Operation:
        if call.switch("TurnOff"):
            return change("turn_off", machine, call.host)
        if call.switch("Save"):
            return change("save", machine, call.host)
        if machine.state is MachineState.Running and SHUTDOWN in machine.integration_services_off:
            if not call.switch("Force"):
                raise refusal("cannot_prompt", machine, call.host)
            return change("turn_off", machine, call.host)
        return change("shut_down", machine, call.host)

    already = MachineState.Saved if call.switch("Save") else MachineState.Off
    async for value in _changed(call, "Stop-VM", already, begin):
        yield value


@cmdlet("Save-VM")
async def save_vm(call: Call) -> AsyncIterator[Value]:
    """Save machines and wait for it."""
    async for value in _changed(call, "Save-VM", MachineState.Saved, lambda m: change("save", m, call.host)):
        yield value


@cmdlet("Suspend-VM")
async def suspend_vm(call: Call) -> AsyncIterator[Value]:
    """Pause machines."""
    async for value in _changed(call, "Suspend-VM", MachineState.Paused, lambda m: change("pause", m, call.host)):
        yield value


@cmdlet("Resume-VM")
async def resume_vm(call: Call) -> AsyncIterator[Value]:
    """Let paused machines go on."""
    async for value in _changed(call, "Resume-VM", MachineState.Running, lambda m: change("resume", m, call.host)):
        yield value


@cmdlet("Restart-VM")
async def restart_vm(call: Call) -> AsyncIterator[Value]:
    """Start machines anew, as their reset button does (assumed); it asks first.

    -Wait and what belongs to it change nothing: a guest of the lab answers as soon as its machine runs.
    """

    def begin(machine: VirtualMachine) -> Operation:
        refuse_prompt(call)
        return reset(machine, call.host)

    async for value in _changed(call, "Restart-VM", None, begin):
        yield value


@cmdlet("Remove-VMSavedState")
async def remove_vm_saved_state(call: Call) -> AsyncIterator[Value]:
    """Delete the saved state of machines, or of a checkpoint."""
    for item in listed(call.parameters.get("VMSnapshot")):
        if isinstance(item, Record) and isinstance(item.subject, Checkpoint):
            item.subject.state = MachineState.Off
    for machine in asked_machines(call):
        with reported(call):
            discard_saved_state(machine, call.host)
    return
    yield  # nothing, ever: a cmdlet is a generator
