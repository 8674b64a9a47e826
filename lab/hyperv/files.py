"""Volumes of a simulated host and the files on them."""

from __future__ import annotations

import ntpath
import uuid
from dataclasses import dataclass, field
from enum import Enum


class OutOfSpace(Exception):
    """A volume cannot hold what is to be written (Win32 ERROR_DISK_FULL, 0x80070070)."""

    def __init__(self, volume: Volume) -> None:
        super().__init__(f"There is not enough space on {volume.root}")
        self.volume = volume


class NoSuchVolume(Exception):
    """A path names no volume of the host (Win32 ERROR_PATH_NOT_FOUND, 0x80070003)."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class DiskFormat(Enum):
    """VhdFormat with its numbers [assumed: VHD 2, VHDX 3]."""

    VHD = 2
    VHDX = 3


class DiskType(Enum):
    """VhdType with its numbers (Fixed 2, Dynamic 3, Differencing 4)."""

    Fixed = 2
    Dynamic = 3
    Differencing = 4


@dataclass(slots=True, eq=False)
class StoredFile:
    """A file on a volume; ``size`` is what it occupies, in bytes."""

    path: str
    size: int


@dataclass(slots=True, eq=False)
class VirtualDisk(StoredFile):
    """A virtual hard disk file: ``capacity`` is what the guest sees, in bytes."""

    capacity: int = 0
    kind: DiskType = DiskType.Dynamic
    parent: VirtualDisk | None = None
    identifier: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def format(self) -> DiskFormat:
        """The format, as the file's extension tells it."""
        return DiskFormat.VHD if self.path.lower().endswith((".vhd", ".avhd")) else DiskFormat.VHDX

    def chain(self) -> list[VirtualDisk]:
        """The disk and its parents, nearest first."""
        disks: list[VirtualDisk] = []
        disk: VirtualDisk | None = self
        while disk is not None:
            disks.append(disk)
            disk = disk.parent
        return disks


@dataclass(slots=True, eq=False)
class Volume:
    """A volume with a drive letter; ``capacity`` in bytes."""

    letter: str
    label: str
    capacity: int
    used_by_others: int = 0
    unique_id: uuid.UUID = field(default_factory=uuid.uuid4)
    files: dict[str, StoredFile] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The root folder, such as ``D:\\``."""
        return f"{self.letter}:\\"

    @property
    def free(self) -> int:
        """What is left, in bytes."""
        return self.capacity - self.used_by_others - sum(file.size for file in self.files.values())


class FileSystem:
    """All volumes of one host, found by path. Paths are compared as Windows does: without regard to case."""

    def __init__(self, volumes: list[Volume]) -> None:
        self.volumes = volumes

    def volume_of(self, path: str) -> Volume:
        """The volume that ``path`` lies on.

        Raises NoSuchVolume.
        """
        drive = ntpath.splitdrive(ntpath.normpath(path))[0]
        for volume in self.volumes:
            if drive.lower() == f"{volume.letter}:".lower():
                return volume
        raise NoSuchVolume(path)

    def find(self, path: str) -> StoredFile | None:
        """The file at ``path``, or None where there is none."""
        try:
            return self.volume_of(path).files.get(_key(path))
        except NoSuchVolume:
            return None

    def add(self, file: StoredFile) -> None:
        """Put ``file`` where its path says.

        Raises NoSuchVolume, OutOfSpace, or FileExistsError when another file is there.
        """
        volume = self.volume_of(file.path)
        if _key(file.path) in volume.files:
            raise FileExistsError(file.path)
        if volume.free < file.size:
            raise OutOfSpace(volume)
        volume.files[_key(file.path)] = file

    def grow(self, file: StoredFile, size: int) -> None:
        """Let ``file`` occupy ``size`` bytes.

        Raises OutOfSpace.
        """
        volume = self.volume_of(file.path)
        if volume.free < size - file.size:
            raise OutOfSpace(volume)
        file.size = size

    def remove(self, file: StoredFile) -> None:
        """Delete ``file``; nothing happens when it is not there."""
        volume = self.volume_of(file.path)
        if volume.files.get(_key(file.path)) is file:
            del volume.files[_key(file.path)]


def _key(path: str) -> str:
    return ntpath.normpath(path).lower()
