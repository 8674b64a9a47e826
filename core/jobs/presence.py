"""Which running programs there are, so that two of them never follow the same job.

Each holds a lock of the operating system, which is gone with its process, however that ends.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from uuid import UUID, uuid4

from filelock import FileLock, Timeout

from core.own_files import keep_others_out, make_folder

_KEPT_FOR = 90 * 24 * 3600
"""Seconds for which the file of a program that has ended is kept."""


class Presence:
    """This program among those that share ``folder``; ``program`` is its ID."""

    def __init__(self, folder: Path) -> None:
        self.program = uuid4()
        self._folder = folder
        self._locks: dict[UUID, FileLock] = {}

    def take(self) -> None:
        """Show the others that this program runs. Raises OSError."""
        make_folder(self._folder)
        self.adopt(self.program)
        # A file is never removed when its lock is released: another program may be taking it that moment.
        for file in self._folder.glob("*.lock"):
            with contextlib.suppress(OSError):
                keep_others_out(file)
                if time.time() - file.stat().st_mtime > _KEPT_FOR:
                    file.unlink()

    def adopt(self, program: UUID) -> bool:
        """Stand in for ``program`` from now on; False while it runs itself or another stands in for it.

        Raises OSError.
        """
        if program in self._locks:
            return True
        lock = FileLock(self._file(program), mode=0o600, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        self._locks[program] = lock
        return True

    def release(self) -> None:
        """Stand in for nobody any more, nor run oneself."""
        for lock in self._locks.values():
            lock.release()
        self._locks.clear()

    def _file(self, program: UUID) -> Path:
        return self._folder / f"{program}.lock"
