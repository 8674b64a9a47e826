"""Get-, Add- and Remove-VMScsiController, and Get-VMIdeController."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.disks import drive_record
from lab.cmdlets.drive_places import controller_record, machine_controllers
from lab.cmdlets.dvd_drives import dvd_record
from lab.cmdlets.failures import error_of
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import asked_machines, listed, refuse_unsupported, reported
from lab.hyperv.changes import refusal
from lab.hyperv.controllers import Controller, add_controller, controllers, remove_controller
from lab.hyperv.host import Host
from lab.hyperv.machine import DiskDrive
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value


@cmdlet("Get-VMScsiController")
async def get_vm_scsi_controller(call: Call) -> AsyncIterator[Value]:
    """The SCSI controllers of machines."""
    for controller in machine_controllers(call, "SCSI"):
        yield _record(controller, call.host)


@cmdlet("Get-VMIdeController")
async def get_vm_ide_controller(call: Call) -> AsyncIterator[Value]:
    """The two IDE controllers of each machine of generation 1."""
    for controller in machine_controllers(call, "IDE"):
        yield _record(controller, call.host)


@cmdlet("Add-VMScsiController")
async def add_vm_scsi_controller(call: Call) -> AsyncIterator[Value]:
    """Add a SCSI controller to machines that are off."""
    refuse_unsupported(call)
    for machine in asked_machines(call):
        with reported(call):
            controller = add_controller(machine, call.host)
            if call.switch("Passthru"):
                yield _record(controller, call.host)


@cmdlet("Remove-VMScsiController")
async def remove_vm_scsi_controller(call: Call) -> AsyncIterator[Value]:
    """Remove SCSI controllers with the drives on them, while the machines are off."""
    refuse_unsupported(call)
    for controller in list(_asked(call)):
        with reported(call):
            record = _record(controller, call.host)
            remove_controller(controller, call.host)
            if call.switch("Passthru"):
                record.properties["IsDeleted"] = True
                yield record


def _asked(call: Call) -> Iterator[Controller]:
    for value in listed(call.parameters.get("VMScsiController")):
        controller = value.subject if isinstance(value, Record) else None
        if isinstance(controller, Controller) and controller in controllers(controller.machine):
            yield controller
    number = integer(call, "ControllerNumber")
    for machine in asked_machines(call) if number is not None else ():
        found = [controller for controller in controllers(machine, "SCSI") if controller.number == number]
        if not found:
            failure = refusal("controller_missing", machine, call.host, kind="SCSI", number=number)
            call.error(error_of(call, failure))
        yield from found


def _record(controller: Controller, host: Host) -> Record:
    machine = controller.machine
    attached: list[Value] = [
        drive_record(drive, machine, host) if isinstance(drive, DiskDrive) else dvd_record(drive, machine, host)
        for drive in controller.drives
    ]
    return controller_record(controller, host, attached)
