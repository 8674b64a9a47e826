"""One TCP connection of a WinRM client: requests authenticated, decrypted and answered, and what may go wrong with it.

Disturbances meet a request here and nowhere else: see _exchange and _send.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lab.wire.authentication import (
    AuthenticationRefused,
    DecryptionFailed,
    NegotiateAuthentication,
    basic_user,
    challenges,
    negotiate_token,
)
from lab.wire.disturbances import Flood, Garbage, HalfAnswer, Quota, Status
from lab.wire.encryption import ENCRYPTED_CONTENT_TYPE, is_encrypted
from lab.wire.endpoint import Endpoint
from lab.wire.http import BadRequest, HttpConnection, HttpRequest, HttpResponse
from lab.wire.interference import Encounter
from lab.wire.quotas import QUOTA_FAULTS
from lab.wire.soap import action_of

log = logging.getLogger(__name__)

_SOAP_CONTENT_TYPE: Final = "application/soap+xml;charset=UTF-8"
# Bytes of the framing of an encrypted message, and more.
_FRAMING: Final = 16_384
_NOT_HTTP: Final = b"\x00\x01\x02 this is no HTTP \xff\xfe\r\n\r\n"
_NOT_SOAP: Final = b"<html><body>This is <b>no SOAP</body>"
_NOT_PSRP: Final = base64.b64encode(b"these are no fragments of PSRP")
_STREAM = re.compile(rb"(<rsp:Stream [^>]*>)[^<]*")


class _Cut(Exception):
    """The connection is cut here; ``written``: after what was written has left."""

    def __init__(self, *, written: bool = False) -> None:
        super().__init__()
        self.written = written


@dataclass(frozen=True, slots=True)
class _Message:
    """A WS-Management message of a client that is who it says, and how its answer is put into an HTTP response."""

    content: bytes
    user: str
    authentication: str
    respond: Callable[[int, bytes], HttpResponse]


class Connection:
    """Serves one connection; the security context lives and dies with it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        largest = endpoint.settings.quotas.max_envelope_size_kb * 1024
        self._http = HttpConnection(reader, writer, largest + _FRAMING)
        self._binding: bytes | None = None
        self._authentication: NegotiateAuthentication | None = None
        self._idle = False
        self._idle_timer: asyncio.TimerHandle | None = None

    async def serve(self) -> None:
        """Answer requests until the client leaves or breaks HTTP, or a disturbance cuts the connection."""
        try:
            await self._endpoint.interference.black_hole()
            if self._endpoint.settings.scheme == "https":
                certificate = self._endpoint.certificate()
                self._binding = certificate.binding
                await self._http.start_tls(certificate.context)
            while (request := await self._read()) is not None:
                await self._exchange(request)
        except BadRequest as error:
            with contextlib.suppress(ConnectionError):
                await self._http.refuse(error)
        except (ConnectionError, ssl.SSLError):
            log.debug("a client closed its connection before its answer")
        except _Cut as cut:
            if not cut.written:
                self._http.abort()
        except asyncio.CancelledError:
            self._http.abort()
            raise
        finally:
            self._set_idle(False)
            await self._http.close()

    def watch_idleness(self) -> None:
        """Have the connection cut after the time that a disturbance allows it to be idle, if there is one."""
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None
        seconds = self._endpoint.interference.idle_seconds
        if self._idle and seconds is not None:
            self._idle_timer = asyncio.get_running_loop().call_later(seconds, self._http.abort)

    def _set_idle(self, idle: bool) -> None:
        self._idle = idle
        self.watch_idleness()

    async def _read(self) -> HttpRequest | None:
        self._set_idle(True)
        try:
            return await self._http.read()
        finally:
            self._set_idle(False)

    async def _exchange(self, request: HttpRequest) -> None:
        interference = self._endpoint.interference
        await interference.black_hole()
        admitted = self._admit(request)
        if isinstance(admitted, HttpResponse):
            encounter = interference.of_request(None, message=False)
            response = self._instead(encounter) or admitted
        else:
            action = action_of(admitted.content)
            encounter = interference.of_request(action, message=True)
            response = self._instead(encounter) or await self._carry_out(admitted, action, encounter)
        await asyncio.sleep(self._endpoint.latency)
        await self._send(response, encounter)

    def _instead(self, encounter: Encounter) -> HttpResponse | None:
        """What a disturbance answers without anything being carried out."""
        if encounter.drops("before"):
            raise _Cut
        if (status := encounter.first(Status)) is not None:
            return self._unauthorized() if status.status == 401 else HttpResponse(status.status)
        if (flood := encounter.first(Flood)) is not None:
            return HttpResponse(200, headers={"Content-Type": _SOAP_CONTENT_TYPE}, filling=flood.size)
        return None

    async def _carry_out(self, message: _Message, action: str, encounter: Encounter) -> HttpResponse:
        management = self._endpoint.management
        garbage = encounter.first(Garbage)
        if (quota := encounter.first(Quota)) is not None:
            return message.respond(*management.refuse(message.content, QUOTA_FAULTS[quota.quota]()))
        if garbage is not None and garbage.instead_of == "http":
            return HttpResponse(200)
        self._endpoint.requests[action] += 1
        status, answer = await management.answer(message.content, message.user, message.authentication)
        if garbage is not None and garbage.instead_of == "soap":
            answer = _NOT_SOAP
        elif garbage is not None:
            answer = _STREAM.sub(rb"\1" + _NOT_PSRP, answer)
        return message.respond(status, answer)

    async def _send(self, response: HttpResponse, encounter: Encounter) -> None:
        await encounter.stall()
        if encounter.drops("unanswered"):
            raise _Cut
        rate = self._endpoint.interference.bytes_per_second
        garbage = encounter.first(Garbage)
        if garbage is not None and garbage.instead_of == "http":
            await self._http.write_raw([_NOT_HTTP], rate)
            raise _Cut(written=True)
        half = encounter.drops("during") or encounter.first(HalfAnswer) is not None
        await self._http.write(response, rate=rate, half=half)
        if half:
            await encounter.until_lifted()
        if half or encounter.drops("after"):
            raise _Cut(written=True)

    def _admit(self, request: HttpRequest) -> HttpResponse | _Message:
        """The message in a request whose sender is known, or the answer that comes before one."""
        if request.path.lower().rstrip("/") != "/wsman":
            return HttpResponse(404)
        if request.method != "POST":
            return HttpResponse(405, headers={"Allow": "POST"})
        if request.headers.get("wsmanidentify", "").lower() == "unauthenticated":
            identity = self._endpoint.management.identify(request.body)
            if identity is None:
                return self._unauthorized()
            return HttpResponse(200, identity, {"Content-Type": _SOAP_CONTENT_TYPE})
        header = request.headers.get("authorization", "")
        if "basic" in self._endpoint.settings.schemes and header.lower().startswith("basic "):
            user = basic_user(header, self._endpoint.accounts)
            return self._unauthorized() if user is None else self._message(request, user, None)
        answer_token: bytes | None = None
        if header:
            token = negotiate_token(header) if "negotiate" in self._endpoint.settings.schemes else None
            if token is None:
                return self._unauthorized()
            try:
                answer_token = self._step(token)
            except AuthenticationRefused as error:
                log.info("authentication refused: %s", error)
                return self._unauthorized()
            if self._authentication is None or self._authentication.user is None:
                return HttpResponse(401, challenges=challenges((), answer_token))
        if self._authentication is None or self._authentication.user is None:
            return self._unauthorized()
        return self._message(request, self._authentication.user, answer_token)

    def _step(self, token: bytes) -> bytes | None:
        """Go on with the exchange under way, or begin one."""
        if self._authentication is None or self._authentication.user is not None:
            level = self._endpoint.settings.channel_binding
            self._authentication = NegotiateAuthentication(self._endpoint.accounts, self._binding, level)
        return self._authentication.step(token)

    def _message(self, request: HttpRequest, user: str, token: bytes | None) -> HttpResponse | _Message:
        """The message of an authenticated request; ``token`` goes with its answer."""
        last = () if token is None else challenges((), token)
        if not request.body:
            # The empty request with which clients begin an encrypted conversation.
            return HttpResponse(200, challenges=last)
        authentication = self._authentication
        if authentication is None or not is_encrypted(request.headers.get("content-type", "")):
            if self._endpoint.settings.scheme == "http":
                # AllowUnencrypted is false: Windows gives 500 without a body (public issues of pywinrm).
                return HttpResponse(500, challenges=last)
            plain = {"Content-Type": _SOAP_CONTENT_TYPE}
            return _Message(
                request.body,
                user,
                "basic" if authentication is None else "negotiate",
                lambda status, answer: HttpResponse(status, answer, plain, challenges=last),
            )
        try:
            content = authentication.unwrap(request.body)
        except DecryptionFailed as error:
            log.info("a message could not be decrypted: %s", error)
            self._authentication = None
            return HttpResponse(400)
        encrypted = {"Content-Type": ENCRYPTED_CONTENT_TYPE}
        return _Message(
            content,
            user,
            "negotiate",
            lambda status, answer: HttpResponse(status, authentication.wrap(answer), encrypted, challenges=last),
        )

    def _unauthorized(self) -> HttpResponse:
        self._authentication = None
        return HttpResponse(401, challenges=challenges(self._endpoint.settings.schemes))
