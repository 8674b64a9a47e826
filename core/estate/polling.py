"""When each host is read again: often while it is looked at, else the more seldom the more hosts there are."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from core.elapsed import elapsed
from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.remoting.errors import SignInRefused

TICK = 1.0
"""Seconds between two looks at which hosts are due."""
CLOSELY = 30.0
"""Seconds between two readings of a host that is looked at."""
DURING_JOB = 5.0
"""The same for a host on which a job runs."""
FROM_AFAR = 0.1
"""Seconds that each host adds to the time between two glances at any of them, which is never below CLOSELY."""
WHOLE = 600.0
"""Seconds after which a host is read as a whole, whatever glances have seen."""
GIVEN_UP = 8
"""So many times as long between readings, at most, for a host that does not answer."""


@dataclass(frozen=True, slots=True)
class Attention:
    """What the user looks at: nothing when the window is not ``is_shown``; ``hosts`` closely, all others from afar."""

    is_shown: bool
    hosts: frozenset[HostKey] = frozenset()


@dataclass(slots=True)
class _Reading:
    """When a host was last read (``elapsed``), when as a whole, and how often it has failed since it answered."""

    last: float = float("-inf")
    whole: float = float("-inf")
    failures: int = 0
    under_way: asyncio.Task[None] | None = field(default=None, repr=False)


class Polling:
    """Keeps the pictures of an estate fresh; a host that is slow keeps no other waiting.

    ``attention`` says what is looked at, ``at_work`` on which hosts jobs run.
    """

    def __init__(
        self, estate: Estate, attention: Callable[[], Attention], at_work: Callable[[], Collection[HostKey]]
    ) -> None:
        self._estate = estate
        self._attention = attention
        self._at_work = at_work
        self._readings: dict[HostKey, _Reading] = {}
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look now which hosts are due: one has come, or something else is looked at."""
        self._woken.set()

    async def run(self) -> None:
        """Go on until it is cancelled."""
        try:
            while True:
                self._woken.clear()
                self._read_due()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK):
                        await self._woken.wait()
        finally:
            under_way = [each.under_way for each in self._readings.values() if each.under_way is not None]
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    def _read_due(self) -> None:
        keys = {picture.key for picture in self._estate.pictures}
        for gone in self._readings.keys() - keys:
            reading = self._readings.pop(gone)
            if reading.under_way is not None:
                reading.under_way.cancel()
        attention, at_work = self._attention(), frozenset(self._at_work())
        now = elapsed()
        from_afar = max(CLOSELY, FROM_AFAR * len(keys))
        for picture in self._estate.pictures:
            key = picture.key
            if key not in self._readings:
                is_read = picture.inventory is not None and not picture.is_remembered
                self._readings[key] = _Reading(now, now) if is_read else _Reading()
            reading = self._readings[key]
            if reading.under_way is not None or isinstance(picture.failure, SignInRefused):
                continue
            is_new = reading.last == float("-inf")
            if not is_new and not attention.is_shown and key not in at_work:
                continue
            closely = key in attention.hosts
            interval = DURING_JOB if key in at_work else CLOSELY if closely else from_afar
            if picture.failure is not None:
                interval *= min(2**reading.failures, GIVEN_UP)
            if now - reading.last >= interval:
                whole = closely or is_new or now - reading.whole >= WHOLE
                reading.under_way = asyncio.create_task(self._read(key, reading, whole), name=f"poll {key}")

    async def _read(self, key: HostKey, reading: _Reading, whole: bool) -> None:
        reading.last = elapsed()
        try:
            with contextlib.suppress(KeyError):  # it was removed meanwhile
                picture = await (self._estate.refresh(key) if whole else self._estate.glance(key))
                reading.failures = 0 if picture.failure is None else reading.failures + 1
                reading.whole = reading.last if whole else reading.whole
        finally:
            reading.under_way = None
