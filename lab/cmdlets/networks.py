"""Get-VMNetworkAdapter, and network adapters as records."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.targets import listed
from lab.hyperv.host import Host
from lab.hyperv.machine import MachineState, NetworkAdapter, VirtualMachine
from lab.hyperv.wiring import own_adapters
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Long, Record, UnsignedInt, Value, display_text
from lab.powershell.wildcards import matches

ADAPTER_TYPES = hyperv_types("VMNetworkAdapter", "VMNetworkAdapterBase", "VMComponentObject", "VirtualizationObject")
INTERNAL_TYPES = hyperv_types("VMInternalNetworkAdapter", "VMNetworkAdapterBase", "VMResource", "VirtualizationObject")
ON_OFF = {"On": 0, "Off": 1}
MIRRORING = {"None": 0, "Destination": 1, "Source": 2}
ON_OFF_OPTIONS = {
    "MacAddressSpoofing": "Off",
    "DhcpGuard": "Off",
    "RouterGuard": "Off",
    "AllowTeaming": "Off",
    "DeviceNaming": "Off",
    "IeeePriorityTag": "Off",
}
NUMBER_OPTIONS = {
    "StormLimit": 0,
    "DynamicIPAddressLimit": 0,
    "VmqWeight": 100,
    "IovWeight": 0,
    "VirtualSubnetId": 0,
    "IPsecOffloadMaximumSecurityAssociation": 512,
}
"""Advanced features with their defaults (Windows Server documentation; the limit for IPsec offload is assumed)."""
BANDWIDTH_OPTIONS = ("MinimumBandwidthAbsolute", "MinimumBandwidthWeight", "MaximumBandwidth")
OPTIONS = (*ON_OFF_OPTIONS, *NUMBER_OPTIONS, *BANDWIDTH_OPTIONS, "PortMirroring")
_MAC_ADDRESS = re.compile(r"[0-9A-F]{12}")


def adapter_record(adapter: NetworkAdapter, machine: VirtualMachine, host: Host) -> Record:
    """A machine's network adapter as Get-VMNetworkAdapter prints it.

    For a machine of another host it is the adapter of the planned machine that a compatibility report is about.
    """
    name = adapter.switch_at(host.name)
    switch = host.find_switch(name) if name else None
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
        "DynamicMacAddressEnabled": adapter.has_dynamic_address,
        "IsLegacy": adapter.is_legacy,
        "IsSynthetic": not adapter.is_legacy,
        "IsManagementOs": False,
        "IPAddresses": addresses,
        "Status": status,
        "TestReplicaSwitchName": adapter.test_switch,
        "TestReplicaPoolName": "",
        "ClusterMonitored": adapter.options.get("ClusterMonitored", True),
        **_options(adapter),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    text = f"VMNetworkAdapter (Name = '{adapter.name}', VMName = '{machine.name}')"
    return Record(ADAPTER_TYPES, properties, text, adapter)


def internal_record(adapter: NetworkAdapter, host: Host) -> Record:
    """An adapter through which the host itself uses a switch."""
    switch = host.find_switch(adapter.switch or "")
    identifier = f"{{{str(adapter.adapter_id).upper()}}}"
    properties: dict[str, Value] = {
        "Name": adapter.name,
        "Id": identifier,
        "AdapterId": identifier,
        "SwitchName": adapter.switch,
        "SwitchId": switch.switch_id if switch else None,
        "Connected": True,
        "MacAddress": adapter.mac_address,
        "DynamicMacAddressEnabled": False,
        "IsLegacy": False,
        "IsSynthetic": False,
        "IsManagementOs": True,
        "IPAddresses": [],
        "Status": [hyperv_enum("VMNetworkAdapterOperationalStatus", "Ok", 2)],
        **_options(adapter),
        "VMName": None,
        "ComputerName": host.name,
        "IsDeleted": adapter not in host.own_adapters,
    }
    return Record(INTERNAL_TYPES, properties, f"VMInternalNetworkAdapter (Name = '{adapter.name}')", adapter)


def asked_own_adapters(call: Call, name_parameter: str = "Name") -> list[NetworkAdapter]:
    """The adapters of the host itself that -ManagementOS, with a name and a switch, or objects stand for."""
    own = own_adapters(call.host)
    if not (call.switch("ManagementOS") or call.switch("All")):
        values = listed(call.parameters.get("VMNetworkAdapter"))
        objects = [value.subject for value in values if isinstance(value, Record)]
        return [adapter for adapter in own if adapter in objects]
    name, switch = (display_text(call.parameters.get(part)) or "*" for part in (name_parameter, "SwitchName"))
    return [a for a in own if matches(name, a.name) and matches(switch, a.switch or "")]


def mac_text(given: Value) -> str | None:
    """A MAC address as adapters have it, without separators; None for what is none."""
    address = re.sub("[-:]", "", display_text(given)).upper()
    return address if _MAC_ADDRESS.fullmatch(address) else None


@cmdlet("Get-VMNetworkAdapter")
async def get_vm_network_adapter(call: Call) -> AsyncIterator[Value]:
    """The adapters of machines, of the host itself (-ManagementOS), of checkpoints, or all."""
    name = call.parameters.get("Name")
    pattern = "*" if name is None else display_text(name)
    everything = call.switch("All")
    for own in asked_own_adapters(call):
        yield internal_record(own, call.host)
    for machine in list(call.host.machines.values()) if everything else asked_settings(call):
        for adapter in machine.adapters:
            legacy = call.parameters.get("IsLegacy")
            if matches(pattern, adapter.name) and legacy in (None, adapter.is_legacy):
                yield adapter_record(adapter, machine, call.host)


def _options(adapter: NetworkAdapter) -> dict[str, Value]:
    given = adapter.options
    properties: dict[str, Value] = {}
    for name, default in ON_OFF_OPTIONS.items():
        word = display_text(given.get(name, default))
        properties[name] = hyperv_enum("OnOffState", word, ON_OFF[word])
    for name, number in NUMBER_OPTIONS.items():
        properties[name] = UnsignedInt(int(given.get(name, number)))
    mirroring = display_text(given.get("PortMirroring", "None"))
    properties["PortMirroringMode"] = hyperv_enum("VMNetworkAdapterPortMirroringMode", mirroring, MIRRORING[mirroring])
    properties["BandwidthSetting"] = None
    if any(name in given for name in BANDWIDTH_OPTIONS):
        limits: dict[str, Value] = {name: Long(int(given.get(name, 0))) for name in BANDWIDTH_OPTIONS}
        types = hyperv_types("VMNetworkAdapterBandwidthSetting", "VirtualizationObject")
        properties["BandwidthSetting"] = Record(types, limits, "VMNetworkAdapterBandwidthSetting")
    return properties
