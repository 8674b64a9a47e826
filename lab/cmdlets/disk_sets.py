"""Get-VHDSet, Get- and Remove-VHDSnapshot and Optimize-VHDSet."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

from lab.cmdlets.disk_changes import SCAN_RATE
from lab.cmdlets.disk_files import asked_paths, disk_record
from lab.cmdlets.failures import error_of
from lab.cmdlets.targets import listed, refuse_unsupported, reported
from lab.hyperv.attachments import opened
from lab.hyperv.disk_work import elapse
from lab.hyperv.files import SetSnapshot, VirtualDiskSet
from lab.hyperv.host import Host
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import ProgressRecord
from lab.powershell.values import Record, Value

SET_TYPES = ("Microsoft.Vhd.PowerShell.VHDSetInfo", "System.Object")
SNAPSHOT_TYPES = ("Microsoft.Vhd.PowerShell.VHDSnapshotInfo", "System.Object")


@dataclass(frozen=True, slots=True, eq=False)
class SnapshotOfSet:
    """A snapshot of a set, which a record of it stands for."""

    disk: VirtualDiskSet
    snapshot_id: uuid.UUID


def set_record(disk: VirtualDiskSet, host: Host, *, with_paths: bool) -> Record:
    """A VHD set as Get-VHDSet prints it."""
    paths: list[Value] = [disk.path, *(_path(disk, snapshot) for snapshot in disk.snapshots)]
    properties: dict[str, Value] = {
        "Path": disk.path,
        "SnapshotIdList": [str(snapshot.snapshot_id).upper() for snapshot in disk.snapshots],
        "AllPaths": paths if with_paths else [],
        "ComputerName": host.name,
    }
    return Record(SET_TYPES, properties, SET_TYPES[0], disk)


def snapshot_record(disk: VirtualDiskSet, snapshot: SetSnapshot, host: Host, *, with_parents: bool) -> Record:
    """A snapshot of a set as Get-VHDSnapshot prints it."""
    earlier = disk.snapshots[: disk.snapshots.index(snapshot)] if snapshot in disk.snapshots else ()
    parents: list[Value] = [_path(disk, each) for each in reversed(earlier)]
    properties: dict[str, Value] = {
        "FilePath": disk.path,
        "SnapshotId": snapshot.snapshot_id,
        "SnapshotPath": _path(disk, snapshot),
        "CreationTime": snapshot.created.astimezone(host.local_time().tzinfo),
        "ResilientChangeTrackingId": str(snapshot.snapshot_id).upper() if snapshot.is_reference else "",
        "ParentPathsList": parents if with_parents else [],
        "ComputerName": host.name,
    }
    return Record(SNAPSHOT_TYPES, properties, SNAPSHOT_TYPES[0], SnapshotOfSet(disk, snapshot.snapshot_id))


@cmdlet("Get-VHDSet")
async def get_vhd_set(call: Call) -> AsyncIterator[Value]:
    """VHD sets by path."""
    for path in asked_paths(call):
        with reported(call, path):
            yield set_record(_opened(call, path), call.host, with_paths=call.switch("GetAllPaths"))


@cmdlet("Get-VHDSnapshot")
async def get_vhd_snapshot(call: Call) -> AsyncIterator[Value]:
    """The snapshots in VHD sets, all or by ID."""
    wanted = listed(call.parameters.get("SnapshotId"))
    for path in asked_paths(call):
        with reported(call, path):
            disk = _opened(call, path)
            for snapshot in _found(call, disk, wanted) if wanted else disk.snapshots:
                yield snapshot_record(disk, snapshot, call.host, with_parents=call.switch("GetParentPaths"))


@cmdlet("Remove-VHDSnapshot")
async def remove_vhd_snapshot(call: Call) -> AsyncIterator[Value]:
    """Remove snapshots from VHD sets, or leave only what later changes are compared with."""
    refuse_unsupported(call)
    wanted: list[tuple[VirtualDiskSet, list[Value]]] = [
        (value.subject.disk, [value.subject.snapshot_id])
        for value in listed(call.parameters.get("VHDSnapshot"))
        if isinstance(value, Record) and isinstance(value.subject, SnapshotOfSet)
    ]
    for path in asked_paths(call):
        with reported(call, path):
            wanted.append((_opened(call, path), listed(call.parameters["SnapshotId"])))
    for disk, identifiers in wanted:
        for snapshot in _found(call, disk, identifiers):
            left = list(disk.snapshots)
            place = left.index(snapshot)
            keeps = call.switch("PersistReferencePoint")
            left[place : place + 1] = [dataclasses.replace(snapshot, is_reference=True)] if keeps else []
            disk.snapshots = tuple(left)
            if call.switch("Passthru"):
                yield snapshot_record(disk, snapshot, call.host, with_parents=False)


@cmdlet("Optimize-VHDSet")
async def optimize_vhd_set(call: Call) -> AsyncIterator[Value]:
    """Search VHD sets for unused space; there is none in simulated ones (assumed)."""
    refuse_unsupported(call)
    for path in asked_paths(call):
        with reported(call, path):
            disk = _opened(call, path)
            async for percent in elapse(disk.size / SCAN_RATE, call.host):
                call.progress(ProgressRecord("Optimize-VHDSet", "", percent, completed=percent == 100))
            if call.switch("Passthru"):
                yield disk_record(disk, call.host)


def _opened(call: Call, path: str) -> VirtualDiskSet:
    """The set at ``path``; raises OperationFailed for a disk that is none."""
    disk = opened(path, call.host, call.runspace.caller)
    if not isinstance(disk, VirtualDiskSet):
        raise failed("disk_set_required", call.host.language, path=path)
    return disk


def _found(call: Call, disk: VirtualDiskSet, identifiers: list[Value]) -> list[SetSnapshot]:
    """The snapshots with these IDs; each missing one is an error."""
    found: list[SetSnapshot] = []
    for identifier in identifiers:
        fitting = [snapshot for snapshot in disk.snapshots if snapshot.snapshot_id == identifier]
        if not fitting:
            text = failed("disk_set_snapshot_unknown", call.host.language, path=disk.path, name=identifier)
            call.error(error_of(call, text, identifier))
        found += fitting
    return found


def _path(disk: VirtualDiskSet, snapshot: SetSnapshot) -> str:
    """Where a snapshot's content would be opened (assumed)."""
    return f"{disk.path.removesuffix('.vhds')}_{str(snapshot.snapshot_id).upper()}.avhdx"
