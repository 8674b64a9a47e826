"""Get-, Add-, Remove-, Mount- and Dismount-VMHostAssignableDevice: PCI devices that a host can give to machines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.targets import listed, reported
from lab.hyperv.hardware import AssignableDevice
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import failed
from lab.hyperv.resource_pools import find_pool
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMHostAssignableDevice", "VirtualizationObject")
KIND = "assignable device"


def host_device_record(device: AssignableDevice, host: Host) -> Record:
    """A device as Get-VMHostAssignableDevice prints it."""
    properties: dict[str, Value] = {
        "InstanceID": device.shown_path,
        "Name": device.name,
        "LocationPath": device.location_path,
        "ResourcePoolName": list(device.pools),
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPES, properties, f"VMHostAssignableDevice (Name = '{device.name}')", device)


def user_of(device: AssignableDevice, host: Host) -> VirtualMachine | None:
    """The machine that has the device, or None."""
    machines = host.machines.values()
    return next((m for m in machines if any(each.device is device for each in m.assigned_devices)), None)


@cmdlet("Get-VMHostAssignableDevice")
async def get_vm_host_assignable_device(call: Call) -> AsyncIterator[Value]:
    """The devices that the host has given up, by path or resource pool."""
    pools = [display_text(value).lower() for value in listed(call.parameters.get("ResourcePoolName"))]
    instance, location = _paths(call)
    for device in call.host.hardware.devices:
        in_pool = not pools or any(pool.lower() in pools for pool in device.pools)
        if device.is_dismounted and in_pool and device.is_called(instance, location):
            yield host_device_record(device, call.host)


@cmdlet("Dismount-VMHostAssignableDevice")
async def dismount_vm_host_assignable_device(call: Call) -> AsyncIterator[Value]:
    """Give a device up for machines; one without a mitigation driver only with -Force."""
    for device in asked_devices(call):
        with reported(call):
            names = {"name": device.name, "host": call.host.name}
            if device.is_dismounted:
                raise failed("device_dismounted", call.host.language, **names)
            if not device.is_safe and not call.switch("Force"):
                raise failed("device_force", call.host.language, **names)
            device.is_dismounted = True
            if call.switch("Passthru"):
                yield host_device_record(device, call.host)


@cmdlet("Mount-VMHostAssignableDevice")
async def mount_vm_host_assignable_device(call: Call) -> AsyncIterator[Value]:
    """Let the host have devices again that no machine has."""
    for device in asked_devices(call):
        with reported(call):
            if not device.is_dismounted:
                raise failed("device_mounted", call.host.language, name=device.name, host=call.host.name)
            user = user_of(device, call.host)
            if user is not None:
                raise failed("device_assigned", call.host.language, name=device.name, machine=user.name)
            device.is_dismounted = False
            if call.switch("Passthru"):
                yield host_device_record(device, call.host)


@cmdlet("Add-VMHostAssignableDevice")
async def add_vm_host_assignable_device(call: Call) -> AsyncIterator[Value]:
    """Put devices that the host has given up into resource pools of PCI Express devices."""
    for device in asked_devices(call):
        for pool in _pools(call):
            with reported(call):
                if not device.is_dismounted:
                    raise failed("device_mounted", call.host.language, name=device.name, host=call.host.name)
                device.pools = [*(name for name in device.pools if name != pool), pool]
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Remove-VMHostAssignableDevice")
async def remove_vm_host_assignable_device(call: Call) -> AsyncIterator[Value]:
    """Take devices out of resource pools."""
    for device in asked_devices(call):
        for pool in _pools(call):
            with reported(call):
                if pool not in device.pools:
                    raise failed("device_not_in_pool", call.host.language, name=device.name, pool=pool)
                device.pools.remove(pool)
    return
    yield  # nothing, ever: a cmdlet is a generator


def asked_devices(call: Call) -> Iterator[AssignableDevice]:
    """The devices that objects or paths stand for; a path that leads to none is an error."""
    for value in listed(call.parameters.get("HostAssignableDevice")):
        if isinstance(value, Record) and isinstance(value.subject, AssignableDevice):
            yield value.subject
    if "HostAssignableDevice" not in call.parameters:
        with reported(call):
            yield from named_devices(call)


def named_devices(call: Call) -> list[AssignableDevice]:
    """The devices with the paths of the call; raises OperationFailed when none is named, or there is none."""
    instance, location = _paths(call)
    if not instance and not location:
        raise failed("hardware_unnamed", call.host.language)
    found = [device for device in call.host.hardware.devices if device.is_called(instance, location)]
    if not found:
        names = {"what": KIND, "name": instance or location, "host": call.host.name}
        raise failed("hardware_unknown", call.host.language, **names)
    return found


def _paths(call: Call) -> tuple[str, str]:
    return display_text(call.parameters.get("InstancePath")), display_text(call.parameters.get("LocationPath"))


def _pools(call: Call) -> Iterator[str]:
    for name in map(display_text, listed(call.parameters["ResourcePoolName"])):
        with reported(call, name):
            yield find_pool(name, "PciExpress", call.host).name
