"""What an answer of a host may be at most: its size, its time and its form. A host may be another than it should be."""

from __future__ import annotations

import http.client
import io
import socket
import struct
import time
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from pypsrp.exceptions import WinRMError
from pypsrp.messages import Message
from pypsrp.powershell import Fragmenter
from pypsrp.serializer import Serializer

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_BYTES = 16 << 20
"""Of one answer over HTTP, its headers included. A host is asked for envelopes of at most 512,000 bytes, and keeps to
that or answers with a fault (DSP0226, wsman:MaxEnvelopeSize)."""
MOST_OF_A_CALL = 64 << 20
"""Bytes of what a pipeline writes that is read as a whole. All that is read of a host of the lab with a thousand
machines is 1 MB, and Hyper-V runs 1,024; the rest is for long notes and names."""
TRANSFER = 300.0
"""Seconds that an answer may take from its first byte to its last beyond the time of its operation: an envelope of the
size above at 2 KB a second."""


class AnswerRefused(WinRMError):
    """An answer is not read any further; the text is for the log."""


class TooLarge(AnswerRefused):
    """It goes on after ``most`` bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} bytes")
        self.most = most


class HoldsDefinitions(AnswerRefused):
    """It has a document type definition, whose entities may stand for any amount of text, or for files."""


class Encoded(AnswerRefused):
    """Its content is compressed, though nobody has asked for that."""


class Limited(io.RawIOBase):
    """The bytes of one answer as they come from ``connection``, at most ``most``, and for ``seconds`` at most."""

    def __init__(self, connection: socket.socket, most: int, seconds: float) -> None:
        super().__init__()
        # The authentication looks for it by this name, to bind itself to the host's certificate.
        self._sock = connection
        self._bytes = connection.makefile("rb", buffering=0)
        self._most = self._left = most
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        """Raises TooLarge and OSError."""
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the answer did not end in time")
        each = self._sock.gettimeout()
        if each is None or seconds < each:
            self._sock.settimeout(seconds)
        count: int | None = self._bytes.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise TooLarge(self._most)
        return count

    def close(self) -> None:
        """Let go of the connection."""
        self._bytes.close()
        super().close()


class _Source:
    """What http.client takes for a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def makefile(self, _mode: str) -> io.BufferedReader:
        seconds = (self._connection.gettimeout() or 0.0) + TRANSFER
        return io.BufferedReader(Limited(self._connection, MOST_BYTES, seconds))


class LimitedAnswer(http.client.HTTPResponse):
    """An answer over HTTP that ends within the limits or raises TooLarge or TimeoutError."""

    def __init__(self, connection: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(_Source(connection), *arguments, **named)  # type: ignore[arg-type]


def require_no_definitions(xml: str | bytes) -> None:
    """Raises HoldsDefinitions for a document with a type definition; what is no XML, its reader has to tell."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = _begin
    try:
        # The definition stands before the first element, or nowhere.
        for start in range(0, len(xml), _PIECE):
            parser.Parse(xml[start : start + _PIECE], False)
    except (_Begun, expat.ExpatError):
        return


_PIECE = 4096


class _Begun(Exception):
    """The first element begins."""


def _refuse(*_parts: object) -> None:
    raise HoldsDefinitions("a document type definition")


def _begin(*_parts: object) -> None:
    raise _Begun


class PlainSerializer(Serializer):
    """Reads and writes CLIXML, but no document type definitions."""

    def deserialize(self, element: Any, *arguments: Any, **named: Any) -> Any:
        """The value of an element or of a text. Raises HoldsDefinitions, and what pypsrp raises."""
        if isinstance(element, str):
            require_no_definitions(element)
        return super().deserialize(element, *arguments, **named)


_HEADER = struct.Struct(">QQBI")
"""Object, number of the fragment, flags, length (MS-PSRP 2.2.4)."""
_END = 2


class LimitedFragmenter(Fragmenter):
    """Puts messages together of the fragments they come in.

    pypsrp copies all that follows for each fragment, and all that came before: many small ones would keep it busy for
    hours.
    """

    def __init__(self, most_sent: int, serializer: Serializer) -> None:
        super().__init__(most_sent, serializer)
        self._parts: dict[int, list[bytes]] = {}
        self._waiting = 0

    def defragment(self, data: bytes) -> list[Message]:
        """The messages that are whole now. Raises TooLarge, ValueError and struct.error."""
        messages: list[Message] = []
        start = 0
        while start < len(data):
            number_of_object, number, flags, length = _HEADER.unpack_from(data, start)
            start += _HEADER.size
            part = data[start : start + length]
            start += length
            parts = self._parts.setdefault(number_of_object, [])
            if number != len(parts) or len(part) < length:
                raise ValueError("a fragment is missing")
            parts.append(part)
            self._waiting += _HEADER.size + length
            if self._waiting > MOST_OF_A_CALL:
                raise TooLarge(MOST_OF_A_CALL)
            if flags & _END:
                del self._parts[number_of_object]
                self._waiting -= sum(_HEADER.size + len(each) for each in parts)
                messages.append(Message.unpack(b"".join(parts), self.serializer))
        return messages
