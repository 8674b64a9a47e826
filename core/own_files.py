"""Folders and files for their owner only: 0700 and 0600, whatever the umask says.

On Windows the access list of the user's profile is what keeps others out, and nothing is done here.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, and keep others out also where it is there already.

    Raises OSError.
    """
    if not folder.parent.exists():
        make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700)
    keep_others_out(folder)


def keep_others_out(path: Path) -> None:
    """Take from a file or folder of this user what others may do with it; a missing one is none of theirs."""
    if os.name != "posix":
        return
    # One that belongs to somebody else is for that user to close.
    with contextlib.suppress(FileNotFoundError, PermissionError):
        mode = stat.S_IMODE(path.stat().st_mode)
        # A folder with the sticky bit is shared on purpose, as /tmp is.
        if mode & _OTHERS and not mode & stat.S_ISVTX:
            path.chmod(mode & ~_OTHERS)


def open_file(file: Path, flags: int) -> int:
    """A descriptor of ``file``, made where ``flags`` say so. Raises OSError."""
    descriptor = os.open(file, flags | getattr(os, "O_BINARY", 0), 0o600)
    keep_others_out(file)
    return descriptor


def replace_file(file: Path, content: bytes, *, keeps_rights: bool = False) -> None:
    """Put ``content`` in the place of ``file``, whole or not at all: a program that is killed leaves what was there.

    It is for its owner only, unless it ``keeps_rights`` that somebody has given it. Raises OSError.
    """
    fresh = file.with_name(file.name + ".new")
    try:
        descriptor = open_file(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        with open(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
        if keeps_rights:
            with contextlib.suppress(FileNotFoundError):
                shutil.copymode(file, fresh)
        os.replace(fresh, file)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
    if hasattr(os, "O_DIRECTORY"):
        # The new name itself is to be on the disk.
        folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_file(file: Path, content: bytes) -> None:
    """Write what the user has asked for into ``file``, whole or not at all; a link leads there as before.

    One that is there keeps its rights: the user gave them. On Windows it gets those of its folder. Raises OSError.
    """
    replace_file(file.resolve(), content, keeps_rights=True)
