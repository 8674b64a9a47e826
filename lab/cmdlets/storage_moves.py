"""Move-VMStorage."""

from __future__ import annotations

import ntpath
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

from lab.cmdlets.failures import error_of, not_found
from lab.cmdlets.targets import (
    is_registered,
    listed,
    machine_of,
    machines_called,
    refuse_unsupported,
    reported,
    see_through,
)
from lab.hyperv.changes import refusal
from lab.hyperv.files import key
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import failed
from lab.hyperv.migration import start_storage
from lab.hyperv.placement import Placement, by_item, in_one_folder
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Value, display_text

FOLDERS = {
    "VirtualMachinePath": "path",
    "SnapshotFilePath": "checkpoint_path",
    "SmartPagingFilePath": "smart_paging_path",
}


@cmdlet("Move-VMStorage")
async def move_vm_storage(call: Call) -> AsyncIterator[Value]:
    """Move the files of a machine within what its host reaches, with progress, while it may run on."""
    refuse_unsupported(call, "ResourcePoolName", "RetainVhdCopiesOnSource")
    machine = _machine(call)
    if machine is not None:
        with reported(call):
            migration = start_storage(machine, call.host, _placement(call, machine))
            await see_through(call, migration, "Performing storage migration")
    return
    yield  # nothing, ever: a cmdlet is a generator


def _machine(call: Call) -> VirtualMachine | None:
    if "VM" in call.parameters:
        machine = machine_of(call.parameters["VM"])
        if is_registered(machine, call.host):
            return machine
        call.error(not_found(call, "machine_unknown_by_id", machine.machine_id))
        return None
    name = display_text(call.parameters.get("Name", call.parameters.get("VMName")))
    found = machines_called(call.host, name)
    if len(found) == 1:
        return found[0]
    if found:
        call.error(error_of(call, failed("machine_name_not_unique", call.host.language, name=name), name))
    else:
        call.error(not_found(call, "machine_unknown_by_name", name))
    return None


def _placement(call: Call, machine: VirtualMachine) -> Placement:
    """Where everything goes, less what is there already; raises OperationFailed for what cannot be done."""
    host = call.host
    if "DestinationStoragePath" in call.parameters:
        folder = _absolute(display_text(call.parameters["DestinationStoragePath"]), machine, host)
        placement = in_one_folder(machine, folder)
    else:
        folders = {
            field: _absolute(display_text(call.parameters[name]), machine, host)
            for name, field in FOLDERS.items()
            if name in call.parameters
        }
        disks = dict(_disk(entry, machine, host) for entry in listed(call.parameters.get("Vhds")))
        placement = by_item(machine, **folders, disks=disks)
    moved = {source: target for source, target in placement.disks.items() if key(target) != source}
    present = (machine.path, machine.checkpoint_path, machine.smart_paging_path)
    wanted = (placement.path, placement.checkpoint_path, placement.smart_paging_path)
    if not moved and all(key(new) == key(old) for new, old in zip(wanted, present, strict=True)):
        raise refusal("nothing_to_move", machine, host)
    return replace(placement, disks=moved)


def _disk(entry: Value, machine: VirtualMachine, host: Host) -> tuple[str, str]:
    """Present and new path of a disk, from an entry of -Vhds."""
    given = {name.lower(): display_text(value) for name, value in entry.items()} if isinstance(entry, Mapping) else {}
    source, target = given.get("sourcefilepath", ""), given.get("destinationfilepath", "")
    if not source or not target or set(given) - {"sourcefilepath", "destinationfilepath"}:
        raise refusal("disk_entry_incomplete", machine, host)
    if all(drive.disk is None or key(drive.disk.path) != key(source) for drive in machine.drives):
        raise refusal("disk_not_of_machine", machine, host, path=source)
    if ntpath.basename(source).lower() != ntpath.basename(target).lower():
        raise refusal("disk_renamed", machine, host, path=source)
    return source, _absolute(target, machine, host)


def _absolute(path: str, machine: VirtualMachine, host: Host) -> str:
    drive, rest = ntpath.splitdrive(path)
    if not drive or (drive.endswith(":") and not rest.startswith(("\\", "/"))):
        raise refusal("path_not_absolute", machine, host, path=path)
    return ntpath.normpath(path)
