"""Get-VMSnapshot."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.disks import asked_machines
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.machines import hyperv_error
from lab.hyperv.host import Host
from lab.hyperv.machine import Checkpoint, MachineState, VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPE_NAMES = hyperv_types("VMSnapshot", "VirtualMachineBase", "ComputeResource", "VirtualizationObject")


def checkpoint_record(checkpoint: Checkpoint, machine: VirtualMachine, host: Host) -> Record:
    """A checkpoint as Get-VMSnapshot prints it."""
    parent = checkpoint.parent
    off = hyperv_enum("VMState", MachineState.Off.name, MachineState.Off.value)
    properties: dict[str, Value] = {
        "Name": checkpoint.name,
        "Id": checkpoint.checkpoint_id,
        "SnapshotType": hyperv_enum("SnapshotType", "Standard", 0),
        "IsAutomaticCheckpoint": False,
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ParentSnapshotId": parent.checkpoint_id if parent else None,
        "ParentSnapshotName": parent.name if parent else None,
        "CreationTime": checkpoint.created.astimezone(host.local_time().tzinfo),
        "State": off,
        "Path": machine.checkpoint_path,
        "Version": machine.version,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    text = f"VMSnapshot (Name = '{checkpoint.name}') [VMName = '{machine.name}']"
    return Record(TYPE_NAMES, properties, text, checkpoint)


@cmdlet("Get-VMSnapshot")
async def get_vm_snapshot(call: Call) -> AsyncIterator[Value]:
    """The checkpoints of machines, by machine, ID or kinship."""
    name = call.parameters.get("Name")
    kind = call.parameters.get("SnapshotType")
    if kind is not None and display_text(kind) != "Standard":
        return
    for checkpoint, machine in _asked_for(call):
        if name is None or checkpoint.name.lower() == display_text(name).lower():
            yield checkpoint_record(checkpoint, machine, call.host)


def _asked_for(call: Call) -> Iterator[tuple[Checkpoint, VirtualMachine]]:
    everything = [
        (checkpoint, machine) for machine in call.host.machines.values() for checkpoint in machine.checkpoints
    ]
    match call.parameters:
        case {"Id": uuid.UUID() as wanted}:
            found = [pair for pair in everything if pair[0].checkpoint_id == wanted]
            if not found:
                text = f'Hyper-V was unable to find a checkpoint with id "{wanted}".'
                call.error(hyperv_error(call, text, "InvalidParameter", wanted))
            yield from found
        case {"ChildOf": Record() as parent}:
            yield from (pair for pair in everything if pair[0].parent is parent.subject)
        case {"ParentOf": Record(subject=Checkpoint() as child)}:
            yield from (pair for pair in everything if pair[0] is child.parent)
        case {"ParentOf": Record(subject=VirtualMachine() as machine)}:
            yield from ((checkpoint, machine) for checkpoint in machine.checkpoints[-1:])
        case _:
            for machine in asked_machines(call):
                yield from ((checkpoint, machine) for checkpoint in machine.checkpoints)
