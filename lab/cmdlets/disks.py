"""Get-, Add-, Set- and Remove-VMHardDiskDrive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.drive_places import asked_controllers, asked_drives, asked_place, fits, place_properties, place_text
from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import asked_machines, refuse_unsupported, reported
from lab.hyperv.attachments import attachment
from lab.hyperv.changes import refusal, require_idle, require_off
from lab.hyperv.controllers import Place, free_place, kind_of, remove_drive, require_pluggable
from lab.hyperv.files import VirtualDisk, key
from lab.hyperv.host import Host
from lab.hyperv.machine import DiskDrive, VirtualMachine
from lab.hyperv.physical_disks import physical_disks
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, UnsignedLong, Value, display_text

DRIVE_TYPES = hyperv_types("HardDiskDrive", "Drive", "VMDevice", "VMComponentObject", "VirtualizationObject")
DEVICE = {"en": "Virtual Hard Disk", "de": "Virtuelle Festplatte"}
UNSUPPORTED = ("QoSPolicy", "QoSPolicyID")


def drive_record(drive: DiskDrive, machine: VirtualMachine, host: Host) -> Record:
    """A hard disk drive as Get-VMHardDiskDrive prints it."""
    path = drive.disk.path if drive.disk else None
    if drive.disk_number is not None:
        path = f"Disk {drive.disk_number}"
    properties: dict[str, Value] = {
        "Path": path,
        "DiskNumber": drive.disk_number,
        "MaximumIOPS": UnsignedLong(drive.maximum_iops),
        "MinimumIOPS": UnsignedLong(drive.minimum_iops),
        "SupportPersistentReservations": drive.is_shared,
        "PoolName": "Primordial",
        "Name": "Hard Drive",
        **place_properties(drive, machine, host),
    }
    text = f"HardDiskDrive ({place_text(drive, machine)}) [VMName = '{machine.name}']"
    return Record(DRIVE_TYPES, properties, text, drive)


@cmdlet("Get-VMHardDiskDrive")
async def get_vm_hard_disk_drive(call: Call) -> AsyncIterator[Value]:
    """The hard disk drives of machines and checkpoints, narrowed by controller."""
    for drive, machine in _all_drives(call):
        if fits(drive, machine, asked_place(call)):
            yield drive_record(drive, machine, call.host)


@cmdlet("Add-VMHardDiskDrive")
async def add_vm_hard_disk_drive(call: Call) -> AsyncIterator[Value]:
    """Attach a virtual or a physical disk, or an empty drive, to machines."""
    refuse_unsupported(call, *UNSUPPORTED)
    targets = [(machine, asked_place(call)) for machine in asked_machines(call)]
    for controller in asked_controllers(call):
        location = integer(call, "ControllerLocation")
        targets.append((controller.machine, Place(controller.kind, controller.number, location)))
    for machine, place in targets:
        with reported(call):
            require_idle(machine, call.host)
            controller, location = free_place(machine, call.host, place)
            drive = DiskDrive(None, controller.kind, controller.number, location)
            _fill(call, drive, machine)
            _limit(call, drive)
            drive.is_shared = call.switch("SupportPersistentReservations")
            machine.drives.append(drive)
            if call.switch("Passthru"):
                yield drive_record(drive, machine, call.host)


@cmdlet("Set-VMHardDiskDrive")
async def set_vm_hard_disk_drive(call: Call) -> AsyncIterator[Value]:
    """Put another disk into drives, move them to another place, or change their limits."""
    refuse_unsupported(call, *UNSUPPORTED)
    for drive, machine in asked_drives(call, DiskDrive, "VMHardDiskDrive"):
        if not isinstance(drive, DiskDrive):
            continue
        with reported(call):
            require_idle(machine, call.host)
            if ("Path" in call.parameters or "DiskNumber" in call.parameters) and not _is_in_it(call, drive):
                require_pluggable(machine, call.host, drive.controller)
                _fill(call, drive, machine)
            if any(name.startswith("To") for name in call.parameters):
                _move(call, drive, machine)
            if "SupportPersistentReservations" in call.parameters:
                require_off(machine, call.host)
                drive.is_shared = call.switch("SupportPersistentReservations")
            _limit(call, drive)
            if call.switch("Passthru"):
                yield drive_record(drive, machine, call.host)


@cmdlet("Remove-VMHardDiskDrive")
async def remove_vm_hard_disk_drive(call: Call) -> AsyncIterator[Value]:
    """Detach disks; their files stay."""
    refuse_unsupported(call)
    for drive, machine in list(asked_drives(call, DiskDrive, "VMHardDiskDrive")):
        if not isinstance(drive, DiskDrive):
            continue
        with reported(call):
            remove_drive(drive, machine, call.host)
            if call.switch("Passthru"):
                record = drive_record(drive, machine, call.host)
                record.properties["IsDeleted"] = True
                yield record


def _all_drives(call: Call) -> Iterator[tuple[DiskDrive, VirtualMachine]]:
    for machine in asked_settings(call):
        yield from ((drive, machine) for drive in machine.drives)
    for controller in asked_controllers(call):
        for drive in controller.drives:
            if isinstance(drive, DiskDrive):
                yield drive, controller.machine


def _fill(call: Call, drive: DiskDrive, machine: VirtualMachine) -> None:
    """Put what -Path or -DiskNumber names into the drive; raises OperationFailed."""
    host, parameters = call.host, call.parameters
    number = integer(call, "DiskNumber")
    if number is not None:
        if not any(disk.number == number and disk.is_offline for disk in physical_disks(host)):
            raise refusal("physical_disk_unknown", machine, host, number=number)
        drive.disk, drive.disk_number = None, int(number)
    elif parameters.get("Path"):
        path = display_text(parameters["Path"])
        file = attachment(path, DEVICE[host.language], machine, host, call.runspace.caller)
        if not isinstance(file, VirtualDisk):
            raise refusal("disk_file_unreadable", machine, host, path=path)
        if any(other.disk is file for other in machine.drives if other is not drive):
            raise refusal("attachment_in_use", machine, host, path=path, device=DEVICE[host.language])
        drive.disk, drive.disk_number = file, None


def _is_in_it(call: Call, drive: DiskDrive) -> bool:
    """Whether -Path names what is in the drive already, as when a record of the drive itself was piped."""
    path = display_text(call.parameters.get("Path"))
    return drive.disk is not None and "DiskNumber" not in call.parameters and key(path) == key(drive.disk.path)


def _move(call: Call, drive: DiskDrive, machine: VirtualMachine) -> None:
    wanted = asked_place(call, "To")
    kind = wanted.kind or kind_of(drive, machine)
    number = drive.controller_number if wanted.number is None else wanted.number
    require_pluggable(machine, call.host, drive.controller)
    controller, location = free_place(machine, call.host, Place(kind, number, wanted.location))
    drive.controller, drive.controller_number, drive.location = controller.kind, controller.number, location


def _limit(call: Call, drive: DiskDrive) -> None:
    minimum, maximum = integer(call, "MinimumIOPS"), integer(call, "MaximumIOPS")
    drive.minimum_iops = drive.minimum_iops if minimum is None else int(minimum)
    drive.maximum_iops = drive.maximum_iops if maximum is None else int(maximum)
