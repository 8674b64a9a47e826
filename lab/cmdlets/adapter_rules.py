"""Add-, Get- and Remove-VMNetworkAdapterAcl: rules for addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from lab.cmdlets.adapter_ports import Port, asked_ports
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.targets import listed, reported
from lab.hyperv.adapter_policies import AccessRule
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, UnsignedLong, Value, display_text

TYPES = hyperv_types("VMNetworkAdapterAclSetting", "VMNetworkAdapterExtensionComponent", "VirtualizationObject")
ACTIONS = {"Allow": 1, "Deny": 2, "Meter": 3}
DIRECTIONS = {"Inbound": 1, "Outbound": 2}
"""VMNetworkAdapterAclAction and ...Direction with their numbers (assumed)."""
PARAMETERS = {
    # parameter: whether it names the adapter's own address, and whether a MAC address
    "LocalIPAddress": (True, False),
    "LocalMacAddress": (True, True),
    "RemoteIPAddress": (False, False),
    "RemoteMacAddress": (False, True),
}
_MAC_ADDRESS = re.compile(r"[0-9A-F]{12}")


@dataclass(frozen=True, slots=True, eq=False)
class PortRule:
    """A rule of an adapter, which a record of it stands for."""

    port: Port
    rule: AccessRule


def rule_record(rule: AccessRule, port: Port) -> Record:
    """A rule as Get-VMNetworkAdapterAcl prints it."""
    kind = ("MAC", 1) if rule.is_mac else ("IP", 0)
    kinds = hyperv_enum("VMNetworkAdapterAclAddressType", *kind)
    properties: dict[str, Value] = {
        "Action": hyperv_enum("VMNetworkAdapterAclAction", rule.action, ACTIONS[rule.action]),
        "Direction": hyperv_enum("VMNetworkAdapterAclDirection", rule.direction, DIRECTIONS[rule.direction]),
        "LocalAddress": rule.address if rule.is_local else "",
        "LocalAddressType": kinds,
        "RemoteAddress": "" if rule.is_local else rule.address,
        "RemoteAddressType": kinds,
        "MeteredMegabytes": UnsignedLong(0),
        **port.parent_properties(),
    }
    return Record(TYPES, properties, TYPES[0], PortRule(port, rule))


@cmdlet("Get-VMNetworkAdapterAcl")
async def get_vm_network_adapter_acl(call: Call) -> AsyncIterator[Value]:
    """The rules of adapters."""
    for port in asked_ports(call):
        for rule in list(port.seen.rules):
            yield rule_record(rule, port)


@cmdlet("Add-VMNetworkAdapterAcl")
async def add_vm_network_adapter_acl(call: Call) -> AsyncIterator[Value]:
    """Add a rule for each address and direction; one that is there is refused."""
    for port in asked_ports(call):
        with reported(call):
            wanted = list(_rules(call, port))
            policies = port.policies()
            if any(rule in policies.rules for rule in wanted):
                raise port.refusal("rule_there")
            policies.rules += wanted
            if call.switch("Passthru"):
                for rule in wanted:
                    yield rule_record(rule, port)


@cmdlet("Remove-VMNetworkAdapterAcl")
async def remove_vm_network_adapter_acl(call: Call) -> AsyncIterator[Value]:
    """Remove rules that are given as objects, or by everything that was said when they were added."""
    for port, wanted in _to_remove(call):
        with reported(call):
            policies = port.policies()
            for rule in wanted or _rules(call, port):
                if rule not in policies.rules:
                    raise port.refusal("rule_missing")
                policies.rules.remove(rule)
                if call.switch("Passthru"):
                    record = rule_record(rule, port)
                    record.properties["IsDeleted"] = True
                    yield record


def _to_remove(call: Call) -> Iterator[tuple[Port, list[AccessRule]]]:
    if "InputObject" in call.parameters:
        for value in listed(call.parameters["InputObject"]):
            if isinstance(value, Record) and isinstance(value.subject, PortRule):
                yield value.subject.port, [value.subject.rule]
    else:
        yield from ((port, []) for port in asked_ports(call))


def _rules(call: Call, port: Port) -> Iterator[AccessRule]:
    """A rule for each address and direction that the call names; raises OperationFailed."""
    direction = display_text(call.parameters["Direction"])
    action = display_text(call.parameters["Action"])
    given = [(name, v) for name in PARAMETERS for v in listed(call.parameters.get(name))]
    if not given:
        raise port.refusal("rule_without_address")
    for name, value in given:
        is_local, is_mac = PARAMETERS[name]
        address = address_text(display_text(value), port, is_mac=is_mac)
        for each in DIRECTIONS if direction == "Both" else (direction,):
            yield AccessRule(action, each, is_local, is_mac, address)


def address_text(given: str, port: Port, *, is_mac: bool) -> str:
    """An address as a rule keeps it: ANY, a MAC address, or an IP network; raises OperationFailed."""
    if given.upper() == "ANY":
        return "ANY"
    if is_mac:
        address = re.sub("[-:]", "", given).upper()
        if _MAC_ADDRESS.fullmatch(address):
            return address
    else:
        try:
            network = ipaddress.ip_network(given, strict=False)
        except ValueError:
            pass
        else:
            return str(network.network_address) if network.num_addresses == 1 else str(network)
    raise port.refusal("rule_address_invalid", address=given)
