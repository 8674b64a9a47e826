"""Where the items of a machine go in a move."""

from __future__ import annotations

import ntpath
from collections.abc import Mapping
from dataclasses import dataclass

from lab.hyperv.files import key
from lab.hyperv.machine import VirtualMachine, single_location


@dataclass(frozen=True, slots=True)
class Placement:
    """The new locations. ``disks`` maps each disk file's present path, by ``files.key``, to its new one.

    A disk that is not in ``disks`` stays where it is.
    """

    path: str
    checkpoint_path: str
    smart_paging_path: str
    disks: Mapping[str, str]

    def disk_path(self, present: str) -> str:
        """Where the disk at ``present`` goes."""
        return self.disks.get(key(present), present)


def in_one_folder(machine: VirtualMachine, folder: str) -> Placement:
    """Everything below one folder, as the wizard's single location does it."""
    disk_folder, rest = single_location(folder)
    disks = {key(disk.path): ntpath.join(disk_folder, ntpath.basename(disk.path)) for disk in machine.disk_files()}
    return Placement(rest, rest, rest, disks)


def by_item(
    machine: VirtualMachine,
    *,
    path: str | None = None,
    checkpoint_path: str | None = None,
    smart_paging_path: str | None = None,
    disks: Mapping[str, str] | None = None,
) -> Placement:
    """Each item where it is said to go; what is not named stays. ``disks`` maps present paths to new ones.

    The parents and checkpoint files of a disk follow it into its new folder (assumed).
    """
    chosen = {key(source): destination for source, destination in (disks or {}).items()}
    for drive in machine.drives:
        if drive.disk is None or key(drive.disk.path) not in chosen:
            continue
        folder = ntpath.dirname(chosen[key(drive.disk.path)])
        for parent in drive.disk.chain()[1:]:
            chosen.setdefault(key(parent.path), ntpath.join(folder, ntpath.basename(parent.path)))
    return Placement(
        path or machine.path,
        checkpoint_path or machine.checkpoint_path,
        smart_paging_path or machine.smart_paging_path,
        chosen,
    )
