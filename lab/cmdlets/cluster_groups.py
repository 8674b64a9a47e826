"""Get-ClusterGroup, on nodes of a cluster with a Replica Broker.

The broker's group has the name of its access point, as the group that Add-ClusterServerRole makes (Hyper-V team blog).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import not_simulated
from lab.hyperv.host import Host
from lab.hyperv.replication.broker import Broker, broker_of
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import EnumValue, Record, Value, display_text
from lab.powershell.wildcards import matches

NAMESPACE = "Microsoft.FailoverClusters.PowerShell"
TYPES = (f"{NAMESPACE}.ClusterGroup", f"{NAMESPACE}.ClusterObject", "System.Object")
GROUP_TYPE = EnumValue(f"{NAMESPACE}.GroupType", "VMReplicaBroker", 115)
"""The type of a broker's group (clusapi.h)."""


def group_record(broker: Broker, host: Host) -> Record:
    """The group as Get-ClusterGroup prints it; the first node that can be reached owns it (assumed)."""
    owner = next((node for node in broker.nodes if node.is_reachable), host)
    properties: dict[str, Value] = {
        "Name": broker.name,
        "GroupType": GROUP_TYPE,
        "OwnerNode": owner.name,
        "State": EnumValue(f"{NAMESPACE}.ClusterGroupState", "Online", 0),
        "Cluster": host.cluster or "",
        "IsCoreGroup": False,
    }
    return Record(TYPES, properties, broker.name, broker)


@cmdlet("Get-ClusterGroup")
async def get_cluster_group(call: Call) -> AsyncIterator[Value]:
    """The groups of the host's cluster: of all there may be, that of the broker is simulated."""
    for parameter in ("Cluster", "InputObject", "VMId"):
        if call.parameters.get(parameter) is not None:
            not_simulated(call, f"-{parameter} of {call.syntax.name}")
    patterns = [display_text(name) for name in listed(call.parameters.get("Name"))] or ["*"]
    broker = broker_of(call.host)
    if broker is not None and any(matches(pattern, broker.name) for pattern in patterns):
        yield group_record(broker, call.host)
