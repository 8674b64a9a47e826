"""Async generators that are closed at once when nobody reads them any more."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

_Item = TypeVar("_Item")


@asynccontextmanager
async def finishing(iterator: AsyncIterator[_Item]) -> AsyncIterator[AsyncIterator[_Item]]:
    """Close an async generator at the end of the block, so that what it holds is released at once."""
    try:
        yield iterator
    finally:
        if isinstance(iterator, AsyncGenerator):
            await iterator.aclose()
