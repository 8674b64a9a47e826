"""One TCP connection of a WinRM client: requests authenticated, decrypted and answered."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Final

from lab.wire.accounts import Accounts
from lab.wire.authentication import (
    Authentication,
    AuthenticationRefused,
    DecryptionFailed,
    NegotiateAuthentication,
    challenge,
    parse_authorization,
)
from lab.wire.encryption import ENCRYPTED_CONTENT_TYPE, is_encrypted
from lab.wire.http import BadRequest, HttpConnection, HttpRequest, HttpResponse
from lab.wire.management import Management

log = logging.getLogger(__name__)

_SOAP_CONTENT_TYPE: Final = "application/soap+xml;charset=UTF-8"


class Connection:
    """Serves one connection; the security context lives and dies with it."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        management: Management,
        accounts: Accounts,
        latency: float,
    ) -> None:
        """``latency`` (seconds) passes before each answer."""
        self._management = management
        self._accounts = accounts
        self._latency = latency
        self._http = HttpConnection(reader, writer)
        self._authentication: Authentication | None = None

    async def serve(self) -> None:
        """Answer requests until the client leaves or breaks HTTP."""
        try:
            while (request := await self._http.read()) is not None:
                response = await self._respond(request)
                await asyncio.sleep(self._latency)
                await self._http.write(response)
        except BadRequest as error:
            with contextlib.suppress(ConnectionError):
                await self._http.refuse(error)
        except ConnectionError:
            log.debug("a client closed its connection before its answer")
        finally:
            await self._http.close()

    async def _respond(self, request: HttpRequest) -> HttpResponse:
        if request.path.lower().rstrip("/") != "/wsman":
            return HttpResponse(404)
        if request.method != "POST":
            return HttpResponse(405, headers={"Allow": "POST"})
        if request.headers.get("wsmanidentify", "").lower() == "unauthenticated":
            identity = self._management.identify(request.body)
            if identity is None:
                return self._unauthorized()
            return HttpResponse(200, identity, {"Content-Type": _SOAP_CONTENT_TYPE})
        answer_token: bytes | None = None
        if "authorization" in request.headers:
            token = parse_authorization(request.headers["authorization"])
            if token is None:
                return self._unauthorized()
            try:
                answer_token = self._step(token)
            except AuthenticationRefused as error:
                log.info("authentication refused: %s", error)
                return self._unauthorized()
            if self._authentication is None or self._authentication.user is None:
                return HttpResponse(401, headers={"WWW-Authenticate": challenge(answer_token)})
        response = await self._respond_authenticated(request)
        if answer_token is not None:
            response.headers["WWW-Authenticate"] = challenge(answer_token)
        return response

    def _step(self, token: bytes) -> bytes | None:
        """Go on with the exchange under way, or begin one."""
        if self._authentication is None or self._authentication.user is not None:
            self._authentication = NegotiateAuthentication(self._accounts)
        return self._authentication.step(token)

    async def _respond_authenticated(self, request: HttpRequest) -> HttpResponse:
        authentication = self._authentication
        if authentication is None or authentication.user is None:
            return self._unauthorized()
        if not request.body:
            # The empty request with which clients begin an encrypted conversation.
            return HttpResponse(200)
        if not is_encrypted(request.headers.get("content-type", "")):
            # AllowUnencrypted is false: Windows gives 500 without a body (public issues of pywinrm).
            return HttpResponse(500)
        try:
            message = authentication.unwrap(request.body)
        except DecryptionFailed as error:
            log.info("a message could not be decrypted: %s", error)
            self._authentication = None
            return HttpResponse(400)
        status, answer = await self._management.answer(message, authentication.user)
        return HttpResponse(status, authentication.wrap(answer), {"Content-Type": ENCRYPTED_CONTENT_TYPE})

    def _unauthorized(self) -> HttpResponse:
        self._authentication = None
        return HttpResponse(401, headers={"WWW-Authenticate": challenge()})
