"""What a switch does with the traffic of one network adapter: rules, isolation, routing domains, a place in a team."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AccessRule:
    """An access control list's entry for one address; ``is_local``: the adapter's own address, else the other one's.

    ``action`` is Allow, Deny or Meter, ``direction`` Inbound or Outbound; ``address`` an IP network or a MAC address.
    """

    action: str
    direction: str
    is_local: bool
    is_mac: bool
    address: str


@dataclass(frozen=True, slots=True)
class ExtendedRule:
    """An entry with ports; of those for one direction, that with the highest ``weight`` counts first."""

    action: str
    direction: str
    weight: int
    local_address: str = "ANY"
    remote_address: str = "ANY"
    local_port: str = "ANY"
    remote_port: str = "ANY"
    protocol: str = "ANY"
    is_stateful: bool = False
    idle_timeout: int = 0
    isolation_id: int = 0


@dataclass(frozen=True, slots=True)
class Isolation:
    """How tenants are kept apart: ``mode`` is None, NativeVirtualSubnet, ExternalVirtualSubnet or Vlan."""

    mode: str = "None"
    allows_untagged: bool = False
    default_id: int = 0
    has_tenant_stack: bool = False


@dataclass(frozen=True, slots=True)
class RoutingDomain:
    """A routing domain and the IDs, with names, that stand for its subnets."""

    domain_id: uuid.UUID
    name: str
    isolation_ids: tuple[int, ...]
    isolation_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """A setting of a switch extension that was added to a port or a switch."""

    feature_id: uuid.UUID
    instance_id: uuid.UUID


@dataclass(slots=True)
class AdapterPolicies:
    """All of it for one adapter; ``team_member`` is the name of the physical adapter that its traffic takes."""

    rules: list[AccessRule] = field(default_factory=list)
    extended_rules: list[ExtendedRule] = field(default_factory=list)
    isolation: Isolation = Isolation()
    domains: list[RoutingDomain] = field(default_factory=list)
    team_member: str = ""
    features: list[Feature] = field(default_factory=list)

    def copied(self) -> AdapterPolicies:
        """The same for another adapter."""
        return copy.deepcopy(self)
