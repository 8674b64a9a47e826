"""Get-, New-, Remove- and Rename-VMGroup, Add- and Remove-VMGroupMember."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Iterator

from lab.cmdlets.enumerations import enumeration, hyperv_types
from lab.cmdlets.failures import error_of
from lab.cmdlets.targets import listed, machine_of, reported
from lab.hyperv.groups import GroupType, MachineGroup, add_member, new_group, remove_group, remove_member
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

TYPES = hyperv_types("VMGroup", "VirtualizationObject")


def group_record(group: MachineGroup, host: Host) -> Record:
    """A group as Get-VMGroup prints it; a machine that has left the host is no member any more."""
    machines: list[Value] = []
    groups: list[Value] = []
    for member in group.members:
        if isinstance(member, MachineGroup):
            groups.append(group_record(member, host))
        elif host.machines.get(member.machine_id) is member:
            machines.append(_member_record(member, host))
    properties: dict[str, Value] = {
        "Name": group.name,
        "InstanceId": group.group_id,
        "Id": group.group_id,
        "GroupType": enumeration(group.kind),
        "VMMembers": machines,
        "VMGroupMembers": groups,
        "ComputerName": host.name,
        "IsDeleted": group not in host.groups,
    }
    return Record(TYPES, properties, f"VMGroup (Name = '{group.name}')", group)


def _member_record(machine: VirtualMachine, host: Host) -> Record:
    properties: dict[str, Value] = {"Name": machine.name, "Id": machine.machine_id, "ComputerName": host.name}
    text = f"VirtualMachine (Name = '{machine.name}') [Id = '{machine.machine_id}']"
    types = hyperv_types("VirtualMachine", "VirtualMachineBase", "ComputeResource", "VirtualizationObject")
    return Record(types, properties, text, machine)


@cmdlet("Get-VMGroup")
async def get_vm_group(call: Call) -> AsyncIterator[Value]:
    """The groups of this host: all, by name (with wildcards) or by ID."""
    everything = not {"Name", "Id"} & set(call.parameters)
    for group in list(call.host.groups) if everything else _asked(call):
        yield group_record(group, call.host)


@cmdlet("New-VMGroup")
async def new_vm_group(call: Call) -> AsyncIterator[Value]:
    """Make an empty group."""
    given = call.parameters.get("Id")
    with reported(call):
        kind = GroupType[display_text(call.parameters["GroupType"])]
        identifier = given if isinstance(given, uuid.UUID) else None
        yield group_record(new_group(display_text(call.parameters["Name"]), kind, identifier, call.host), call.host)


@cmdlet("Remove-VMGroup")
async def remove_vm_group(call: Call) -> AsyncIterator[Value]:
    """Remove a group; its members stay."""
    for group in _one(call):
        remove_group(group, call.host)
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Rename-VMGroup")
async def rename_vm_group(call: Call) -> AsyncIterator[Value]:
    """Give groups another name."""
    for group in list(_asked(call)):
        group.name = display_text(call.parameters["NewName"])
        if call.switch("Passthru"):
            yield group_record(group, call.host)


@cmdlet("Add-VMGroupMember")
async def add_vm_group_member(call: Call) -> AsyncIterator[Value]:
    """Put machines or groups into a group."""
    async for value in _change(call, add_member):
        yield value


@cmdlet("Remove-VMGroupMember")
async def remove_vm_group_member(call: Call) -> AsyncIterator[Value]:
    """Take machines or groups out of a group."""
    async for value in _change(call, remove_member):
        yield value


async def _change(
    call: Call, change: Callable[[MachineGroup, VirtualMachine | MachineGroup, Host], None]
) -> AsyncIterator[Value]:
    for group in _one(call):
        members: list[VirtualMachine | MachineGroup] = [machine_of(v) for v in listed(call.parameters.get("VM"))]
        for value in listed(call.parameters.get("VMGroupMember")):
            members += [found for found in [_subject(call, value)] if found is not None]
        for member in members:
            with reported(call):
                change(group, member, call.host)
        if call.switch("Passthru"):
            yield group_record(group, call.host)


def _subject(call: Call, value: Value) -> MachineGroup | None:
    group = value.subject if isinstance(value, Record) else None
    if isinstance(group, MachineGroup) and group in call.host.groups:
        return group
    call.error(error_of(call, failed("object_gone", call.host.language, host=call.host.name), value))
    return None


def _one(call: Call) -> Iterator[MachineGroup]:
    """The one group that is meant; a name that several have is an error."""
    found = list(_asked(call))
    if len(found) > 1:
        name = display_text(call.parameters.get("Name"))
        call.error(error_of(call, failed("group_name_not_unique", call.host.language, name=name), name))
    else:
        yield from found


def _asked(call: Call) -> Iterator[MachineGroup]:
    """The groups that -VMGroup, -Name or -Id stand for; each missing one is an error."""
    for value in listed(call.parameters.get("VMGroup")):
        group = _subject(call, value)
        if group is not None:
            yield group
    wanted = [*listed(call.parameters.get("Name")), *listed(call.parameters.get("Id"))]
    for name in wanted:
        text = display_text(name)
        found = [g for g in call.host.groups if name == g.group_id or matches(text, g.name)]
        if not found and not has_wildcards(text):
            call.error(error_of(call, failed("group_unknown", call.host.language, name=text), name))
        yield from found
