"""The MIME framing of encrypted SOAP messages over HTTP (MS-WSMV 2.2.9.1, Encrypted Message Types)."""

from __future__ import annotations

import re
import struct

SPNEGO_PROTOCOL = "application/HTTP-SPNEGO-session-encrypted"
ENCRYPTED_CONTENT_TYPE = f'multipart/encrypted;protocol="{SPNEGO_PROTOCOL}";boundary="Encrypted Boundary"'

_HEADER_LENGTH = struct.Struct("<i")
_ORIGINAL_LENGTH = re.compile(rb"OriginalContent:[^\r\n]*Length=(\d+)", re.IGNORECASE)
_DATA_PART = re.compile(rb"Content-Type:\s*application/octet-stream\r\n", re.IGNORECASE)


def is_encrypted(content_type: str) -> bool:
    """Whether a body of this content type is one message encrypted by Negotiate or NTLM."""
    lowered = content_type.lower()
    return lowered.startswith("multipart/encrypted") and SPNEGO_PROTOCOL.lower() in lowered


def frame(signature: bytes, sealed: bytes, length: int) -> bytes:
    """The body that carries ``sealed``; ``length`` is the size of the message in the clear, in bytes."""
    head = (
        "--Encrypted Boundary\r\n"
        f"\tContent-Type: {SPNEGO_PROTOCOL}\r\n"
        f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={length}\r\n"
        "--Encrypted Boundary\r\n"
        "\tContent-Type: application/octet-stream\r\n"
    )
    return b"".join(
        (head.encode(), _HEADER_LENGTH.pack(len(signature)), signature, sealed, b"--Encrypted Boundary--\r\n")
    )


def unframe(body: bytes) -> tuple[bytes, bytes]:
    """The signature and the sealed message of a framed body; raises ValueError when it is not one."""
    length = _ORIGINAL_LENGTH.search(body)
    data = _DATA_PART.search(body)
    if length is None or data is None:
        raise ValueError("the body is not an encrypted message")
    start = data.end() + _HEADER_LENGTH.size
    if len(body) < start:
        raise ValueError("the encrypted message ends before its signature")
    (signature_length,) = _HEADER_LENGTH.unpack(body[data.end() : start])
    end = start + signature_length + int(length[1])
    if not 0 < signature_length <= 256 or end > len(body):
        raise ValueError("the encrypted message is shorter than it says")
    return body[start : start + signature_length], body[start + signature_length : end]
