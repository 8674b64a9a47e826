"""Files and folders as the file system provider of PowerShell shows them."""

from __future__ import annotations

import datetime
import ntpath

from lab.hyperv.host import Host
from lab.hyperv.listing import File, Folder, Item
from lab.powershell.values import EnumValue, Long, Record, Value

FOLDER_TYPES = ("System.IO.DirectoryInfo", "System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object")
FILE_TYPES = ("System.IO.FileInfo", "System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object")
PROVIDER = "Microsoft.PowerShell.Core\\FileSystem"


def item_record(item: Item, host: Host, *, is_child: bool = False) -> Record:
    """A DirectoryInfo or FileInfo.

    Every file is as old as the lab (assumed). ToString() of a child in a listing is its name, otherwise its path
    (Windows PowerShell 5.1).
    """
    is_folder = isinstance(item, Folder)
    path = item.path
    name = ntpath.basename(path.rstrip("\\")) or path
    parent = ntpath.dirname(path.rstrip("\\"))
    written = host.local_time() - datetime.timedelta(seconds=host.clock.elapsed)
    stem, extension = (name, "") if is_folder else ntpath.splitext(name)
    properties: dict[str, Value] = {
        "PSPath": f"{PROVIDER}::{path}",
        "PSParentPath": f"{PROVIDER}::{parent}" if parent != path else "",
        "PSChildName": name,
        "PSDrive": ntpath.splitdrive(path)[0].rstrip(":") if not path.startswith("\\\\") else None,
        "PSProvider": PROVIDER,
        "PSIsContainer": is_folder,
        "Mode": "d-----" if is_folder else "-a----",
        "BaseName": stem,
        "Name": name,
        "FullName": path,
        "Extension": extension,
        "Exists": True,
        "CreationTime": written,
        "CreationTimeUtc": written.astimezone(datetime.UTC),
        "LastAccessTime": written,
        "LastWriteTime": written,
        "LastWriteTimeUtc": written.astimezone(datetime.UTC),
        "Attributes": EnumValue(
            "System.IO.FileAttributes", "Directory" if is_folder else "Archive", 16 if is_folder else 32
        ),
    }
    if isinstance(item, File):
        properties |= {
            "Length": Long(item.stored.size),
            "DirectoryName": parent,
            "Directory": parent,
            "IsReadOnly": False,
        }
    else:
        properties |= {"Parent": ntpath.basename(parent), "Root": ntpath.splitdrive(path)[0] + "\\"}
    return Record(FOLDER_TYPES if is_folder else FILE_TYPES, properties, name if is_child else path, item)
