"""Who is at the other end: NTLM, plain or within SPNEGO (Negotiate), and the encryption it gives; or Basic."""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from typing import Final, Literal

from spnego import NegotiateOptions
from spnego._negotiate import NegotiateProxy
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

from lab.wire.accounts import Accounts
from lab.wire.encryption import frame, unframe


class AuthenticationRefused(Exception):
    """The client did not prove to be an account of this host."""


class DecryptionFailed(Exception):
    """A message was not encrypted with the keys of this connection."""


ChannelBinding = Literal["none", "relaxed", "strict"]


class NegotiateAuthentication:
    """The acceptor of the Negotiate scheme for the accounts of one host: one attempt to authenticate, and after it
    the security context of the connection.

    ``binding`` are the bytes that tie the attempt to the TLS connection it is made on, None without TLS. A client
    that names another binding is refused; one that names none only at the level ``strict`` (CbtHardeningLevel).
    """

    def __init__(self, accounts: Accounts, binding: bytes | None = None, level: ChannelBinding = "relaxed") -> None:
        self._accounts = accounts
        self._binding = None if level == "none" else binding
        self._level = level
        self._user: str | None = None
        try:
            self._context = _NtlmNegotiation(usage="accept", options=NegotiateOptions.use_negotiate)
        except SpnegoError as error:
            raise AuthenticationRefused("the host has no accounts") from error

    @property
    def user(self) -> str | None:
        """The authenticated account (``DOMAIN\\name``), or None while the exchange is not complete."""
        return self._user

    def step(self, token: bytes) -> bytes | None:
        """Take a token of the client and give the one to answer with; raises AuthenticationRefused."""
        try:
            answer = self._context.step(token, channel_bindings=self._expected_binding(token))
        except _BAD_TOKEN as error:
            raise AuthenticationRefused(str(error)) from error
        if self._context.complete:
            principal = self._context.client_principal or ""
            self._user = self._accounts.find(principal)
            if self._user is None:
                raise AuthenticationRefused(f"{principal} is not an account of this host")
        return answer

    def wrap(self, message: bytes) -> bytes:
        """Encrypt a message into the body of an HTTP response."""
        wrapped = self._context.wrap_winrm(message)
        return frame(wrapped.header, wrapped.data, len(message) + wrapped.padding_length)

    def unwrap(self, body: bytes) -> bytes:
        """Decrypt the body of an HTTP request; raises DecryptionFailed."""
        try:
            signature, sealed = unframe(body)
            return self._context.unwrap_winrm(signature, sealed)
        except (SpnegoError, ValueError) as error:
            raise DecryptionFailed(str(error)) from error

    def _expected_binding(self, token: bytes) -> GssChannelBindings | None:
        """What pyspnego shall compare the client's binding with; it would refuse a client that names none."""
        if self._binding is None:
            return None
        if _names_binding(token):
            return GssChannelBindings(application_data=self._binding)
        if self._level == "strict" and _is_ntlm_authenticate(token):
            raise AuthenticationRefused("the client names no channel binding")
        return None


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


_NTLM_AUTHENTICATE: Final = b"NTLMSSP\0\x03\0\0\0"
_CHANNEL_BINDINGS: Final = 10  # MsvAvChannelBindings, MS-NLMP 2.2.2.1


def _is_ntlm_authenticate(token: bytes) -> bool:
    return _NTLM_AUTHENTICATE in token


def _names_binding(token: bytes) -> bool:
    """Whether an AUTHENTICATE_MESSAGE (MS-NLMP 2.2.1.3), plain or within SPNEGO, holds a channel binding.

    A binding of zeros is none (MS-NLMP 2.2.2.1).
    """
    start = token.find(_NTLM_AUTHENTICATE)
    if start < 0:
        return False
    message = token[start:]
    try:
        length, _, offset = struct.unpack_from("<HHI", message, 20)
        # The AV_PAIRs of an NTLMv2 response stand behind 16 bytes of proof and 28 of head (MS-NLMP 2.2.2.7, 2.2.2.8).
        pairs = message[offset + 44 : offset + length]
        while pairs:
            kind, size = struct.unpack_from("<HH", pairs)
            if kind == 0:
                return False
            if kind == _CHANNEL_BINDINGS:
                return any(pairs[4 : 4 + size])
            pairs = pairs[4 + size :]
    except struct.error:
        return False
    return False


def negotiate_token(header: str) -> bytes | None:
    """The token of an ``Authorization: Negotiate ...`` header; None for another scheme or no token."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "negotiate":
        return None
    try:
        return base64.b64decode(encoded.strip(), validate=True) or None
    except binascii.Error:
        return None


def basic_user(header: str, accounts: Accounts) -> str | None:
    """The account that an ``Authorization: Basic ...`` header proves to be, or None."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, separator, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        return None
    user = accounts.find(name)
    if not separator or user is None or not hmac.compare_digest(accounts.password(user).encode(), password.encode()):
        return None
    return user


def challenges(schemes: tuple[str, ...], token: bytes | None = None) -> tuple[str, ...]:
    """The values of WWW-Authenticate headers that offer ``schemes``, or go on with ``token``."""
    if token is not None:
        return (f"Negotiate {base64.b64encode(token).decode()}",)
    return tuple(_CHALLENGES[scheme] for scheme in schemes)


_CHALLENGES: Final = {"negotiate": "Negotiate", "basic": 'Basic realm="WSMAN"'}
