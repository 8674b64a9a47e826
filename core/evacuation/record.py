"""The machines that were taken off a host to service it, kept from run to run: what their way back has to remember."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec

from core.estate.connection import HostKey
from core.hyperv.states import MachineState
from core.kept_file import KeptFile, NotKept, Schema
from core.remoting.workers import Workers


@dataclass(frozen=True, slots=True)
class Evacuated:
    """A machine as it was at ``home``: its state, the folder of each item by its key, the switch of each adapter.

    A machine has a home for each host that it was taken off, until it has returned to that one.
    """

    machine_id: UUID
    machine_name: str
    home: HostKey
    state: MachineState
    folders: tuple[tuple[str, str], ...]
    switches: tuple[str, ...]


class _Kept(msgspec.Struct, frozen=True):
    machines: tuple[Evacuated, ...] = ()


_Change = Callable[[tuple[Evacuated, ...]], tuple[Evacuated, ...]]


class EvacuationStore:
    """The evacuated machines in ``folder``; several programs may use it at once."""

    def __init__(self, folder: Path, workers: Workers) -> None:
        self._file = KeptFile(folder / "evacuated.json", Schema(_Kept))
        self._workers = workers

    async def of(self, home: HostKey) -> tuple[Evacuated, ...]:
        """The machines that are away from ``home``. Raises NotKept when nothing can be read."""
        reading = await self._workers.run(self._file.read)
        if reading.content is None and reading.notes:
            raise NotKept(" ".join(reading.notes))
        return tuple(each for each in (reading.content.machines if reading.content else ()) if each.home == home)

    async def begin(self, machines: Iterable[Evacuated]) -> None:
        """Remember machines before they go, as they are at home now. Raises NotKept."""
        added = {(each.machine_id, each.home): each for each in machines}
        await self._change(lambda kept: (*_without(kept, added), *added.values()))

    async def end(self, machines: Iterable[Evacuated]) -> None:
        """Forget machines that are at home again, or that are to stay where they are. Raises NotKept."""
        gone = {(each.machine_id, each.home) for each in machines}
        await self._change(lambda kept: _without(kept, gone))

    async def _change(self, change: _Change) -> None:
        def changed(kept: _Kept | None) -> _Kept:
            return _Kept(change(kept.machines if kept is not None else ()))

        await self._workers.run(self._file.update, changed)


def _without(kept: tuple[Evacuated, ...], gone: Iterable[tuple[UUID, HostKey]]) -> tuple[Evacuated, ...]:
    left_out = frozenset(gone)
    return tuple(each for each in kept if (each.machine_id, each.home) not in left_out)
