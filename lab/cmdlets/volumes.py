"""Get-Volume, Get-Disk and Get-SmbShare."""

from __future__ import annotations

import ntpath
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import query_empty, refuse_parameters
from lab.hyperv.files import Volume
from lab.hyperv.host import Host
from lab.hyperv.physical_disks import PhysicalDisk, physical_disks
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Char, Record, UnsignedInt, UnsignedLong, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

CIM = "Microsoft.Management.Infrastructure.CimInstance"
VOLUME_TYPES = (f"{CIM}#root/Microsoft/Windows/Storage/MSFT_Volume", CIM, "System.Object")
DISK_TYPES = (f"{CIM}#root/Microsoft/Windows/Storage/MSFT_Disk", CIM, "System.Object")
SHARE_TYPES = (f"{CIM}#ROOT/Microsoft/Windows/SMB/MSFT_SmbShare", CIM, "System.Object")
Thing = TypeVar("Thing")


def volume_record(volume: Volume, host_name: str) -> Record:
    """A volume as Get-Volume prints it; kind and health are words there, by the module's own type file."""
    path = _path(volume)
    properties: dict[str, Value] = {
        "ObjectId": path,
        "UniqueId": path,
        "DriveLetter": Char(volume.letter) if volume.letter else None,
        "FileSystemLabel": volume.label,
        "FileSystem": "NTFS" if volume.letter else "CSVFS",
        "FileSystemType": "NTFS" if volume.letter else "CSVFS_NTFS",
        "DriveType": "Fixed",
        "HealthStatus": "Healthy",
        "OperationalStatus": "OK",
        "Path": path,
        "Size": UnsignedLong(volume.capacity),
        "SizeRemaining": UnsignedLong(volume.free),
        "AllocationUnitSize": 4096,
        "PSComputerName": host_name,
    }
    return Record(VOLUME_TYPES, properties, "MSFT_Volume", volume)


def disk_record(disk: PhysicalDisk, host: Host) -> Record:
    """A disk as Get-Disk prints it; names and serial numbers are made up."""
    name = "Msft Virtual Disk" if disk.virtual else "Simulated disk"
    properties: dict[str, Value] = {
        "Number": UnsignedInt(disk.number),
        "DiskNumber": UnsignedInt(disk.number),
        "FriendlyName": name,
        "Model": name,
        "SerialNumber": f"{host.name}-{disk.number}",
        "UniqueId": f"{host.name}-{disk.number}",
        "Size": UnsignedLong(disk.size),
        "AllocatedSize": UnsignedLong(disk.allocated),
        "OperationalStatus": "Offline" if disk.is_offline else "Online",
        "HealthStatus": "Healthy",
        "BusType": "File Backed Virtual" if disk.virtual else "SAS",
        "PartitionStyle": "GPT" if disk.allocated else "RAW",
        "IsOffline": disk.is_offline,
        "IsReadOnly": disk.is_offline,
        "IsBoot": disk.number == 0,
        "IsSystem": disk.number == 0,
        "Location": disk.virtual.path if disk.virtual else "Integrated",
        "PSComputerName": None,
    }
    return Record(DISK_TYPES, properties, f"MSFT_Disk (Number = {disk.number})", disk)


@cmdlet("Get-Volume")
async def get_volume(call: Call) -> AsyncIterator[Value]:
    """The volumes of this host: all, by drive letter, path, label or ID."""
    refuse_parameters(
        call, "Partition", "DiskImage", "FileShare", "StorageFileServer", "StorageJob", "StorageNode", "StoragePool"
    )
    volumes = call.host.files.volumes
    keys: dict[str, Callable[[Volume], str]] = {
        "DriveLetter": lambda volume: volume.letter,
        "FileSystemLabel": lambda volume: volume.label,
        "FilePath": lambda volume: f"{volume.letter}:*",
        "ObjectId": _path,
        "UniqueId": _path,
        "Path": _path,
    }
    for volume in _asked(call, volumes, keys, "MSFT_Volume"):
        yield volume_record(volume, call.host.name)


@cmdlet("Get-Disk")
async def get_disk(call: Call) -> AsyncIterator[Value]:
    """The disks of this host: all, or by number."""
    refuse_parameters(
        call, "FriendlyName", "SerialNumber", "Partition", "Path", "VirtualDisk", "StorageNode", "StorageSubSystem"
    )
    keys: dict[str, Callable[[PhysicalDisk], str]] = {
        "Number": lambda disk: str(disk.number),
        "UniqueId": lambda disk: f"{call.host.name}-{disk.number}",
    }
    for disk in _asked(call, list(physical_disks(call.host)), keys, "MSFT_Disk"):
        yield disk_record(disk, call.host)


@cmdlet("Get-SmbShare")
async def get_smb_share(call: Call) -> AsyncIterator[Value]:
    """The administrative shares of this host, and those that it serves to others; by name, or only special ones."""
    refuse_parameters(call)
    special = [value is True for value in listed(call.parameters.get("Special"))]
    keys: dict[str, Callable[[Record], str]] = {"Name": lambda share: display_text(share.get("Name"))}
    for share in _asked(call, list(_shares(call.host)), keys, "MSFT_SmbShare"):
        if not special or share.get("Special") in special:
            yield share


def _asked(
    call: Call, things: list[Thing], keys: dict[str, Callable[[Thing], str]], class_name: str
) -> Iterator[Thing]:
    """The things that a parameter names, with wildcards in either; all of them where none is given."""
    given = [name for name in keys if name in call.parameters]
    if not given:
        yield from things
    for name in given:
        for value in map(display_text, listed(call.parameters[name])):
            found = [thing for thing in things if _fits(value, keys[name](thing))]
            if not found and not has_wildcards(value):
                call.error(query_empty(call, class_name, name, value))
            yield from found


def _fits(asked: str, held: str) -> bool:
    return matches(held, asked) if held.endswith(":*") else matches(asked, held) or asked.lower() == held.lower()


def _path(volume: Volume) -> str:
    return f"\\\\?\\Volume{{{volume.unique_id}}}\\"


def _shares(host: Host) -> Iterator[Record]:
    yield _share("ADMIN$", "C:\\Windows", "Remote Admin", is_special=True)
    for volume in host.files.volumes:
        if not volume.letter:
            continue
        yield _share(f"{volume.letter}$", volume.root, "Default share", is_special=True)
    yield _share("IPC$", "", "Remote IPC", is_special=True)
    for share in host.estate.shares:
        if host.is_called(share.server):
            # Where a served share lies is not modelled; the folder is made up.
            yield _share(share.name, ntpath.join("C:\\Shares", share.name), "", is_special=False)


def _share(name: str, path: str, description: str, *, is_special: bool) -> Record:
    properties: dict[str, Value] = {
        "Name": name,
        "ScopeName": "*",
        "Path": path,
        "Description": description,
        "Special": is_special,
        "ShareState": "Online",
        "ShareType": "InterprocessCommunication" if name == "IPC$" else "FileSystemDirectory",
        "CurrentUsers": UnsignedInt(0),
        "EncryptData": False,
        "PSComputerName": None,
    }
    return Record(SHARE_TYPES, properties, f'MSFT_SmbShare (Name = "{name}")')
