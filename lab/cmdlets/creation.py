"""New-VM and Remove-VM."""

from __future__ import annotations

import ntpath
from collections.abc import AsyncIterator

from lab.cmdlets.failures import error_of
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.machines import machine_record
from lab.cmdlets.targets import asked_machines, refuse_prompt, refuse_unsupported, reported
from lab.hyperv.creation import NewDisk, NewMachine, create, delete
from lab.hyperv.messages import OperationFailed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Value, display_text


@cmdlet("New-VM")
async def new_vm(call: Call) -> AsyncIterator[Value]:
    """Create a machine, with a new disk, one that is there, or none."""
    refuse_unsupported(call, "SourceGuestStatePath", "Experimental", "Prerelease")
    if display_text(call.parameters.get("GuestStateIsolationType")) not in ("", "Disabled"):
        refuse_unsupported(call, "GuestStateIsolationType")
    wanted = NewMachine(display_text(call.parameters.get("Name")) or _default_name(call))
    folder = call.parameters.get("Path")
    if folder is not None:
        wanted.path = ntpath.join(display_text(folder), wanted.name)
    wanted.memory = integer(call, "MemoryStartupBytes")
    wanted.generation = integer(call, "Generation") or 1
    for name, field in (("Version", "version"), ("SwitchName", "switch"), ("BootDevice", "boot_device")):
        if name in call.parameters:
            setattr(wanted, field, display_text(call.parameters[name]))
    if "NewVHDPath" in call.parameters:
        capacity = integer(call, "NewVHDSizeBytes") or 0
        wanted.disk = NewDisk(_in_disk_folder(call, "NewVHDPath"), capacity)
    elif "VHDPath" in call.parameters:
        wanted.disk = NewDisk(_in_disk_folder(call, "VHDPath"))
    try:
        machine = create(wanted, call.host)
    except OperationFailed as failure:
        call.error(error_of(call, failure))
    else:
        yield machine_record(machine, call.host)


def _default_name(call: Call) -> str:
    return "Neuer virtueller Computer" if call.host.language == "de" else "New Virtual Machine"


def _in_disk_folder(call: Call, name: str) -> str:
    """A path of a disk; a mere file name lies in the host's folder for disks."""
    path = display_text(call.parameters[name])
    return path if ntpath.dirname(path) else ntpath.join(call.host.default_disk_path, path)


@cmdlet("Remove-VM")
async def remove_vm(call: Call) -> AsyncIterator[Value]:
    """Delete machines that are off or saved, and leave their disks; it asks first."""
    refuse_unsupported(call)
    for machine in asked_machines(call, "Name"):
        with reported(call):
            refuse_prompt(call)
            delete(machine, call.host)
            if call.switch("Passthru"):
                record = machine_record(machine, call.host)
                record.properties["IsDeleted"] = True
                yield record
