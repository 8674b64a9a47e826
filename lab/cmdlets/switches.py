"""Get-, New-, Set-, Remove- and Rename-VMSwitch."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.enumerations import enumeration, hyperv_types
from lab.cmdlets.failures import error_of, not_found
from lab.cmdlets.targets import listed, refuse_prompt, refuse_unsupported, reported
from lab.hyperv.host import Host, NetworkInterface, SwitchTeam, SwitchType, VirtualSwitch
from lab.hyperv.messages import failed
from lab.hyperv.resource_pools import ResourcePool, find_pool, require_changeable
from lab.hyperv.wiring import bindings, descriptions, own_adapters, serves_host
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

TYPES = hyperv_types("VMSwitch", "VirtualizationObject")
TEAMED = "Teamed-Interface"
"""What a switch with a team shows as its physical adapter (field reports)."""
INTERFACE_PARAMETERS = ("NetAdapterName", "NetAdapterInterfaceDescription")


def switch_record(switch: VirtualSwitch, host: Host) -> Record:
    """A switch as Get-VMSwitch prints it."""
    behind: list[Value] = list(descriptions(switch))
    properties: dict[str, Value] = {
        "Name": switch.name,
        "Id": switch.switch_id,
        "SwitchType": enumeration(switch.kind),
        "AllowManagementOS": serves_host(switch),
        "EmbeddedTeamingEnabled": switch.team is not None,
        "NetAdapterInterfaceDescription": TEAMED if switch.team is not None else switch.interface,
        "NetAdapterInterfaceDescriptions": behind,
        "PacketDirectEnabled": switch.uses_packet_direct,
        "Notes": switch.notes,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    if host.is_old:
        for name in ("EmbeddedTeamingEnabled", "NetAdapterInterfaceDescriptions", "PacketDirectEnabled"):
            del properties[name]
    return Record(TYPES, properties, f"VMSwitch (Name = '{switch.name}')", switch)


@cmdlet("Get-VMSwitch")
async def get_vm_switch(call: Call) -> AsyncIterator[Value]:
    """The switches of this host: all, by name (with wildcards), ID, type or resource pool."""
    kinds = [display_text(kind) for kind in listed(call.parameters.get("SwitchType"))]
    for switch in (
        asked_switches(call, "Name", "Id") if {"Name", "Id"} & set(call.parameters) else list(call.host.switches)
    ):
        if (not kinds or switch.kind.name in kinds) and _is_in_pools(call, switch):
            yield switch_record(switch, call.host)


@cmdlet("New-VMSwitch")
async def new_vm_switch(call: Call) -> AsyncIterator[Value]:
    """A new switch: external with one or (a team, from 2016 on) several physical adapters, or internal or private."""
    host = call.host
    with reported(call):
        interfaces = asked_interfaces(call)
        kind = SwitchType[display_text(call.parameters.get("SwitchType", "External"))]
        switch = VirtualSwitch(
            display_text(call.parameters["Name"]),
            host.estate.new_id(),
            kind,
            interfaces[0].description if interfaces else "",
            serves_host=call.parameters.get("AllowManagementOS") is not False and kind is not SwitchType.Private,
            notes=display_text(call.parameters.get("Notes")),
            team=_team(call, interfaces),
            uses_packet_direct=call.parameters.get("EnablePacketDirect") is True,
        )
        host.switches.append(switch)
        yield switch_record(switch, host)


def _team(call: Call, interfaces: list[NetworkInterface]) -> SwitchTeam | None:
    """The team of a new switch; several adapters make one unless that is switched off (Windows documentation).

    Raises OperationFailed where there can be none.
    """
    wanted = call.parameters.get("EnableEmbeddedTeaming")
    if wanted is not True and len(interfaces) < 2:
        return None
    if wanted is False or call.host.is_old:
        raise failed("team_not_offered", call.host.language)
    return SwitchTeam([interface.description for interface in interfaces], default_algorithm(call.host))


def default_algorithm(host: Host) -> str:
    """How a new team shares its load: Dynamic in 2016, HyperVPort from 2019 on (Windows Server documentation)."""
    return "Dynamic" if host.version == "2016" else "HyperVPort"


@cmdlet("Set-VMSwitch")
async def set_vm_switch(call: Call) -> AsyncIterator[Value]:
    """Change the notes, the type or the physical network adapter of switches."""
    refuse_unsupported(call, "Extensions")
    for switch in asked_switches(call, "Name"):
        with reported(call):
            interfaces = asked_interfaces(call, switch)
            given = call.parameters.get("SwitchType")
            kind = SwitchType[display_text(given)] if given is not None else switch.kind
            if interfaces:
                kind, switch.interface, switch.team = SwitchType.External, interfaces[0].description, None
            if kind is SwitchType.External and not switch.interface:
                raise failed("switch_without_interface", call.host.language)
            switch.kind = kind
            if kind is not SwitchType.External:
                switch.interface, switch.team = "", None
            if "AllowManagementOS" in call.parameters:
                switch.serves_host = call.switch("AllowManagementOS")
            if "Notes" in call.parameters:
                switch.notes = display_text(call.parameters["Notes"])
            if call.switch("Passthru"):
                yield switch_record(switch, call.host)


@cmdlet("Add-VMSwitch")
async def add_vm_switch(call: Call) -> AsyncIterator[Value]:
    """Put switches into resource pools."""
    for switch in asked_switches(call, "Name"):
        for pool in _asked_pools(call):
            with reported(call):
                require_changeable(pool, call.host)
                if switch in pool.switches:
                    names = {"switch": switch.name, "name": pool.name}
                    raise failed("pool_switch_there", call.host.language, **names)
                pool.switches.append(switch)
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Remove-VMSwitch")
async def remove_vm_switch(call: Call) -> AsyncIterator[Value]:
    """Delete switches that no running machine is connected to, after asking, or take them out of resource pools."""
    for switch in list(asked_switches(call, "Name")):
        with reported(call):
            refuse_prompt(call)
            if "ResourcePoolName" in call.parameters:
                _take_out(call, switch)
                continue
            machines = call.host.machines.values()
            connected = [a for m in machines if m.memory_assigned for a in m.adapters if a.switch]
            is_used = any(adapter.switch and adapter.switch.lower() == switch.name.lower() for adapter in connected)
            if is_used or any(switch in pool.switches for pool in call.host.pools):
                raise failed("switch_in_use", call.host.language, name=switch.name)
            call.host.switches.remove(switch)
    return
    yield  # nothing, ever: a cmdlet is a generator


def _take_out(call: Call, switch: VirtualSwitch) -> None:
    for pool in _asked_pools(call):
        if switch not in pool.switches:
            raise failed("pool_switch_missing", call.host.language, switch=switch.name, name=pool.name)
        pool.switches.remove(switch)


def _asked_pools(call: Call) -> Iterator[ResourcePool]:
    for name in map(display_text, listed(call.parameters.get("ResourcePoolName"))):
        with reported(call, name):
            yield find_pool(name, "Ethernet", call.host)


def _is_in_pools(call: Call, switch: VirtualSwitch) -> bool:
    """Whether a switch is in one of the named pools; every switch is in the primordial one."""
    pools = list(_asked_pools(call))
    named = "ResourcePoolName" in call.parameters
    return not named or any(pool.is_primordial or switch in pool.switches for pool in pools)


@cmdlet("Rename-VMSwitch")
async def rename_vm_switch(call: Call) -> AsyncIterator[Value]:
    """Give a switch another name; the adapters connected to it stay connected."""
    refuse_unsupported(call)
    for switch in list(asked_switches(call, "Name")):
        with reported(call):
            name = display_text(call.parameters["NewName"])
            for own in own_adapters(call.host):
                if own.switch == switch.name:
                    own.name, own.switch = name if own.name == switch.name else own.name, name
            for machine in call.host.machines.values():
                for adapter in machine.adapters:
                    if adapter.switch and adapter.switch.lower() == switch.name.lower():
                        adapter.switch = name
            switch.name = name
            if call.switch("Passthru"):
                yield switch_record(switch, call.host)


def asked_switches(call: Call, name_parameter: str, id_parameter: str = "") -> Iterator[VirtualSwitch]:
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


def asked_interfaces(call: Call, switch: VirtualSwitch | None = None) -> list[NetworkInterface]:
    """The physical network adapters that are asked for; raises OperationFailed when one is unknown or taken."""
    taken = [i for other, group in bindings(call.host).items() if other is not switch for i in group]
    chosen: list[NetworkInterface] = []
    for parameter in INTERFACE_PARAMETERS:
        for name in map(display_text, listed(call.parameters.get(parameter))):
            found = [i for i in call.host.interfaces if name.lower() in (i.name.lower(), i.description.lower())]
            if not found:
                raise failed("interface_unknown", call.host.language, name=name)
            free = [interface for interface in found if interface not in (*taken, *chosen)]
            if not free:
                raise failed("interface_bound", call.host.language, name=found[0].description)
            chosen.append(free[0])
    return chosen
