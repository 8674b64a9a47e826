"""The WinRM listener of a simulated host."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lab.wire.accounts import Accounts
from lab.wire.certificates import Authority
from lab.wire.connection import Connection
from lab.wire.disturbances import Disturbance
from lab.wire.endpoint import Endpoint
from lab.wire.idle import IdleClock
from lab.wire.interference import Interference
from lab.wire.management import Management
from lab.wire.runspace import OpenRunspace, Runspace
from lab.wire.settings import WireSettings
from lab.wire.shells import Shells

log = logging.getLogger(__name__)

__all__ = ["Listener", "OpenRunspace", "Runspace"]


class Listener:
    """HTTP or HTTPS with the authentication, quotas and disturbances of one host, on a loopback address."""

    def __init__(
        self,
        host_name: str,
        accounts: Accounts,
        open_runspace: OpenRunspace,
        *,
        latency: float = 0.0,
        settings: WireSettings | None = None,
        disturbances: Sequence[Disturbance] = (),
        authority: Callable[[], Authority] = Authority,
        names: Sequence[str] = (),
        idle_clock: IdleClock | None = None,
        keytab: str | None = None,
    ) -> None:
        """``latency`` (seconds) passes before each HTTP answer.

        ``authority`` issues the certificate, for the host's address, ``localhost`` and ``names``, and the certificates
        of users. ``keytab`` is the file with Kerberos keys where the settings name none.
        """
        settings = settings or WireSettings()
        self._shells = Shells(settings.quotas, idle_clock or IdleClock())
        self._endpoint = Endpoint(
            ("127.0.0.1", "localhost", host_name, *names),
            accounts,
            authority,
            Management(host_name, self._shells, open_runspace),
            settings,
            latency,
            keytab,
            Interference(disturbances),
        )
        self._server: asyncio.Server | None = None
        self._placeholder: socket.socket | None = None
        self._address: tuple[str, int] = ("127.0.0.1", 0)
        self._down = False
        self._connections: dict[asyncio.Task[None], Connection] = {}

    async def start(self, address: str = "127.0.0.1", port: int = 0) -> int:
        """Listen, unless a disturbance is against it, and return the port.

        Raises ValueError for anything but a loopback address: the lab is not for other machines to reach.
        """
        if not ipaddress.ip_address(address).is_loopback:
            raise ValueError(f"{address} is not a loopback address")
        self._placeholder = _bound_socket((address, port))
        self._address = self._placeholder.getsockname()[:2]
        await self._listen_or_not()
        return self._address[1]

    async def close(self) -> None:
        """Stop listening, drop the connections and close the shells."""
        await self.go_down()
        if self._placeholder is not None:
            self._placeholder.close()
            self._placeholder = None

    async def go_down(self) -> None:
        """The host is gone: its port is refused, all its connections and shells are lost."""
        self._down = True
        await self._listen_or_not()
        await self._shells.close()

    async def come_back(self) -> None:
        """The host is there again, with no shells."""
        self._down = False
        await self._listen_or_not()

    @property
    def port(self) -> int:
        """The port it listens on, also while it is refused."""
        return self._address[1]

    @property
    def settings(self) -> WireSettings:
        """How the listener is set up."""
        return self._endpoint.settings

    async def set_up(self, settings: WireSettings) -> None:
        """Set the listener up anew; its connections are dropped, its shells stay."""
        self._endpoint.settings = settings
        self._shells.quotas = settings.quotas
        await self._drop_connections()

    @property
    def disturbances(self) -> list[Disturbance]:
        """The disturbances that are switched on."""
        return self._endpoint.interference.disturbances

    async def disturb(self, disturbances: Iterable[Disturbance]) -> None:
        """Lift all disturbances, and switch these on."""
        self._endpoint.interference.replace(disturbances)
        await self._listen_or_not()
        for connection in self._connections.values():
            connection.watch_idleness()

    async def let_idle(self, seconds: float) -> None:
        """Let all shells be idle for ``seconds`` at once; raises ValueError for a negative number."""
        self._shells.clock.put_forward(seconds)
        await self._shells.close_idle()

    def report(self) -> Mapping[str, Any]:
        """What the host does at present, for the control address."""
        return {
            "port": self._address[1],
            "scheme": self.settings.scheme,
            "listening": self._server is not None,
            "down": self._down,
            "connections": len(self._connections),
            "requests": dict(self._endpoint.requests),
            "refused_sign_ins": self._endpoint.refused_sign_ins,
            "shells": [
                {
                    "id": shell.shell_id,
                    "user": shell.owner,
                    "configuration": shell.resource_uri.rsplit("/", 1)[-1],
                    "connected": shell.connected,
                    "idle_timeout": shell.idle_timeout,
                    "commands": [{"id": command, "running": running} for command, running in shell.commands.items()],
                }
                for shell in self._shells.all()
            ],
        }

    async def _listen_or_not(self) -> None:
        refusing = self._down or self._endpoint.interference.refusing
        if self._server is None and not refusing and self._placeholder is not None:
            self._server = await asyncio.start_server(self._serve, sock=self._placeholder)
            self._placeholder = None
        elif self._server is not None and refusing:
            self._server.close()
            self._server = None
            # A socket that is bound and does not listen keeps the port, and connections to it are refused.
            self._placeholder = _bound_socket(self._address)
        if refusing:
            await self._drop_connections()

    async def _drop_connections(self) -> None:
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer, self._endpoint)
        task = asyncio.create_task(connection.serve())
        self._connections[task] = connection
        task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        del self._connections[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a connection broke", exc_info=error)


def _bound_socket(address: tuple[str, int]) -> socket.socket:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        # A port is free again while connections that were closed on it linger.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setblocking(False)
    bound.bind(address)
    return bound
