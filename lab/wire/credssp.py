"""CredSSP: a TLS channel within HTTP headers, NTLM or Kerberos within it, and then the user's password (MS-CSSP)."""

from __future__ import annotations

import functools
from typing import Final

from spnego._credssp import CredSSPProxy
from spnego.exceptions import SpnegoError
from spnego.tls import CredSSPTLSContext, default_tls_context, generate_tls_certificate

from lab.wire.accounts import Accounts
from lab.wire.authentication import BAD_TOKEN, AuthenticationRefused, DecryptionFailed
from lab.wire.certificates import file_for_a_moment
from lab.wire.encryption import LARGEST_PIECE, Sealed, content_type, frame, unframe
from lab.wire.negotiation import Negotiation

_OLDEST_VERSION: Final = 5
"""What an updated Windows accepts at least: older versions fall to CVE-2018-0886 (MS-CSSP, appendix A)."""


class CredSspAuthentication:
    """The acceptor of the scheme CredSSP for the accounts of one host; see Authentication."""

    scheme = "CredSSP"
    kind = "credssp"

    def __init__(self, accounts: Accounts, *, keytab: str | None = None, ntlm: bool = True) -> None:
        try:
            self._negotiation = Negotiation(accounts, keytab, ntlm=ntlm)
        except SpnegoError as error:
            raise AuthenticationRefused(f"the host cannot sign anybody in: {error}") from error
        self._context = CredSSPProxy(
            usage="accept",
            credssp_negotiate_context=self._negotiation,
            credssp_tls_context=_tls_context(),
            credssp_min_protocol=_OLDEST_VERSION,
        )

    @property
    def user(self) -> str | None:
        return self._negotiation.account if self._context.complete else None

    def step(self, token: bytes) -> bytes | None:
        try:
            answer = self._context.step(token)
        except (SpnegoError, *BAD_TOKEN) as error:
            raise AuthenticationRefused(str(error)) from error
        if answer is None and not self._context.complete:
            raise AuthenticationRefused("the exchange of CredSSP has ended without a user")
        return answer

    def wrap(self, message: bytes) -> tuple[str, bytes]:
        pieces = []
        for start in range(0, len(message), LARGEST_PIECE):
            piece = message[start : start + LARGEST_PIECE]
            wrapped = self._context.wrap_winrm(piece)
            pieces.append(Sealed(wrapped.header, wrapped.data, len(piece)))
        return content_type("CredSSP", len(pieces)), frame("CredSSP", pieces)

    def unwrap(self, body: bytes) -> bytes:
        try:
            return b"".join(self._context.unwrap_winrm(piece.signature, piece.data) for piece in unframe(body))
        except (SpnegoError, ValueError) as error:
            raise DecryptionFailed(str(error)) from error


@functools.cache
def _tls_context() -> CredSSPTLSContext:
    """The key of CredSSP's channel, for all hosts of the process; it is bound to the sign-in, not to a name."""
    certificate, key, public_key = generate_tls_certificate()
    tls = default_tls_context(usage="accept")
    with file_for_a_moment(certificate + key) as path:
        tls.context.load_cert_chain(path)
    tls.public_key = public_key
    return tls
