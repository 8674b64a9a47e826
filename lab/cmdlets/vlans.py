"""Get- and Set-VMNetworkAdapterVlan: untagged, access, trunk and private mode."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from lab.cmdlets.adapter_ports import Port, asked_ports
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import reported
from lab.hyperv.machine import NetworkAdapter, PrivateVlan
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMNetworkAdapterVlanSetting", "VMNetworkAdapterExtensionComponent", "VirtualizationObject")
MODES = {"Untagged": 0, "Access": 1, "Trunk": 2, "Private": 3}
PRIVATE_MODES = {"Isolated": 1, "Community": 2, "Promiscuous": 3}
"""VMNetworkAdapterVlanMode and VMNetworkAdapterPrivateVlanMode with their numbers (assumed)."""
LEAST_ID, MOST_ID = 1, 4094
_LIST = re.compile(r"\s*\d+(-\d+)?(\s*,\s*\d+(-\d+)?)*\s*")


def vlan_record(port: Port) -> Record:
    """The VLAN settings of an adapter as Get-VMNetworkAdapterVlan prints them."""
    adapter = port.adapter
    mode = "Trunk" if adapter.trunk else "Access" if adapter.vlan else "Private" if adapter.private else "Untagged"
    native, allowed = adapter.trunk or (0, "")
    properties: dict[str, Value] = {
        "OperationMode": hyperv_enum("VMNetworkAdapterVlanMode", mode, MODES[mode]),
        "AccessVlanId": adapter.vlan,
        "NativeVlanId": native,
        "AllowedVlanIdList": list(_ids(allowed)),
        "AllowedVlanIdListString": allowed,
        **_private_properties(adapter.private),
        **port.parent_properties(),
    }
    return Record(TYPES, properties, TYPES[0], adapter)


def _private_properties(private: PrivateVlan | None) -> dict[str, Value]:
    mode = ("None", 0) if private is None else (private.mode, PRIVATE_MODES[private.mode])
    several = private.secondary if private is not None and private.mode == "Promiscuous" else ""
    single = int(private.secondary) if private is not None and private.mode != "Promiscuous" else 0
    return {
        "PrivateVlanMode": hyperv_enum("VMNetworkAdapterPrivateVlanMode", *mode),
        "PrimaryVlanId": private.primary if private is not None else 0,
        "SecondaryVlanId": single,
        "SecondaryVlanIdList": list(_ids(several)),
        "SecondaryVlanIdListString": several,
    }


@cmdlet("Get-VMNetworkAdapterVlan")
async def get_vm_network_adapter_vlan(call: Call) -> AsyncIterator[Value]:
    """The VLAN settings of adapters."""
    for port in asked_ports(call):
        yield vlan_record(port)


@cmdlet("Set-VMNetworkAdapterVlan")
async def set_vm_network_adapter_vlan(call: Call) -> AsyncIterator[Value]:
    """Set the VLAN mode of adapters, at any time."""
    for port in asked_ports(call):
        with reported(call):
            port.require_idle()
            _set_mode(call, port, port.adapter)
            if call.switch("Passthru"):
                yield vlan_record(port)


def _set_mode(call: Call, port: Port, adapter: NetworkAdapter) -> None:
    """Give the adapter the mode that is asked for; raises OperationFailed for what makes no mode."""
    chosen = [name for name in (*MODES, *PRIVATE_MODES) if call.switch(name)]
    vlan, native = integer(call, "VlanId"), integer(call, "NativeVlanId")
    private = _private(call, chosen)
    allowed = display_text(call.parameters.get("AllowedVlanIdList"))
    if chosen == ["Untagged"] and vlan is None and native is None:
        adapter.vlan, adapter.trunk, adapter.private = 0, None, None
    elif chosen == ["Access"] and vlan is not None and _is_id(vlan):
        adapter.vlan, adapter.trunk, adapter.private = int(vlan), None, None
    elif chosen == ["Trunk"] and native is not None and 0 <= native <= MOST_ID and _is_list(allowed):
        adapter.vlan, adapter.trunk, adapter.private = 0, (int(native), allowed.replace(" ", "")), None
    elif private is not None:
        adapter.vlan, adapter.trunk, adapter.private = 0, None, private
    else:
        raise port.refusal("vlan_invalid")


def _private(call: Call, chosen: list[str]) -> PrivateVlan | None:
    """The private VLAN that is asked for, or None where it is incomplete or none."""
    primary, secondary = integer(call, "PrimaryVlanId"), integer(call, "SecondaryVlanId")
    several = display_text(call.parameters.get("SecondaryVlanIdList"))
    if len(chosen) != 1 or chosen[0] not in PRIVATE_MODES or primary is None or not _is_id(primary):
        return None
    if chosen == ["Promiscuous"]:
        return PrivateVlan(chosen[0], int(primary), several.replace(" ", "")) if _is_list(several) else None
    return PrivateVlan(chosen[0], int(primary), str(secondary)) if secondary is not None and _is_id(secondary) else None


def _is_id(vlan: int) -> bool:
    return LEAST_ID <= vlan <= MOST_ID


def _is_list(text: str) -> bool:
    return _LIST.fullmatch(text) is not None and all(map(_is_id, _ids(text)))


def _ids(text: str) -> list[int]:
    found: list[int] = []
    for part in filter(None, text.replace(" ", "").split(",")):
        first, _, last = part.partition("-")
        found += range(int(first), min(int(last or first), MOST_ID + 1) + 1)
    return found
