"""Get- and Set-VMNetworkAdapterVlan: untagged, access and trunk mode."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from lab.cmdlets.adapters import asked_adapters
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.networks import adapter_record
from lab.cmdlets.targets import refuse_unsupported, reported
from lab.hyperv.changes import refusal, require_idle
from lab.hyperv.host import Host
from lab.hyperv.machine import NetworkAdapter, VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMNetworkAdapterVlanSetting", "VMNetworkAdapterExtensionComponent", "VirtualizationObject")
MODES = {"Untagged": 0, "Access": 1, "Trunk": 2}
"""VMNetworkAdapterVlanMode with its numbers (assumed)."""
LEAST_ID, MOST_ID = 1, 4094
PRIVATE = (
    "Isolated",
    "Community",
    "Promiscuous",
    "PrimaryVlanId",
    "SecondaryVlanId",
    "SecondaryVlanIdList",
    "ManagementOS",
)
_LIST = re.compile(r"\s*\d+(-\d+)?(\s*,\s*\d+(-\d+)?)*\s*")


def vlan_record(adapter: NetworkAdapter, machine: VirtualMachine, host: Host) -> Record:
    """The VLAN settings of an adapter as Get-VMNetworkAdapterVlan prints them."""
    mode = "Trunk" if adapter.trunk else "Access" if adapter.vlan else "Untagged"
    native, allowed = adapter.trunk or (0, "")
    ids: list[Value] = list(_ids(allowed))
    properties: dict[str, Value] = {
        "OperationMode": hyperv_enum("VMNetworkAdapterVlanMode", mode, MODES[mode]),
        "AccessVlanId": adapter.vlan,
        "NativeVlanId": native,
        "AllowedVlanIdList": ids,
        "AllowedVlanIdListString": allowed,
        "ParentAdapter": adapter_record(adapter, machine, host),
        "VMName": machine.name,
        "VMNetworkAdapterName": adapter.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPES, properties, TYPES[0], adapter)


@cmdlet("Get-VMNetworkAdapterVlan")
async def get_vm_network_adapter_vlan(call: Call) -> AsyncIterator[Value]:
    """The VLAN settings of adapters."""
    refuse_unsupported(call, "ManagementOS")
    for adapter, machine in asked_adapters(call, "VMNetworkAdapterName"):
        yield vlan_record(adapter, machine, call.host)


@cmdlet("Set-VMNetworkAdapterVlan")
async def set_vm_network_adapter_vlan(call: Call) -> AsyncIterator[Value]:
    """Set the VLAN mode of adapters, at any time."""
    refuse_unsupported(call, *PRIVATE)
    for adapter, machine in asked_adapters(call, "VMNetworkAdapterName"):
        with reported(call):
            require_idle(machine, call.host)
            adapter.vlan, adapter.trunk = _mode(call, machine)
            if call.switch("Passthru"):
                yield vlan_record(adapter, machine, call.host)


def _mode(call: Call, machine: VirtualMachine) -> tuple[int, tuple[int, str] | None]:
    """The access VLAN and the trunk that are asked for; raises OperationFailed."""
    chosen = [name for name in MODES if call.switch(name)]
    vlan, native = integer(call, "VlanId"), integer(call, "NativeVlanId")
    allowed = display_text(call.parameters.get("AllowedVlanIdList"))
    if chosen == ["Untagged"] and vlan is None and native is None:
        return 0, None
    if chosen == ["Access"] and vlan is not None and LEAST_ID <= vlan <= MOST_ID:
        return vlan, None
    is_list = _LIST.fullmatch(allowed) is not None and all(LEAST_ID <= each <= MOST_ID for each in _ids(allowed))
    if chosen == ["Trunk"] and native is not None and 0 <= native <= MOST_ID and is_list:
        return 0, (native, allowed.replace(" ", ""))
    raise refusal("vlan_invalid", machine, call.host)


def _ids(text: str) -> list[int]:
    found: list[int] = []
    for part in filter(None, text.replace(" ", "").split(",")):
        first, _, last = part.partition("-")
        found += range(int(first), min(int(last or first), MOST_ID + 1) + 1)
    return found
