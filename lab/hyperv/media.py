"""Media that somebody carries from one host to another, such as a disk with an initial copy or an export."""

from __future__ import annotations

import dataclasses
import ntpath

from lab.hyperv.exporting import ExportedConfiguration
from lab.hyperv.files import StoredFile, VirtualDisk, key
from lab.hyperv.host import Host
from lab.hyperv.settings_copy import with_checkpoints


def carry(source: Host, folder: str, destination: Host, there: str) -> list[str]:
    """Put copies of the files below ``folder`` into the folder ``there`` of another host; returns their paths.

    Raises StorageError where a folder has no volume, or there is no room; what was put there before stays.
    """
    within = key(folder).rstrip("\\") + "\\"
    files = [file for path, file in source.files.volume_of(folder).files.items() if path.startswith(within)]
    paths = {file: ntpath.join(there, ntpath.normpath(file.path)[len(within) :]) for file in files}
    disks: dict[VirtualDisk, VirtualDisk] = {}
    for disk in sorted((file for file in files if isinstance(file, VirtualDisk)), key=lambda disk: len(disk.chain())):
        parent = disks.get(disk.parent, disk.parent) if disk.parent is not None else None
        disks[disk] = dataclasses.replace(disk, path=paths[disk], parent=parent)
    plain = {file: StoredFile(paths[file], file.size) for file in files if type(file) is StoredFile}
    carried: list[StoredFile] = [*disks.values(), *plain.values()]
    for file in files:
        if isinstance(file, ExportedConfiguration):
            checkpoints = [plain[each] for each in file.checkpoint_files if each in plain]
            machine = with_checkpoints(file.machine, disks)
            machine.path = machine.checkpoint_path = machine.smart_paging_path = ntpath.dirname(
                ntpath.dirname(paths[file])
            )
            carried.append(ExportedConfiguration(paths[file], file.size, machine, checkpoints))
    for copy in carried:
        destination.files.add(copy)
    return [copy.path for copy in carried]
