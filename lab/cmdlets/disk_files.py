"""Get-VHD, Test-VHD, Mount-VHD, Dismount-VHD and Set-VHD, and a virtual hard disk as a record."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.enumerations import enumeration
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import asked_machines, listed, refuse_prompt, refuse_unsupported, reported
from lab.hyperv.attachments import is_in_use, opened, opened_alone, stored
from lab.hyperv.disk_work import set_parent
from lab.hyperv.files import DiskFormat, DiskType, NoSuchVolume, ShareDenied, VirtualDisk
from lab.hyperv.host import Host
from lab.hyperv.messages import OperationFailed, failed
from lab.hyperv.physical_disks import mount
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, UnsignedInt, UnsignedLong, Value, display_text

TYPES = ("Microsoft.Vhd.PowerShell.VirtualHardDisk", "System.Object")
BLOCK_SIZES = {DiskFormat.VHD: 2 << 20, DiskFormat.VHDX: 32 << 20, DiskFormat.VHDSet: 32 << 20}


def disk_record(disk: VirtualDisk, host: Host) -> Record:
    """A virtual hard disk as Get-VHD prints it."""
    block = 0 if disk.kind is DiskType.Fixed else disk.block_size or BLOCK_SIZES[disk.format]
    number = mounted_number(disk, host)
    properties: dict[str, Value] = {
        "Path": disk.path,
        "VhdFormat": enumeration(disk.format),
        "VhdType": enumeration(disk.kind),
        "FileSize": UnsignedLong(disk.size),
        "Size": UnsignedLong(disk.capacity),
        "MinimumSize": None,
        "LogicalSectorSize": UnsignedInt(disk.logical_sector),
        "PhysicalSectorSize": UnsignedInt(disk.physical_sector),
        "BlockSize": UnsignedInt(block),
        "ParentPath": disk.parent.path if disk.parent else "",
        "DiskIdentifier": str(disk.identifier).upper(),
        "FragmentationPercentage": None,
        "Alignment": UnsignedInt(1),
        "Attached": is_in_use(disk, host),
        "DiskNumber": None if number is None else UnsignedInt(number),
        "ComputerName": host.name,
        "Number": None if number is None else UnsignedInt(number),
    }
    return Record(TYPES, properties, TYPES[0], disk)


def mounted_number(disk: VirtualDisk, host: Host) -> int | None:
    """The disk number under which the disk is mounted in the host, or None."""
    return next((number for number, mounted in host.mounted.items() if mounted is disk), None)


def asked_paths(call: Call) -> Iterator[str]:
    """The paths that -Path names."""
    yield from map(display_text, listed(call.parameters.get("Path")))


@cmdlet("Get-VHD")
async def get_vhd(call: Call) -> AsyncIterator[Value]:
    """Virtual hard disks by path or disk number, or those attached to machines."""
    host, caller = call.host, call.runspace.caller
    paths = list(asked_paths(call))
    for machine in asked_machines(call):
        paths += [drive.disk.path for drive in machine.drives if drive.disk is not None]
    for path in paths:
        with reported(call, path):
            yield disk_record(opened(path, host, caller), host)
    number = integer(call, "DiskNumber")
    if number is not None:
        with reported(call, number):
            yield disk_record(_mounted(call, number), host)


@cmdlet("Test-VHD")
async def test_vhd(call: Call) -> AsyncIterator[Value]:
    """Whether virtual hard disks and their chains are there; what is wrong is an error."""
    for path in asked_paths(call):
        works = False
        with reported(call, path):
            opened(path, call.host, call.runspace.caller)
            if call.switch("SupportPersistentReservations"):
                # Only a cluster's shared volumes offer it, and no simulated host is in a cluster of its own.
                raise failed("disk_shared_no", call.host.language, path=path)
            works = True
        yield works


@cmdlet("Mount-VHD")
async def mount_vhd(call: Call) -> AsyncIterator[Value]:
    """Show virtual hard disks as disks of the host."""
    refuse_unsupported(call, "SnapshotId")
    for path in asked_paths(call):
        with reported(call, path):
            disk = opened_alone(path, call.host, call.runspace.caller)
            mount(disk, call.host, is_writable=not call.switch("ReadOnly"))
            if call.switch("Passthru"):
                yield disk_record(disk, call.host)


@cmdlet("Dismount-VHD")
async def dismount_vhd(call: Call) -> AsyncIterator[Value]:
    """Take mounted virtual hard disks away again."""
    refuse_unsupported(call, "SnapshotId")
    number = integer(call, "DiskNumber")
    disks = [(None, number)] if number is not None else [(path, None) for path in asked_paths(call)]
    for path, wanted in disks:
        with reported(call, path or wanted):
            disk = _mounted(call, wanted) if wanted is not None else _mounted_at(call, path or "")
            del call.host.mounted[mounted_number(disk, call.host) or 0]
            if call.switch("Passthru"):
                yield disk_record(disk, call.host)


@cmdlet("Set-VHD")
async def set_vhd(call: Call) -> AsyncIterator[Value]:
    """Give virtual hard disks another parent, sector size or identifier, while nobody uses them."""
    refuse_unsupported(call, "LeafPath")
    host, caller = call.host, call.runspace.caller
    for path in asked_paths(call):
        with reported(call, path):
            if "ParentPath" in call.parameters:
                disk = _differencing(call, path)
                parent = opened(display_text(call.parameters["ParentPath"]), host, caller)
                set_parent(disk, parent, host, ignores_identifier=call.switch("IgnoreIdMismatch"))
            else:
                disk = opened_alone(path, host, caller)
            sector = integer(call, "PhysicalSectorSizeBytes")
            disk.physical_sector = disk.physical_sector if sector is None else int(sector)
            if call.switch("ResetDiskIdentifier"):
                refuse_prompt(call)
                disk.identifier = host.estate.new_id()
            if call.switch("Passthru"):
                yield disk_record(disk, host)


def _differencing(call: Call, path: str) -> VirtualDisk:
    """The disk at ``path``, whose present parent need not be there; raises OperationFailed."""
    try:
        disk = stored(path, call.host, call.runspace.caller)
    except (ShareDenied, NoSuchVolume):
        disk = None
    if not isinstance(disk, VirtualDisk):
        return opened(path, call.host, call.runspace.caller)
    if is_in_use(disk, call.host):
        raise failed("disk_file_in_use", call.host.language, path=path)
    return disk


def _mounted(call: Call, number: int) -> VirtualDisk:
    disk = call.host.mounted.get(number)
    if disk is None:
        raise failed("disk_number_unknown", call.host.language, number=number)
    return disk


def _mounted_at(call: Call, path: str) -> VirtualDisk:
    disk = opened(path, call.host, call.runspace.caller)
    if mounted_number(disk, call.host) is None:
        raise _not_mounted(call, path)
    return disk


def _not_mounted(call: Call, path: str) -> OperationFailed:
    return failed("disk_not_mounted", call.host.language, path=path)
