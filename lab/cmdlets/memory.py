"""Get-VMMemory and Set-VMMemory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import listed, machine_of, refuse_unsupported, reported
from lab.hyperv.changes import change_memory, require_range
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Long, Record, Value

RANGES = {"Buffer": (5, 2000), "Priority": (0, 100)}
"""Percent of spare memory, and the priority among machines."""


def memory_record(machine: VirtualMachine, host: Host) -> Record:
    """The memory of a machine as Get-VMMemory prints it."""
    settings = machine.memory_settings
    properties: dict[str, Value] = {
        "ResourcePoolName": "Primordial",
        "Buffer": settings.buffer,
        "DynamicMemoryEnabled": machine.has_dynamic_memory,
        "Maximum": Long(machine.memory_maximum),
        "MaximumPerNumaNode": Long(settings.maximum_per_numa_node >> 20),
        "Minimum": Long(machine.memory_minimum),
        "Priority": settings.priority,
        "Startup": Long(machine.memory),
        "Name": "Arbeitsspeicher" if host.language == "de" else "Memory",
        "Id": f"Microsoft:{machine.machine_id}\\4764334d-e001-4176-82ee-5594ec9b530e".upper(),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    types = hyperv_types("VMMemory", "VMDevice", "VMComponentObject", "VirtualizationObject")
    return Record(types, properties, f"VMMemory [VMName = '{machine.name}']", machine)


def _asked(call: Call) -> Iterator[VirtualMachine]:
    yield from asked_settings(call)
    yield from map(machine_of, listed(call.parameters.get("VMMemory")))


@cmdlet("Get-VMMemory")
async def get_vm_memory(call: Call) -> AsyncIterator[Value]:
    """The memory of machines and of checkpoints."""
    for machine in _asked(call):
        yield memory_record(machine, call.host)


@cmdlet("Set-VMMemory")
async def set_vm_memory(call: Call) -> AsyncIterator[Value]:
    """Change the memory of machines as far as their state allows it."""
    refuse_unsupported(call, "ResourcePoolName")
    for machine in _asked(call):
        with reported(call):
            for name, (least, most) in RANGES.items():
                value = integer(call, name)
                if value is not None:
                    require_range(machine, call.host, name, value, least, most)
            _change(call, machine)
            if call.switch("Passthru"):
                yield memory_record(machine, call.host)


def _change(call: Call, machine: VirtualMachine) -> None:
    dynamic = call.parameters.get("DynamicMemoryEnabled")
    change_memory(
        machine,
        call.host,
        startup=integer(call, "StartupBytes"),
        minimum=integer(call, "MinimumBytes"),
        maximum=integer(call, "MaximumBytes"),
        dynamic=dynamic if isinstance(dynamic, bool) else None,
    )
    settings = machine.memory_settings
    buffer, priority, per_node = (integer(call, n) for n in ("Buffer", "Priority", "MaximumAmountPerNumaNodeBytes"))
    settings.buffer = settings.buffer if buffer is None else buffer
    settings.priority = settings.priority if priority is None else priority
    settings.maximum_per_numa_node = settings.maximum_per_numa_node if per_node is None else per_node
