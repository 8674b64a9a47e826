"""Checkpoint-VM, Restore-VMSnapshot, Remove-VMSnapshot and Rename-VMSnapshot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.checkpoints import Kept, checkpoint_record, kept_by, with_names
from lab.cmdlets.machines import machine_record
from lab.cmdlets.targets import asked_machines, listed, refuse_prompt, refuse_unsupported, reported, see_through
from lab.hyperv.changes import refusal, require_idle
from lab.hyperv.checkpointing import ApplyCheckpoint, DeleteCheckpoint, TakeCheckpoint
from lab.hyperv.host import Host
from lab.hyperv.machine import Checkpoint, CheckpointType, VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.date_formats import format_date
from lab.powershell.values import Value, display_text


@cmdlet("Checkpoint-VM")
async def checkpoint_vm(call: Call) -> AsyncIterator[Value]:
    """Take a checkpoint of each machine."""
    refuse_unsupported(call)
    for machine in asked_machines(call, "Name"):
        with reported(call):
            if machine.checkpoint_type is CheckpointType.Disabled:
                raise refusal("checkpoints_disabled", machine, call.host)
            name = display_text(call.parameters.get("SnapshotName")) or _default_name(machine, call.host)
            operation = TakeCheckpoint(machine, call.host, name).begin()
            await see_through(call, operation, "Checkpoint-VM")
            if call.switch("Passthru"):
                yield checkpoint_record(operation.checkpoint, machine, call.host)


def _default_name(machine: VirtualMachine, host: Host) -> str:
    """The machine's name and the time in the format of the host's language."""
    form = "dd.MM.yyyy - HH:mm:ss" if host.language == "de" else "M/d/yyyy - h:mm:ss tt"
    return f"{machine.name} - ({format_date(host.local_time(), form)})"


@cmdlet("Restore-VMSnapshot")
async def restore_vm_snapshot(call: Call) -> AsyncIterator[Value]:
    """Let a machine go back to a checkpoint; it asks first."""
    refuse_unsupported(call)
    for checkpoint, machine in _one(call):
        with reported(call):
            refuse_prompt(call)
            operation = ApplyCheckpoint(machine, call.host, checkpoint).begin()
            await see_through(call, operation, "Restore-VMSnapshot")
            if call.switch("Passthru"):
                yield checkpoint_record(checkpoint, machine, call.host)


@cmdlet("Remove-VMSnapshot")
async def remove_vm_snapshot(call: Call) -> AsyncIterator[Value]:
    """Delete checkpoints and merge their disks; with -IncludeAllChildSnapshots also those that follow them."""
    refuse_unsupported(call)
    for checkpoint, machine in asked_checkpoints(call):
        with reported(call):
            for each in _with_children(call, checkpoint, machine):
                operation = DeleteCheckpoint(machine, call.host, each).begin()
                await see_through(call, operation, "Remove-VMSnapshot")
            if call.switch("Passthru"):
                yield machine_record(machine, call.host)


@cmdlet("Rename-VMSnapshot")
async def rename_vm_snapshot(call: Call) -> AsyncIterator[Value]:
    """Give a checkpoint another name."""
    for checkpoint, machine in _one(call):
        with reported(call):
            require_idle(machine, call.host)
            checkpoint.name = display_text(call.parameters["NewName"])
            if call.switch("Passthru"):
                yield checkpoint_record(checkpoint, machine, call.host)


def asked_checkpoints(call: Call) -> Iterator[Kept]:
    """The checkpoints that the call names; one that has been deleted meanwhile along with others is left out."""
    for value in listed(call.parameters.get("VMSnapshot")):
        yield from kept_by(call, value)
    for machine in asked_machines(call):
        found = [(checkpoint, machine) for checkpoint in machine.checkpoints]
        for checkpoint, _ in with_names(call, found, listed(call.parameters.get("Name"))):
            if checkpoint in machine.checkpoints:
                yield checkpoint, machine


def _one(call: Call) -> Iterator[Kept]:
    """The one checkpoint that the call names; a name that several have is an error."""
    found = list(asked_checkpoints(call))
    if len(found) > 1 and "Name" in call.parameters:
        machine = found[0][1]
        with reported(call):
            raise refusal("checkpoint_name_not_unique", machine, call.host, name=call.parameters["Name"])
    else:
        yield from found


def _with_children(call: Call, checkpoint: Checkpoint, machine: VirtualMachine) -> list[Checkpoint]:
    """A checkpoint, after those that follow it where they are to be deleted too."""
    if not call.switch("IncludeAllChildSnapshots"):
        return [checkpoint]
    children = [each for each in machine.checkpoints if each.parent is checkpoint]
    return [*(below for child in children for below in _with_children(call, child, machine)), checkpoint]
