"""Readings that several ask for at once, and that are made once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class SharedReadings(Generic[KeyT, ValueT]):
    """Calls ``read`` for a key; whoever asks for it while that is under way gets the same answer, or error."""

    def __init__(self, read: Callable[[KeyT], Awaitable[ValueT]]) -> None:
        self._read = read
        self._under_way: dict[KeyT, asyncio.Task[ValueT]] = {}

    async def get(self, key: KeyT) -> ValueT:
        """What ``read`` returns or raises; giving up the wait does not end the reading for the others."""
        reading = self._under_way.get(key)
        if reading is None:
            reading = self._under_way[key] = asyncio.create_task(self._ask(key), name=f"shared reading of {key}")
            reading.add_done_callback(lambda _reading: self._under_way.pop(key, None))
        return await asyncio.shield(reading)

    async def _ask(self, key: KeyT) -> ValueT:
        return await self._read(key)
