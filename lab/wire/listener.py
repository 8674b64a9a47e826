"""The WinRM listener of a simulated host."""

from __future__ import annotations

import asyncio
import ipaddress
import logging

from lab.wire.accounts import Accounts
from lab.wire.connection import Connection
from lab.wire.management import Management
from lab.wire.runspace import OpenRunspace, Runspace
from lab.wire.shells import Shells

log = logging.getLogger(__name__)

__all__ = ["Listener", "OpenRunspace", "Runspace"]


class Listener:
    """HTTP with Negotiate authentication and message encryption, on a loopback address."""

    def __init__(
        self, host_name: str, accounts: Accounts, open_runspace: OpenRunspace, *, latency: float = 0.0
    ) -> None:
        """``latency`` (seconds) passes before each HTTP answer."""
        self._accounts = accounts
        self._latency = latency
        self._shells = Shells()
        self._management = Management(host_name, self._shells, open_runspace)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, address: str = "127.0.0.1", port: int = 0) -> int:
        """Listen, and return the port.

        Raises ValueError for anything but a loopback address: the lab is not for other machines to reach.
        """
        if not ipaddress.ip_address(address).is_loopback:
            raise ValueError(f"{address} is not a loopback address")
        self._server = await asyncio.start_server(self._serve, address, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def close(self) -> None:
        """Stop listening, drop the connections and close the shells."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._shells.close()

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer, self._management, self._accounts, self._latency)
        task = asyncio.create_task(connection.serve())
        self._connections.add(task)
        task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        self._connections.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a connection broke", exc_info=error)
