"""What all moves that are planned together come to for their hosts."""

from __future__ import annotations

import ntpath
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.estate.connection import HostKey
from core.hyperv.paths import same_path, shared_volume
from core.moving.fixes import Limit
from core.moving.move import Move
from core.moving.placement import ItemKind, Placement


@dataclass(frozen=True, slots=True)
class Planned:
    """``migrations`` counts those that a host takes part in, by its limit; ``memory`` and ``files`` are the bytes that
    arrive at a host, those of files by drive or share. It is summed once, however many moves are looked at.
    """

    migrations: Counter[tuple[HostKey, Limit]] = field(default_factory=Counter)
    memory: Counter[HostKey] = field(default_factory=Counter)
    files: Counter[tuple[HostKey, str]] = field(default_factory=Counter)

    @classmethod
    def of(cls, moves: Iterable[Move]) -> Planned:
        """What ``moves`` come to."""
        planned = cls()
        for move in moves:
            there = move.destination.host
            for limit in counted(move):
                planned.migrations.update((host, limit) for host in {move.source.host, there})
            planned.memory[there] += move.memory
            made = arriving(move.placement, is_live=move.is_live)
            planned.files.update({(there, place): size for place, size in made.items()})
        return planned

    def without(self, move: Move) -> Planned:
        """What the others come to, of which ``move`` is one."""
        own = Planned.of((move,))
        return Planned(self.migrations - own.migrations, self.memory - own.memory, self.files - own.files)


def counted(move: Move) -> tuple[Limit, ...]:
    """The limits that a move counts for: one between hosts that copies storage counts for both (assumed)."""
    copies = any(item.kind is ItemKind.DISK for item in move.placement.moved)
    return (*((Limit.LIVE,) if move.is_live else ()), *((Limit.STORAGE,) if copies else ()))


def arriving(placement: Placement, *, is_live: bool) -> Counter[str]:
    """Bytes of disk files that a placement makes, by drive (``D:``), shared volume or share; a parent of two counts
    once.
    """
    made: Counter[str] = Counter()
    counted: set[str] = set()
    for item, folder in placement.pairs():
        for file in item.files if folder is not None else ():
            target = ntpath.join(folder or "", ntpath.basename(file.path))
            stays = not is_live and same_path(file.path, target)
            if not stays and file.path.lower() not in counted:
                counted.add(file.path.lower())
                place = shared_volume(target) or ntpath.splitdrive(target)[0]
                made[place.upper() if place.endswith(":") else place] += file.file_size
    return made
