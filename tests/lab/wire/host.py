"""A listener in a thread of its own, with a runspace whose commands are functions of the test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from pypsrp.powershell import RunspacePool
from pypsrp.wsman import WSMan

from lab.powershell.commands import Pipeline
from lab.powershell.streams import Streams
from lab.wire.accounts import Accounts
from lab.wire.certificates import Authority
from lab.wire.disturbances import Disturbance
from lab.wire.faults import UnknownConfiguration
from lab.wire.listener import Listener
from lab.wire.settings import WireSettings

USER = "LAB\\admin"
OTHER_USER = "LAB\\auditor"
PATIENCE = 10  # seconds after which a test that waits for something is given up

T = TypeVar("T")
Cmdlet = Callable[[Pipeline, Streams], Awaitable[None]]


class CommandTable:
    """A runspace that runs the function named by the first command of the pipeline."""

    def __init__(self, commands: dict[str, Cmdlet], closed: threading.Event) -> None:
        self._commands = commands
        self._closed = closed

    async def run(self, pipeline: Pipeline, streams: Streams) -> None:
        await self._commands[pipeline.statements[0].commands[0].name](pipeline, streams)

    def close(self) -> None:
        self._closed.set()


class Host:
    """A running listener; ``commands`` are what its runspaces know."""

    def __init__(self, name: str = "host1", latency: float = 0.0, settings: WireSettings | None = None) -> None:
        self.commands: dict[str, Cmdlet] = {}
        self.opened: list[tuple[str, str, str]] = []
        self.runspace_closed = threading.Event()
        self.accounts = Accounts()
        for user in (USER, OTHER_USER):
            self.accounts.add(user)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name)
        self._thread.start()
        self.authority = Authority()
        self.listener = Listener(
            name, self.accounts, self._open, latency=latency, settings=settings, authority=lambda: self.authority
        )
        self.port = self.run(self.listener.start())

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop of the listener."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)

    def set(self, event: asyncio.Event) -> None:
        """Set an event a command waits for."""
        self._loop.call_soon_threadsafe(event.set)

    def disturb(self, *disturbances: Disturbance) -> None:
        """Lift what disturbs the host, and switch these on."""
        self.run(self.listener.disturb(disturbances))

    def close(self) -> None:
        self.run(self.listener.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def _open(self, user: str, configuration: str, authentication: str) -> CommandTable:
        if configuration not in ("Microsoft.PowerShell", "VMFerry"):
            raise UnknownConfiguration(configuration)
        self.opened.append((user, configuration, authentication))
        return CommandTable(self.commands, self.runspace_closed)

    def client(self, auth: str = "negotiate", user: str = USER, **options: Any) -> RecordingClient:
        """A pypsrp client for the host."""
        if "password" not in options:
            options["password"] = self.accounts.password(user)
        options.setdefault("port", self.port)
        options.setdefault("ssl", self.listener.settings.scheme == "https")
        return RecordingClient("127.0.0.1", username=user, auth=auth, no_proxy=True, **options)

    def pool(self, **options: Any) -> RunspacePool:
        """An unopened runspace pool over a client of its own."""
        return RunspacePool(self.client(), **options)


class RecordingClient(WSMan):  # type: ignore[misc]
    """pypsrp's client, with the names of the actions it asked for."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.actions: list[str] = []

    def invoke(self, action: str, *arguments: Any, **options: Any) -> Any:
        self.actions.append(action.rsplit("/", 1)[-1])
        return super().invoke(action, *arguments, **options)
