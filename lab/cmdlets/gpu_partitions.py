"""Get-, Add-, Set- and Remove-VMGpuPartitionAdapter, Get- and Set-VMHostPartitionableGpu."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import asked_machines, listed, reported
from lab.hyperv.changes import refusal, require_off
from lab.hyperv.hardware import GpuPartition, PartitionableGpu
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, UnsignedLong, Value, display_text

TYPES = hyperv_types("VMGpuPartitionAdapter", "VMDevice", "VMComponentObject", "VirtualizationObject")
GPU_TYPES = hyperv_types("VMHostPartitionableGpu", "VirtualizationObject")
KIND = "partitionable GPU"
RESOURCES = ("VRAM", "Encode", "Decode", "Compute")
STEPS = ("Min", "Optimal", "Max")
WHOLE = 1_000_000_000
"""What stands for a whole GPU in the units of encoding, decoding and computing (assumed)."""


@dataclass(frozen=True, slots=True, eq=False)
class MachinePartition:
    """A partition of a machine, which a record of it stands for."""

    machine: VirtualMachine
    partition: GpuPartition


def partition_record(partition: GpuPartition, machine: VirtualMachine, host: Host) -> Record:
    """A machine's part of a GPU as Get-VMGpuPartitionAdapter prints it."""
    identifier = f"Microsoft:{machine.machine_id}\\{partition.adapter_id}".upper()
    limits = dict(partition.limits)
    properties: dict[str, Value] = {
        "InstancePath": partition.instance_path,
        **{_limit(step, what): _number(limits.get(_limit(step, what))) for what in RESOURCES for step in STEPS},
        "Id": identifier,
        "AdapterId": identifier,
        "Name": "GPU Partition Settings",
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": partition not in machine.gpu_partitions,
    }
    text = f"VMGpuPartitionAdapter [VMName = '{machine.name}']"
    return Record(TYPES, properties, text, MachinePartition(machine, partition))


