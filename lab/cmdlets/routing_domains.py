"""Get-, Add-, Set- and Remove-VmNetworkAdapterRoutingDomainMapping."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from lab.cmdlets.adapter_ports import Port, asked_ports
from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.isolation import MOST_SUBNET
from lab.cmdlets.targets import listed, reported
from lab.hyperv.adapter_policies import RoutingDomain
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types(
    "VMNetworkAdapterRoutingDomainSetting", "VMNetworkAdapterExtensionComponent", "VirtualizationObject"
)


@dataclass(frozen=True, slots=True, eq=False)
class PortDomain:
    """A routing domain of an adapter, which a record of it stands for."""

    port: Port
    domain_id: uuid.UUID


def domain_record(domain: RoutingDomain, port: Port) -> Record:
    """A routing domain as Get-VMNetworkAdapterRoutingDomainMapping prints it."""
    properties: dict[str, Value] = {
        "RoutingDomainID": domain.domain_id,
        "RoutingDomainName": domain.name,
        "IsolationID": list(domain.isolation_ids),
        "IsolationName": list(domain.isolation_names),
        **port.parent_properties(),
    }
    return Record(TYPES, properties, TYPES[0], PortDomain(port, domain.domain_id))


@cmdlet("Get-VMNetworkAdapterRoutingDomainMapping")
async def get_vm_network_adapter_routing_domain_mapping(call: Call) -> AsyncIterator[Value]:
    """The routing domains of adapters, by ID or name."""
    for port in asked_ports(call):
        with reported(call):
            for domain in _matching(call, port):
                yield domain_record(domain, port)


@cmdlet("Add-VmNetworkAdapterRoutingDomainMapping")
async def add_vm_network_adapter_routing_domain_mapping(call: Call) -> AsyncIterator[Value]:
    """Add a routing domain, with a name for each isolation ID or none."""
    for port in asked_ports(call):
        with reported(call):
            name, identifier = display_text(call.parameters["RoutingDomainName"]), _identifier(call, port)
            if identifier is None:
                continue
            domain = _with_isolation(call, RoutingDomain(identifier, name, ()), port)
            policies = port.policies()
            if any(other.domain_id == identifier for other in policies.domains):
                raise port.refusal("domain_there", name=name)
            policies.domains.append(domain)
            if call.switch("Passthru"):
                yield domain_record(domain, port)


@cmdlet("Set-VmNetworkAdapterRoutingDomainMapping")
async def set_vm_network_adapter_routing_domain_mapping(call: Call) -> AsyncIterator[Value]:
    """Give routing domains another name or other isolation IDs."""
    for port, domain in list(_asked_domains(call)):
        with reported(call):
            name = display_text(call.parameters.get("NewRoutingDomainName", domain.name))
            changed = _with_isolation(call, dataclasses.replace(domain, name=name), port)
            domains = port.policies().domains
            domains[domains.index(domain)] = changed
            if call.switch("Passthru"):
                yield domain_record(changed, port)


@cmdlet("Remove-VMNetworkAdapterRoutingDomainMapping")
async def remove_vm_network_adapter_routing_domain_mapping(call: Call) -> AsyncIterator[Value]:
    """Remove routing domains, all of an adapter where none is named."""
    for port, domain in list(_asked_domains(call)):
        with reported(call):
            port.policies().domains.remove(domain)
            if call.switch("Passthru"):
                record = domain_record(domain, port)
                record.properties["IsDeleted"] = True
                yield record


def _asked_domains(call: Call) -> Iterator[tuple[Port, RoutingDomain]]:
    """The routing domains that the call means; an adapter without one is an error."""
    if "InputObject" in call.parameters:
        subjects = [v.subject for v in listed(call.parameters["InputObject"]) if isinstance(v, Record)]
        wanted = [
            (s.port, [domain for domain in s.port.seen.domains if domain.domain_id == s.domain_id])
            for s in subjects
            if isinstance(s, PortDomain)
        ]
    else:
        wanted = [(port, _matching(call, port)) for port in asked_ports(call)]
    for port, domains in wanted:
        with reported(call):
            if not domains:
                raise port.refusal("domain_missing")
            yield from ((port, domain) for domain in domains)


def _matching(call: Call, port: Port) -> list[RoutingDomain]:
    identifier, name = _identifier(call, port), display_text(call.parameters.get("RoutingDomainName")).lower()
    return [
        domain
        for domain in port.seen.domains
        if identifier in (None, domain.domain_id) and name in ("", domain.name.lower())
    ]


def _identifier(call: Call, port: Port) -> uuid.UUID | None:
    """The ID, which is a text in 2012 R2; raises OperationFailed for a text that is none."""
    given = call.parameters.get("RoutingDomainID")
    if given is None or isinstance(given, uuid.UUID):
        return given
    try:
        return uuid.UUID(display_text(given))
    except ValueError as error:
        raise port.refusal("rule_value_invalid", setting="RoutingDomainID", value=display_text(given)) from error


def _with_isolation(call: Call, domain: RoutingDomain, port: Port) -> RoutingDomain:
    """The domain with the isolation IDs and names that the call gives; raises OperationFailed."""
    given_ids = tuple(int(value) for value in listed(call.parameters.get("IsolationID")) if isinstance(value, int))
    given_names = tuple(display_text(value) for value in listed(call.parameters.get("IsolationName")))
    ids = given_ids or domain.isolation_ids
    names = given_names or (() if given_ids else domain.isolation_names)
    if names and len(names) != len(ids):
        raise port.refusal("domain_names_count")
    if any(not 0 <= each <= MOST_SUBNET for each in ids):
        raise port.refusal("rule_value_invalid", setting="IsolationID", value=" ".join(map(str, ids)))
    return dataclasses.replace(domain, isolation_ids=ids, isolation_names=names)
