"""Where the drives that calls are about are attached."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.failures import error_of
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import asked_machines, listed
from lab.hyperv.changes import refusal
from lab.hyperv.controllers import Controller, Drive, Place, controllers, drives, kind_of, owner
from lab.hyperv.host import Host
from lab.hyperv.machine import DiskDrive, DvdDrive, VirtualMachine
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call
from lab.powershell.values import Record, Value, display_text

NUMBERS = {"IDE": 0, "SCSI": 1, "PMEM": 2}
"""ControllerType with its numbers."""
PHYSICAL = "Disk {number}"


def place_properties(drive: Drive, machine: VirtualMachine, host: Host) -> dict[str, Value]:
    """What the records of all drives say of their place."""
    kind = kind_of(drive, machine)
    return {
        "ControllerNumber": drive.controller_number,
        "ControllerLocation": drive.location,
        "ControllerType": hyperv_enum("ControllerType", kind, NUMBERS[kind]),
        "Id": f"Microsoft:{machine.machine_id}\\{kind}\\{drive.controller_number}\\{drive.location}\\L".upper(),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "VMSnapshotId": machine.kept_in.checkpoint_id if machine.kept_in else uuid.UUID(int=0),
        "ComputerName": host.name,
        "IsDeleted": False,
    }


def place_text(drive: Drive, machine: VirtualMachine) -> str:
    """The place as a drive's ToString() gives it."""
    return f"{kind_of(drive, machine)} {drive.controller_number}:{drive.location}"


def asked_place(call: Call, prefix: str = "", kind: str | None = None) -> Place:
    """The place that -ControllerType, -ControllerNumber and -ControllerLocation name, as far as they were given."""
    given = call.parameters.get(f"{prefix}ControllerType")
    number, location = (integer(call, f"{prefix}Controller{part}") for part in ("Number", "Location"))
    return Place(kind if given is None else display_text(given), number, location)


def asked_drives(call: Call, device: type[Drive], parameter: str) -> Iterator[tuple[Drive, VirtualMachine]]:
    """The drives that ``parameter`` (objects) or -VMName with a place stand for; each missing one is an error."""
    for value in listed(call.parameters.get(parameter)):
        drive = value.subject if isinstance(value, Record) else None
        machine = owner(drive, call.host) if isinstance(drive, DiskDrive | DvdDrive) else None
        if machine is None or not isinstance(drive, DiskDrive | DvdDrive):
            call.error(error_of(call, failed("object_gone", call.host.language, host=call.host.name), value))
        else:
            yield drive, machine
    if parameter not in call.parameters:
        for machine in asked_machines(call):
            place = asked_place(call)
            found = [drive for drive in drives(machine) if isinstance(drive, device) and fits(drive, machine, place)]
            if not found:
                names = {"kind": place.kind or "SCSI", "number": place.number or 0, "location": place.location or 0}
                call.error(error_of(call, refusal("drive_unknown", machine, call.host, **names)))
            for drive in found:
                yield drive, machine


def asked_controllers(call: Call) -> Iterator[Controller]:
    """The controllers that -VMDriveController stands for."""
    for value in listed(call.parameters.get("VMDriveController")):
        controller = value.subject if isinstance(value, Record) else None
        if isinstance(controller, Controller):
            yield controller


def fits(drive: Drive, machine: VirtualMachine, place: Place) -> bool:
    """Whether the drive is at the place, as far as the place is known."""
    return (
        place.kind in (None, kind_of(drive, machine))
        and place.number in (None, drive.controller_number)
        and place.location in (None, drive.location)
    )


def controller_record(controller: Controller, host: Host, drive_records: list[Value]) -> Record:
    """A controller as Get-VMScsiController and Get-VMIdeController print it."""
    machine, kind = controller.machine, controller.kind
    name = "VMScsiController" if kind == "SCSI" else "VMIdeController"
    properties: dict[str, Value] = {
        "ControllerNumber": controller.number,
        "Drives": drive_records,
        "Name": f"{kind} Controller" + (f" {controller.number}" if kind == "IDE" else ""),
        "Id": f"Microsoft:{machine.machine_id}\\{kind}\\{controller.number}".upper(),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    types = hyperv_types(name, "VMDriveController", "VMDevice", "VirtualizationObject")
    return Record(types, properties, f"{name} (Number = '{controller.number}') [VMName = '{machine.name}']", controller)


def machine_controllers(call: Call, kind: str) -> Iterator[Controller]:
    """The controllers of one kind that -VMName, -VM, -VMSnapshot and -ControllerNumber stand for."""
    number = integer(call, "ControllerNumber")
    for machine in asked_settings(call):
        for controller in controllers(machine, kind):
            if number in (None, controller.number):
                yield controller