def gpu_record(gpu: PartitionableGpu, host: Host) -> Record:
    """A GPU as Get-VMHostPartitionableGpu prints it."""
    counts: list[Value] = list(gpu.counts)
    properties: dict[str, Value] = {"Name": gpu.name, "ValidPartitionCounts": counts, "PartitionCount": gpu.partitions}
    for what in RESOURCES:
        whole = gpu.memory if what == "VRAM" else WHOLE
        properties |= {f"Total{what}": UnsignedLong(whole), f"Available{what}": UnsignedLong(whole)}
        properties |= {_limit(step, what): UnsignedLong(whole // gpu.partitions) for step in STEPS}
    properties |= {"ComputerName": host.name, "IsDeleted": False}
    return Record(GPU_TYPES, properties, f"VMHostPartitionableGpu (Name = '{gpu.name}')", gpu)


def _limit(step: str, what: str) -> str:
    return f"{step}Partition{what}"


def _number(value: int | None) -> Value:
    return None if value is None else UnsignedLong(value)


@cmdlet("Get-VMHostPartitionableGpu")
async def get_vm_host_partitionable_gpu(call: Call) -> AsyncIterator[Value]:
    """The GPUs of the host that can be divided."""
    with reported(call):
        for gpu in _gpus(call):
            yield gpu_record(gpu, call.host)


@cmdlet("Set-VMHostPartitionableGpu")
async def set_vm_host_partitionable_gpu(call: Call) -> AsyncIterator[Value]:
    """Divide GPUs into another number of parts, all of them where none is named."""
    count = integer(call, "PartitionCount")
    with reported(call):
        for gpu in _gpus(call):
            if count is not None and count not in gpu.counts:
                names = {"name": gpu.name, "count": count, "allowed": ", ".join(map(str, gpu.counts))}
                raise failed("gpu_partitions_invalid", call.host.language, **names)
            gpu.partitions = gpu.partitions if count is None else int(count)
            if call.switch("Passthru"):
                yield gpu_record(gpu, call.host)


def _gpus(call: Call) -> list[PartitionableGpu]:
    """The GPUs that are meant; raises OperationFailed for a name that none has."""
    given = [
        value.subject for value in listed(call.parameters.get("HostPartitionableGpu")) if isinstance(value, Record)
    ]
    if given:
        return [gpu for gpu in given if isinstance(gpu, PartitionableGpu)]
    gpus, name = call.host.hardware.gpus, display_text(call.parameters.get("Name"))
    found = [gpu for gpu in gpus if not name or gpu.name.lower() == name.lower()]
    if name and not found:
        raise failed("hardware_unknown", call.host.language, what=KIND, name=name, host=call.host.name)
    return found


@cmdlet("Get-VMGpuPartitionAdapter")
async def get_vm_gpu_partition_adapter(call: Call) -> AsyncIterator[Value]:
    """The parts of GPUs that machines have."""
    for machine in asked_machines(call):
        for partition in _matching(call, machine):
            yield partition_record(partition, machine, call.host)


@cmdlet("Add-VMGpuPartitionAdapter")
async def add_vm_gpu_partition_adapter(call: Call) -> AsyncIterator[Value]:
    """Give machines that are off a part of a GPU; a host without one refuses (assumed)."""
    for machine in asked_machines(call):
        with reported(call):
            require_off(machine, call.host)
            path = display_text(call.parameters.get("InstancePath"))
            gpus = [gpu for gpu in call.host.hardware.gpus if path.lower() in ("", gpu.name.lower())]
            if not gpus:
                raise failed("hardware_none", call.host.language, host=call.host.name, what=KIND)
            limits = _limits(call, ())
            partition = GpuPartition(call.host.estate.new_id(), gpus[0].name, limits)
            machine.gpu_partitions = (*machine.gpu_partitions, partition)
            if call.switch("Passthru"):
                yield partition_record(partition, machine, call.host)


@cmdlet("Set-VMGpuPartitionAdapter")
async def set_vm_gpu_partition_adapter(call: Call) -> AsyncIterator[Value]:
    """Change the limits of machines' parts of GPUs."""
    for machine, partition in list(_asked(call)):
        with reported(call):
            require_off(machine, call.host)
            changed = dataclasses.replace(partition, limits=_limits(call, partition.limits))
            machine.gpu_partitions = tuple(changed if p is partition else p for p in machine.gpu_partitions)
            if call.switch("Passthru"):
                yield partition_record(changed, machine, call.host)


@cmdlet("Remove-VMGpuPartitionAdapter")
async def remove_vm_gpu_partition_adapter(call: Call) -> AsyncIterator[Value]:
    """Take parts of GPUs from machines that are off."""
    for machine, partition in list(_asked(call)):
        with reported(call):
            require_off(machine, call.host)
            machine.gpu_partitions = tuple(p for p in machine.gpu_partitions if p is not partition)
            if call.switch("Passthru"):
                yield partition_record(partition, machine, call.host)


def _asked(call: Call) -> Iterator[tuple[VirtualMachine, GpuPartition]]:
    for value in listed(call.parameters.get("VMGpuPartitionAdapter")):
        if isinstance(value, Record) and isinstance(value.subject, MachinePartition):
            yield value.subject.machine, value.subject.partition
    for machine in asked_machines(call):
        with reported(call):
            found = _matching(call, machine)
            if not found:
                raise refusal("device_not_assigned", machine, call.host)
            yield from ((machine, partition) for partition in found)


def _matching(call: Call, machine: VirtualMachine) -> list[GpuPartition]:
    wanted = display_text(call.parameters.get("AdapterId")).upper()
    return [p for p in machine.gpu_partitions if not wanted or wanted.endswith(str(p.adapter_id).upper())]


def _limits(call: Call, present: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """The limits with what the call says; raises OperationFailed where they are out of order."""
    limits = dict(present)
    for what in RESOURCES:
        for step in STEPS:
            value = integer(call, _limit(step, what))
            if value is not None:
                limits[_limit(step, what)] = int(value)
        known = [limits[_limit(step, what)] for step in STEPS if _limit(step, what) in limits]
        if known != sorted(known):
            raise failed("gpu_adapter_order", call.host.language, what=what)
    return tuple(limits.items())
