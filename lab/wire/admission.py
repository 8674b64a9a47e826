"""Who sends the requests of one connection: signing in by any scheme that the host offers, and decrypting."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lab.wire.authentication import (
    Authentication,
    AuthenticationRefused,
    DecryptionFailed,
    NegotiateAuthentication,
    answering,
    basic_user,
    challenges,
    token_of,
)
from lab.wire.client_certificates import MUTUAL_PROFILE, principal_of
from lab.wire.credssp import CredSspAuthentication
from lab.wire.encryption import protocol_of
from lab.wire.endpoint import Endpoint
from lab.wire.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)

SOAP_CONTENT_TYPE: Final = "application/soap+xml;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Message:
    """A WS-Management message of a client that is who it says, and how its answer is put into an HTTP response."""

    content: bytes
    user: str
    authentication: str
    respond: Callable[[int, bytes], HttpResponse]


class Admission:
    """Lives and dies with one connection, and the security context with it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._binding: bytes | None = None
        self._certificate: bytes | None = None
        self._authentication: Authentication | None = None

    def over_tls(self, binding: bytes, certificate: bytes | None) -> None:
        """The connection is under TLS now, with this channel binding and the certificate the client has shown."""
        self._binding = binding
        self._certificate = certificate

    def admit(self, request: HttpRequest) -> HttpResponse | Message:
        """The message in a request whose sender is known, or the answer that comes before one."""
        if request.path.lower().rstrip("/") != "/wsman":
            return HttpResponse(404)
        if request.method != "POST":
            return HttpResponse(405, headers={"Allow": "POST"})
        if request.headers.get("wsmanidentify", "").lower() == "unauthenticated":
            identity = self._endpoint.management.identify(request.body)
            if identity is None:
                return self.refuse()
            return HttpResponse(200, identity, {"Content-Type": SOAP_CONTENT_TYPE})
        header = request.headers.get("authorization", "")
        if not header:
            return self._message(request, ())
        scheme = header.partition(" ")[0].lower()
        if header == MUTUAL_PROFILE:
            scheme = "certificate"
        if scheme not in self._endpoint.settings.schemes:
            return self.refuse()
        if scheme == "basic":
            return self._plain_message(request, basic_user(header, self._endpoint.accounts), "basic")
        if scheme == "certificate":
            return self._plain_message(request, self._user_of_certificate(), "certificate")
        return self._negotiated(request, scheme, token_of(header))

    def refuse(self, token: bytes | None = None) -> HttpResponse:
        """Not authenticated; ``token`` says why, in the words of the mechanism."""
        last = self._authentication
        self._authentication = None
        if token is not None and last is not None:
            return HttpResponse(401, challenges=answering(last.scheme, token))
        return HttpResponse(401, challenges=challenges(self._endpoint.settings.schemes))

    def _negotiated(self, request: HttpRequest, scheme: str, token: bytes | None) -> HttpResponse | Message:
        if token is None:
            return self.refuse()
        try:
            if self._authentication is None or self._authentication.user is not None:
                self._authentication = self._begin(scheme)
            answer = self._authentication.step(token)
        except AuthenticationRefused as error:
            log.info("authentication refused: %s", error)
            self._endpoint.refused_sign_ins += 1
            return self.refuse(error.token)
        last = answering(self._authentication.scheme, answer)
        if self._authentication.user is None:
            return HttpResponse(401, challenges=last)
        return self._message(request, last)

    def _begin(self, scheme: str) -> Authentication:
        """A new exchange; raises AuthenticationRefused."""
        endpoint, settings = self._endpoint, self._endpoint.settings
        keytab = settings.keytab or endpoint.keytab
        match scheme:
            case "credssp":
                return CredSspAuthentication(endpoint.accounts, keytab=keytab, ntlm=settings.ntlm)
            case "kerberos":
                level = settings.channel_binding
                return NegotiateAuthentication(
                    endpoint.accounts, self._binding, level, keytab=keytab, ntlm=False, scheme="Kerberos"
                )
        return NegotiateAuthentication(
            endpoint.accounts, self._binding, settings.channel_binding, keytab=keytab, ntlm=settings.ntlm
        )

    def _user_of_certificate(self) -> str | None:
        """The account that the client's certificate stands for; None for no certificate or no account."""
        if self._certificate is None:
            return None
        accounts = self._endpoint.accounts
        user = accounts.find(principal_of(self._certificate) or "")
        return None if user is None or accounts.refusal(user) else user

    def _plain_message(self, request: HttpRequest, user: str | None, kind: str) -> HttpResponse | Message:
        """The message of a scheme that stands in each request and encrypts nothing."""
        if user is None:
            self._endpoint.refused_sign_ins += 1
            return self.refuse()
        if not request.body:
            return HttpResponse(200)
        plain = {"Content-Type": SOAP_CONTENT_TYPE}
        return Message(request.body, user, kind, lambda status, answer: HttpResponse(status, answer, plain))

    def _message(self, request: HttpRequest, last: tuple[str, ...]) -> HttpResponse | Message:
        """The message of a request on a connection with a security context; ``last`` goes with its answer."""
        authentication = self._authentication
        if authentication is None or authentication.user is None:
            return self.refuse()
        if not request.body:
            # The empty request with which clients begin an encrypted conversation.
            return HttpResponse(200, challenges=last)
        if protocol_of(request.headers.get("content-type", "")) is None:
            if self._endpoint.settings.scheme == "http":
                # AllowUnencrypted is false: Windows gives 500 without a body (public issues of pywinrm).
                return HttpResponse(500, challenges=last)
            plain = {"Content-Type": SOAP_CONTENT_TYPE}
            return Message(
                request.body,
                authentication.user,
                authentication.kind,
                lambda status, answer: HttpResponse(status, answer, plain, challenges=last),
            )
        try:
            content = authentication.unwrap(request.body)
        except DecryptionFailed as error:
            log.info("a message could not be decrypted: %s", error)
            self._authentication = None
            return HttpResponse(400)
        return Message(
            content,
            authentication.user,
            authentication.kind,
            lambda status, answer: _encrypted(status, answer, authentication, last),
        )


def _encrypted(status: int, answer: bytes, authentication: Authentication, last: tuple[str, ...]) -> HttpResponse:
    content_type, body = authentication.wrap(answer)
    return HttpResponse(status, body, {"Content-Type": content_type}, challenges=last)
