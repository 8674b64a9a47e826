"""The items of a machine that have a place of their own, and where each of them goes."""

from __future__ import annotations

import enum
import ntpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from core.hyperv.paths import same_path
from core.hyperv.records import HardDiskDrive, Machine, VirtualDisk
from core.language import _

DISK_FOLDER = "Virtual Hard Disks"
"""Where a single location has the disks (lab texts on the Move Wizard); the rest lies in the location itself."""
_CONTROLLERS = {0: "IDE", 1: "SCSI", 2: "PMEM"}


class ItemKind(enum.Enum):
    """What an item is."""

    DISK = "disk"
    CONFIGURATION = "configuration"
    CHECKPOINTS = "checkpoints"
    SMART_PAGING = "smart paging"


@dataclass(frozen=True, slots=True)
class DiskPosition:
    """Where a disk is attached: type (ControllerType of the Hyper-V module), number and location."""

    controller_type: int
    controller_number: int
    controller_location: int

    def __str__(self) -> str:
        kind = _CONTROLLERS.get(self.controller_type, str(self.controller_type))
        return f"{kind} {self.controller_number}:{self.controller_location}"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that has its own place: a disk by its file, the others by their folder.

    ``files`` are a disk's own file and its parents, as far as they were read: a disk takes them along. ``stated_size``
    is what the host says the files of another item occupy, in bytes. ``key`` tells the item from the others of its
    machine, whatever becomes of its path.
    """

    kind: ItemKind
    path: str
    position: DiskPosition | None = None
    files: tuple[VirtualDisk, ...] = ()
    stated_size: int | None = None
    key: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        key = f"{self.kind.value} {self.position}" if self.position else self.kind.value
        object.__setattr__(self, "key", key)

    @property
    def folder(self) -> str:
        """The folder that it lies in."""
        return ntpath.dirname(self.path) if self.kind is ItemKind.DISK else self.path

    @property
    def size(self) -> int | None:
        """What it occupies, in bytes, parents included; None where that was not read."""
        return sum(file.file_size for file in self.files) if self.files else self.stated_size

    @property
    def parents(self) -> tuple[str, ...]:
        """The files that a disk depends on."""
        return tuple(file.path for file in self.files if not same_path(file.path, self.path))

    @property
    def name(self) -> str:
        """What it is called in a list."""
        match self.kind:
            case ItemKind.DISK:
                return ntpath.basename(self.path)
            case ItemKind.CONFIGURATION:
                return _("Configuration")
            case ItemKind.CHECKPOINTS:
                return _("Checkpoints")
            case ItemKind.SMART_PAGING:
                return _("Smart Paging")

    @property
    def is_on_share(self) -> bool:
        """Whether it lies on a share, which another host may reach as well."""
        return self.path.startswith("\\\\")

    def in_folder(self, folder: str) -> str:
        """Its path once it lies in ``folder``: a disk keeps the name of its file."""
        return ntpath.join(folder, ntpath.basename(self.path)) if self.kind is ItemKind.DISK else folder

    def moved_to(self, folder: str) -> Item:
        """The item as it is once it lies in ``folder``; the parents of a disk are with it (assumed)."""
        files = tuple(_relocated(file, folder) for file in self.files)
        return replace(self, path=self.in_folder(folder), files=files)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the items of a machine go: a folder for each of ``items``, None for one that stays where it is.

    ``single_location`` is the folder that everything goes to, where that was the choice.
    """

    items: tuple[Item, ...]
    folders: tuple[str | None, ...]
    single_location: str | None = None

    @classmethod
    def in_one_folder(cls, items: Sequence[Item], folder: str) -> Placement:
        """Everything in one location."""
        disks = ntpath.join(folder, DISK_FOLDER)
        folders = tuple(disks if item.kind is ItemKind.DISK else folder for item in items)
        return cls(tuple(items), folders, folder)

    @classmethod
    def by_item(cls, items: Sequence[Item], folders: Mapping[str, str]) -> Placement:
        """Each item, by its key, in a folder of its own; what is not named stays."""
        return cls(tuple(items), tuple(folders.get(item.key) for item in items))

    @classmethod
    def same_paths(cls, items: Sequence[Item]) -> Placement:
        """Each item where it is now, but on the destination's own drives; what is on a share stays there."""
        return cls(tuple(items), tuple(None if item.is_on_share else item.folder for item in items))

    @classmethod
    def staying(cls, items: Sequence[Item]) -> Placement:
        """Nothing goes anywhere."""
        return cls(tuple(items), (None,) * len(items))

    def folder_of(self, item: Item) -> str | None:
        """The folder that an item goes to; None when it stays."""
        return next((folder for held, folder in self.pairs() if held.key == item.key), None)

    def target_of(self, item: Item) -> str:
        """Where an item is afterwards: the file of a disk, the folder of the others."""
        folder = self.folder_of(item)
        return item.path if folder is None else item.in_folder(folder)

    def pairs(self) -> Iterator[tuple[Item, str | None]]:
        """Every item with its folder."""
        return zip(self.items, self.folders, strict=True)

    @property
    def moved(self) -> tuple[Item, ...]:
        """The items that are given a place."""
        return tuple(item for item, folder in self.pairs() if folder is not None)

    @property
    def staying_items(self) -> tuple[Item, ...]:
        """The items that are not."""
        return tuple(item for item, folder in self.pairs() if folder is None)

    @property
    def moved_files(self) -> tuple[VirtualDisk, ...]:
        """The disk files that are copied, parents included, each once."""
        return unique_files(self.moved)

    @property
    def storage(self) -> int:
        """Bytes of all the disk files that are copied."""
        return sum(file.file_size for file in self.moved_files)

    def after(self) -> tuple[Item, ...]:
        """The items as they are afterwards."""
        return tuple(item if folder is None else item.moved_to(folder) for item, folder in self.pairs())

    def back(self) -> Placement:
        """From there back to where the items are now."""
        folders = (item.folder if folder is not None else None for item, folder in self.pairs())
        return Placement(self.after(), tuple(folders))


