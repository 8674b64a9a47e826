"""The machines that are away from home, kept from run to run: all that a way back has to remember."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import msgspec

from core.failover.way_back import Journey
from core.kept_content import KeptContent
from core.kept_file import KeptFile, Schema
from core.remoting.workers import Workers

_Change = Callable[[tuple[Journey, ...]], tuple[Journey, ...]]


class _Kept(msgspec.Struct, frozen=True):
    journeys: tuple[Journey, ...] = ()


class JourneyStore:
    """The journeys in ``folder``; several programs may use it at once."""

    def __init__(self, folder: Path, workers: Workers) -> None:
        self._kept = KeptContent(KeptFile(folder / "ways-back.json", Schema(_Kept)), _Kept(), workers)
        self.load = self._kept.load

    @property
    def current(self) -> tuple[Journey, ...]:
        """What holds in this run, also where it could not be saved."""
        return self._kept.current.journeys

    async def begin(self, journey: Journey) -> None:
        """Remember where a machine is at home, before it fails over. One that is away already keeps its home.

        Raises NotKept when it cannot be saved: it holds for this run only, then.
        """
        await self._change(lambda kept: kept if _has(kept, journey.machine_id) else (*kept, journey))

    async def end(self, machine_id: UUID) -> None:
        """Forget a machine that is at home again, or that is to stay. Raises NotKept."""
        await self._change(lambda kept: tuple(each for each in kept if each.machine_id != machine_id))

    async def _change(self, change: _Change) -> None:
        await self._kept.update(lambda kept: _Kept(change(kept.journeys)))


def _has(kept: tuple[Journey, ...], machine_id: UUID) -> bool:
    return any(each.machine_id == machine_id for each in kept)
