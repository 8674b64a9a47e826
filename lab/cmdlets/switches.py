"""Get-, New-, Set-, Remove- and Rename-VMSwitch."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.enumerations import enumeration, hyperv_types
from lab.cmdlets.failures import error_of, not_found
from lab.cmdlets.targets import listed, refuse_prompt, refuse_unsupported, reported
from lab.hyperv.host import Host, NetworkInterface, SwitchType, VirtualSwitch
from lab.hyperv.messages import failed
from lab.hyperv.wiring import bindings
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

TYPES = hyperv_types("VMSwitch", "VirtualizationObject")
INTERFACE_PARAMETERS = ("NetAdapterName", "NetAdapterInterfaceDescription")


def switch_record(switch: VirtualSwitch, host: Host) -> Record:
    """A switch as Get-VMSwitch prints it."""
    descriptions: list[Value] = [switch.interface] if switch.interface else []
    properties: dict[str, Value] = {
        "Name": switch.name,
        "Id": switch.switch_id,
        "SwitchType": enumeration(switch.kind),
        "AllowManagementOS": _serves_host(switch),
        "EmbeddedTeamingEnabled": False,
        "NetAdapterInterfaceDescription": switch.interface,
        "NetAdapterInterfaceDescriptions": descriptions,
        "Notes": switch.notes,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPES, properties, f"VMSwitch (Name = '{switch.name}')", switch)


@cmdlet("Get-VMSwitch")
async def get_vm_switch(call: Call) -> AsyncIterator[Value]:
    """The switches of this host: all, by name (with wildcards), ID or type."""
    refuse_unsupported(call, "ResourcePoolName")
    kinds = [display_text(kind) for kind in listed(call.parameters.get("SwitchType"))]
    for switch in _asked(call, "Name", "Id") if {"Name", "Id"} & set(call.parameters) else list(call.host.switches):
        if not kinds or switch.kind.name in kinds:
            yield switch_record(switch, call.host)


@cmdlet("New-VMSwitch")
async def new_vm_switch(call: Call) -> AsyncIterator[Value]:
    """A new switch: external with a physical network adapter, otherwise internal or private."""
    refuse_unsupported(call, "EnableEmbeddedTeaming", "EnablePacketDirect")
    host = call.host
    with reported(call):
        interface = _interface(call)
        kind = SwitchType[display_text(call.parameters.get("SwitchType", "External"))]
        switch = VirtualSwitch(
            display_text(call.parameters["Name"]),
            host.estate.new_id(),
            kind,
            interface.description if interface else "",
            serves_host=call.parameters.get("AllowManagementOS") is not False and kind is not SwitchType.Private,
            notes=display_text(call.parameters.get("Notes")),
        )
        host.switches.append(switch)
        yield switch_record(switch, host)


@cmdlet("Set-VMSwitch")
async def set_vm_switch(call: Call) -> AsyncIterator[Value]:
    """Change the notes, the type or the physical network adapter of switches."""
    refuse_unsupported(call, "Extensions")
    for switch in _asked(call, "Name"):
        with reported(call):
            interface = _interface(call, switch)
            given = call.parameters.get("SwitchType")
            kind = SwitchType[display_text(given)] if given is not None else switch.kind
            if interface is not None:
                kind, switch.interface = SwitchType.External, interface.description
            if kind is SwitchType.External and not switch.interface:
                raise failed("switch_without_interface", call.host.language)
            switch.kind = kind
            switch.interface = switch.interface if kind is SwitchType.External else ""
            if "AllowManagementOS" in call.parameters:
                switch.serves_host = call.switch("AllowManagementOS")
            if "Notes" in call.parameters:
                switch.notes = display_text(call.parameters["Notes"])
            if call.switch("Passthru"):
                yield switch_record(switch, call.host)


@cmdlet("Remove-VMSwitch")
async def remove_vm_switch(call: Call) -> AsyncIterator[Value]:
    """Delete switches that no running machine is connected to; it asks first."""
    refuse_unsupported(call, "ResourcePoolName")
    for switch in list(_asked(call, "Name")):
        with reported(call):
            refuse_prompt(call)
            machines = call.host.machines.values()
            connected = [a for m in machines if m.memory_assigned for a in m.adapters if a.switch]
            if any(adapter.switch and adapter.switch.lower() == switch.name.lower() for adapter in connected):
                raise failed("switch_in_use", call.host.language, name=switch.name)
            call.host.switches.remove(switch)
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Rename-VMSwitch")
async def rename_vm_switch(call: Call) -> AsyncIterator[Value]:
    """Give a switch another name; the adapters connected to it stay connected."""
    refuse_unsupported(call)
    for switch in list(_asked(call, "Name")):
        with reported(call):
            name = display_text(call.parameters["NewName"])
            for machine in call.host.machines.values():
                for adapter in machine.adapters:
                    if adapter.switch and adapter.switch.lower() == switch.name.lower():
                        adapter.switch = name
            switch.name = name
            if call.switch("Passthru"):
                yield switch_record(switch, call.host)


def _asked(call: Call, name_parameter: str, id_parameter: str = "") -> Iterator[VirtualSwitch]:
    """The switches that -VMSwitch, names or IDs stand for; a missing one is an error of its own."""
    switches = call.host.switches
    for value in listed(call.parameters.get("VMSwitch")):
        switch = value.subject if isinstance(value, Record) else None
        if isinstance(switch, VirtualSwitch) and switch in switches:
            yield switch
        else:
            call.error(error_of(call, failed("object_gone", call.host.language, host=call.host.name), value))
    for name in map(display_text, listed(call.parameters.get(name_parameter))):
        found = [switch for switch in switches if matches(name, switch.name)]
        if not found and not has_wildcards(name):
            call.error(not_found(call, "switch_unknown_by_name", name))
        yield from found
    for switch_id in listed(call.parameters.get(id_parameter)) if id_parameter else ():
        found = [switch for switch in switches if isinstance(switch_id, uuid.UUID) and switch.switch_id == switch_id]
        if not found:
            call.error(not_found(call, "switch_unknown_by_id", switch_id))
        yield from found


def _interface(call: Call, switch: VirtualSwitch | None = None) -> NetworkInterface | None:
    """The physical network adapter that is asked for; raises OperationFailed when it is unknown or taken."""
    for parameter in INTERFACE_PARAMETERS:
        names = [display_text(value) for value in listed(call.parameters.get(parameter))]
        if len(names) > 1:
            refuse_unsupported(call, parameter)
        for name in names:
            found = [i for i in call.host.interfaces if name.lower() in (i.name.lower(), i.description.lower())]
            if not found:
                raise failed("interface_unknown", call.host.language, name=name)
            taken = [interface for other, interface in bindings(call.host).items() if other is not switch]
            free = [interface for interface in found if interface not in taken]
            if not free:
                raise failed("interface_bound", call.host.language, name=found[0].description)
            return free[0]
    return None


def _serves_host(switch: VirtualSwitch) -> bool:
    return switch.kind is SwitchType.Internal or (switch.kind is SwitchType.External and switch.serves_host)