def items_of(machine: Machine, drives: Iterable[HardDiskDrive], disks: Sequence[VirtualDisk] = ()) -> tuple[Item, ...]:
    """The items of a machine: its virtual hard disks, its configuration, its checkpoints and its smart paging file.

    ``disks`` are what Get-VHD told of them and of their parents. Physical disks are no items: they cannot be moved.
    """
    known = {disk.path.lower(): disk for disk in disks}
    found = [
        Item(
            ItemKind.DISK,
            drive.path,
            DiskPosition(drive.controller_type, drive.controller_number, drive.controller_location),
            tuple(_chain(drive.path, known)),
        )
        for drive in drives
        if drive.path and drive.disk_number is None
    ]
    found.append(Item(ItemKind.CONFIGURATION, machine.path))
    found.append(Item(ItemKind.CHECKPOINTS, machine.snapshot_file_location))
    found.append(Item(ItemKind.SMART_PAGING, machine.smart_paging_file_path))
    return tuple(found)


def unique_files(items: Iterable[Item]) -> tuple[VirtualDisk, ...]:
    """The disk files of several items: a parent that two disks share counts once."""
    return tuple({file.path.lower(): file for item in items for file in item.files}.values())


def _relocated(file: VirtualDisk, folder: str) -> VirtualDisk:
    """A disk file as it is once it and its parent lie in ``folder``."""
    parent = ntpath.join(folder, ntpath.basename(file.parent_path)) if file.parent_path else None
    return msgspec.structs.replace(file, path=ntpath.join(folder, ntpath.basename(file.path)), parent_path=parent)


def _chain(path: str, known: Mapping[str, VirtualDisk]) -> Iterator[VirtualDisk]:
    """The file at ``path`` and its parents, as far as they are known; a chain that leads back to itself ends."""
    seen: set[str] = set()
    while (file := known.get(path.lower())) is not None and file.path.lower() not in seen:
        seen.add(file.path.lower())
        yield file
        path = file.parent_path or ""
