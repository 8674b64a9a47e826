"""Add-, Get- and Remove-VMNetworkAdapterExtendedAcl: rules for addresses and ports, by weight."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from lab.cmdlets.adapter_ports import Port, asked_ports
from lab.cmdlets.adapter_rules import ACTIONS, DIRECTIONS, address_text
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import listed, reported
from lab.hyperv.adapter_policies import ExtendedRule
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMNetworkAdapterExtendedAclSetting", "VMNetworkAdapterExtensionComponent", "VirtualizationObject")
PROTOCOLS = ("ANY", "TCP", "UDP", "ICMPV4", "ICMPV6")
"""Names that -Protocol takes besides numbers from 0 to 255 (assumed)."""
MOST_WEIGHT = 65535
_PORTS = re.compile(r"\d{1,5}(-\d{1,5})?")


@dataclass(frozen=True, slots=True, eq=False)
class PortExtendedRule:
    """A rule of an adapter, which a record of it stands for."""

    port: Port
    rule: ExtendedRule


def extended_rule_record(rule: ExtendedRule, port: Port) -> Record:
    """A rule as Get-VMNetworkAdapterExtendedAcl prints it."""
    action, direction = rule.action, rule.direction
    properties: dict[str, Value] = {
        "Direction": hyperv_enum("VMNetworkAdapterExtendedAclDirection", direction, DIRECTIONS[direction]),
        "Action": hyperv_enum("VMNetworkAdapterExtendedAclAction", action, ACTIONS[action]),
        "LocalIPAddress": rule.local_address,
        "RemoteIPAddress": rule.remote_address,
        "LocalPort": rule.local_port,
        "RemotePort": rule.remote_port,
        "Protocol": rule.protocol,
        "Weight": rule.weight,
        "Stateful": rule.is_stateful,
        "IdleSessionTimeout": rule.idle_timeout,
        "IsolationID": rule.isolation_id,
        **port.parent_properties(),
    }
    return Record(TYPES, properties, TYPES[0], PortExtendedRule(port, rule))


@cmdlet("Get-VMNetworkAdapterExtendedAcl")
async def get_vm_network_adapter_extended_acl(call: Call) -> AsyncIterator[Value]:
    """The rules of adapters, the weightiest first."""
    for port in asked_ports(call):
        for rule in sorted(port.seen.extended_rules, key=lambda rule: -rule.weight):
            yield extended_rule_record(rule, port)


@cmdlet("Add-VMNetworkAdapterExtendedAcl")
async def add_vm_network_adapter_extended_acl(call: Call) -> AsyncIterator[Value]:
    """Add a rule; no two of one direction have the same weight."""
    for port in asked_ports(call):
        with reported(call):
            wanted = _rule(call, port)
            policies = port.policies()
            for rule in policies.extended_rules:
                if (rule.direction, rule.weight) == (wanted.direction, wanted.weight):
                    raise port.refusal("rule_weight_taken", direction=rule.direction, weight=rule.weight)
            policies.extended_rules.append(wanted)
            if call.switch("Passthru"):
                yield extended_rule_record(wanted, port)


@cmdlet("Remove-VMNetworkAdapterExtendedAcl")
async def remove_vm_network_adapter_extended_acl(call: Call) -> AsyncIterator[Value]:
    """Remove rules that are given as objects, or by direction and weight."""
    for port, given in _to_remove(call):
        with reported(call):
            policies = port.policies()
            wanted = given or _found(call, policies.extended_rules)
            if wanted is None or wanted not in policies.extended_rules:
                raise port.refusal("rule_missing")
            policies.extended_rules.remove(wanted)
            if call.switch("Passthru"):
                record = extended_rule_record(wanted, port)
                record.properties["IsDeleted"] = True
                yield record


def _to_remove(call: Call) -> Iterator[tuple[Port, ExtendedRule | None]]:
    if "InputObject" in call.parameters:
        for value in listed(call.parameters["InputObject"]):
            if isinstance(value, Record) and isinstance(value.subject, PortExtendedRule):
                yield value.subject.port, value.subject.rule
    else:
        yield from ((port, None) for port in asked_ports(call))


def _found(call: Call, rules: list[ExtendedRule]) -> ExtendedRule | None:
    direction, weight = display_text(call.parameters["Direction"]), integer(call, "Weight")
    return next((rule for rule in rules if (rule.direction, rule.weight) == (direction, weight)), None)


def _rule(call: Call, port: Port) -> ExtendedRule:
    """The rule that is asked for; raises OperationFailed."""
    texts = {
        name: display_text(call.parameters.get(name)) or "ANY"
        for name in ("LocalIPAddress", "RemoteIPAddress", "LocalPort", "RemotePort", "Protocol")
    }
    weight = integer(call, "Weight") or 0
    if not 0 <= weight <= MOST_WEIGHT:
        raise port.refusal("rule_value_invalid", setting="Weight", value=weight)
    for name in ("LocalPort", "RemotePort"):
        if texts[name].upper() != "ANY" and not _are_ports(texts[name]):
            raise port.refusal("rule_value_invalid", setting=name, value=texts[name])
    protocol = texts["Protocol"].upper()
    if protocol not in PROTOCOLS and not (protocol.isdigit() and int(protocol) <= 255):
        raise port.refusal("rule_value_invalid", setting="Protocol", value=protocol)
    return ExtendedRule(
        display_text(call.parameters["Action"]),
        display_text(call.parameters["Direction"]),
        int(weight),
        address_text(texts["LocalIPAddress"], port, is_mac=False),
        address_text(texts["RemoteIPAddress"], port, is_mac=False),
        texts["LocalPort"],
        texts["RemotePort"],
        protocol,
        call.parameters.get("Stateful") is True,
        int(integer(call, "IdleSessionTimeout") or 0),
        int(integer(call, "IsolationID") or 0),
    )


def _are_ports(text: str) -> bool:
    parts = [part.strip() for part in text.split(",")]
    return all(_PORTS.fullmatch(part) and max(map(int, part.split("-"))) <= 65535 for part in parts)
