"""What the hosts told in the previous run: shown at once at the next start, marked with its age, and never relied on.

One file for each host, compressed, readable by its user only. A file that cannot be read is worth nothing and is left
out: the host itself is asked in any case.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from core.estate.connection import HostKey
from core.estate.estate import Picture
from core.estate.inventory import Inventory
from core.own_files import make_folder, open_file
from core.remoting.workers import Workers

FORMAT = 1
"""Another one is not read."""
MOST_BYTES = 64 << 20
"""Of what one file holds, unpacked: no host has as much to tell."""

_WRITTEN_WITHIN = 60.0
"""Seconds after which nobody writes a file any more: its program was killed, or the disk was full."""

_PARTS = tuple(part.name for part in fields(Inventory) if part.init and part.name != "errors")


class _Kept(msgspec.Struct):
    format: int
    group: str
    name: str
    inventory: dict[str, Any]


class LastPictures:
    """The pictures that are kept in ``folder``."""

    def __init__(self, folder: Path, workers: Workers) -> None:
        self._folder = folder
        self._workers = workers
        self._kept: dict[HostKey, Inventory] = {}

    async def load(self) -> Mapping[HostKey, Inventory]:
        """What each host told last, as far as it can be read."""
        return await self._workers.run(self._load)

    async def keep(self, pictures: Iterable[Picture]) -> None:
        """Keep what real hosts have told; those of a practice lab end with it. Nothing is kept on a full disk."""
        told = {
            picture.key: picture.inventory
            for picture in pictures
            if picture.inventory is not None and not picture.is_remembered and not picture.connection.is_practice
        }
        changed = {key: inventory for key, inventory in told.items() if self._kept.get(key) is not inventory}
        if changed:
            await self._workers.run(self._write, changed)
            self._kept.update(changed)

    async def forget(self, key: HostKey) -> None:
        """Keep nothing of a host any more."""
        self._kept.pop(key, None)
        await self._workers.run(self._remove, key)

    def _load(self) -> dict[HostKey, Inventory]:
        found: dict[HostKey, Inventory] = {}
        try:
            files = sorted(self._folder.glob("*.picture"))
        except OSError:
            return found
        self._tidy()
        for file in files:
            with contextlib.suppress(OSError, zlib.error, msgspec.MsgspecError, TypeError, ValueError, RecursionError):
                kept = msgspec.json.decode(_unpacked(file.read_bytes()), type=_Kept)
                if kept.format == FORMAT:
                    found[HostKey(kept.group, kept.name)] = _inventory(kept.inventory)
        return found

    def _tidy(self) -> None:
        """Remove what programs that were killed have left half written."""
        with contextlib.suppress(OSError):
            for left in self._folder.glob("*.new"):
                if time.time() - left.stat().st_mtime > _WRITTEN_WITHIN:
                    left.unlink()

    def _write(self, changed: Mapping[HostKey, Inventory]) -> None:
        with contextlib.suppress(OSError):
            make_folder(self._folder)
            for key, inventory in changed.items():
                parts = {name: getattr(inventory, name) for name in _PARTS}
                content = msgspec.json.encode(_Kept(FORMAT, key.group, key.name, parts))
                _replace(self._file(key), zlib.compress(content, 1))

    def _remove(self, key: HostKey) -> None:
        with contextlib.suppress(OSError):
            self._file(key).unlink()

    def _file(self, key: HostKey) -> Path:
        """Names of hosts may hold what names of files must not."""
        named = "\0".join((key.group, key.name)).encode()
        return self._folder / f"{hashlib.sha256(named).hexdigest()[:32]}.picture"


def _inventory(parts: Mapping[str, Any]) -> Inventory:
    """Raises msgspec.MsgspecError and TypeError for what is no inventory."""
    types = get_type_hints(Inventory)
    return Inventory(**{name: msgspec.convert(parts[name], types[name]) for name in _PARTS if name in parts})


def _unpacked(content: bytes) -> bytes:
    """Raises zlib.error for what is damaged, or larger than anything that was kept."""
    unpacking = zlib.decompressobj()
    unpacked = unpacking.decompress(content, MOST_BYTES)
    if not unpacking.eof:
        raise zlib.error("not whole")
    return unpacked


def _replace(file: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``file``, for its owner only. Raises OSError."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    descriptor = open_file(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    with open(descriptor, "wb") as stream:
        stream.write(content)
    os.replace(fresh, file)
