"""Get- and Set-VmNetworkAdapterIsolation: how the tenants on an adapter are kept apart."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator

from lab.cmdlets.adapter_ports import Port, asked_ports
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import reported
from lab.hyperv.adapter_policies import Isolation
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMNetworkAdapterIsolationSetting", "VMNetworkAdapterExtensionComponent", "VirtualizationObject")
MODES = {"None": 0, "NativeVirtualSubnet": 1, "ExternalVirtualSubnet": 2, "Vlan": 3}
"""VMNetworkAdapterIsolationMode with its numbers (assumed)."""
MOST_SUBNET, MOST_VLAN = (1 << 24) - 1, 4094
"""The highest ID of a virtual subnet (24 bits) and of a VLAN."""


def isolation_record(port: Port) -> Record:
    """The isolation of an adapter as Get-VmNetworkAdapterIsolation prints it."""
    isolation = port.seen.isolation
    stack = ("On", 0) if isolation.has_tenant_stack else ("Off", 1)
    properties: dict[str, Value] = {
        "IsolationMode": hyperv_enum("VMNetworkAdapterIsolationMode", isolation.mode, MODES[isolation.mode]),
        "AllowUntaggedTraffic": isolation.allows_untagged,
        "DefaultIsolationID": isolation.default_id,
        "MultiTenantStack": hyperv_enum("OnOffState", *stack),
        **port.parent_properties(),
    }
    return Record(TYPES, properties, TYPES[0], port.adapter)


@cmdlet("Get-VmNetworkAdapterIsolation")
async def get_vm_network_adapter_isolation(call: Call) -> AsyncIterator[Value]:
    """How adapters are isolated."""
    for port in asked_ports(call):
        yield isolation_record(port)


@cmdlet("Set-VmNetworkAdapterIsolation")
async def set_vm_network_adapter_isolation(call: Call) -> AsyncIterator[Value]:
    """Isolate adapters, at any time; one with VLAN settings cannot be isolated (assumed)."""
    for port in asked_ports(call):
        with reported(call):
            isolation = _isolation(call, port)
            port.policies().isolation = isolation
            if call.switch("Passthru"):
                yield isolation_record(port)


def _isolation(call: Call, port: Port) -> Isolation:
    present = port.seen.isolation
    given = call.parameters
    default_id = integer(call, "DefaultIsolationID")
    wanted = dataclasses.replace(
        present,
        mode=display_text(given.get("IsolationMode", present.mode)),
        allows_untagged=given.get("AllowUntaggedTraffic", present.allows_untagged) is True,
        default_id=present.default_id if default_id is None else int(default_id),
        has_tenant_stack=display_text(given.get("MultiTenantStack", "On" if present.has_tenant_stack else "")) == "On",
    )
    most = MOST_VLAN if wanted.mode == "Vlan" else MOST_SUBNET
    if not 0 <= wanted.default_id <= most:
        raise port.refusal("rule_value_invalid", setting="DefaultIsolationID", value=wanted.default_id)
    adapter = port.adapter
    if wanted.mode != "None" and (adapter.vlan or adapter.trunk or adapter.private):
        raise port.refusal("isolation_and_vlan")
    return wanted
