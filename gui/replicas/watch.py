"""When the replication of each host is read: soon where it is looked at, else seldom; and what was seen is kept."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterable

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.hyperv.replication_states import ReplicationMode
from core.replicas.history import History, HistoryUnavailable
from core.replicas.survey import Overview, Survey

TICK = 1.0
"""Seconds between two looks at which hosts are due."""
CLOSELY = 30.0
"""Seconds between two readings of a host whose replication is looked at."""
SELDOM = 300.0
"""The same for all other hosts that have replicated machines: what nobody looks at belongs into the history, too."""


class ReplicaWatch:
    """Reads into ``survey``, and writes what is new down in ``history``.

    ``looked_at`` tells the hosts whose replication is shown at present. ``notes`` say what is wrong with the history.
    """

    def __init__(
        self, estate: Estate, survey: Survey, history: History, looked_at: Callable[[], Collection[HostKey]]
    ) -> None:
        self.notes: tuple[str, ...] = ()
        self._estate = estate
        self._survey = survey
        self._history = history
        self._looked_at = looked_at
        self._asked: dict[HostKey, float] = {}
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look now which hosts are due: something else is looked at."""
        self._woken.set()

    def expire(self, hosts: Iterable[HostKey]) -> None:
        """What these hosts told of replication is out of date: it is read anew as soon as somebody looks at it.

        So is what the other sides of their replications told: what one host does shows on the other.
        """
        gone = set(hosts)
        for leg in self._survey.overview.relationships:
            sides = {side.host for side in leg.known}
            gone |= sides if sides & gone else set()
        for host in gone:
            self._asked.pop(host, None)
        self.wake()

    async def run(self) -> None:
        """Go on until it is cancelled."""
        self.notes = await self._history.open()
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            while True:
                self._woken.clear()
                while due := self._due(loop.time(), began):
                    await self.read(due)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK):
                        await self._woken.wait()
        finally:
            await self._history.close()

    async def read(self, hosts: Collection[HostKey]) -> Overview:
        """Ask these hosts now, whether they are due or not."""
        self._asked |= dict.fromkeys(hosts, asyncio.get_running_loop().time())
        overview = await self._survey.read(hosts)
        try:
            await self._history.note(overview)
        except HistoryUnavailable as error:
            self.notes = (str(error),)
        return overview

    def _due(self, now: float, began: float) -> list[HostKey]:
        looked_at = set(self._looked_at())
        due: list[HostKey] = []
        for picture in self._estate.pictures:
            host = picture.key
            if host in looked_at:
                is_due = now - self._asked.get(host, float("-inf")) >= CLOSELY
            else:
                machines = picture.inventory.machines if picture.inventory is not None else ()
                is_replicated = any(machine.replication_mode is not ReplicationMode.NONE for machine in machines)
                is_due = is_replicated and now - self._asked.get(host, began) >= SELDOM
            if is_due:
                due.append(host)
        return due
