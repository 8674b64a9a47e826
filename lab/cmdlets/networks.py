"""Get-VMNetworkAdapter and Get-VMSwitch."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

from lab.cmdlets.disks import asked_machines
from lab.cmdlets.enumerations import enumeration, hyperv_enum, hyperv_types
from lab.cmdlets.machines import hyperv_error
from lab.hyperv.host import Host, SwitchType, VirtualSwitch
from lab.hyperv.machine import MachineState, NetworkAdapter, VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

ADAPTER_TYPES = hyperv_types("VMNetworkAdapter", "VMNetworkAdapterBase", "VMResource", "VirtualizationObject")
SWITCH_TYPES = hyperv_types("VMSwitch", "VirtualizationObject")


def adapter_record(adapter: NetworkAdapter, machine: VirtualMachine, host: Host) -> Record:
    """A machine's network adapter as Get-VMNetworkAdapter prints it."""
    switch = host.find_switch(adapter.switch) if adapter.switch else None
    running = machine.state is MachineState.Running
    addresses: list[Value] = list(adapter.addresses) if running and switch else []
    status: list[Value] = [hyperv_enum("VMNetworkAdapterOperationalStatus", "Ok", 2)] if running else []
    properties: dict[str, Value] = {
        "Name": adapter.name,
        "Id": f"Microsoft:{machine.machine_id}\\{adapter.adapter_id}".upper(),
        "AdapterId": str(adapter.adapter_id).upper(),
        "SwitchName": switch.name if switch else "",
        "SwitchId": switch.switch_id if switch else None,
        "Connected": switch is not None,
        "MacAddress": adapter.mac_address,
        "DynamicMacAddressEnabled": True,
        "IsLegacy": False,
        "IsSynthetic": True,
        "IsManagementOs": False,
        "IPAddresses": addresses,
        "Status": status,
        "TestReplicaSwitchName": "",
        "TestReplicaPoolName": "",
        "ClusterMonitored": True,
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    text = f"VMNetworkAdapter (Name = '{adapter.name}', VMName = '{machine.name}')"
    return Record(ADAPTER_TYPES, properties, text, adapter)


def switch_record(switch: VirtualSwitch, host: Host) -> Record:
    """A switch as Get-VMSwitch prints it."""
    properties: dict[str, Value] = {
        "Name": switch.name,
        "Id": switch.switch_id,
        "SwitchType": enumeration(switch.kind),
        "AllowManagementOS": switch.kind is not SwitchType.Private,
        "EmbeddedTeamingEnabled": False,
        "NetAdapterInterfaceDescription": switch.interface if switch.kind is SwitchType.External else "",
        "Notes": "",
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(SWITCH_TYPES, properties, f"VMSwitch (Name = '{switch.name}')", switch)


@cmdlet("Get-VMNetworkAdapter")
async def get_vm_network_adapter(call: Call) -> AsyncIterator[Value]:
    """The adapters of machines; those of the host itself are not simulated."""
    if call.switch("ManagementOS") or call.switch("All"):
        return
    name = call.parameters.get("Name")
    for machine in asked_machines(call):
        for adapter in machine.adapters:
            if name is None or display_text(name).lower() == adapter.name.lower():
                yield adapter_record(adapter, machine, call.host)


@cmdlet("Get-VMSwitch")
async def get_vm_switch(call: Call) -> AsyncIterator[Value]:
    """The switches of this host: all, by name, ID or type."""
    names, ids, kinds = (call.parameters.get(key) for key in ("Name", "Id", "SwitchType"))
    found = [
        switch
        for switch in call.host.switches
        if (not isinstance(kinds, list) or switch.kind.name in map(display_text, kinds))
        and (not isinstance(ids, list) or switch.switch_id in [i for i in ids if isinstance(i, uuid.UUID)])
        and (names is None or switch.name.lower() == display_text(names).lower())
    ]
    if names is not None and not found:
        text = f'Hyper-V was unable to find a virtual switch with name "{display_text(names)}".'
        call.error(hyperv_error(call, text, "InvalidParameter", names))
    for switch in found:
        yield switch_record(switch, call.host)
