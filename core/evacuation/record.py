"""The machines that were taken off a host to service it, kept from run to run: what their way back has to remember."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec

from core.estate.connection import HostKey
from core.hyperv.states import MachineState
from core.kept_file import KeptFile, Schema
from core.remoting.workers import Workers


@dataclass(frozen=True, slots=True)
class Evacuated:
    """A machine as it was at ``home``: its state, the folder of each item by its key, the switch of each adapter."""

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
        """The machines that are away from ``home``."""
        content = (await self._workers.run(self._file.read)).content
        return tuple(each for each in (content.machines if content is not None else ()) if each.home == home)

    async def begin(self, machines: Iterable[Evacuated]) -> None:
        """Remember machines before they go. One that is away already keeps its home. Raises NotKept."""
        added = tuple(machines)

        def change(kept: tuple[Evacuated, ...]) -> tuple[Evacuated, ...]:
            known = {each.machine_id for each in kept}
            return (*kept, *(each for each in added if each.machine_id not in known))

        await self._change(change)

    async def end(self, machine_ids: Iterable[UUID]) -> None:
        """Forget machines that are at home again, or that are to stay. Raises NotKept."""
        gone = frozenset(machine_ids)
        await self._change(lambda kept: tuple(each for each in kept if each.machine_id not in gone))

    async def _change(self, change: _Change) -> None:
        def changed(kept: _Kept | None) -> _Kept:
            return _Kept(change(kept.machines if kept is not None else ()))

        await self._workers.run(self._file.update, changed)
