"""The disturbances switched on for one host: which of them meet a request, and when they are lifted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TypeVar

from lab.wire.disturbances import (
    BlackHole,
    Certificate,
    Content,
    Disturbance,
    Drop,
    Flood,
    Garbage,
    HalfAnswer,
    IdleDrop,
    Quota,
    Refuse,
    Slow,
    Stall,
    Status,
)

_D = TypeVar("_D", bound=Disturbance)
_OF_REQUESTS = (Drop, HalfAnswer, Stall, Status, Quota, Garbage, Flood, Content)


class ActiveDisturbance:
    """A disturbance since it was switched on."""

    def __init__(self, disturbance: Disturbance) -> None:
        self.disturbance = disturbance
        self.lifted = asyncio.Event()
        self._met = 0

    def meets(self, action: str | None, *, message: bool) -> bool:
        """Whether the next request is disturbed; a request that matches is counted."""
        what = self.disturbance
        if not isinstance(what, _OF_REQUESTS) or (what.of_messages and not message):
            return False
        if what.action is not None and (action is None or what.action.lower() != action.lower()):
            return False
        self._met += 1
        return self._met >= what.nth and (what.times is None or self._met < what.nth + what.times)


class Interference:
    """What disturbs one host at present."""

    def __init__(self, disturbances: Iterable[Disturbance] = ()) -> None:
        self._active = [ActiveDisturbance(disturbance) for disturbance in disturbances]

    @property
    def disturbances(self) -> list[Disturbance]:
        """What is switched on, the used up included."""
        return [active.disturbance for active in self._active]

    def replace(self, disturbances: Iterable[Disturbance]) -> None:
        """Lift all, and switch these on."""
        lifted, self._active = self._active, [ActiveDisturbance(disturbance) for disturbance in disturbances]
        for active in lifted:
            active.lifted.set()

    def of_request(self, action: str | None, *, message: bool) -> Encounter:
        """What happens to the next request, which counts as a request of ``action``.

        ``message``: it is a readable WS-Management message.
        """
        return Encounter([active for active in self._active if active.meets(action, message=message)])

    @property
    def refusing(self) -> bool:
        """Whether connections are refused."""
        return self._first(Refuse) is not None

    @property
    def idle_seconds(self) -> float | None:
        """The seconds after which an idle connection is cut, or None."""
        idle = self._first(IdleDrop)
        return None if idle is None else idle.seconds

    @property
    def bytes_per_second(self) -> int | None:
        """The rate at which answers leave, or None for as fast as can be."""
        slow = self._first(Slow)
        return None if slow is None else slow.bytes_per_second

    @property
    def certificate(self) -> Certificate | None:
        """The certificate in place of the host's own, or None."""
        return self._first(Certificate)

    async def black_hole(self) -> None:
        """Wait as long as nothing is answered."""
        while hole := next((a for a in self._active if isinstance(a.disturbance, BlackHole)), None):
            await hole.lifted.wait()

    def _first(self, kind: type[_D]) -> _D | None:
        return next((d for d in self.disturbances if isinstance(d, kind)), None)


class Encounter:
    """The disturbances one request meets."""

    def __init__(self, met: list[ActiveDisturbance]) -> None:
        self._met = met

    def first(self, kind: type[_D]) -> _D | None:
        """The first of this kind, or None."""
        return next((a.disturbance for a in self._met if isinstance(a.disturbance, kind)), None)

    def drops(self, moment: str) -> bool:
        """Whether the connection is cut at this moment."""
        return any(isinstance(a.disturbance, Drop) and a.disturbance.moment == moment for a in self._met)

    async def stall(self) -> None:
        """Hold the answer back for as long as asked."""
        for active in self._met:
            if isinstance(active.disturbance, Stall):
                try:
                    async with asyncio.timeout(active.disturbance.seconds):
                        await active.lifted.wait()
                except TimeoutError:
                    continue

    async def until_lifted(self) -> None:
        """Wait until the half answers among these are lifted."""
        for active in self._met:
            if isinstance(active.disturbance, HalfAnswer):
                await active.lifted.wait()
