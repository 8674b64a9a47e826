"""Get-ClusterResource and Get-ClusterOwnerNode: what groups consist of, and which nodes may own them.

The broker is a resource of the type "Virtual Machine Replication Broker" in the group of its access point (Hyper-V team
blog). Names of properties are those of the module as far as published scripts use them, the rest is assumed.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.cluster_groups import NAMESPACE, groups_of, refuse_other_clusters
from lab.cmdlets.cluster_service import serving
from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import not_simulated
from lab.hyperv.clustering import BrokerState, Cluster
from lab.hyperv.host import Host
from lab.hyperv.machine import MachineState, VirtualMachine
from lab.hyperv.replication.broker import broker_of
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import EnumValue, Record, Value, display_text
from lab.powershell.wildcards import matches

TYPES = (f"{NAMESPACE}.ClusterResource", f"{NAMESPACE}.ClusterObject", "System.Object")
LIST_TYPES = (f"{NAMESPACE}.ClusterOwnerNodeList", "System.Object")
BROKER, MACHINE, CONFIGURATION = (
    "Virtual Machine Replication Broker",
    "Virtual Machine",
    "Virtual Machine Configuration",
)
"""Types of resources (Hyper-V team blog, clusapi.h)."""


@cmdlet("Get-ClusterResource")
async def get_cluster_resource(call: Call) -> AsyncIterator[Value]:
    """The resources of the host's cluster, by name or by the machine's ID."""
    refuse_other_clusters(call, "Cluster", "InputObject")
    cluster = serving(call)
    wanted = call.parameters.get("VMId")
    patterns = [display_text(name) for name in listed(call.parameters.get("Name"))] or ["*"]
    for resource in _resources(cluster, call.host):
        if isinstance(wanted, uuid.UUID):
            subject = resource.subject
            if not isinstance(subject, VirtualMachine) or subject.machine_id != wanted:
                continue
        if any(matches(pattern, display_text(resource.get("Name"))) for pattern in patterns):
            yield resource


@cmdlet("Get-ClusterOwnerNode")
async def get_cluster_owner_node(call: Call) -> AsyncIterator[Value]:
    """Of a group the preferred owners, of a resource the possible ones."""
    refuse_other_clusters(call, "Cluster", "ResourceType")
    cluster = serving(call)
    given, named_group = call.parameters.get("InputObject"), display_text(call.parameters.get("Group", ""))
    named = named_group or display_text(call.parameters.get("Resource", ""))
    if not isinstance(given, Record):
        among = groups_of(call.host) if named_group else _resources(cluster, call.host)
        given = next((each for each in among if display_text(each.get("Name")).lower() == named.lower()), None)
    if given is None:
        not_simulated(call, "owners of what is not there")
    owners: list[Host] = [] if _is_group(given) else cluster.nodes
    if isinstance(given.subject, VirtualMachine):
        machine = given.subject
        owners = cluster.owners_of(machine)
        if _is_group(given):
            owners = cluster.preferred_owners.get(machine.machine_id, [])
    nodes: list[Value] = [node.name for node in owners]
    yield Record(LIST_TYPES, {"ClusterObject": display_text(given.get("Name")), "OwnerNodes": nodes}, "")


def _is_group(record: Record) -> bool:
    return record.get("GroupType") is not None


def _resources(cluster: Cluster, host: Host) -> Iterator[Record]:
    broker = broker_of(host)
    if broker is not None:
        owner = next((node for node in broker.nodes if node.is_reachable), host)
        yield _record(BROKER, BROKER, broker.name, cluster.broker_state, owner, broker)
    for machine, owner in cluster.roles():
        is_online = machine.state not in (MachineState.Off, MachineState.Saved) and owner.is_reachable
        state = BrokerState.Online if is_online else BrokerState.Offline
        for kind in (MACHINE, CONFIGURATION):
            yield _record(f"{kind} {machine.name}", kind, cluster.role_name(machine), state, owner, machine)


def _record(name: str, kind: str, group: str, state: BrokerState, owner: Host, subject: object) -> Record:
    properties: dict[str, Value] = {
        "Name": name,
        "State": EnumValue(f"{NAMESPACE}.ClusterResourceState", state.name, state.value),
        "OwnerGroup": group,
        "OwnerNode": owner.name,
        "ResourceType": kind,
    }
    return Record(TYPES, properties, name, subject)
