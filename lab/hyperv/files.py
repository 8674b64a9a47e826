"""Volumes and shares, and the files and folders on them."""

from __future__ import annotations

import datetime
import ntpath
import uuid
from dataclasses import dataclass, field
from enum import Enum


class StorageError(Exception):
    """What a file system refuses; ``path`` is what was asked for."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class OutOfSpace(StorageError):
    """A volume cannot hold what is to be written (Win32 ERROR_DISK_FULL, 0x80070070)."""


class NoSuchVolume(StorageError):
    """A path names no volume or share (Win32 ERROR_PATH_NOT_FOUND, 0x80070003)."""


class ShareDenied(StorageError):
    """A share does not let this host in (0x80070005)."""


class FileThere(StorageError):
    """A file of that name exists (Win32 ERROR_FILE_EXISTS, 0x80070050)."""


class DiskFormat(Enum):
    """VhdFormat with its numbers (assumed: VHD 2, VHDX 3, VHDSet 4)."""

    VHD = 2
    VHDX = 3
    VHDSet = 4


class DiskType(Enum):
    """VhdType with its numbers (Fixed 2, Dynamic 3, Differencing 4)."""

    Fixed = 2
    Dynamic = 3
    Differencing = 4


EMPTY_DISK = 4 << 20
"""Bytes that a new dynamic disk occupies (assumed)."""


@dataclass(slots=True, eq=False)
class StoredFile:
    """A file on a volume; ``size`` is what it occupies, in bytes."""

    path: str
    size: int


@dataclass(slots=True, eq=False)
class VirtualDisk(StoredFile):
    """A virtual hard disk file: ``capacity`` is what the guest sees, in bytes.

    ``block_size`` 0 stands for the format's own (32 MB and 2 MB, 0 for fixed disks); sector sizes are in bytes.
    ``outside_writes`` counts what changed its content without a machine running: mounting it, merging into it.
    """

    capacity: int = 0
    kind: DiskType = DiskType.Dynamic
    parent: VirtualDisk | None = None
    identifier: uuid.UUID = field(default_factory=uuid.uuid4)
    block_size: int = 0
    logical_sector: int = 512
    physical_sector: int = 4096
    outside_writes: int = 0

    @property
    def format(self) -> DiskFormat:
        """The format, as the file's extension tells it."""
        if self.path.lower().endswith(".vhds"):
            return DiskFormat.VHDSet
        return DiskFormat.VHD if self.path.lower().endswith((".vhd", ".avhd")) else DiskFormat.VHDX

    def chain(self) -> list[VirtualDisk]:
        """The disk and its parents, nearest first."""
        disks: list[VirtualDisk] = []
        disk: VirtualDisk | None = self
        while disk is not None:
            disks.append(disk)
            disk = disk.parent
        return disks


@dataclass(frozen=True, slots=True)
class SetSnapshot:
    """A snapshot of a VHD set; ``is_reference`` when only the point to compare with is left of it."""

    snapshot_id: uuid.UUID
    created: datetime.datetime
    is_reference: bool = False


@dataclass(slots=True, eq=False)
class VirtualDiskSet(VirtualDisk):
    """A VHD set: a disk that several machines may share, and that keeps its snapshots in itself."""

    snapshots: tuple[SetSnapshot, ...] = ()


def occupied(disk: VirtualDisk) -> int:
    """Bytes that a dynamic copy of the disk, its parents included, occupies."""
    return min(disk.capacity, max(EMPTY_DISK, sum(link.size for link in disk.chain())))


