"""Get-, New-, Set-, Remove-, Rename- and Measure-VMResourcePool."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.failures import error_of
from lab.cmdlets.metering import machine_usage, usage_properties
from lab.cmdlets.targets import listed, reported
from lab.hyperv.host import Host
from lab.hyperv.messages import failed
from lab.hyperv.resource_pools import (
    KINDS,
    STORAGE,
    ResourcePool,
    find_pool,
    new_pool,
    not_metered,
    pools,
    remove_pool,
    rename_pool,
    set_parents,
)
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

NUMBERS = {kind: number for number, kind in enumerate((*KINDS, "PciExpress"))}
"""VMResourcePoolType with its numbers (assumed)."""
METERED_KINDS = ("Ethernet", "Memory", "Processor", "VHD")


def pool_record(pool: ResourcePool, host: Host) -> Record:
    """A pool as Get-VMResourcePool prints it."""
    properties: dict[str, Value] = {
        "Name": pool.name,
        "ResourcePoolType": hyperv_enum("VMResourcePoolType", pool.kind, NUMBERS[pool.kind]),
        "ParentName": list(pool.parents),
        "ResourceMeteringEnabled": pool.metered_since is not None,
        "ComputerName": host.name,
        "IsDeleted": not pool.is_primordial and pool not in host.pools,
    }
    if pool.kind in STORAGE:
        properties["Paths"] = list(pool.paths)
    elif pool.kind == "Ethernet":
        properties["VMSwitches"] = [switch.name for switch in pool.switches]
    own = {"Ethernet": "VMEthernetResourcePool", "Processor": "VMProcessorResourcePool"}
    kind = "VMStorageResourcePool" if pool.kind in STORAGE else own.get(pool.kind, "VMResourcePool")
    types = tuple(dict.fromkeys((kind, "VMResourcePool", "VirtualizationObject")))
    return Record(hyperv_types(*types), properties, f"VMResourcePool (Name = '{pool.name}', Type = {pool.kind})", pool)


@cmdlet("Get-VMResourcePool")
async def get_vm_resource_pool(call: Call) -> AsyncIterator[Value]:
    """The pools by name (with wildcards) and type, the primordial ones included."""
    wanted = _kinds(call)
    known = [pool for pool in pools(call.host) if not wanted or pool.kind in wanted]
    for name in map(display_text, listed(call.parameters.get("Name"))) if "Name" in call.parameters else ["*"]:
        found = [pool for pool in known if matches(name, pool.name)]
        if not found and not has_wildcards(name):
            text = failed("pool_unknown", call.host.language, kind=", ".join(wanted) or "VM", name=name)
            call.error(error_of(call, text, name))
        for pool in found:
            yield pool_record(pool, call.host)


@cmdlet("New-VMResourcePool")
async def new_vm_resource_pool(call: Call) -> AsyncIterator[Value]:
    """Make a pool of each type, below the named ones or the primordial one."""
    name = display_text(call.parameters["Name"])
    parents = [display_text(value) for value in listed(call.parameters.get("ParentName"))]
    paths = [display_text(value) for value in listed(call.parameters.get("Paths"))]
    for kind in _kinds(call):
        with reported(call):
            yield pool_record(new_pool(name, kind, parents, paths, call.host), call.host)


@cmdlet("Set-VMResourcePool")
async def set_vm_resource_pool(call: Call) -> AsyncIterator[Value]:
    """Put pools below others."""
    parents = [display_text(value) for value in listed(call.parameters["ParentName"])]
    for pool in _asked(call):
        with reported(call):
            set_parents(pool, parents, call.host)
            if call.switch("Passthru"):
                yield pool_record(pool, call.host)


@cmdlet("Remove-VMResourcePool")
async def remove_vm_resource_pool(call: Call) -> AsyncIterator[Value]:
    """Remove pools that nothing depends on."""
    for pool in _asked(call):
        with reported(call):
            remove_pool(pool, call.host)
            if call.switch("Passthru"):
                yield pool_record(pool, call.host)


@cmdlet("Rename-VMResourcePool")
async def rename_vm_resource_pool(call: Call) -> AsyncIterator[Value]:
    """Give a pool another name."""
    for pool in _asked(call):
        with reported(call):
            rename_pool(pool, display_text(call.parameters["NewName"]), call.host)
            if call.switch("Passthru"):
                yield pool_record(pool, call.host)


@cmdlet("Measure-VMResourcePool")
async def measure_vm_resource_pool(call: Call) -> AsyncIterator[Value]:
    """What pools have given since they were metered; all devices of simulated machines are in the primordial ones."""
    wanted = _kinds(call) or list(METERED_KINDS)
    for name in map(display_text, listed(call.parameters["Name"])):
        with reported(call, name):
            found = [pool for pool in pools(call.host) if pool.kind in wanted and matches(name, pool.name)]
            metered = [pool for pool in found if pool.metered_since is not None]
            if not metered:
                raise not_metered(name, call.host)
            yield _usage_record(metered, call.host)


def _usage_record(metered: list[ResourcePool], host: Host) -> Record:
    kinds: list[Value] = [hyperv_enum("VMResourcePoolType", pool.kind, NUMBERS[pool.kind]) for pool in metered]
    since = min(pool.metered_since for pool in metered if pool.metered_since is not None)
    machines = [machine for machine in host.machines.values() if metered[0].is_primordial]
    properties: dict[str, Value] = {
        "ResourcePoolName": metered[0].name,
        "ResourcePoolType": kinds,
        "MeteringDuration": host.clock.now() - since,
        **usage_properties([machine_usage(machine) for machine in machines]),
        "ComputerName": host.name,
    }
    types = hyperv_types("VMMeteringReportForResourcePool", "VMMeteringReport")
    return Record(types, properties, types[0], metered[0])


def _kinds(call: Call) -> list[str]:
    return [display_text(value) for value in listed(call.parameters.get("ResourcePoolType"))]


def _asked(call: Call) -> Iterator[ResourcePool]:
    """The pools of the named types with the named names; each missing one is an error."""
    for name in map(display_text, listed(call.parameters["Name"])):
        for kind in _kinds(call):
            with reported(call, name):
                yield find_pool(name, kind, call.host)
