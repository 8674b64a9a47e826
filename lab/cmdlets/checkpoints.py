"""Get-VMSnapshot, and which checkpoints a call is about."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from typing import TypeAlias

from lab.cmdlets.enumerations import enumeration, hyperv_enum, hyperv_types
from lab.cmdlets.failures import not_found
from lab.cmdlets.targets import asked_machines, listed
from lab.hyperv.host import Host
from lab.hyperv.machine import Checkpoint, MachineState, VirtualMachine
from lab.hyperv.replication.recovery_points import RecoveryPoint
from lab.hyperv.replication.side import Receiver
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

TYPE_NAMES = hyperv_types("VMSnapshot", "VirtualMachineBase", "ComputeResource", "VirtualizationObject")

Kept: TypeAlias = tuple[Checkpoint, VirtualMachine]
"""A checkpoint and the machine that has it."""


def checkpoint_record(checkpoint: Checkpoint, machine: VirtualMachine, host: Host) -> Record:
    """A checkpoint as Get-VMSnapshot prints it."""
    parent = checkpoint.parent
    properties: dict[str, Value] = {
        "Name": checkpoint.name,
        "Id": checkpoint.checkpoint_id,
        "SnapshotType": hyperv_enum("SnapshotType", "Standard", 0),
        "IsAutomaticCheckpoint": False,
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ParentSnapshotId": parent.checkpoint_id if parent else None,
        "ParentSnapshotName": parent.name if parent else None,
        "ParentCheckpointId": parent.checkpoint_id if parent else None,
        "ParentCheckpointName": parent.name if parent else None,
        "CreationTime": checkpoint.created.astimezone(host.local_time().tzinfo),
        "State": enumeration(checkpoint.state),
        "Path": machine.checkpoint_path,
        "Generation": machine.generation,
        "Version": machine.version,
        "Notes": "",
        "ComputerName": host.name,
        "IsDeleted": checkpoint not in machine.checkpoints,
    }
    text = f"VMSnapshot (Name = '{checkpoint.name}') [VMName = '{machine.name}']"
    return Record(TYPE_NAMES, properties, text, checkpoint)


@cmdlet("Get-VMSnapshot")
async def get_vm_snapshot(call: Call) -> AsyncIterator[Value]:
    """The checkpoints of machines, by machine, ID or kinship, and the recovery points of replicas."""
    given = call.parameters.get("SnapshotType")
    kind = None if given is None else display_text(given)
    points = [(point, machine) for point, machine in asked_points(call) if kind in (None, point.kind.name)]
    wanted_names = listed(call.parameters.get("Name"))
    names = [name for name in wanted_names if not _is_of_point(name, points)]
    if kind in (None, "Standard") and (names or not wanted_names) and not _is_id_of_point(call, points):
        for checkpoint, machine in with_names(call, list(_asked_for(call)), names):
            yield checkpoint_record(checkpoint, machine, call.host)
    for point, machine in points:
        if not wanted_names or any(matches(display_text(name), point.name) for name in wanted_names):
            yield point_record(point, machine, call.host)


def asked_points(call: Call) -> Iterator[tuple[RecoveryPoint, VirtualMachine]]:
    """The recovery points that the call is about; names that no machine has are errors of the checkpoints' query."""
    parameters = call.parameters
    if "ChildOf" in parameters or "ParentOf" in parameters:
        return
    patterns = [display_text(name) for name in listed(parameters.get("VMName"))]
    wanted = [value.subject for value in listed(parameters.get("VM")) if isinstance(value, Record)]
    for side in call.host.replication.sides:
        if not isinstance(side, Receiver):
            continue
        named = any(matches(pattern, side.machine.name) for pattern in patterns) or side.machine in wanted
        for point in side.points.points:
            if named or parameters.get("Id") == point.point_id:
                yield point, side.machine


def point_record(point: RecoveryPoint, machine: VirtualMachine, host: Host) -> Record:
    """A recovery point as Get-VMSnapshot prints it."""
    properties: dict[str, Value] = {
        "Name": point.name,
        "Id": point.point_id,
        "SnapshotType": enumeration(point.kind),
        "IsAutomaticCheckpoint": False,
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ParentSnapshotId": None,
        "ParentSnapshotName": None,
        "ParentCheckpointId": None,
        "ParentCheckpointName": None,
        "CreationTime": point.moment.astimezone(host.local_time().tzinfo),
        "State": enumeration(MachineState.Off),
        "Path": machine.checkpoint_path,
        "Generation": machine.generation,
        "Version": machine.version,
        "Notes": "",
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPE_NAMES, properties, f"VMSnapshot (Name = '{point.name}') [VMName = '{machine.name}']", point)


def _is_of_point(name: Value, points: list[tuple[RecoveryPoint, VirtualMachine]]) -> bool:
    return any(point.name.lower() == display_text(name).lower() for point, _ in points)


def _is_id_of_point(call: Call, points: list[tuple[RecoveryPoint, VirtualMachine]]) -> bool:
    return any(point.point_id == call.parameters.get("Id") for point, _ in points)


def with_names(call: Call, found: list[Kept], names: list[Value]) -> Iterator[Kept]:
    """Those of ``found`` with one of these names, which may hold wildcards; without names all of them.

    A name that nothing has is an error of its own.
    """
    if not names:
        yield from found
    for name in map(display_text, names):
        fitting = [kept for kept in found if matches(name, kept[0].name)]
        if not fitting and not has_wildcards(name):
            call.error(not_found(call, "checkpoint_unknown_by_name", name))
        yield from fitting


def kept_by(call: Call, value: Value) -> Iterator[Kept]:
    """The checkpoint that an object stands for; an error when it is gone."""
    for kept in everything(call.host):
        if isinstance(value, Record) and kept[0] is value.subject:
            yield kept
            return
    wanted = value.get("Id") if isinstance(value, Record) else value
    call.error(not_found(call, "checkpoint_unknown_by_id", wanted))


def asked_settings(call: Call, *name_parameters: str) -> Iterator[VirtualMachine]:
    """The machines that a call is about, and the settings that checkpoints (-VMSnapshot) keep of theirs."""
    yield from asked_machines(call, *name_parameters)
    for value in listed(call.parameters.get("VMSnapshot")):
        yield from (checkpoint.settings for checkpoint, _ in kept_by(call, value))


def everything(host: Host) -> list[Kept]:
    """All checkpoints of the host's machines."""
    return [(checkpoint, machine) for machine in host.machines.values() for checkpoint in machine.checkpoints]


def _asked_for(call: Call) -> Iterator[Kept]:
    known = everything(call.host)
    match call.parameters:
        case {"Id": uuid.UUID() as wanted}:
            found = [kept for kept in known if kept[0].checkpoint_id == wanted]
            if not found:
                call.error(not_found(call, "checkpoint_unknown_by_id", wanted))
            yield from found
        case {"ChildOf": Record() as parent}:
            yield from (kept for kept in known if kept[0].parent is parent.subject)
        case {"ParentOf": Record(subject=Checkpoint() as child)}:
            yield from (kept for kept in known if kept[0] is child.parent)
        case {"ParentOf": Record(subject=VirtualMachine() as machine)}:
            yield from ((checkpoint, machine) for checkpoint in filter(None, [machine.current_checkpoint]))
        case _:
            for machine in asked_machines(call):
                yield from ((checkpoint, machine) for checkpoint in machine.checkpoints)
