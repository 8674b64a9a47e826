"""Get-, Set- and Remove-VMNetworkAdapterTeamMapping: which physical adapter of a team an adapter's traffic takes."""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.cmdlets.adapter_ports import Port, asked_ports
from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.targets import reported
from lab.hyperv.wiring import bindings
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMNetworkAdapterTeamMappingSetting", "VMNetworkAdapterExtensionComponent", "VirtualizationObject")


def mapping_record(port: Port) -> Record:
    """The mapping of an adapter as Get-VMNetworkAdapterTeamMapping prints it."""
    properties: dict[str, Value] = {
        "NetAdapterName": port.seen.team_member,
        "NetAdapterDeviceId": "",
        "DisableOnFailover": False,
        **port.parent_properties(),
    }
    return Record(TYPES, properties, TYPES[0], port.adapter)


@cmdlet("Get-VMNetworkAdapterTeamMapping")
async def get_vm_network_adapter_team_mapping(call: Call) -> AsyncIterator[Value]:
    """The mappings of adapters that have one."""
    for port in asked_ports(call, "Name"):
        if port.seen.team_member:
            yield mapping_record(port)


@cmdlet("Set-VMNetworkAdapterTeamMapping")
async def set_vm_network_adapter_team_mapping(call: Call) -> AsyncIterator[Value]:
    """Bind the traffic of adapters to a physical adapter of the team of their switch."""
    name = display_text(call.parameters["PhysicalNetAdapterName"])
    for port in asked_ports(call):
        with reported(call):
            switch = port.switch
            if switch is None or switch.team is None:
                raise port.refusal("team_mapping_no_team")
            members = bindings(call.host).get(switch, [])
            found = [interface for interface in members if interface.name.lower() == name.lower()]
            if not found:
                raise port.refusal("team_member_unknown", name=name, switch=switch.name)
            port.policies().team_member = found[0].name
            if call.switch("Passthru"):
                yield mapping_record(port)


@cmdlet("Remove-VMNetworkAdapterTeamMapping")
async def remove_vm_network_adapter_team_mapping(call: Call) -> AsyncIterator[Value]:
    """Let the team choose again."""
    for port in asked_ports(call, "Name"):
        with reported(call):
            if not port.seen.team_member:
                raise port.refusal("team_mapping_missing")
            record = mapping_record(port)
            port.policies().team_member = ""
            if call.switch("Passthru"):
                record.properties["IsDeleted"] = True
                yield record
