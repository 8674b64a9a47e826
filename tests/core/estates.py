"""Estates for tests: real sessions to the hosts of a lab."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable

from core.estate.connection import Connection, HostKey
from core.estate.estate import Estate
from core.hyperv.records import Machine
from core.remoting.workers import Workers
from tests.laboratory import GROUP


@contextlib.asynccontextmanager
async def managed(connections: Iterable[Connection], *, threads: int = 4) -> AsyncIterator[Estate]:
    workers = Workers(threads)
    workers.start()
    estate = Estate(workers)
    try:
        for connection in connections:
            estate.add(connection)
        yield estate
    finally:
        await estate.close()
        await workers.close()


async def read_all(estate: Estate) -> None:
    """Read every host, all at once."""
    await asyncio.gather(*(estate.refresh(picture.key) for picture in estate.pictures))


def key(name: str) -> HostKey:
    return HostKey(GROUP, name)


async def machine_on(estate: Estate, host: str, name: str) -> Machine:
    picture = await estate.refresh(key(host))
    assert picture.failure is None, picture.failure
    assert picture.inventory is not None
    return next(machine for machine in picture.inventory.machines if machine.name == name)
