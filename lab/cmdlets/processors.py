"""Get-VMProcessor and Set-VMProcessor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import listed, machine_of, refuse_unsupported, reported
from lab.hyperv.changes import require_idle, require_off, require_processor_count, require_range
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Long, Record, Value

NEED_OFF = {
    "CompatibilityForMigrationEnabled": "runs_on_any_processor",
    "CompatibilityForOlderOperatingSystemsEnabled": "suits_older_systems",
    "ExposeVirtualizationExtensions": "exposes_virtualization",
    "EnableHostResourceProtection": "protects_host",
    "HwThreadCountPerCore": "threads_per_core",
    "MaximumCountPerNumaNode": "maximum_per_numa_node",
    "MaximumCountPerNumaSocket": "maximum_numa_nodes_per_socket",
}
"""Parameters that only a machine that is off takes (assumed but for the first), and what they set."""
WHILE_RUNNING = {"Reserve": ("reserve", 0, 100), "Maximum": ("limit", 0, 100), "RelativeWeight": ("weight", 1, 10000)}


def processor_record(machine: VirtualMachine, host: Host) -> Record:
    """The processors of a machine as Get-VMProcessor prints them."""
    settings = machine.processor_settings
    properties: dict[str, Value] = {
        "ResourcePoolName": "Primordial",
        "Count": Long(machine.processors),
        "CompatibilityForMigrationEnabled": machine.runs_on_any_processor,
        "CompatibilityForOlderOperatingSystemsEnabled": settings.suits_older_systems,
        "HwThreadCountPerCore": Long(settings.threads_per_core),
        "ExposeVirtualizationExtensions": settings.exposes_virtualization,
        "EnableHostResourceProtection": settings.protects_host,
        "Maximum": Long(settings.limit),
        "Reserve": Long(settings.reserve),
        "RelativeWeight": settings.weight,
        "MaximumCountPerNumaNode": settings.maximum_per_numa_node,
        "MaximumCountPerNumaSocket": settings.maximum_numa_nodes_per_socket,
        "OperationalStatus": [],
        "StatusDescription": [],
        "Name": "Prozessor" if host.language == "de" else "Processor",
        "Id": f"Microsoft:{machine.machine_id}\\b637f346-6a0e-4dec-af52-bd70cb80a21d\\0".upper(),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    if host.is_old:
        for name in ("HwThreadCountPerCore", "ExposeVirtualizationExtensions", "EnableHostResourceProtection"):
            del properties[name]
    types = hyperv_types("VMProcessor", "VMDevice", "VMComponentObject", "VirtualizationObject")
    return Record(types, properties, f"VMProcessor [VMName = '{machine.name}']", machine)


def _asked(call: Call) -> Iterator[VirtualMachine]:
    yield from asked_settings(call)
    yield from map(machine_of, listed(call.parameters.get("VMProcessor")))


@cmdlet("Get-VMProcessor")
async def get_vm_processor(call: Call) -> AsyncIterator[Value]:
    """The processors of machines and of checkpoints."""
    for machine in _asked(call):
        yield processor_record(machine, call.host)


@cmdlet("Set-VMProcessor")
async def set_vm_processor(call: Call) -> AsyncIterator[Value]:
    """Change the processors of machines; what the guest sees of them needs the machine to be off."""
    refuse_unsupported(call, "ResourcePoolName", "Perfmon")
    for machine in _asked(call):
        with reported(call):
            _check(call, machine)
            _change(call, machine)
            if call.switch("Passthru"):
                yield processor_record(machine, call.host)


def _check(call: Call, machine: VirtualMachine) -> None:
    require_idle(machine, call.host)
    if set(NEED_OFF) & set(call.parameters):
        require_off(machine, call.host)
    count = integer(call, "Count")
    if count is not None:
        require_processor_count(machine, call.host, count)
    for name, (_, least, most) in WHILE_RUNNING.items():
        value = integer(call, name)
        if value is not None:
            require_range(machine, call.host, name, value, least, most)


def _change(call: Call, machine: VirtualMachine) -> None:
    settings = machine.processor_settings
    for name, value in call.parameters.items():
        if name == "Count" and isinstance(value, int):
            machine.processors = value
        elif name == "CompatibilityForMigrationEnabled":
            machine.runs_on_any_processor = value is True
        elif name in NEED_OFF:
            setattr(settings, NEED_OFF[name], value)
        elif name in WHILE_RUNNING:
            setattr(settings, WHILE_RUNNING[name][0], value)
