"""The journal: what was planned, sent and answered, one line of JSON each, kept until somebody removes the files.

There is one file for each month. Lines are only ever added, and each is on the disk before the step that it announces
is taken: what the journal does not hold was not done.
"""

from __future__ import annotations

import asyncio
import datetime
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from core.jobs.journal_entry import JournalEntry
from core.language import _
from core.own_files import make_folder, open_file
from core.remoting.workers import Workers

_RECENT = 3
"""How many files are searched for jobs that have not ended."""


class JournalUnavailable(Exception):
    """The journal cannot be written; the text is a sentence that says why."""


class Journal:
    """The journal in ``folder``; several programs may write it at once."""

    def __init__(self, folder: Path, workers: Workers) -> None:
        self.folder = folder
        self._workers = workers
        self._turn = asyncio.Lock()

    async def write(self, entry: JournalEntry) -> None:
        """Add ``entry`` and return when it is on the disk. Raises JournalUnavailable."""
        async with self._turn:
            try:
                await self._workers.run(_append, self.folder, entry)
            except OSError as error:
                what = _("The journal in {folder} cannot be written: {reason}.")
                raise JournalUnavailable(what.format(folder=self.folder, reason=error.strerror or error)) from error

    async def entries(self) -> tuple[JournalEntry, ...]:
        """All entries, the oldest file first. A line that cannot be read is left out. Raises OSError."""
        return await self._workers.run(_read, self.folder, None)

    def mark(self) -> tuple[str, int] | None:
        """What is another when something has been written since: the newest file and its size; None without files."""
        try:
            newest = max(self.folder.glob("????-??.jsonl"), default=None)
            return (newest.name, newest.stat().st_size) if newest is not None else None
        except OSError:
            return None

    async def recent(self) -> tuple[JournalEntry, ...]:
        """The entries of the newest files. Raises OSError."""
        return await self._workers.run(_read, self.folder, _RECENT)


def now() -> datetime.datetime:
    """The time of this computer, with its zone."""
    return datetime.datetime.now().astimezone()


def _append(folder: Path, entry: JournalEntry) -> None:
    make_folder(folder)
    file = folder / f"{entry.time:%Y-%m}.jsonl"
    line = msgspec.json.encode(entry) + b"\n"
    # One write of one line: another program's lines stand before or after it, never within.
    descriptor = open_file(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        if _breaks_off(file):
            line = b"\n" + line
        written = os.write(descriptor, line)
        if written < len(line):
            raise OSError(None, os.strerror(28))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _breaks_off(file: Path) -> bool:
    """Whether the last line was not written whole: the program was killed in the middle."""
    if not file.stat().st_size:
        return False
    with file.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) != b"\n"


def _read(folder: Path, newest: int | None) -> tuple[JournalEntry, ...]:
    files = sorted(folder.glob("????-??.jsonl"))
    return tuple(entry for file in files[-newest if newest else 0 :] for entry in _entries(file.read_bytes()))


def _entries(content: bytes) -> Sequence[JournalEntry]:
    found: list[JournalEntry] = []
    for line in content.splitlines():
        try:
            found.append(msgspec.json.decode(line, type=JournalEntry))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            continue
    return found
