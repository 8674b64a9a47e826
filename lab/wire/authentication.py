"""Who is at the other end: Kerberos or NTLM, plain or within SPNEGO, with the encryption it gives; or Basic."""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from typing import Final, Literal, Protocol

from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

from lab.wire.accounts import Accounts
from lab.wire.encryption import Sealed, frame, unframe
from lab.wire.encryption import content_type as encrypted_content_type
from lab.wire.negotiation import Negotiation


class AuthenticationRefused(Exception):
    """The client did not prove to be an account of this host; ``token`` tells it so in the words of the mechanism."""

    def __init__(self, reason: str, token: bytes | None = None) -> None:
        super().__init__(reason)
        self.token = token


class DecryptionFailed(Exception):
    """A message was not encrypted with the keys of this connection."""


ChannelBinding = Literal["none", "relaxed", "strict"]


class Authentication(Protocol):
    """One attempt to authenticate, and after it the security context of the connection.

    ``scheme`` is the one of HTTP in which it goes on, ``user`` the authenticated account (``DOMAIN\\name``), or None
    while the exchange is not complete, and ``kind`` how it was authenticated.
    """

    scheme: str

    @property
    def user(self) -> str | None: ...

    @property
    def kind(self) -> str: ...

    def step(self, token: bytes) -> bytes | None:
        """Take a token of the client and give the one to answer with; raises AuthenticationRefused."""

    def wrap(self, message: bytes) -> tuple[str, bytes]:
        """The content type and the body of an HTTP response that carries a message, encrypted."""

    def unwrap(self, body: bytes) -> bytes:
        """Decrypt the body of an HTTP request; raises DecryptionFailed."""


class NegotiateAuthentication:
    """The acceptor of the schemes Negotiate and Kerberos for the accounts of one host.

    ``keytab`` is the file with its Kerberos keys; without ``ntlm`` nothing but Kerberos is accepted. ``binding`` are
    the bytes that tie the attempt to the TLS connection it is made on, None without TLS. A client that names another
    binding is refused; one that names none only at the level ``strict`` (CbtHardeningLevel), and only with NTLM: MIT's
    acceptor does not tell a client that names none.
    """

    def __init__(
        self,
        accounts: Accounts,
        binding: bytes | None = None,
        level: ChannelBinding = "relaxed",
        *,
        keytab: str | None = None,
        ntlm: bool = True,
        scheme: str = "Negotiate",
    ) -> None:
        self.scheme = scheme
        self._binding = None if level == "none" else binding
        self._level = level
        try:
            self._context = Negotiation(accounts, keytab, ntlm=ntlm)
        except SpnegoError as error:
            raise AuthenticationRefused(f"the host cannot sign anybody in: {error}") from error

    @property
    def user(self) -> str | None:
        return self._context.account

    @property
    def kind(self) -> str:
        return "kerberos" if self._context.negotiated_protocol == "kerberos" else "negotiate"

    def step(self, token: bytes) -> bytes | None:
        try:
            return self._context.step(token, channel_bindings=self._expected_binding(token))
        except SpnegoError as error:
            raise AuthenticationRefused(str(error), self._context.error_token(error)) from error
        except BAD_TOKEN as error:
            raise AuthenticationRefused(str(error)) from error

    def wrap(self, message: bytes) -> tuple[str, bytes]:
        wrapped = self._context.wrap_winrm(message)
        sealed = Sealed(wrapped.header, wrapped.data, len(message) + wrapped.padding_length)
        protocol: Literal["SPNEGO", "Kerberos"] = "Kerberos" if self.scheme == "Kerberos" else "SPNEGO"
        return encrypted_content_type(protocol, 1), frame(protocol, [sealed])

    def unwrap(self, body: bytes) -> bytes:
        try:
            return b"".join(self._context.unwrap_winrm(piece.signature, piece.data) for piece in unframe(body))
        except (SpnegoError, ValueError) as error:
            raise DecryptionFailed(str(error)) from error

    def _expected_binding(self, token: bytes) -> GssChannelBindings | None:
        """What the client's binding is compared with; pyspnego's NTLM would refuse a client that names none."""
        if self._binding is None:
            return None
        if _NTLM not in token or _names_binding(token):
            return GssChannelBindings(application_data=self._binding)
        if self._level == "strict" and _NTLM_AUTHENTICATE in token:
            raise AuthenticationRefused("the client names no channel binding")
        return None


# pyspnego unpacks tokens without checking them first: garbage surfaces as whatever the unpacking met.
BAD_TOKEN: Final = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    StopIteration,
    struct.error,
)


_NTLM: Final = b"NTLMSSP\0"
_NTLM_AUTHENTICATE: Final = _NTLM + b"\x03\0\0\0"
_CHANNEL_BINDINGS: Final = 10  # MsvAvChannelBindings, MS-NLMP 2.2.2.1


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


def token_of(header: str) -> bytes | None:
    """The token of an ``Authorization: Negotiate ...`` header or the like; None where there is none."""
    try:
        return base64.b64decode(header.partition(" ")[2].strip(), validate=True) or None
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


def challenges(schemes: tuple[str, ...]) -> tuple[str, ...]:
    """The values of WWW-Authenticate headers that offer ``schemes``; one of certificates has none."""
    return tuple(_CHALLENGES[scheme] for scheme in schemes if scheme in _CHALLENGES)


def answering(scheme: str, token: bytes | None) -> tuple[str, ...]:
    """The value of the WWW-Authenticate header that goes on with ``token``."""
    return () if token is None else (f"{scheme} {base64.b64encode(token).decode()}",)


_CHALLENGES: Final = {
    "negotiate": "Negotiate",
    "kerberos": "Kerberos",
    "credssp": "CredSSP",
    "basic": 'Basic realm="WSMAN"',
}
