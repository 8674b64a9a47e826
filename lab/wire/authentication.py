"""Who is at the other end: NTLM, plain or within SPNEGO (Negotiate), and the encryption it gives."""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Protocol

from spnego import NegotiateOptions
from spnego._negotiate import NegotiateProxy
from spnego.exceptions import SpnegoError

from lab.wire.accounts import Accounts
from lab.wire.encryption import frame, unframe


class AuthenticationRefused(Exception):
    """The client did not prove to be an account of this host."""


class DecryptionFailed(Exception):
    """A message was not encrypted with the keys of this connection."""


class Authentication(Protocol):
    """One attempt to authenticate, and after it the security context of the connection."""

    @property
    def user(self) -> str | None:
        """The authenticated account (``DOMAIN\\name``), or None while the exchange is not complete."""

    def step(self, token: bytes) -> bytes | None:
        """Take a token of the client and give the one to answer with; raises AuthenticationRefused."""

    def wrap(self, message: bytes) -> bytes:
        """Encrypt a message into the body of an HTTP response."""

    def unwrap(self, body: bytes) -> bytes:
        """Decrypt the body of an HTTP request; raises DecryptionFailed."""


class NegotiateAuthentication:
    """The acceptor of the Negotiate scheme for the accounts of one host."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._user: str | None = None
        try:
            self._context = _NtlmNegotiation(usage="accept", options=NegotiateOptions.use_negotiate)
        except SpnegoError as error:
            raise AuthenticationRefused("the host has no accounts") from error

    @property
    def user(self) -> str | None:
        return self._user

    def step(self, token: bytes) -> bytes | None:
        try:
            answer = self._context.step(token)
        except _BAD_TOKEN as error:
            raise AuthenticationRefused(str(error)) from error
        if self._context.complete:
            principal = self._context.client_principal or ""
            self._user = self._accounts.find(principal)
            if self._user is None:
                raise AuthenticationRefused(f"{principal} is not an account of this host")
        return answer

    def wrap(self, message: bytes) -> bytes:
        wrapped = self._context.wrap_winrm(message)
        return frame(wrapped.header, wrapped.data, len(message) + wrapped.padding_length)

    def unwrap(self, body: bytes) -> bytes:
        try:
            signature, sealed = unframe(body)
            return self._context.unwrap_winrm(signature, sealed)
        except (SpnegoError, ValueError) as error:
            raise DecryptionFailed(str(error)) from error


class _NtlmNegotiation(NegotiateProxy):
    """SPNEGO that agrees to nothing but pyspnego's own NTLM.

    Left to itself it would also offer the Kerberos of the system, and so the real accounts of the machine.
    """

    @classmethod
    def available_protocols(cls, options: NegotiateOptions | None = None) -> list[str]:
        return ["ntlm", "negotiate"]


# pyspnego unpacks tokens without checking them first: garbage surfaces as whatever the unpacking met.
_BAD_TOKEN = (
    SpnegoError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    StopIteration,
    struct.error,
)


def parse_authorization(header: str) -> bytes | None:
    """The token of an ``Authorization: Negotiate ...`` header; None for another scheme or no token."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "negotiate":
        return None
    try:
        return base64.b64decode(encoded.strip(), validate=True) or None
    except binascii.Error:
        return None


def challenge(token: bytes | None = None) -> str:
    """The value of a WWW-Authenticate header, with the token to continue with if there is one."""
    return "Negotiate" if token is None else f"Negotiate {base64.b64encode(token).decode()}"
