"""A listener of the lab, a runspace of the tests behind it, a relay in front of it, and sessions to it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from typing import Any

from core.powershell.command import Command, Pipeline, Statement
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.session import Session
from core.remoting.workers import Workers
from lab.powershell import commands as asked
from lab.powershell.streams import ErrorRecord, PipelineError, ProgressRecord, StatementError, Streams
from lab.wire.accounts import Accounts
from lab.wire.disturbances import Disturbance
from lab.wire.listener import Listener

USER = r"CONTOSO\operator"
CONFIGURATION = "Microsoft.PowerShell"
HANGING = 180.0
"""Seconds after which a test counts as hanging, on a machine that has much else to do."""

REFUSAL = ErrorRecord(
    message="The machine was not found.\n\nLook for its name.",
    error_id="InvalidParameter,Microsoft.HyperV.PowerShell.Commands.GetVM",
    category="ObjectNotFound",
    activity="Get-VM",
    exception_types=(
        "Microsoft.HyperV.PowerShell.VirtualizationException",
        "System.Exception",
        "System.Object",
    ),
    target="web01",
)


def pipeline(*calls: Command | Statement) -> Pipeline:
    """Each call as a statement of its own."""
    return Pipeline(tuple(Statement((call,)) if isinstance(call, Command) else call for call in calls))


def on_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run a test on an event loop of its own; one that hangs is ended."""

    @functools.wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        async def limited() -> None:
            async with asyncio.timeout(HANGING):
                await test(*arguments, **named)

        asyncio.run(limited())

    return run


class Runspace:
    """Runs the few commands the tests send, and remembers what it was asked."""

    def __init__(self) -> None:
        self.ran: list[asked.Pipeline] = []
        self.waiting = asyncio.Event()
        self.go_on = asyncio.Event()
        self.stopped = 0
        self.refusal: Exception | None = None
        self.opened: list[tuple[str, str]] = []

    def open(self, user: str, configuration: str, authentication: str) -> Runspace:
        if self.refusal is not None:
            raise self.refusal
        self.opened.append((user, configuration))
        return self

    def close(self) -> None:
        """A shell was closed; the next one gets the same runspace."""

    async def run(self, pipeline: asked.Pipeline, streams: Streams) -> None:
        self.ran.append(pipeline)
        for statement in pipeline.statements:
            try:
                for call in statement.commands:
                    await self._run(call, streams)
            except StatementError as error:
                streams.error(error.record)

    async def _run(self, call: asked.Command, streams: Streams) -> None:
        match call.name:
            case "Write-Output":
                for argument in call.arguments:
                    streams.output(argument.value)  # type: ignore[arg-type]  # no switch is sent to it
            case "Write-Error":
                streams.error(REFUSAL)
            case "Write-Warning":
                streams.warning("Storage is low.")
            case "Stop-Statement":
                raise StatementError(REFUSAL)
            case "Stop-Everything":
                raise PipelineError(REFUSAL)
            case "Wait-Long":
                streams.progress(ProgressRecord("Moving", "Copying", percent=40, seconds_remaining=90))
                self.waiting.set()
                try:
                    await self.go_on.wait()
                except asyncio.CancelledError:
                    self.stopped += 1
                    raise
                streams.progress(ProgressRecord("Moving", "Done", completed=True))
                streams.output("moved")
            case "Wait-Silent":
                self.waiting.set()
                try:
                    await self.go_on.wait()
                except asyncio.CancelledError:
                    self.stopped += 1
                    raise


class Relay:
    """Passes HTTP through, counts it, and breaks it off or gives the ``forged`` answer when told to."""

    def __init__(self) -> None:
        self.host_port = 0
        self.requests = 0
        self.connections = 0
        self.passed = bytearray()
        self.cut_before_answer = 0
        self.forged = b""
        self.mute = False
        self._counted = asyncio.Condition()
        self._links: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def seen(self, requests: int) -> None:
        """Return when so many requests have come."""
        async with self._counted:
            await self._counted.wait_for(lambda: self.requests >= requests)

    async def drop_connections(self) -> None:
        """Close every connection, as a host or a firewall does with idle ones."""
        for link in tuple(self._links):
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    async def close(self) -> None:
        self._server.close()
        await self.drop_connections()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = asyncio.create_task(self._serve(reader, writer))
        self._links.add(link)
        link.add_done_callback(self._links.discard)
        # One that is cancelled before its first step closes nothing itself.
        link.add_done_callback(lambda _link: writer.close())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host_reader, host_writer = await asyncio.open_connection("127.0.0.1", self.host_port)
        is_new = True
        try:
            while message := await _read_message(reader):
                # One over which nothing is said only asked whether the port is open.
                self.connections += is_new
                is_new = False
                async with self._counted:
                    self.requests += 1
                    self._counted.notify_all()
                host_writer.write(message)
                answer = await _read_message(host_reader)
                self.passed += message + answer
                if self.mute:
                    await asyncio.Event().wait()
                if self.cut_before_answer:
                    self.cut_before_answer -= 1
                    if not self.cut_before_answer:
                        return
                writer.write(self.forged or answer)
                self.forged = b""
                await writer.drain()
        finally:
            for end in (writer, host_writer):
                end.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
                await host_writer.wait_closed()


async def _read_message(reader: asyncio.StreamReader) -> bytes:
    """One HTTP message with its body; empty at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


class SimulatedHost:
    """One listening host, reached through the relay."""

    def __init__(self) -> None:
        accounts = Accounts()
        self.credential = Credential(USER, accounts.add(USER))
        self.runspace = Runspace()
        self.relay = Relay()
        self._accounts = accounts

    async def start(self) -> None:
        self._listener = Listener("HV01", self._accounts, self.runspace.open)
        self.relay.host_port = await self._listener.start()
        port = await self.relay.start()
        self.endpoint = Endpoint("HV01", "127.0.0.1", port, "http", "negotiate", operation_timeout=5)

    async def restart(self) -> None:
        """Lose all connections and shells."""
        await self._listener.close()
        await self.relay.drop_connections()
        self._listener = Listener("HV01", self._accounts, self.runspace.open)
        self.relay.host_port = await self._listener.start()

    async def disturb(self, *disturbances: Disturbance) -> None:
        """Lift what disturbs the host, and switch these on."""
        await self._listener.disturb(disturbances)

    async def close(self) -> None:
        await self.relay.close()
        await self._listener.close()

    @contextlib.asynccontextmanager
    async def session(
        self, workers: Workers | None = None, *, idle_limit: float = 60.0, **changed: Any
    ) -> AsyncGenerator[Session, None]:
        """A session to the host, with fields of its endpoint ``changed``."""
        async with contextlib.AsyncExitStack() as stack:
            if workers is None:
                workers = await stack.enter_async_context(running_workers(2))
            endpoint = replace(self.endpoint, **changed)
            session = Session(endpoint, self.credential, workers, idle_limit=idle_limit)
            stack.push_async_callback(session.close)
            yield session


@contextlib.asynccontextmanager
async def running_workers(size: int) -> AsyncGenerator[Workers, None]:
    workers = Workers(size)
    workers.start()
    try:
        yield workers
    finally:
        await workers.close()


@contextlib.asynccontextmanager
async def simulated_host() -> AsyncGenerator[SimulatedHost, None]:
    host = SimulatedHost()
    await host.start()
    try:
        yield host
    finally:
        await host.close()
