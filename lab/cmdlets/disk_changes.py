"""New-VHD, Resize-VHD, Convert-VHD, Merge-VHD and Optimize-VHD."""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.cmdlets.disk_files import asked_paths, disk_record
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import refuse_unsupported, reported
from lab.hyperv.attachments import opened, opened_alone
from lab.hyperv.disk_work import SET_EXTENSION, elapse, merge, require_quiet, reserve, resize, write
from lab.hyperv.files import EMPTY_DISK, DiskType, VirtualDisk, VirtualDiskSet, occupied
from lab.hyperv.messages import failed
from lab.hyperv.migration import LOCAL_COPY
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import ProgressRecord
from lab.powershell.values import Value, display_text

SCAN_RATE = 4 * LOCAL_COPY
"""Bytes a second at which a disk is searched for unused blocks (assumed)."""


@cmdlet("New-VHD")
async def new_vhd(call: Call) -> AsyncIterator[Value]:
    """Create virtual hard disks: dynamic, fixed, or on top of a parent."""
    refuse_unsupported(call, "SourceDisk")
    for path in asked_paths(call):
        with reported(call, path):
            disk = _new_disk(call, path)
            reserve(disk, call.host, call.runspace.caller)
            if disk.kind is DiskType.Fixed:
                await _follow(call, write(disk, call.host), "New-VHD")
            yield disk_record(disk, call.host)


@cmdlet("Resize-VHD")
async def resize_vhd(call: Call) -> AsyncIterator[Value]:
    """Give virtual hard disks another capacity."""
    refuse_unsupported(call, "ToMinimumSize")
    for path in asked_paths(call):
        with reported(call, path):
            disk = opened(path, call.host, call.runspace.caller)
            require_quiet(disk, call.host)
            resize(disk, integer(call, "SizeBytes") or 0, call.host)
            if call.switch("Passthru"):
                yield disk_record(disk, call.host)


@cmdlet("Convert-VHD")
async def convert_vhd(call: Call) -> AsyncIterator[Value]:
    """Copy a disk, without its parents, into a new one of another format or type."""
    refuse_unsupported(call, "ParentPath")
    kind = call.parameters.get("VHDType")
    if kind is not None and display_text(kind) not in ("Fixed", "Dynamic"):
        refuse_unsupported(call, "VHDType")
    for path in asked_paths(call):
        with reported(call, path):
            source = opened_alone(path, call.host, call.runspace.caller)
            wanted = DiskType[display_text(kind)] if kind is not None else source.kind
            wanted = DiskType.Dynamic if wanted is DiskType.Differencing else wanted
            path = display_text(call.parameters["DestinationPath"])
            copy = _disk_class(path)(
                path,
                source.capacity if wanted is DiskType.Fixed else occupied(source),
                capacity=source.capacity,
                kind=wanted,
                identifier=call.host.estate.new_id(),
                block_size=int(integer(call, "BlockSizeBytes") or 0),
            )
            reserve(copy, call.host, call.runspace.caller)
            await _follow(call, write(copy, call.host), "Convert-VHD")
            if call.switch("DeleteSource"):
                call.host.files.remove(source)
            if call.switch("Passthru"):
                yield disk_record(copy, call.host)


@cmdlet("Merge-VHD")
async def merge_vhd(call: Call) -> AsyncIterator[Value]:
    """Write differencing disks into a parent, by default the nearest one; their own files go."""
    refuse_unsupported(call)
    host, caller = call.host, call.runspace.caller
    for path in asked_paths(call):
        with reported(call, path):
            leaf = opened_alone(path, host, caller)
            require_quiet(leaf, host)
            given = call.parameters.get("DestinationPath")
            destination = opened_alone(display_text(given), host, caller) if given else leaf.parent
            if destination is None:
                raise failed("disk_not_differencing", host.language, path=path)
            await _follow(call, elapse(leaf.size / LOCAL_COPY, host), "Merge-VHD")
            merge(leaf, destination, host)
            if call.switch("Passthru"):
                yield disk_record(destination, host)


@cmdlet("Optimize-VHD")
async def optimize_vhd(call: Call) -> AsyncIterator[Value]:
    """Search disks that are not fixed for unused blocks; there are none in simulated ones (assumed)."""
    refuse_unsupported(call)
    for path in asked_paths(call):
        with reported(call, path):
            disk = opened_alone(path, call.host, call.runspace.caller)
            if disk.kind is DiskType.Fixed:
                raise failed("disk_is_fixed", call.host.language, path=path)
            await _follow(call, elapse(disk.size / SCAN_RATE, call.host), "Optimize-VHD")
            if call.switch("Passthru"):
                yield disk_record(disk, call.host)


def _new_disk(call: Call, path: str) -> VirtualDisk:
    """What New-VHD is asked for; raises OperationFailed when the parent cannot be opened."""
    host = call.host
    capacity = integer(call, "SizeBytes")
    parent = None
    if "ParentPath" in call.parameters:
        parent = opened(display_text(call.parameters["ParentPath"]), host, call.runspace.caller)
        capacity = parent.capacity if capacity is None else capacity
    is_fixed = call.switch("Fixed")
    kind = DiskType.Differencing if parent is not None else DiskType.Fixed if is_fixed else DiskType.Dynamic
    return _disk_class(path)(
        path,
        int(capacity or 0) if is_fixed else EMPTY_DISK,
        capacity=int(capacity or 0),
        kind=kind,
        parent=parent,
        identifier=host.estate.new_id(),
        block_size=int(integer(call, "BlockSizeBytes") or 0),
        logical_sector=int(integer(call, "LogicalSectorSizeBytes") or 512),
        physical_sector=int(integer(call, "PhysicalSectorSizeBytes") or 4096),
    )


def _disk_class(path: str) -> type[VirtualDisk]:
    return VirtualDiskSet if path.lower().endswith(SET_EXTENSION) else VirtualDisk


async def _follow(call: Call, work: AsyncIterator[int], activity: str) -> None:
    async for percent in work:
        call.progress(ProgressRecord(activity, "", percent, completed=percent == 100))
