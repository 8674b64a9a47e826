"""Measure-VM, and Enable-, Disable- and Reset-VMResourceMetering."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.failures import error_of
from lab.cmdlets.targets import asked_machines, reported
from lab.hyperv.changes import refusal
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import failed
from lab.hyperv.resource_pools import ResourcePool, meter, not_metered, pools
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

PROCESSOR_SPEED = 2600
"""Megahertz of a host's processors (assumed)."""
MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Usage:
    """What a machine uses now: processors in megahertz, memory and disks in megabytes."""

    processor: int
    memory: int
    disks: int


def machine_usage(machine: VirtualMachine) -> Usage:
    """What a machine uses now."""
    return Usage(
        machine.processor_usage * machine.processors * PROCESSOR_SPEED // 100,
        machine.memory_assigned // MEGABYTE,
        sum(drive.disk.capacity for drive in machine.drives if drive.disk is not None) // MEGABYTE,
    )


def usage_properties(usages: Sequence[Usage]) -> dict[str, Value]:
    """The sums of a report: averages are what is used now, traffic is not metered."""
    memory = sum(usage.memory for usage in usages)
    return {
        "AverageProcessorUsage": sum(usage.processor for usage in usages),
        "AverageMemoryUsage": memory,
        "MaximumMemoryUsage": memory,
        "MinimumMemoryUsage": memory,
        "TotalDiskAllocation": sum(usage.disks for usage in usages),
        "NetworkMeteredTrafficReport": [],
    }


def metering_record(machine: VirtualMachine, host: Host) -> Record:
    """What a machine has used, as Measure-VM prints it."""
    since = machine.metered_since or host.clock.now()
    properties: dict[str, Value] = {
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "MeteringDuration": host.clock.now() - since,
        **usage_properties([machine_usage(machine)]),
        "ComputerName": host.name,
    }
    types = hyperv_types("VMMeteringReportForVirtualMachine", "VMMeteringReport")
    return Record(types, properties, "Microsoft.HyperV.PowerShell.VMMeteringReportForVirtualMachine", machine)


@cmdlet("Measure-VM")
async def measure_vm(call: Call) -> AsyncIterator[Value]:
    """What machines have used since metering was enabled or reset."""
    for machine in asked_machines(call, "Name"):
        with reported(call):
            if not machine.is_metered:
                raise refusal("not_metered", machine, call.host)
            yield metering_record(machine, call.host)


def _meter(call: Call, since: datetime.datetime | None) -> None:
    for machine in asked_machines(call):
        machine.metered_since = since
    for pool in _asked_pools(call):
        meter(pool, since, call.host)


def _asked_pools(call: Call) -> Iterator[ResourcePool]:
    """The pools with the name and type that are asked for, of all metered types where none is."""
    if "ResourcePoolName" not in call.parameters:
        return
    name, kind = (display_text(call.parameters.get(part)) for part in ("ResourcePoolName", "ResourcePoolType"))
    found = [p for p in pools(call.host) if p.name.lower() == name.lower() and kind in ("", p.kind)]
    if not found:
        names = {"kind": kind or "VM", "name": name}
        call.error(error_of(call, failed("pool_unknown", call.host.language, **names), name))
    yield from found


@cmdlet("Enable-VMResourceMetering")
async def enable_vm_resource_metering(call: Call) -> AsyncIterator[Value]:
    """Begin to meter machines or pools."""
    _meter(call, call.host.clock.now())
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Disable-VMResourceMetering")
async def disable_vm_resource_metering(call: Call) -> AsyncIterator[Value]:
    """Meter machines or pools no longer."""
    _meter(call, None)
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Reset-VMResourceMetering")
async def reset_vm_resource_metering(call: Call) -> AsyncIterator[Value]:
    """Begin to count anew in machines and pools that are metered."""
    now = call.host.clock.now()
    for machine in asked_machines(call):
        with reported(call):
            if not machine.is_metered:
                raise refusal("not_metered", machine, call.host)
            machine.metered_since = now
    found = list(_asked_pools(call))
    metered = [pool for pool in found if pool.metered_since is not None]
    with reported(call):
        if found and not metered:
            raise not_metered(found[0].name, call.host)
        for pool in metered:
            pool.metered_since = now
    return
    yield  # nothing, ever: a cmdlet is a generator