@dataclass(slots=True, eq=False)
class Volume:
    """A volume with a drive letter, or one behind a share; ``capacity`` in bytes.

    Files and folders are found by path in any letter case. A folder stays when its last file goes.
    """

    root: str
    label: str
    capacity: int
    used_by_others: int = 0
    unique_id: uuid.UUID = field(default_factory=uuid.uuid4)
    files: dict[str, StoredFile] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)

    @property
    def letter(self) -> str:
        """The drive letter; empty behind a share, and for a volume that is mounted in a folder."""
        return self.root[0] if len(self.root) <= len("C:\\") else ""

    @property
    def free(self) -> int:
        """What is left, in bytes."""
        return self.capacity - self.used_by_others - sum(file.size for file in self.files.values())

    def add_folder(self, path: str) -> None:
        """Make a folder with all that lie above it."""
        folder = ntpath.normpath(path)
        while len(folder.rstrip("\\")) > len(self.root.rstrip("\\")) and key(folder) not in self.folders:
            self.folders[key(folder)] = folder
            folder = ntpath.dirname(folder)

    def has_folder(self, path: str) -> bool:
        """Whether ``path`` is the root or a folder."""
        return key(path).rstrip("\\") == key(self.root).rstrip("\\") or key(path) in self.folders


@dataclass(slots=True, eq=False)
class Share:
    """An SMB share: the volume behind it, and the hosts whose computer accounts may use it (None: every host)."""

    server: str
    name: str
    volume: Volume
    hosts: frozenset[str] | None = None

    @property
    def root(self) -> str:
        """The path of the share, such as ``\\\\FS-01\\machines``."""
        return f"\\\\{self.server}\\{self.name}"


class FileSystem:
    """What one host reaches: its volumes, and the shares that let it in."""

    def __init__(self, host_name: str, volumes: list[Volume], shares: list[Share]) -> None:
        self.volumes = volumes
        self._host_name = host_name
        self._shares = shares

    def volume_of(self, path: str) -> Volume:
        """The volume that ``path`` lies on.

        Raises NoSuchVolume or ShareDenied.
        """
        drive = ntpath.splitdrive(ntpath.normpath(path))[0].lower()
        for share in self._shares:
            if drive == share.root.lower():
                if share.hosts is not None and self._host_name not in share.hosts:
                    raise ShareDenied(path)
                return share.volume
        mounted = next((volume for volume in self.volumes if not volume.letter and is_below(path, volume.root)), None)
        if mounted is not None:
            return mounted
        for volume in self.volumes:
            if drive == f"{volume.letter}:".lower():
                return volume
        raise NoSuchVolume(path)

    def find(self, path: str) -> StoredFile | None:
        """The file at ``path``, or None where there is none or it cannot be reached."""
        try:
            return self.volume_of(path).files.get(key(path))
        except (NoSuchVolume, ShareDenied):
            return None

    def add(self, file: StoredFile) -> None:
        """Put ``file`` where its path says.

        Raises NoSuchVolume, ShareDenied, OutOfSpace or FileThere.
        """
        volume = self.volume_of(file.path)
        if key(file.path) in volume.files:
            raise FileThere(file.path)
        if volume.free < file.size:
            raise OutOfSpace(file.path)
        volume.add_folder(ntpath.dirname(file.path))
        volume.files[key(file.path)] = file

    def grow(self, file: StoredFile, size: int) -> None:
        """Let ``file`` occupy ``size`` bytes.

        Raises OutOfSpace.
        """
        if self.volume_of(file.path).free < size - file.size:
            raise OutOfSpace(file.path)
        file.size = size

    def remove(self, file: StoredFile) -> None:
        """Delete ``file``; nothing happens when it is not there."""
        volume = self.volume_of(file.path)
        if volume.files.get(key(file.path)) is file:
            del volume.files[key(file.path)]


def key(path: str) -> str:
    """What tells one path from another: Windows pays no regard to letter case."""
    return ntpath.normpath(path).lower()


def is_below(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or lies below it."""
    outer = key(folder).rstrip("\\")
    return key(path).rstrip("\\") == outer or key(path).startswith(f"{outer}\\")


def is_on_share(path: str) -> bool:
    """Whether ``path`` names a share of some machine, and not a drive of this one."""
    return path.startswith("\\\\")
