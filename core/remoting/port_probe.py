"""Whether a host takes connections at all, found out by the event loop: one that is switched off costs no thread."""

from __future__ import annotations

import asyncio

from core.remoting.endpoint import Credential, Endpoint
from core.remoting.failures import translate

_NEXT_ADDRESS_AFTER = 0.25
"""Seconds after which the next network address of a name is tried beside the first (RFC 8305)."""


async def probe(endpoint: Endpoint, credential: Credential) -> None:
    """Connect to the port, say nothing and leave.

    Raises RemotingError where no connection is taken within the endpoint's ``connect_timeout``. Behind a proxy only the
    proxy can tell, so nothing is asked.
    """
    if endpoint.proxy is not None:
        return
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(endpoint.connect_timeout):
            transport, _protocol = await loop.create_connection(
                asyncio.Protocol, endpoint.address, endpoint.port, happy_eyeballs_delay=_NEXT_ADDRESS_AFTER
            )
    except UnicodeError:
        # What is no name at all is told by the connection itself.
        return
    except OSError as failure:
        raise translate(failure, endpoint, credential) from failure
    transport.close()
