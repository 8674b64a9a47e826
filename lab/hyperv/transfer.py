"""Files of machines that are copied for an export or an import, in simulated time."""

from __future__ import annotations

import dataclasses
import ntpath
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import ClassVar

from lab.hyperv.files import (
    FileThere,
    NoSuchVolume,
    OutOfSpace,
    ShareDenied,
    StorageError,
    StoredFile,
    VirtualDisk,
    is_on_share,
)
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import failed
from lab.hyperv.migration import LOCAL_COPY
from lab.hyperv.operation import Operation

STEPS = 100
"""Into how many steps a copy is divided."""
CAUSES: dict[type[StorageError], str] = {
    NoSuchVolume: "system_path_not_found",
    ShareDenied: "system_access_denied",
    OutOfSpace: "system_disk_full",
    FileThere: "system_file_exists",
}


class Transfer(Operation):
    """A machine whose files are copied; when it fails or is stopped, what it has written is removed."""

    failed_key: ClassVar[str]
    """The message for a file that cannot be written; ``denied_key`` is the one for access that is denied."""
    denied_key: ClassVar[str]
    cancelled_key = "transfer_cancelled"

    def __init__(self, machine: VirtualMachine, host: Host) -> None:
        super().__init__(machine, host)
        self.made: list[StoredFile] = []
        self.total = 1
        self._done = 0

    def undo(self) -> None:
        """Remove the copies."""
        for file in self.made:
            self.host.files.remove(file)

    def put(self, file: StoredFile) -> None:
        """Write a small file; raises OperationFailed."""
        with self._failures():
            self.host.files.add(file)
        self.made.append(file)

    def make_folder(self, path: str) -> None:
        """Make a folder; raises OperationFailed."""
        with self._failures():
            self.host.files.volume_of(path).add_folder(path)

    def copy(self, file: StoredFile, copied: StoredFile) -> Generator[float, None, None]:
        """Let ``copied``, which begins empty, become as large as ``file`` is."""
        size = file.size
        copied.size = 0
        self.put(copied)
        while copied.size < size:
            step = min(max(size // STEPS, 1 << 20), size - copied.size)
            yield step / LOCAL_COPY
            with self._failures():
                self.host.files.grow(copied, copied.size + step)
            self._done += step
            self.show(self._done * 100 // max(self.total, 1))

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Turns what a file system refuses into the failure of the transfer.

        The host writes to shares under its own computer account, also to administrative ones of other hosts, which let
        that in nowhere (known).
        """
        try:
            yield
        except StorageError as error:
            is_denied = isinstance(error, ShareDenied) or self._is_of_another_computer(error.path)
            if is_denied and not isinstance(error, OutOfSpace | FileThere):
                raise self.fail(self.denied_key, path=error.path) from error
            cause = failed(CAUSES[type(error)], self.host.language).message
            raise self.fail(self.failed_key, path=error.path, cause=cause) from error

    def _is_of_another_computer(self, path: str) -> bool:
        server = path.lstrip("\\").partition("\\")[0]
        return is_on_share(path) and self.host.estate.find(server) is not None


def copy_of(disk: VirtualDisk, folder: str, parent: VirtualDisk | None) -> VirtualDisk:
    """An empty file in ``folder`` that is to become a copy of ``disk``, on top of ``parent``."""
    return dataclasses.replace(disk, path=ntpath.join(folder, ntpath.basename(disk.path)), parent=parent)


def parents_first(disks: list[VirtualDisk]) -> list[VirtualDisk]:
    """The disks in an order in which a parent comes before every disk on top of it."""
    return sorted(disks, key=lambda disk: len(disk.chain()))
