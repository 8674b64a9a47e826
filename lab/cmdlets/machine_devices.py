"""Get-, Add- and Remove-VMAssignableDevice: PCI devices of the host that machines have."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.host_devices import KIND, named_devices, user_of
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import asked_machines, listed, reported
from lab.hyperv.changes import refusal, require_off
from lab.hyperv.hardware import AssignableDevice, AssignedDevice
from lab.hyperv.host import Host
from lab.hyperv.machine import StopAction, VirtualMachine
from lab.hyperv.messages import failed
from lab.hyperv.resource_pools import find_pool
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMAssignedDevice", "VMDevice", "VMComponentObject", "VirtualizationObject")


@dataclass(frozen=True, slots=True, eq=False)
class MachineDevice:
    """A device of a machine, which a record of it stands for."""

    machine: VirtualMachine
    assigned: AssignedDevice


def assigned_record(assigned: AssignedDevice, machine: VirtualMachine, host: Host) -> Record:
    """A device as Get-VMAssignableDevice prints it."""
    device = assigned.device
    properties: dict[str, Value] = {
        "InstanceID": device.shown_path,
        "LocationPath": device.location_path,
        "ResourcePoolName": assigned.pool or "Primordial",
        "VirtualFunction": assigned.virtual_function,
        "Name": device.name,
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": assigned not in machine.assigned_devices,
    }
    text = f"VMAssignedDevice (Name = '{device.name}') [VMName = '{machine.name}']"
    return Record(TYPES, properties, text, MachineDevice(machine, assigned))


@cmdlet("Get-VMAssignableDevice")
async def get_vm_assignable_device(call: Call) -> AsyncIterator[Value]:
    """The devices of machines, by path."""
    for machine in asked_machines(call):
        for assigned in _matching(call, machine):
            yield assigned_record(assigned, machine, call.host)


@cmdlet("Add-VMAssignableDevice")
async def add_vm_assignable_device(call: Call) -> AsyncIterator[Value]:
    """Assign a device that the host has given up, or one of a pool, to machines that are off.

    The machine's AutomaticStopAction must be TurnOff (Windows Server documentation).
    """
    for machine in asked_machines(call):
        with reported(call):
            require_off(machine, call.host)
            if machine.stop_action is not StopAction.TurnOff:
                raise refusal("device_stop_action", machine, call.host)
            pool = display_text(call.parameters.get("ResourcePoolName"))
            device = _of_pool(call, pool) if pool else named_devices(call)[0]
            _require_free(device, call.host)
            assigned = AssignedDevice(device, int(integer(call, "VirtualFunction") or 0), pool)
            machine.assigned_devices = (*machine.assigned_devices, assigned)
            if call.switch("Passthru"):
                yield assigned_record(assigned, machine, call.host)


@cmdlet("Remove-VMAssignableDevice")
async def remove_vm_assignable_device(call: Call) -> AsyncIterator[Value]:
    """Take devices from machines that are off."""
    for machine, assigned in list(_asked(call)):
        with reported(call):
            require_off(machine, call.host)
            if assigned not in machine.assigned_devices:
                raise refusal("device_not_assigned", machine, call.host)
            machine.assigned_devices = tuple(each for each in machine.assigned_devices if each is not assigned)
            if call.switch("Passthru"):
                yield assigned_record(assigned, machine, call.host)


def _asked(call: Call) -> Iterator[tuple[VirtualMachine, AssignedDevice]]:
    for value in listed(call.parameters.get("VMAssignableDevice")):
        if isinstance(value, Record) and isinstance(value.subject, MachineDevice):
            yield value.subject.machine, value.subject.assigned
    for machine in asked_machines(call):
        with reported(call):
            found = _matching(call, machine)
            if not found:
                raise refusal("device_not_assigned", machine, call.host)
            yield from ((machine, assigned) for assigned in found)


def _matching(call: Call, machine: VirtualMachine) -> list[AssignedDevice]:
    instance, location = (display_text(call.parameters.get(name)) for name in ("InstancePath", "LocationPath"))
    return [each for each in machine.assigned_devices if each.device.is_called(instance, location)]


def _of_pool(call: Call, name: str) -> AssignableDevice:
    """The first free device of a pool; raises OperationFailed when there is none."""
    pool = find_pool(name, "PciExpress", call.host)
    for device in call.host.hardware.devices:
        if pool.name in device.pools and user_of(device, call.host) is None:
            return device
    raise failed("hardware_none", call.host.language, host=call.host.name, what=KIND)


def _require_free(device: AssignableDevice, host: Host) -> None:
    """Raises OperationFailed for a device that the host, or another machine, has."""
    if not device.is_dismounted:
        raise failed("device_mounted", host.language, name=device.name, host=host.name)
    user = user_of(device, host)
    if user is not None:
        raise failed("device_assigned", host.language, name=device.name, machine=user.name)
