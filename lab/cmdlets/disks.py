"""Get-VMHardDiskDrive and Get-VHD."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.enumerations import enumeration, hyperv_enum, hyperv_types
from lab.cmdlets.machines import hyperv_error, machine_of, machines_called
from lab.hyperv.files import VirtualDisk
from lab.hyperv.host import Host
from lab.hyperv.machine import DiskDrive, VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, UnsignedInt, UnsignedLong, Value, display_text

DRIVE_TYPES = hyperv_types("HardDiskDrive", "Drive", "VMDevice", "VirtualizationObject")
DISK_TYPES = ("Microsoft.Vhd.PowerShell.VirtualHardDisk", "System.Object")
CONTROLLERS = {"IDE": 0, "SCSI": 1, "PMEM": 2}
SECTOR = 4096


def drive_record(drive: DiskDrive, machine: VirtualMachine, host: Host) -> Record:
    """A hard disk drive as Get-VMHardDiskDrive prints it."""
    place = f"{drive.controller} {drive.controller_number}:{drive.location}"
    properties: dict[str, Value] = {
        "Path": drive.disk.path,
        "DiskNumber": None,
        "MaximumIOPS": UnsignedLong(0),
        "MinimumIOPS": UnsignedLong(0),
        "SupportPersistentReservations": False,
        "PoolName": "Primordial",
        "ControllerNumber": drive.controller_number,
        "ControllerLocation": drive.location,
        "ControllerType": hyperv_enum("ControllerType", drive.controller, CONTROLLERS[drive.controller]),
        "Name": "Hard Drive",
        "Id": f"Microsoft:{machine.machine_id}\\{drive.disk.identifier}\\{drive.location}\\0\\L".upper(),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "VMSnapshotId": uuid.UUID(int=0),
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(DRIVE_TYPES, properties, f"HardDiskDrive ({place}) [VMName = '{machine.name}']", drive)


def disk_record(disk: VirtualDisk, host: Host) -> Record:
    """A virtual hard disk as Get-VHD prints it."""
    attached = any(disk in machine.disk_files() for machine in host.machines.values())
    properties: dict[str, Value] = {
        "Path": disk.path,
        "VhdFormat": enumeration(disk.format),
        "VhdType": enumeration(disk.kind),
        "FileSize": UnsignedLong(disk.size),
        "Size": UnsignedLong(disk.capacity),
        "MinimumSize": None,
        "LogicalSectorSize": UnsignedInt(512),
        "PhysicalSectorSize": UnsignedInt(SECTOR),
        "BlockSize": UnsignedInt(32 << 20),
        "ParentPath": disk.parent.path if disk.parent else "",
        "DiskIdentifier": str(disk.identifier).upper(),
        "FragmentationPercentage": None,
        "Alignment": UnsignedInt(1),
        "Attached": attached,
        "DiskNumber": None,
        "ComputerName": host.name,
    }
    return Record(DISK_TYPES, properties, "Microsoft.Vhd.PowerShell.VirtualHardDisk", disk)


@cmdlet("Get-VMHardDiskDrive")
async def get_vm_hard_disk_drive(call: Call) -> AsyncIterator[Value]:
    """The hard disk drives of machines, narrowed by controller."""
    for machine in asked_machines(call):
        for drive in machine.drives:
            if _fits(drive, call):
                yield drive_record(drive, machine, call.host)


def _fits(drive: DiskDrive, call: Call) -> bool:
    wanted = {
        "ControllerType": drive.controller,
        "ControllerNumber": str(drive.controller_number),
        "ControllerLocation": str(drive.location),
    }
    return all(
        display_text(call.parameters[name]).lower() == have.lower()
        for name, have in wanted.items()
        if name in call.parameters
    )


def asked_machines(call: Call) -> Iterator[VirtualMachine]:
    """The machines that ``-VM`` or ``-VMName`` of a call stand for; a name nobody has is an error of its own."""
    if "VM" in call.parameters:
        machines = call.parameters["VM"]
        for value in machines if isinstance(machines, list) else [machines]:
            yield machine_of(value)
        return
    names = call.parameters.get("VMName")
    for name in map(display_text, names if isinstance(names, list) else [names]):
        found = machines_called(call.host, name)
        if not found:
            text = f'Hyper-V was unable to find a virtual machine with name "{name}".'
            call.error(hyperv_error(call, text, "InvalidParameter", name))
        yield from found


@cmdlet("Get-VHD")
async def get_vhd(call: Call) -> AsyncIterator[Value]:
    """Virtual hard disks by path, or those attached to machines."""
    machine_ids = call.parameters.get("VMId")
    if isinstance(machine_ids, list):
        for machine_id in machine_ids:
            machine = call.host.machines.get(machine_id) if isinstance(machine_id, uuid.UUID) else None
            if machine is None:
                text = f'Hyper-V was unable to find a virtual machine with id "{display_text(machine_id)}".'
                call.error(hyperv_error(call, text, "InvalidParameter", machine_id))
                continue
            for drive in machine.drives:
                yield disk_record(drive.disk, call.host)
        return
    paths = call.parameters.get("Path")
    for path in map(display_text, paths if isinstance(paths, list) else [paths]):
        file = call.host.files.find(path)
        if isinstance(file, VirtualDisk):
            yield disk_record(file, call.host)
        else:
            text = (
                f"Getting the mounted storage instance for the path '{path}' failed.\n"
                "The system cannot find the file specified."
            )
            call.error(hyperv_error(call, text, "ObjectNotFound", path))
