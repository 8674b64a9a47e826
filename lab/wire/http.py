"""HTTP on one TCP connection of a server: requests read whole, answers written."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Final

import h11

# Bytes of one request's body: Windows' MaxEnvelopeSizekb (500) and room for the framing of an encrypted one.
_LARGEST_BODY: Final = 600_000
_READ_SIZE: Final = 65_536


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request; the names of ``headers`` are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class BadRequest(Exception):
    """Not a request this server takes; ``status`` is the answer before the connection is closed."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class HttpConnection:
    """Reads requests and writes answers, one after the other, until one side ends it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER)

    async def read(self) -> HttpRequest | None:
        """The next request, or None when the client has left or asked to end; raises BadRequest."""
        if self._http.our_state is h11.MUST_CLOSE:
            return None
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        head: h11.Request | None = None
        body = bytearray()
        try:
            while True:
                event = self._http.next_event()
                if event is h11.NEED_DATA:
                    if self._http.they_are_waiting_for_100_continue:
                        go_on = self._http.send(h11.InformationalResponse(status_code=100, headers=[]))
                        self._writer.write(go_on or b"")
                    self._http.receive_data(await self._reader.read(_READ_SIZE))
                elif isinstance(event, h11.Request):
                    head = event
                elif isinstance(event, h11.Data):
                    body += event.data
                    if len(body) > _LARGEST_BODY:
                        raise BadRequest(413)
                elif isinstance(event, h11.EndOfMessage) and head is not None:
                    headers = {name.decode().lower(): value.decode("latin-1") for name, value in head.headers}
                    path = head.target.decode("latin-1").partition("?")[0]
                    return HttpRequest(head.method.decode(), path, headers, bytes(body))
                else:
                    return None
        except h11.RemoteProtocolError as error:
            raise BadRequest(error.error_status_hint) from error

    async def write(self, response: HttpResponse) -> None:
        """Answer the request that was read."""
        headers = {
            "Server": "Microsoft-HTTPAPI/2.0",
            "Content-Length": str(len(response.body)),
            **response.headers,
        }
        head = h11.Response(status_code=response.status, headers=list(headers.items()))
        for event in (head, h11.Data(data=response.body), h11.EndOfMessage()):
            self._writer.write(self._http.send(event) or b"")
        await self._writer.drain()

    async def refuse(self, error: BadRequest) -> None:
        """Answer what could not be read, if nothing was answered so far."""
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            await self.write(HttpResponse(error.status, headers={"Connection": "close"}))

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
