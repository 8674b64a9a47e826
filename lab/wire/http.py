"""HTTP on one TCP connection of a server: requests read whole, answers written."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import h11

_LARGEST_BODY: Final = 600_000
_READ_SIZE: Final = 65_536
# Seconds between the pieces of an answer over a slow link.
_SLOW_STEP: Final = 0.05


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request; the names of ``headers`` are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One answer; ``challenges`` are the values of its WWW-Authenticate headers.

    ``filling`` is the number of spaces that follow the body: an answer of any size that is never held in memory.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    challenges: tuple[str, ...] = ()
    filling: int = 0


class BadRequest(Exception):
    """Not a request this server takes; ``status`` is the answer before the connection is closed."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class HttpConnection:
    """Reads requests and writes answers, one after the other, until one side ends it.

    ``largest_body`` in bytes: a request with more is a BadRequest.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, largest_body: int = _LARGEST_BODY
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._largest_body = largest_body
        self._http = h11.Connection(h11.SERVER)

    async def start_tls(self, context: ssl.SSLContext) -> bytes | None:
        """Be the server of a TLS handshake, and return the certificate (DER) that the client was asked for and showed.

        Raises ssl.SSLError or ConnectionError when there is no handshake.
        """
        await self._writer.start_tls(context)
        tls: ssl.SSLObject = self._writer.get_extra_info("ssl_object")
        return tls.getpeercert(binary_form=True)

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
                    if len(body) > self._largest_body:
                        raise BadRequest(413)
                elif isinstance(event, h11.EndOfMessage) and head is not None:
                    headers = {name.decode().lower(): value.decode("latin-1") for name, value in head.headers}
                    path = head.target.decode("latin-1").partition("?")[0]
                    return HttpRequest(head.method.decode(), path, headers, bytes(body))
                else:
                    return None
        except h11.RemoteProtocolError as error:
            raise BadRequest(error.error_status_hint) from error

    async def write(self, response: HttpResponse, *, rate: int | None = None, half: bool = False) -> None:
        """Answer the request that was read, at ``rate`` bytes a second; ``half``: only the first half of the answer."""
        headers = [
            ("Server", "Microsoft-HTTPAPI/2.0"),
            ("Content-Length", str(len(response.body) + response.filling)),
            *response.headers.items(),
            *(("WWW-Authenticate", challenge) for challenge in response.challenges),
        ]
        head = self._http.send(h11.Response(status_code=response.status, headers=headers)) or b""
        body = self._http.send(h11.Data(data=response.body)) or b""
        if half:
            whole = head + body
            await self.write_raw([whole[: max(len(whole) - max(len(body) // 2, 1), 1)]], rate)
            return
        await self.write_raw([head + body], rate)
        if response.filling:
            await self.write_raw(map(self._http_data, _spaces(response.filling)), rate)
        self._http.send(h11.EndOfMessage())

    async def write_raw(self, pieces: Iterable[bytes], rate: int | None = None) -> None:
        """Write bytes as they are, at ``rate`` bytes a second."""
        for piece in pieces:
            if rate is None:
                self._writer.write(piece)
                await self._writer.drain()
                continue
            step = max(1, int(rate * _SLOW_STEP))
            for start in range(0, len(piece), step):
                self._writer.write(piece[start : start + step])
                await self._writer.drain()
                await asyncio.sleep(step / rate)

    async def refuse(self, error: BadRequest) -> None:
        """Answer what could not be read, if nothing was answered so far."""
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            await self.write(HttpResponse(error.status, headers={"Connection": "close"}))

    def abort(self) -> None:
        """Cut the connection at once, with a reset where the system allows it."""
        self._writer.transport.abort()

    async def close(self) -> None:
        """Close the connection when what was written has left."""
        self._writer.close()
        try:
            with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
                await self._writer.wait_closed()
        except asyncio.CancelledError:
            self.abort()
            raise

    def _http_data(self, piece: bytes) -> bytes:
        return self._http.send(h11.Data(data=piece)) or b""


def _spaces(count: int) -> Iterable[bytes]:
    piece = b" " * _READ_SIZE
    while count > 0:
        yield piece[:count]
        count -= len(piece)
