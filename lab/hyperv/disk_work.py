"""Virtual hard disk files that are created, resized, converted and merged. Durations and bounds are assumed."""

from __future__ import annotations

import asyncio
import ntpath
from collections.abc import AsyncIterator

from lab.hyperv.attachments import is_in_use, users
from lab.hyperv.caller import Caller
from lab.hyperv.changes import require_idle
from lab.hyperv.creation import CAUSES
from lab.hyperv.files import DiskFormat, DiskType, StorageError, VirtualDisk, is_on_share
from lab.hyperv.host import Host
from lab.hyperv.listing import Listing
from lab.hyperv.messages import failed
from lab.hyperv.migration import LOCAL_COPY

LEAST = 3 << 20
MOST = {DiskFormat.VHD: 2040 << 30, DiskFormat.VHDX: 64 << 40, DiskFormat.VHDSet: 64 << 40}
"""Bytes of capacity that a disk can have at most (Windows Server documentation)."""
STEPS = 20
EXTENSIONS = (".vhd", ".vhdx")
SET_EXTENSION = ".vhds"
"""Since 2016 (Windows Server documentation)."""


def reserve(disk: VirtualDisk, host: Host, caller: Caller) -> None:
    """Put a new, complete disk file into its folder.

    Raises OperationFailed when the path or the size is refused, or there is no room.
    """
    language, path = host.language, disk.path
    extensions = EXTENSIONS if host.is_old else (*EXTENSIONS, SET_EXTENSION)
    if ntpath.splitext(path)[1].lower() not in extensions:
        raise failed("disk_extension", language, path=path)
    if not LEAST <= disk.capacity <= MOST[disk.format]:
        raise failed("disk_size", language, path=path, least=LEAST, most=MOST[disk.format])
    try:
        if is_on_share(path):
            Listing(host, caller).place(path)
        host.files.add(disk)
    except StorageError as error:
        cause = failed(CAUSES[type(error)], language).message
        raise failed("disk_not_created", language, path=path, cause=cause) from error


async def write(disk: VirtualDisk, host: Host) -> AsyncIterator[int]:
    """Let the time pass that writing the disk takes; yields percent. Stopped before the end, it removes the file."""
    done = False
    try:
        async for percent in elapse(disk.size / LOCAL_COPY, host):
            yield percent
        done = True
    finally:
        if not done:
            host.files.remove(disk)


async def elapse(seconds: float, host: Host) -> AsyncIterator[int]:
    """Let simulated time pass; yields percent."""
    for step in range(STEPS):
        over = asyncio.Event()
        cancel = host.clock.call_later(seconds / STEPS, over.set)
        try:
            await over.wait()
        finally:
            cancel()
        yield (step + 1) * 100 // STEPS


def resize(disk: VirtualDisk, capacity: int, host: Host) -> None:
    """Give a disk another capacity, in bytes.

    Its partitions are taken to fill it, so that it cannot shrink (assumed). While a machine runs with it, only a VHDX
    file on SCSI grows, from 2012 R2 on (Windows Server documentation).
    Raises OperationFailed; nothing has changed then.
    """
    language, path = host.language, disk.path
    if is_in_use(disk, host) and not _grows_online(disk, host):
        raise failed("disk_file_in_use", language, path=path)
    if capacity < disk.capacity:
        raise failed("disk_not_resized", language, path=path)
    if capacity > MOST[disk.format]:
        raise failed("disk_size", language, path=path, least=LEAST, most=MOST[disk.format])
    if disk.kind is DiskType.Fixed:
        try:
            host.files.grow(disk, capacity)
        except StorageError as error:
            cause = failed(CAUSES[type(error)], language).message
            raise failed("disk_not_created", language, path=path, cause=cause) from error
    disk.capacity = capacity


def merge(leaf: VirtualDisk, destination: VirtualDisk, host: Host) -> None:
    """Write what lies in ``leaf``, and between it and ``destination``, into ``destination``; those files go.

    Raises OperationFailed when ``destination`` is none of its parents, or there is no room.
    """
    chain = leaf.chain()
    if destination not in chain[1:]:
        raise failed("disk_not_differencing", host.language, path=leaf.path)
    merged = chain[: chain.index(destination)]
    if destination.kind is not DiskType.Fixed:
        size = min(destination.capacity, destination.size + sum(disk.size for disk in merged))
        try:
            host.files.grow(destination, size)
        except StorageError as error:
            cause = failed(CAUSES[type(error)], host.language).message
            raise failed("disk_not_created", host.language, path=destination.path, cause=cause) from error
    destination.outside_writes += 1
    for disk in merged:
        host.files.remove(disk)


def require_quiet(disk: VirtualDisk, host: Host) -> None:
    """Raises OperationFailed while an operation is under way on a machine of the host that has the disk."""
    for machine in host.machines.values():
        if any(disk in attached.chain() for attached in machine.disk_files()):
            require_idle(machine, host)


def set_parent(disk: VirtualDisk, parent: VirtualDisk, host: Host, *, ignores_identifier: bool) -> None:
    """Let ``disk`` lie on top of ``parent``, such as a parent that was moved.

    Raises OperationFailed when it was made on top of another disk, unless that is to be ignored, or is no differencing
    disk.
    """
    if disk.parent is None:
        raise failed("disk_not_differencing", host.language, path=disk.path)
    is_the_same = disk.parent.identifier == parent.identifier
    if disk in parent.chain() or not (is_the_same or ignores_identifier):
        raise failed("disk_parent_mismatch", host.language, path=disk.path)
    disk.parent = parent


def _grows_online(disk: VirtualDisk, host: Host) -> bool:
    if host.version == "2012" or disk.format is not DiskFormat.VHDX:
        return False
    if any(disk in other.mounted.values() for other in host.estate.hosts):
        return False
    drives = [drive for machine, _ in users(disk, host) for drive in machine.drives]
    own = [drive for drive in drives if drive.disk is disk]
    return bool(own) and all(drive.controller == "SCSI" for drive in own)
