"""Measure-VM, and Enable-, Disable- and Reset-VMResourceMetering."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator

from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.targets import asked_machines, refuse_unsupported, reported
from lab.hyperv.changes import refusal
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value

PROCESSOR_SPEED = 2600
"""Megahertz of a host's processors (assumed)."""
MEGABYTE = 1 << 20


def metering_record(machine: VirtualMachine, host: Host) -> Record:
    """What a machine has used, as Measure-VM prints it: averages are what it uses now, traffic is not metered."""
    speed = machine.processor_usage * machine.processors * PROCESSOR_SPEED // 100
    memory = machine.memory_assigned // MEGABYTE
    since = machine.metered_since or host.clock.now()
    allocation = sum(drive.disk.capacity for drive in machine.drives if drive.disk is not None)
    properties: dict[str, Value] = {
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "MeteringDuration": host.clock.now() - since,
        "AverageProcessorUsage": speed,
        "AverageMemoryUsage": memory,
        "MaximumMemoryUsage": memory,
        "MinimumMemoryUsage": memory,
        "TotalDiskAllocation": allocation // MEGABYTE,
        "NetworkMeteredTrafficReport": [],
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
    refuse_unsupported(call, "ResourcePoolName")
    for machine in asked_machines(call):
        machine.metered_since = since


@cmdlet("Enable-VMResourceMetering")
async def enable_vm_resource_metering(call: Call) -> AsyncIterator[Value]:
    """Begin to meter machines."""
    _meter(call, call.host.clock.now())
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Disable-VMResourceMetering")
async def disable_vm_resource_metering(call: Call) -> AsyncIterator[Value]:
    """Meter machines no longer."""
    _meter(call, None)
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Reset-VMResourceMetering")
async def reset_vm_resource_metering(call: Call) -> AsyncIterator[Value]:
    """Begin to count anew in machines that are metered."""
    refuse_unsupported(call, "ResourcePoolName")
    for machine in asked_machines(call):
        with reported(call):
            if not machine.is_metered:
                raise refusal("not_metered", machine, call.host)
            machine.metered_since = call.host.clock.now()
    return
    yield  # nothing, ever: a cmdlet is a generator
