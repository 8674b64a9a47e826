"""Get-Volume."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from lab.hyperv.files import Volume
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import ErrorRecord
from lab.powershell.values import Char, Record, UnsignedLong, Value, display_text

TYPE_NAMES = (
    "Microsoft.Management.Infrastructure.CimInstance#root/Microsoft/Windows/Storage/MSFT_Volume",
    "Microsoft.Management.Infrastructure.CimInstance",
    "System.Object",
)


def volume_record(volume: Volume, host_name: str) -> Record:
    """A volume as Get-Volume prints it; kind and health are words there, by the module's own type file."""
    path = f"\\\\?\\Volume{{{volume.unique_id}}}\\"
    properties: dict[str, Value] = {
        "ObjectId": path,
        "UniqueId": path,
        "DriveLetter": Char(volume.letter),
        "FileSystemLabel": volume.label,
        "FileSystem": "NTFS",
        "FileSystemType": "NTFS",
        "DriveType": "Fixed",
        "HealthStatus": "Healthy",
        "OperationalStatus": "OK",
        "Path": path,
        "Size": UnsignedLong(volume.capacity),
        "SizeRemaining": UnsignedLong(volume.free),
        "AllocationUnitSize": 4096,
        "PSComputerName": host_name,
    }
    return Record(TYPE_NAMES, properties, "MSFT_Volume", volume)


@cmdlet("Get-Volume")
async def get_volume(call: Call) -> AsyncIterator[Value]:
    """The volumes of this host: all, by drive letter, path or label."""
    wanted: dict[str, Callable[[Volume], str]] = {
        "DriveLetter": lambda volume: volume.letter,
        "FileSystemLabel": lambda volume: volume.label,
        "FilePath": lambda volume: volume.letter,
    }
    for name, key in wanted.items():
        values = call.parameters.get(name)
        if values is None:
            continue
        for value in map(display_text, values if isinstance(values, list) else [values]):
            text = value[:1] if name == "FilePath" else value
            found = [v for v in call.host.files.volumes if key(v).lower() == text.lower()]
            if not found:
                call.error(_not_found(call, name, value))
            for volume in found:
                yield volume_record(volume, call.host.name)
        return
    for volume in call.host.files.volumes:
        yield volume_record(volume, call.host.name)


def _not_found(call: Call, name: str, value: str) -> ErrorRecord:
    text = (
        f"No MSFT_Volume objects found with property '{name}' equal to '{value}'.  Verify the value of the property "
        "and retry."
    )
    types = ("Microsoft.PowerShell.Cmdletization.Cim.CimJobException", "System.Exception", "System.Object")
    return call.error_record(text, f"CmdletizationQuery_NotFound_{name}", "ObjectNotFound", types, value)
