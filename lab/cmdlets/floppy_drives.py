"""New-VFD, and Get- and Set-VMFloppyDiskDrive: the one floppy drive of each machine of generation 1."""

from __future__ import annotations

import ntpath
import uuid
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.disk_files import asked_paths
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.folder_records import item_record
from lab.cmdlets.targets import listed, machine_of, refuse_unsupported, reported
from lab.hyperv.attachments import attachment
from lab.hyperv.changes import refusal, require_idle
from lab.hyperv.creation import CAUSES
from lab.hyperv.files import StorageError, StoredFile
from lab.hyperv.host import Host
from lab.hyperv.listing import File
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMFloppyDiskDrive", "Drive", "VMDevice", "VMComponentObject", "VirtualizationObject")
DEVICE = {"en": "Virtual Floppy Disk", "de": "Virtuelle Diskette"}
IMAGE_SIZE = 1_474_560
"""Bytes of an image: a diskette of 1.44 MB."""


def floppy_record(machine: VirtualMachine, host: Host) -> Record:
    """The floppy drive of a machine as Get-VMFloppyDiskDrive prints it."""
    medium = ("VFD", 1) if machine.floppy else ("None", 0)
    properties: dict[str, Value] = {
        "FloppyDiskMediaType": hyperv_enum("FloppyMediaType", *medium),
        "Path": machine.floppy,
        "PoolName": "Primordial",
        "Name": "Diskettenlaufwerk" if host.language == "de" else "Diskette Drive",
        "Id": f"Microsoft:{machine.machine_id}\\8F0D2762-0B00-4E04-AF4F-19010527CB93\\0\\0\\D".upper(),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "VMSnapshotId": machine.kept_in.checkpoint_id if machine.kept_in else uuid.UUID(int=0),
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPES, properties, f"VMFloppyDiskDrive [VMName = '{machine.name}']", machine)


@cmdlet("New-VFD")
async def new_vfd(call: Call) -> AsyncIterator[Value]:
    """Create images of floppy disks."""
    for path in asked_paths(call):
        with reported(call, path):
            if ntpath.splitext(path)[1].lower() != ".vfd":
                raise failed("floppy_extension", call.host.language, path=path)
            file = StoredFile(ntpath.normpath(path), IMAGE_SIZE)
            try:
                call.host.files.add(file)
            except StorageError as error:
                cause = failed(CAUSES[type(error)], call.host.language).message
                raise failed("floppy_not_created", call.host.language, path=path, cause=cause) from error
            yield item_record(File(file.path, file), call.host)


@cmdlet("Get-VMFloppyDiskDrive")
async def get_vm_floppy_disk_drive(call: Call) -> AsyncIterator[Value]:
    """The floppy drives of machines and checkpoints; machines of generation 2 have none."""
    for machine in asked_settings(call):
        if machine.generation == 1:
            yield floppy_record(machine, call.host)


@cmdlet("Set-VMFloppyDiskDrive")
async def set_vm_floppy_disk_drive(call: Call) -> AsyncIterator[Value]:
    """Insert or (no -Path, or null) eject images, at any time."""
    refuse_unsupported(call, "ResourcePoolName")
    for machine in _asked(call):
        with reported(call):
            if machine.generation != 1:
                names = {"command": call.syntax.name, "generation": machine.generation}
                raise refusal("wrong_generation", machine, call.host, **names)
            require_idle(machine, call.host)
            path = display_text(call.parameters.get("Path"))
            device, caller = DEVICE[call.host.language], call.runspace.caller
            machine.floppy = attachment(path, device, machine, call.host, caller).path if path else None
            if call.switch("Passthru"):
                yield floppy_record(machine, call.host)


def _asked(call: Call) -> Iterator[VirtualMachine]:
    yield from asked_settings(call)
    yield from map(machine_of, listed(call.parameters.get("VMFloppyDiskDrive")))
