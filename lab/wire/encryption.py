"""The MIME framing of encrypted SOAP messages over HTTP (MS-WSMV 2.2.9.1, Encrypted Message Types)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Protocol: TypeAlias = Literal["SPNEGO", "Kerberos", "CredSSP"]
"""What the keys come from: the scheme of the HTTP authentication, with SPNEGO for Negotiate."""

LARGEST_PIECE: Final = 16_384
"""Bytes of a message that one record of TLS takes, and so one part of a message encrypted by CredSSP."""

_PROTOCOL = re.compile(r"application/http-(spnego|kerberos|credssp)-session-encrypted")
_NAMES: Final[dict[str, Protocol]] = {"spnego": "SPNEGO", "kerberos": "Kerberos", "credssp": "CredSSP"}
_DELIMITER: Final = b"--Encrypted Boundary"
_HEADER_LENGTH = struct.Struct("<i")
_ORIGINAL_LENGTH = re.compile(rb"OriginalContent:[^\r\n]*Length=(\d+)", re.IGNORECASE)
_DATA_PART = re.compile(rb"Content-Type:\s*application/octet-stream\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted message or piece of one; ``length`` is its size in the clear, in bytes."""

    signature: bytes
    data: bytes
    length: int


def protocol_of(content_type: str) -> Protocol | None:
    """What a body of this content type is encrypted by, or None if it is not encrypted."""
    lowered = content_type.lower()
    if not lowered.startswith(("multipart/encrypted", "multipart/x-multi-encrypted")):
        return None
    found = _PROTOCOL.search(lowered)
    return _NAMES[found[1]] if found else None


def content_type(protocol: Protocol, pieces: int) -> str:
    """The content type of a body with so many pieces."""
    kind = "multipart/encrypted" if pieces == 1 else "multipart/x-multi-encrypted"
    return f'{kind};protocol="application/HTTP-{protocol}-session-encrypted";boundary="Encrypted Boundary"'


def frame(protocol: Protocol, pieces: Iterable[Sealed]) -> bytes:
    """The body that carries these pieces."""
    parts: list[bytes] = []
    for piece in pieces:
        head = (
            "--Encrypted Boundary\r\n"
            f"\tContent-Type: application/HTTP-{protocol}-session-encrypted\r\n"
            f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={piece.length}\r\n"
            "--Encrypted Boundary\r\n"
            "\tContent-Type: application/octet-stream\r\n"
        )
        parts += [head.encode(), _HEADER_LENGTH.pack(len(piece.signature)), piece.signature, piece.data]
    return b"".join((*parts, b"--Encrypted Boundary--\r\n"))


def unframe(body: bytes) -> list[Sealed]:
    """The pieces of a framed body; raises ValueError when it is not one.

    The data of a piece are at least as long as the piece was in the clear: TLS adds to it.
    """
    pieces: list[Sealed] = []
    begin = 0
    while (length := _ORIGINAL_LENGTH.search(body, begin)) is not None:
        data = _DATA_PART.search(body, length.end())
        if data is None or len(body) < data.end() + _HEADER_LENGTH.size:
            raise ValueError("the encrypted message ends before its signature")
        start = data.end() + _HEADER_LENGTH.size
        (signature_length,) = _HEADER_LENGTH.unpack(body[data.end() : start])
        if not 0 < signature_length <= 256:
            raise ValueError("the encrypted message has no signature")
        original = int(length[1])
        end = body.find(_DELIMITER, start + signature_length + original)
        if end < 0:
            raise ValueError("the encrypted message is shorter than it says")
        signature = body[start : start + signature_length]
        pieces.append(Sealed(signature, body[start + signature_length : end], original))
        begin = end
    if not pieces:
        raise ValueError("the body is not an encrypted message")
    return pieces
