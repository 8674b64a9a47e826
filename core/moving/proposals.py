"""Folders that are proposed for what moves, so that there is less to type."""

from __future__ import annotations

import ntpath

from core.estate.inventory import Inventory
from core.hyperv.paths import same_path
from core.hyperv.records import Machine
from core.moving.placement import DISK_FOLDER, Item, ItemKind


def proposed_location(machine: Machine, inventory: Inventory | None, *, is_live: bool) -> str:
    """A folder for everything, on the host of ``inventory``.

    On another host: the machine's present folder where that host has the drive and the folder is the machine's own,
    else one of its name below the host's default. Within a host: the same folder on the drive with most room.
    """
    if inventory is None:
        return ""
    own = same_path(ntpath.basename(machine.path), machine.name)
    if not is_live:
        return _on_another_drive(machine.path, inventory)
    if own and inventory.volume_of(machine.path) is not None:
        return machine.path
    return ntpath.join(inventory.host.virtual_machine_path, folder_name(machine.name))


def proposed_folder(item: Item, machine: Machine, inventory: Inventory | None, *, is_live: bool) -> str:
    """A folder for one item, on the host of ``inventory``."""
    if inventory is None:
        return ""
    if not is_live:
        return _on_another_drive(item.folder, inventory)
    if inventory.volume_of(item.folder) is not None:
        return item.folder
    location = proposed_location(machine, inventory, is_live=True)
    return ntpath.join(location, DISK_FOLDER) if item.kind is ItemKind.DISK else location


def folder_name(name: str) -> str:
    """``name`` as the name of a folder: what Windows does not take in one is left out."""
    kept = "".join(character for character in name if character not in '<>:"|?*/\\' and ord(character) >= 32)
    return kept.strip(" .") or "VM"


def _on_another_drive(folder: str, inventory: Inventory) -> str:
    """The same folder on the other drive that has most room; the present one where there is no other drive."""
    present = folder[:1].upper() if folder[1:2] == ":" else ""
    others = [volume for volume in inventory.volumes if volume.drive_letter not in (None, present, "C")]
    if not others:
        return folder
    best = max(others, key=lambda volume: volume.size_remaining)
    below = folder[3:] if present else folder.lstrip("\\").partition("\\")[2].partition("\\")[2]
    return f"{best.drive_letter}:\\{below}"
