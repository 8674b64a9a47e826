"""When the clusters of the hosts are read: soon where one of their nodes is looked at, else seldom."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection

from core.clusters.survey import ClusterSurvey
from core.estate.connection import HostKey
from core.estate.estate import Estate
from gui.main_window import MainWindow

TICK = 2.0
"""Seconds between two looks at which clusters are due."""
CLOSELY = 20.0
"""Seconds between two readings of a cluster of which a node is looked at."""
SELDOM = 300.0
"""The same for all other clusters: what their nodes do is read with the nodes."""


class ClusterWatch:
    """Reads the clusters of ``estate``, one node for each, and shows in ``window`` what that tells.

    Nothing is asked while the window is hidden.
    """

    def __init__(self, estate: Estate, window: MainWindow) -> None:
        self._estate = estate
        self._window = window
        self._survey = ClusterSurvey(estate)
        self._asked: dict[HostKey, float] = {}
        self._woken = asyncio.Event()

    def expire(self, hosts: Collection[HostKey]) -> None:
        """What the clusters of these hosts told is out of date."""
        for host in hosts:
            for node in self._survey.nodes_with(host):
                self._asked.pop(node, None)
        self._woken.set()

    async def run(self) -> None:
        """Go on until it is cancelled."""
        while True:
            self._woken.clear()
            for host in self._due(asyncio.get_running_loop().time()):
                self._asked[host] = asyncio.get_running_loop().time()
                if host in self._estate and await self._survey.read(host):
                    self._window.show_clusters(self._survey)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._woken.wait()

    def _due(self, now: float) -> list[HostKey]:
        if not self._window.isVisible() or self._window.isMinimized():
            return []
        looked_at = {picture.key for picture in self._window.hosts}
        due: list[HostKey] = []
        for nodes in self._survey.clusters():
            wait = CLOSELY if any(node in looked_at for node in nodes) else SELDOM
            if now - max(self._asked.get(node, float("-inf")) for node in nodes) >= wait:
                due.append(nodes[0])
        return due
