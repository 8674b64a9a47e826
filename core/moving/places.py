"""What is wrong with the places that the items of a machine are to go to, as far as inventories tell."""

from __future__ import annotations

import ntpath
from collections import Counter
from collections.abc import Iterator

from core.amounts import size_text
from core.estate.inventory import Inventory
from core.hyperv.paths import LONGEST_FILE, folder_fault, same_path, shared_volume
from core.hyperv.records import Volume
from core.language import _
from core.moving.checks.planned import arriving
from core.moving.move import Move
from core.moving.placement import Item, ItemKind, Placement
from core.wizards.wizard import Problem

FIELD = "folder"


def folder_problems(folder: str, inventory: Inventory | None, host: str) -> Iterator[Problem]:
    """What is wrong with a folder of ``host`` as it was typed."""
    if fault := folder_fault(folder):
        yield Problem(FIELD, fault, _("Type a full path on {host}, such as D:\\Machines.").format(host=host))
    elif inventory and folder[1:2] == ":" and inventory.volumes and inventory.volume_of(folder) is None:
        letters = ", ".join(f"{volume.drive_letter}:" for volume in inventory.volumes if volume.drive_letter)
        yield Problem(
            FIELD,
            _("{host} has no drive {drive}.").format(host=host, drive=folder[:2].upper()),
            _("Choose one of its drives: {drives}.").format(drives=letters),
        )


def item_problems(item: Item, folder: str, *, is_live: bool) -> Iterator[Problem]:
    """What is wrong with ``folder`` for this one item."""
    target = item.in_folder(folder)
    if not is_live and same_path(item.path, target):
        yield Problem(
            FIELD,
            _("{item} is in {folder} already.").format(item=item.name, folder=folder),
            _("Choose another folder."),
        )
    if item.kind is ItemKind.DISK and len(target) > LONGEST_FILE:
        yield Problem(
            FIELD,
            _("The path of {item} would have {count} characters; at most {limit} fit.").format(
                item=item.name, count=len(target), limit=LONGEST_FILE
            ),
            _("Choose a folder with a shorter path."),
        )


def placement_problems(move: Move, inventory: Inventory | None) -> Iterator[Problem]:
    """What is wrong with the places together: files that meet, and items that stay where the machine leaves.

    ``inventory`` is the destination's.
    """
    yield from _collisions(move.placement)
    if inventory is not None:
        yield from _taken(move, inventory)
    if move.is_live:
        yield from _left_behind(move)
    elif all(same_path(item.path, move.placement.target_of(item)) for item in move.placement.items):
        yield Problem(
            FIELD,
            _("Everything is there already: nothing would be moved."),
            _("Choose another folder for at least one item."),
        )


def space_problems(move: Move, inventory: Inventory) -> Iterator[Problem]:
    """Whether the disks fit the volumes they go to, by what they occupy and not by what the guest sees."""
    for volume, needed in arriving_space(move, inventory):
        if needed > volume.size_remaining:
            yield Problem(
                FIELD,
                _("Drive {drive}: of {host} has {free} free, but the disks need {needed}.").format(
                    drive=volume.drive_letter,
                    host=move.destination.host.name,
                    free=size_text(volume.size_remaining),
                    needed=size_text(needed),
                ),
                _("Choose another drive, or make room on this one."),
            )


def arriving_space(move: Move, inventory: Inventory) -> list[tuple[Volume, int]]:
    """The volumes of the destination that disk files are copied to, with the bytes of all that arrive there."""
    made = arriving(move.placement, is_live=move.is_live)
    return [
        (volume, made[f"{volume.drive_letter}:"]) for volume in inventory.volumes if f"{volume.drive_letter}:" in made
    ]


def leaving_space(move: Move) -> dict[str, int]:
    """Bytes that a storage move frees, by the letter of the drive that the files lie on now."""
    freed: Counter[str] = Counter()
    for file in move.placement.moved_files if not move.is_live else ():
        if file.path[1:2] == ":" and shared_volume(file.path) is None:
            freed[file.path[:1].upper()] += file.file_size
    return dict(freed)


def _collisions(placement: Placement) -> Iterator[Problem]:
    """Files that would land on each other: a disk takes its parents along."""
    landing: dict[str, str] = {}
    for item in placement.after():
        paths = {item.path, *(file.path for file in item.files)} if item.kind is ItemKind.DISK else ()
        for path in sorted(paths):
            other = landing.setdefault(path.lower(), item.key)
            if other != item.key and not _is_shared(placement, other, item.key, path):
                yield Problem(
                    FIELD,
                    _("Two disks would become one file: {path}.").format(path=path),
                    _("Choose another folder for one of them: a disk keeps the name of its file."),
                )


def _is_shared(placement: Placement, one: str, other: str, landed: str) -> bool:
    """Whether the file is one parent that both disks have, and not two files of one name."""
    name = ntpath.basename(landed).lower()
    sources = {
        file.path.lower()
        for item in placement.items
        if item.key in (one, other)
        for file in item.files
        if ntpath.basename(file.path).lower() == name
    }
    return len(sources) == 1


def _taken(move: Move, inventory: Inventory) -> Iterator[Problem]:
    """Disks of other machines that lie where one is to go."""
    for item, folder in move.placement.pairs():
        if item.kind is not ItemKind.DISK or folder is None:
            continue
        target = item.in_folder(folder)
        owner = inventory.owner_of(target)
        if owner is not None and owner.machine_id != move.machine.machine_id:
            yield Problem(
                FIELD,
                _("{path} on {host} is a disk of {machine}.").format(
                    path=target, host=move.destination.host.name, machine=owner.name
                ),
                _("Choose another folder."),
            )


def _left_behind(move: Move) -> Iterator[Problem]:
    """Items on drives of the source, which the destination does not reach."""
    left = [item.name for item in move.placement.staying_items if not item.is_on_share]
    if left:
        yield Problem(
            "items",
            _("This would stay on drives of {host}, which {destination} does not reach: {items}.").format(
                host=move.source.host.name, destination=move.destination.host.name, items=", ".join(left)
            ),
            _("Choose a place for it as well. Only what lies on a share that both computers reach can stay."),
        )
