"""Get-, Add-, Set- and Remove-VMDvdDrive."""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.drive_places import asked_controllers, asked_drives, asked_place, fits, place_properties, place_text
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import asked_machines, refuse_unsupported, reported
from lab.hyperv.attachments import attachment
from lab.hyperv.changes import require_idle
from lab.hyperv.controllers import Place, free_place, kind_of, remove_drive, require_pluggable
from lab.hyperv.host import Host
from lab.hyperv.machine import DvdDrive, VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("DvdDrive", "Drive", "VMDevice", "VMComponentObject", "VirtualizationObject")
DEVICE = {"en": "Virtual CD/DVD Disk", "de": "Virtueller CD/DVD-Datenträger"}


def dvd_record(drive: DvdDrive, machine: VirtualMachine, host: Host) -> Record:
    """A DVD drive as Get-VMDvdDrive prints it."""
    medium = ("ISO", 1) if drive.path else ("None", 0)
    properties: dict[str, Value] = {
        "DvdMediaType": hyperv_enum("DvdMediaType", *medium),
        "Path": drive.path,
        "PoolName": "Primordial",
        "Name": "DVD Drive",
        **place_properties(drive, machine, host),
    }
    return Record(TYPES, properties, f"DvdDrive ({place_text(drive, machine)}) [VMName = '{machine.name}']", drive)


@cmdlet("Get-VMDvdDrive")
async def get_vm_dvd_drive(call: Call) -> AsyncIterator[Value]:
    """The DVD drives of machines, and checkpoints, narrowed by controller."""
    for machine in asked_settings(call):
        for drive in machine.dvd_drives:
            if fits(drive, machine, asked_place(call)):
                yield dvd_record(drive, machine, call.host)
    for controller in asked_controllers(call):
        for attached in controller.drives:
            if isinstance(attached, DvdDrive) and fits(attached, controller.machine, asked_place(call)):
                yield dvd_record(attached, controller.machine, call.host)


@cmdlet("Add-VMDvdDrive")
async def add_vm_dvd_drive(call: Call) -> AsyncIterator[Value]:
    """Add DVD drives to machines, empty or with an ISO file: on IDE in generation 1, on SCSI in generation 2."""
    refuse_unsupported(call)
    targets = [
        (machine, asked_place(call, kind="IDE" if machine.generation == 1 else "SCSI"))
        for machine in asked_machines(call)
    ]
    for controller in asked_controllers(call):
        location = integer(call, "ControllerLocation")
        targets.append((controller.machine, Place(controller.kind, controller.number, location)))
    for machine, place in targets:
        with reported(call):
            require_idle(machine, call.host)
            chosen, location = free_place(machine, call.host, place)
            drive = DvdDrive(_medium(call, machine), chosen.number, location)
            machine.dvd_drives.append(drive)
            if call.switch("Passthru"):
                yield dvd_record(drive, machine, call.host)


@cmdlet("Set-VMDvdDrive")
async def set_vm_dvd_drive(call: Call) -> AsyncIterator[Value]:
    """Insert or (a null -Path) eject ISO files, at any time, or move drives to another place."""
    refuse_unsupported(call)
    for drive, machine in asked_drives(call, DvdDrive, "VMDvdDrive"):
        if not isinstance(drive, DvdDrive):
            continue
        with reported(call):
            require_idle(machine, call.host)
            if "Path" in call.parameters:
                drive.path = _medium(call, machine)
            if any(name.startswith("To") for name in call.parameters):
                kind = kind_of(drive, machine)
                wanted = asked_place(call, "To", kind)
                number = drive.controller_number if wanted.number is None else wanted.number
                require_pluggable(machine, call.host, kind)
                chosen, location = free_place(machine, call.host, Place(kind, number, wanted.location))
                drive.controller_number, drive.location = chosen.number, location
            if call.switch("Passthru"):
                yield dvd_record(drive, machine, call.host)


@cmdlet("Remove-VMDvdDrive")
async def remove_vm_dvd_drive(call: Call) -> AsyncIterator[Value]:
    """Take DVD drives away."""
    refuse_unsupported(call)
    for drive, machine in list(asked_drives(call, DvdDrive, "VMDvdDrive")):
        if not isinstance(drive, DvdDrive):
            continue
        with reported(call):
            remove_drive(drive, machine, call.host)
            if call.switch("Passthru"):
                record = dvd_record(drive, machine, call.host)
                record.properties["IsDeleted"] = True
                yield record


def _medium(call: Call, machine: VirtualMachine) -> str | None:
    """The ISO file that -Path names, or None; raises OperationFailed when it cannot be opened."""
    path = call.parameters.get("Path")
    if not path:
        return None
    device = DEVICE[call.host.language]
    return attachment(display_text(path), device, machine, call.host, call.runspace.caller).path
