"""Get- and Set-VMHostCluster: the failover clusters that hosts are nodes of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.targets import listed, reported
from lab.hyperv.host import Host
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMHostCluster", "VirtualizationObject")


def cluster_record(name: str, host: Host) -> Record:
    """A cluster as Get-VMHostCluster prints it."""
    properties: dict[str, Value] = {
        "ClusterName": name,
        "SharedStoragePath": host.estate.cluster_storage.get(name.lower(), ""),
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPES, properties, f"VMHostCluster (Name = '{name}')", name)


@cmdlet("Get-VMHostCluster")
async def get_vm_host_cluster(call: Call) -> AsyncIterator[Value]:
    """Clusters by name, or the one of the host that -CimSession names."""
    for name in _asked(call):
        yield cluster_record(name, call.host)


@cmdlet("Set-VMHostCluster")
async def set_vm_host_cluster(call: Call) -> AsyncIterator[Value]:
    """Give clusters another shared storage path."""
    for name in _asked(call):
        if "SharedStoragePath" in call.parameters:
            call.host.estate.cluster_storage[name.lower()] = display_text(call.parameters["SharedStoragePath"])
        if call.switch("Passthru"):
            yield cluster_record(name, call.host)


def _asked(call: Call) -> Iterator[str]:
    """The names of the clusters that are meant; each that does not exist is an error."""
    host = call.host
    known = {other.cluster.lower(): other.cluster for other in host.estate.hosts if other.cluster}
    for value in listed(call.parameters.get("InputObject")):
        if isinstance(value, Record) and isinstance(value.subject, str):
            yield value.subject
    for name in map(display_text, listed(call.parameters.get("ClusterName"))):
        with reported(call, name):
            if name.lower() not in known:
                raise failed("cluster_unknown", host.language, name=name, host=host.name)
            yield known[name.lower()]
    if not {"InputObject", "ClusterName"} & set(call.parameters):
        with reported(call):
            if not host.cluster:
                raise failed("not_in_cluster", host.language, host=host.name)
            yield host.cluster
