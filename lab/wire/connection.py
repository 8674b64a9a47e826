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
import struct
from typing import Final

from lab.wire.admission import SOAP_CONTENT_TYPE, Admission, Message
from lab.wire.disturbances import Content, Flood, Garbage, HalfAnswer, Quota, Status
from lab.wire.endpoint import Endpoint
from lab.wire.http import BadRequest, HttpConnection, HttpRequest, HttpResponse
from lab.wire.interference import Encounter
from lab.wire.outbox import LARGEST_FRAGMENT, fragments_of
from lab.wire.quotas import QUOTA_FAULTS
from lab.wire.soap import action_of

log = logging.getLogger(__name__)

# Bytes of the framing of an encrypted message, and more.
_FRAMING: Final = 16_384
_NOT_HTTP: Final = b"\x00\x01\x02 this is no HTTP \xff\xfe\r\n\r\n"
_NOT_SOAP: Final = b"<html><body>This is <b>no SOAP</body>"
_NOT_PSRP: Final = base64.b64encode(b"these are no fragments of PSRP")
# A PSRP message with output of a pipeline, up to its data (MS-PSRP 2.2.1), and the number of an object of its own.
_OUTPUT: Final = struct.pack("<II32x", 1, 0x00041004)
_OBJECT: Final = 1 << 63
_STREAM = re.compile(rb"(<rsp:Stream [^>]*>)[^<]*")


class _Cut(Exception):
    """The connection is cut here; ``written``: after what was written has left."""

    def __init__(self, *, written: bool = False) -> None:
        super().__init__()
        self.written = written


class Connection:
    """Serves one connection; the security context lives and dies with it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        largest = endpoint.settings.quotas.max_envelope_size_kb * 1024
        self._http = HttpConnection(reader, writer, largest + _FRAMING)
        self._admission = Admission(endpoint)
        self._idle = False
        self._idle_timer: asyncio.TimerHandle | None = None

    async def serve(self) -> None:
        """Answer requests until the client leaves or breaks HTTP, or a disturbance cuts the connection."""
        try:
            await self._endpoint.interference.black_hole()
            if self._endpoint.settings.scheme == "https":
                certificate = self._endpoint.certificate()
                shown = await self._http.start_tls(certificate.context)
                self._admission.over_tls(certificate.binding, shown)
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
        admitted = self._admission.admit(request)
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
            return self._admission.refuse() if status.status == 401 else HttpResponse(status.status)
        if (flood := encounter.first(Flood)) is not None:
            return HttpResponse(200, headers={"Content-Type": SOAP_CONTENT_TYPE}, filling=flood.size)
        if (content := encounter.first(Content)) is not None and content.instead_of == "http":
            headers = {"Content-Type": SOAP_CONTENT_TYPE}
            if content.encoding is not None:
                headers["Content-Encoding"] = content.encoding
            return HttpResponse(200, content.text.encode(), headers)
        return None

    async def _carry_out(self, message: Message, action: str, encounter: Encounter) -> HttpResponse:
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
        elif (content := encounter.first(Content)) is not None:
            streams = b"".join(fragments_of(_OUTPUT + content.text.encode(), _OBJECT, LARGEST_FRAGMENT))
            answer = _STREAM.sub(rb"\1" + base64.b64encode(streams), answer)
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
