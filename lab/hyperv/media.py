"""Media that somebody carries from one host to another, such as a disk with an initial copy."""

from __future__ import annotations

import ntpath

from lab.hyperv.files import StoredFile, key
from lab.hyperv.host import Host


def carry(source: Host, folder: str, destination: Host, there: str) -> list[str]:
    """Put copies of the plain files below ``folder`` into the folder ``there`` of another host; returns their paths.

    Raises StorageError where a folder has no volume, or there is no room; what was put there before stays.
    """
    within = key(folder).rstrip("\\") + "\\"
    volume = source.files.volume_of(folder)
    carried = []
    for path, file in list(volume.files.items()):
        if path.startswith(within):
            copy = StoredFile(ntpath.join(there, ntpath.normpath(file.path)[len(within) :]), file.size)
            destination.files.add(copy)
            carried.append(copy.path)
    return carried
