"""Change tracking: what a machine has written to its replicated disks since the last cycle, in a log beside them."""

from __future__ import annotations

import ntpath
from typing import TYPE_CHECKING

from lab.hyperv.files import StorageError, StoredFile

if TYPE_CHECKING:
    from lab.hyperv.host import Host
    from lab.hyperv.replication.side import Sender

FULL_SHARE = 0.5
"""The part of the disks' size from which on the log is given up and a resynchronisation required (team blog)."""


class ChangeLog:
    """The log (``.hrl``) of one sender; ``amount`` in bytes. Writing to it is tracking.

    The file has the size of the log at the last cycle: what a guest writes within a cycle is held in memory (assumed).
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self.amount = 0.0
        self._file: StoredFile | None = None

    @property
    def limit(self) -> float:
        """Bytes from which on the log is too large."""
        disks = (drive.disk for drive in self._sender.drives())
        return FULL_SHARE * sum(link.size for disk in disks if disk is not None for link in disk.chain())

    def write(self) -> None:
        """Bring the file to the size of the log; raises StorageError where it cannot be written."""
        files = self._sender.host.files
        if self._file is None:
            file = StoredFile(self._path(), int(self.amount))
            files.add(file)
            self._file = file
        else:
            files.grow(self._file, int(self.amount))

    def clear(self) -> None:
        """Forget all that was tracked; the file goes."""
        self.amount = 0.0
        if self._file is not None:
            self._sender.host.files.remove(self._file)
            self._file = None

    def follow(self, source: Host) -> bool:
        """Lie beside the disks, which have moved away from ``source``; False where there is no room."""
        if self._file is None:
            return True
        source.files.remove(self._file)
        self._file.path = self._path()
        try:
            self._sender.host.files.add(self._file)
        except StorageError:
            self._file = None
            return False
        return True

    def _path(self) -> str:
        sender = self._sender
        disks = [drive.disk for drive in sender.drives()]
        folder = ntpath.dirname(disks[0].path) if disks and disks[0] is not None else sender.machine.path
        leg = "" if sender.relationship.value == 0 else "-extended"
        return ntpath.join(folder, f"{str(sender.machine.machine_id).upper()}{leg}.hrl")
