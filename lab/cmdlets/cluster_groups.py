"""Get-Cluster, Get-ClusterGroup and Get-ClusterSharedVolume, on nodes of a cluster.

The broker's group has the name of its access point, as the group that Add-ClusterServerRole makes (Hyper-V team blog).
Names of properties are those of the module as far as published output prints them, the rest is assumed.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.cluster_service import serving
from lab.cmdlets.failures import error_of
from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import not_simulated
from lab.hyperv.clustering import Cluster, SharedVolume, VolumeFault, cluster_of
from lab.hyperv.host import Host
from lab.hyperv.machine import MachineState, VirtualMachine
from lab.hyperv.messages import failed
from lab.hyperv.replication.broker import Broker, broker_of
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import ErrorRecord
from lab.powershell.values import EnumValue, Record, UnsignedLong, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

NAMESPACE = "Microsoft.FailoverClusters.PowerShell"
TYPES = (f"{NAMESPACE}.ClusterGroup", f"{NAMESPACE}.ClusterObject", "System.Object")
BROKER_TYPE = EnumValue(f"{NAMESPACE}.GroupType", "VMReplicaBroker", 115)
MACHINE_TYPE = EnumValue(f"{NAMESPACE}.GroupType", "VirtualMachine", 111)
"""The types of a broker's group, and of a machine's (clusapi.h)."""
GROUP_STATES = {
    name: EnumValue(f"{NAMESPACE}.ClusterGroupState", name, n) for n, name in enumerate(("Online", "Offline"))
}


def broker_record(broker: Broker, host: Host) -> Record:
    """The broker's group; the first node that can be reached owns it (assumed)."""
    owner = next((node for node in broker.nodes if node.is_reachable), host)
    return _record(broker.name, BROKER_TYPE, "Online", owner, broker)


def role_record(cluster: Cluster, machine: VirtualMachine, owner: Host) -> Record:
    """The group of a clustered machine: online while the machine is not off."""
    is_online = machine.state not in (MachineState.Off, MachineState.Saved) and owner.is_reachable
    return _record(cluster.role_name(machine), MACHINE_TYPE, "Online" if is_online else "Offline", owner, machine)


@cmdlet("Get-Cluster")
async def get_cluster(call: Call) -> AsyncIterator[Value]:
    """The cluster that the host is a node of; of others none is simulated."""
    cluster = serving(call)
    name = display_text(call.parameters.get("Name", ""))
    if "Domain" in call.parameters or (name and not cluster.is_called(name)):
        not_simulated(call, "clusters that it is no node of")
    properties: dict[str, Value] = {"Name": cluster.name, "Domain": cluster.domain, "SharedVolumesRoot": SHARED_ROOT}
    yield Record((f"{NAMESPACE}.Cluster", f"{NAMESPACE}.ClusterObject", "System.Object"), properties, cluster.name)


@cmdlet("Get-ClusterGroup")
async def get_cluster_group(call: Call) -> AsyncIterator[Value]:
    """The groups of the host's cluster, by name or by the machine's ID: its broker, and the machines that are roles."""
    refuse_other_clusters(call, "Cluster", "InputObject")
    serving(call)
    wanted = call.parameters.get("VMId")
    groups = list(groups_of(call.host))
    if isinstance(wanted, uuid.UUID):
        found = [
            each for each in groups if isinstance(each.subject, VirtualMachine) and each.subject.machine_id == wanted
        ]
        if not found:
            call.error(_unknown(call, str(wanted)))
        for group in found:
            yield group
        return
    for pattern in [display_text(name) for name in listed(call.parameters.get("Name"))] or ["*"]:
        found = [each for each in groups if matches(pattern, display_text(each.get("Name")))]
        if not found and not has_wildcards(pattern):
            call.error(_unknown(call, pattern))
        for group in found:
            yield group


@cmdlet("Get-ClusterSharedVolume")
async def get_cluster_shared_volume(call: Call) -> AsyncIterator[Value]:
    """The shared volumes of the host's cluster, by the name of the disk."""
    refuse_other_clusters(call, "Cluster", "InputObject")
    cluster = serving(call)
    patterns = [display_text(name) for name in listed(call.parameters.get("Name"))] or ["*"]
    for shared in cluster.volumes:
        if any(matches(pattern, shared.name) for pattern in patterns):
            yield _volume_record(shared)


SHARED_ROOT = "C:\\ClusterStorage"


def refuse_other_clusters(call: Call, *parameters: str) -> None:
    """Raises StatementError when one of these parameters was given."""
    for parameter in parameters:
        if call.parameters.get(parameter) is not None:
            not_simulated(call, f"-{parameter} of {call.syntax.name}")


def groups_of(host: Host) -> Iterator[Record]:
    """The groups of the cluster that a host is a node of."""
    broker, cluster = broker_of(host), cluster_of(host)
    if broker is not None:
        yield broker_record(broker, host)
    if cluster is not None:
        for machine, owner in cluster.roles():
            yield role_record(cluster, machine, owner)


def _record(name: str, kind: EnumValue, state: str, owner: Host, subject: object) -> Record:
    properties: dict[str, Value] = {
        "Name": name,
        "GroupType": kind,
        "OwnerNode": owner.name,
        "State": GROUP_STATES[state],
        "Cluster": owner.cluster,
        "IsCoreGroup": False,
    }
    return Record(TYPES, properties, name, subject)


def _volume_record(shared: SharedVolume) -> Record:
    volume = shared.volume
    partition = Record(
        (f"{NAMESPACE}.ClusterDiskPartitionInfo", "System.Object"),
        {
            "Name": f"\\\\?\\Volume{{{volume.unique_id}}}\\",
            "FileSystem": "NTFS",
            "Size": UnsignedLong(volume.capacity),
            "FreeSpace": UnsignedLong(volume.free),
            "UsedSpace": UnsignedLong(volume.capacity - volume.free),
        },
        volume.label,
    )
    info = Record(
        (f"{NAMESPACE}.ClusterSharedVolumeInfo", "System.Object"),
        {
            "FaultState": EnumValue(f"{NAMESPACE}.SharedVolumeFaultState", shared.fault.name, shared.fault.value),
            "FriendlyVolumeName": volume.root.rstrip("\\"),
            "Partition": partition,
            "MaintenanceMode": False,
            "RedirectedAccess": shared.is_redirected,
        },
        volume.root,
    )
    infos: list[Value] = [info]
    is_lost = shared.fault is VolumeFault.NoAccess
    state = EnumValue(f"{NAMESPACE}.ClusterResourceState", *(("Failed", 4) if is_lost else ("Online", 2)))
    properties: dict[str, Value] = {
        "Name": shared.name,
        "State": state,
        "OwnerNode": shared.owner.name,
        "SharedVolumeInfo": infos,
    }
    return Record((f"{NAMESPACE}.ClusterSharedVolume", "System.Object"), properties, shared.name, shared)


def _unknown(call: Call, name: str) -> ErrorRecord:
    failure = failed("cluster_group_unknown", call.host.language, name=name, cluster=call.host.cluster)
    return error_of(call, failure, name)
