"""Whether a host takes connections at all, found out by the event loop: one that is switched off costs no thread."""

from __future__ import annotations

import asyncio
import socket

from core.remoting.endpoint import Credential, Endpoint
from core.remoting.failures import translate


async def probe(endpoint: Endpoint, credential: Credential) -> None:
    """Connect to the port, say nothing and leave.

    Raises RemotingError where no connection is taken within the endpoint's ``connect_timeout`` for each of the network
    addresses. Behind a proxy only the proxy can tell, so nothing is asked.
    """
    if endpoint.proxy is not None:
        return
    loop = asyncio.get_running_loop()
    failure: OSError | None = None
    try:
        found = await loop.getaddrinfo(endpoint.address, endpoint.port, type=socket.SOCK_STREAM)
    except UnicodeError:
        # What is no name at all is told by the connection itself.
        return
    except OSError as unknown:
        raise translate(unknown, endpoint, credential) from unknown
    for family, kind, protocol, _name, address in found:
        with socket.socket(family, kind, protocol) as tried:
            tried.setblocking(False)
            try:
                async with asyncio.timeout(endpoint.connect_timeout):
                    await loop.sock_connect(tried, address)
            except OSError as refused:
                failure = refused
            else:
                return
    if failure is not None:
        raise translate(failure, endpoint, credential) from failure
