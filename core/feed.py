"""News that flow from where they arise to whoever watches."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class Feed(Generic[KeyT, ValueT]):
    """Publishes values by key. A watcher that is slow sees the latest value of each key, never a backlog."""

    def __init__(self) -> None:
        self._mailboxes: weakref.WeakSet[_Mailbox[KeyT, ValueT]] = weakref.WeakSet()

    def publish(self, key: KeyT, value: ValueT) -> None:
        """Tell every watcher."""
        for mailbox in self._mailboxes:
            mailbox.put(key, value)

    def watch(self) -> AsyncIterator[ValueT]:
        """Every value published from this call on, until the watcher lets go of the iterator."""
        mailbox = _Mailbox[KeyT, ValueT]()
        self._mailboxes.add(mailbox)
        return _values(mailbox)

    def watch_together(self) -> AsyncIterator[list[ValueT]]:
        """Like ``watch``, but all that has been published since the last time at once."""
        mailbox = _Mailbox[KeyT, ValueT]()
        self._mailboxes.add(mailbox)
        return _lists(mailbox)


async def _lists(mailbox: _Mailbox[KeyT, ValueT]) -> AsyncIterator[list[ValueT]]:
    while True:
        yield await mailbox.take()


async def _values(mailbox: _Mailbox[KeyT, ValueT]) -> AsyncIterator[ValueT]:
    while True:
        for value in await mailbox.take():
            yield value


class _Mailbox(Generic[KeyT, ValueT]):
    def __init__(self) -> None:
        self._latest: dict[KeyT, ValueT] = {}
        self._filled = asyncio.Event()

    def put(self, key: KeyT, value: ValueT) -> None:
        self._latest.pop(key, None)
        self._latest[key] = value
        self._filled.set()

    async def take(self) -> list[ValueT]:
        await self._filled.wait()
        self._filled.clear()
        values = list(self._latest.values())
        self._latest.clear()
        return values
