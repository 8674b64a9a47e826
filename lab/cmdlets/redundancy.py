"""Get-NetLbfoTeam, Get-SmbMultichannelConnection, Get-MSDSMSupportedHW and Get-ClusterNode: what a host has twice.

Names of properties are those of the CIM classes; numbers of states are assumed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.cmdlets.cluster_service import serving
from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import not_simulated, query_empty, refuse_parameters
from lab.hyperv.clustering import NodeState, cluster_of
from lab.hyperv.host import Host
from lab.hyperv.redundancy import NicTeam
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import EnumValue, Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

CIM = "Microsoft.Management.Infrastructure.CimInstance"
TEAM_TYPES = (f"{CIM}#ROOT/StandardCimv2/MSFT_NetLbfoTeam", CIM, "System.Object")
CHANNEL_TYPES = (f"{CIM}#root/Microsoft/Windows/SMB/MSFT_SmbMultiChannelConnection", CIM, "System.Object")
HARDWARE_TYPES = (f"{CIM}#ROOT/Microsoft/Windows/MPIO/MSFT_MSDSMSupportedHW", CIM, "System.Object")
NODE_TYPES = (
    "Microsoft.FailoverClusters.PowerShell.ClusterNode",
    "Microsoft.FailoverClusters.PowerShell.ClusterObject",
    "System.Object",
)
UP, DOWN, DEGRADED = 0, 1, 2
"""Status of a team (assumed)."""


@cmdlet("Get-NetLbfoTeam")
async def get_net_lbfo_team(call: Call) -> AsyncIterator[Value]:
    """The teams of Windows itself, by name."""
    refuse_parameters(call, "MemberOfTheTeam", "TeamNicForTheTeam")
    patterns = [display_text(value) for value in listed(call.parameters.get("Name"))]
    teams = call.host.redundancy.teams
    for pattern in patterns or ["*"]:
        found = [team for team in teams if matches(pattern, team.name)]
        if not found and not has_wildcards(pattern):
            call.error(query_empty(call, "MSFT_NetLbfoTeam", "Name", pattern))
        for team in found:
            yield _team_record(team, call.host)


@cmdlet("Get-SmbMultichannelConnection")
async def get_smb_multichannel_connection(call: Call) -> AsyncIterator[Value]:
    """The channels to file servers, one record for each."""
    refuse_parameters(call, "SmbInstance")
    patterns = [display_text(value) for value in listed(call.parameters.get("ServerName"))] or ["*"]
    for channels in call.host.redundancy.channels:
        if any(matches(pattern, channels.server) for pattern in patterns):
            for address in channels.addresses:
                properties: dict[str, Value] = {
                    "ServerName": channels.server,
                    "ClientIpAddress": address,
                    "Selected": True,
                    "CurrentChannels": 1,
                    "MaxChannels": 4,
                    "Failed": False,
                }
                yield Record(CHANNEL_TYPES, properties, "MSFT_SmbMultiChannelConnection")


@cmdlet("Get-MSDSMSupportedHW")
async def get_msdsm_supported_hw(call: Call) -> AsyncIterator[Value]:
    """The hardware that multipath I/O has claimed."""
    refuse_parameters(call, "ProductId", "VendorId")
    for vendor, product in call.host.redundancy.multipath or ():
        properties: dict[str, Value] = {"VendorId": vendor, "ProductId": product}
        yield Record(HARDWARE_TYPES, properties, "MSFT_MSDSMSupportedHW")


@cmdlet("Get-ClusterNode")
async def get_cluster_node(call: Call) -> AsyncIterator[Value]:
    """The nodes of the host's cluster, by name."""
    for parameter in ("Cluster", "InputObject"):
        if call.parameters.get(parameter) is not None:
            not_simulated(call, f"-{parameter} of {call.syntax.name}")
    patterns = [display_text(name) for name in listed(call.parameters.get("Name"))] or ["*"]
    cluster = cluster_of(call.host)
    if not nodes_with(call.host) or (cluster is not None and not cluster.has_quorum):
        serving(call)
    for node in nodes_with(call.host):
        if any(matches(pattern, node.name) for pattern in patterns):
            state = cluster.state_of(node) if cluster is not None else _reached(node)
            properties: dict[str, Value] = {
                "Name": node.name,
                "NodeName": node.name,
                "State": EnumValue("Microsoft.FailoverClusters.PowerShell.ClusterNodeState", state.name, state.value),
                "Cluster": call.host.cluster,
            }
            yield Record(NODE_TYPES, properties, node.name, node)


def _reached(node: Host) -> NodeState:
    return NodeState.Up if node.is_reachable else NodeState.Down


def nodes_with(host: Host) -> list[Host]:
    """The nodes of a host's cluster, that host among them; none where it is in no cluster."""
    together = {id(node) for broker in host.estate.brokers if host in broker.nodes for node in broker.nodes}
    return [
        other
        for other in host.estate.hosts
        if id(other) in together or (host.cluster and other.cluster.lower() == host.cluster.lower())
    ]


def _team_record(team: NicTeam, host: Host) -> Record:
    up = sum(interface.is_up for interface in host.interfaces if interface.name in team.members)
    status = UP if up == len(team.members) else DEGRADED if up else DOWN
    members: list[Value] = list(team.members)
    properties: dict[str, Value] = {
        "Name": team.name,
        "Members": members,
        "TeamNics": team.name,
        "TeamingMode": 1,
        "LoadBalancingAlgorithm": 5,
        "Status": status,
    }
    return Record(TEAM_TYPES, properties, f"MSFT_NetLbfoTeam (Name = '{team.name}')", team)
