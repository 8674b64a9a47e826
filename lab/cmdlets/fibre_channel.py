"""Get-, Add-, Set- and Remove-VMFibreChannelHba."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.machines import machine_record
from lab.cmdlets.targets import asked_machines, listed, reported
from lab.hyperv.changes import refusal
from lab.hyperv.fibre_channel import add_adapter, find_san, generated_names, replace_adapter, world_wide_name
from lab.hyperv.hardware import FibreChannelHba
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMFibreChannelHba", "VMDevice", "VMComponentObject", "VirtualizationObject")
NAMES = ("WorldWideNodeNameSetA", "WorldWidePortNameSetA", "WorldWideNodeNameSetB", "WorldWidePortNameSetB")


@dataclass(frozen=True, slots=True, eq=False)
class MachineHba:
    """An adapter of a machine, which a record of it stands for."""

    machine: VirtualMachine
    hba: FibreChannelHba


def hba_record(hba: FibreChannelHba, machine: VirtualMachine, host: Host) -> Record:
    """An adapter as Get-VMFibreChannelHba prints it."""
    properties: dict[str, Value] = {
        "SanName": hba.san,
        **dict(zip(NAMES, hba.names, strict=True)),
        "Name": "Fibre Channel Adapter",
        "Id": f"Microsoft:{machine.machine_id}\\{hba.hba_id}".upper(),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": hba not in machine.hbas,
    }
    return Record(TYPES, properties, f"VMFibreChannelHba [VMName = '{machine.name}']", MachineHba(machine, hba))


@cmdlet("Get-VMFibreChannelHba")
async def get_vm_fibre_channel_hba(call: Call) -> AsyncIterator[Value]:
    """The Fibre Channel adapters of machines."""
    for machine in asked_machines(call):
        for hba in machine.hbas:
            yield hba_record(hba, machine, call.host)


@cmdlet("Add-VMFibreChannelHba")
async def add_vm_fibre_channel_hba(call: Call) -> AsyncIterator[Value]:
    """Give machines that are off an adapter on a virtual SAN, with generated or given World Wide Names."""
    for machine in asked_machines(call):
        with reported(call):
            san = find_san(display_text(call.parameters["SanName"]), call.host)
            given = "WorldWideNodeNameSetA" in call.parameters
            names = _names(call) if given else generated_names(call.host)
            add_adapter(machine, call.host, san, names)
            if call.switch("Passthru"):
                yield machine_record(machine, call.host)


@cmdlet("Set-VMFibreChannelHba")
async def set_vm_fibre_channel_hba(call: Call) -> AsyncIterator[Value]:
    """Give an adapter another virtual SAN or other World Wide Names."""
    for found in _asked(call):
        with reported(call):
            changed = _changed(call, found.hba)
            replace_adapter(found.machine, call.host, found.hba, changed)
            if call.switch("Passthru"):
                yield hba_record(changed, found.machine, call.host)


@cmdlet("Remove-VMFibreChannelHba")
async def remove_vm_fibre_channel_hba(call: Call) -> AsyncIterator[Value]:
    """Take adapters away."""
    for found in list(_asked(call)):
        with reported(call):
            replace_adapter(found.machine, call.host, found.hba)
            if call.switch("Passthru"):
                yield hba_record(found.hba, found.machine, call.host)


def _asked(call: Call) -> Iterator[MachineHba]:
    """The adapters that are meant: objects, or those of a machine with all four names."""
    for value in listed(call.parameters.get("VMFibreChannelHba")):
        if isinstance(value, Record) and isinstance(value.subject, MachineHba):
            yield value.subject
    for machine in asked_machines(call):
        with reported(call):
            names = _names(call)
            found = [hba for hba in machine.hbas if hba.names == names]
            if not found:
                raise refusal("hba_missing", machine, call.host)
            yield from (MachineHba(machine, hba) for hba in found)


def _changed(call: Call, hba: FibreChannelHba) -> FibreChannelHba:
    """The adapter with what the call changes; raises OperationFailed."""
    if "SanName" in call.parameters:
        return dataclasses.replace(hba, san=find_san(display_text(call.parameters["SanName"]), call.host).name)
    if call.switch("GenerateWwn"):
        return dataclasses.replace(hba, names=generated_names(call.host))
    return dataclasses.replace(hba, names=_names(call, "New", hba.names))


def _names(call: Call, prefix: str = "", present: tuple[str, str, str, str] | None = None) -> tuple[str, str, str, str]:
    """The four names that are given; those that are not stay as they are. Raises OperationFailed."""
    kept = present or ("", "", "", "")
    first, second, third, fourth = (
        world_wide_name(display_text(call.parameters[prefix + name]), call.host)
        if prefix + name in call.parameters
        else kept[index]
        for index, name in enumerate(NAMES)
    )
    return first, second, third, fourth
