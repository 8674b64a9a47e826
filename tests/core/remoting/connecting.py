"""Endpoints that something else than a host listens at, and what the user is told of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import pytest

from core.powershell.command import command
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.errors import RemotingError
from core.remoting.session import Session
from tests.core.remoting.simulated_host import pipeline, running_workers

READ = pipeline(command("Write-Output", InputObject="read"))
CREDENTIAL = Credential("operator", "a secret")

CHECK_NAME = "Check the spelling, and that this computer asks the name server of the host's domain."
CHECK_POWER = "Check that the host is switched on and that its firewall lets Windows Remote Management through."
CHECK_NETWORK = "Check the network between this computer and the host, and whether the host is restarting."
CHECK_PORT = "Check that the address and the port are those of Windows Remote Management on the host."
TURN_ON = "Turn on Windows Remote Management on the host (Enable-PSRemoting), or correct the port."
LOOK_FIRST = "Look at what is true on the host before you try again: the change may have been made."


def told(error: RemotingError) -> tuple[str, str, str, str]:
    return error.host, str(error), error.cause, error.cure


async def failure_of(
    endpoint: Endpoint, *, changes: bool = False, credential: Credential = CREDENTIAL
) -> RemotingError:
    async with running_workers(1) as workers:
        session = Session(endpoint, credential, workers)
        with pytest.raises(RemotingError) as caught:
            await session.run(READ, changes=changes)
        await session.close()
    return caught.value


def plain_endpoint(port: int) -> Endpoint:
    return Endpoint("HV01", "127.0.0.1", port, "http", "negotiate", operation_timeout=1, connect_timeout=1)


@contextlib.asynccontextmanager
async def answering(answer: bytes) -> AsyncGenerator[int, None]:
    """A server that gives every request the same answer and closes; its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
