"""pypsrp 0.9.1 made fit for many hosts at once: every private name of it that is touched is touched here.

The exact version is pinned in pyproject.toml for that reason.
"""

from __future__ import annotations

import logging
import ssl
import struct
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import requests
from pypsrp.complex_objects import PSInvocationState
from pypsrp.exceptions import AuthenticationError, WinRMError, WinRMTransportError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.shell import CommandState
from pypsrp.wsman import OptionSet, SelectorSet, WSMan, _TransportHTTP
from requests_credssp.exceptions import AuthenticationException
from spnego._negotiate import NegotiateProxy
from spnego._ntlm import NTLMProxy
from urllib3.util.ssl_ import create_urllib3_context

from core.elapsed import elapsed
from core.remoting.answers import (
    AnswerRefused,
    Encoded,
    LimitedAnswer,
    LimitedFragmenter,
    PlainSerializer,
    require_no_definitions,
)
from core.remoting.certificates import OLDEST_TLS
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.failures import broke_off
from core.remoting.refusals import SchemeRefused
from core.remoting.turn import TURN

# How much longer than the operation's own time an answer may take to arrive, in seconds.
_ANSWER_MARGIN = 2

# What pypsrp raises from deep inside when an answer is not what it expects.
UNREADABLE = (
    ElementTree.ParseError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    RecursionError,
    struct.error,
)

FINAL = (PSInvocationState.COMPLETED, PSInvocationState.FAILED, PSInvocationState.STOPPED)
"""The states in which a pipeline has ended."""

# How often a host may say nothing while a shell opens; each takes the operation's time, unless something is wrong.
_MOST_EMPTY = 20

# What pypsrp raises when nobody has been signed in; a ValueError when the host offers but another mechanism.
_NOT_SIGNED_IN = (AuthenticationError, AuthenticationException, ValueError)

# These log whole messages and tokens, and every read time-out as an error.
for _name in ("pypsrp", "spnego", "requests_credssp"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class Http(_TransportHTTP):
    """The HTTP connection of one session: bounded in time, fresh after a pause or a failure."""

    def __init__(self, server: str, *, idle_limit: float, fingerprint: str | None, **options: Any) -> None:
        super().__init__(server, **options)
        self._fingerprint = fingerprint
        self._answer: requests.Response | None = None
        self.message_left = False
        self.was_encrypted = False
        self._asked_to_sign_in = False
        self._idle_limit = idle_limit
        self._last_used = elapsed()

    def send(
        self,
        message: bytes,
        *,
        retries_on_read_timeout: int = 0,
        timeout: float | tuple[float, float] | None = None,
    ) -> bytes:
        """Send ``message`` and return the answer.

        The two options are pypsrp's. It asks for retries only for a Receive, which alone may be sent again
        after a broken connection: the host then repeats its answer. Its time-out is not used: it would
        allow as long for connecting as for the answer.
        """
        if elapsed() - self._last_used > self._idle_limit:
            self.reset()
        with TURN.ceded():
            try:
                return self._send(message)
            except WinRMTransportError as refusal:
                if not self._could_not_decrypt(refusal):
                    raise
                self.reset()
                return self._send_anew(message)
            except AnswerRefused:
                self.reset()
                raise
            except requests.RequestException as failure:
                self.reset()
                if retries_on_read_timeout and broke_off(failure):
                    return self._send(message)
                raise
            finally:
                self._last_used = elapsed()

    def reset(self) -> None:
        """Drop the connection and its encryption; the next message makes new ones."""
        self.close()
        self.session = None
        self.encryption = None

    def close(self) -> None:
        """Close every connection now: urllib3 leaves them open while an error that is still shown knows them."""
        if self.session is None:
            return
        adapter: Any
        for adapter in self.session.adapters.values():
            for manager in (adapter.poolmanager, *adapter.proxy_manager.values()):
                for key in list(manager.pools.keys()):
                    if (pool := manager.pools.get(key)) is not None:
                        pool.close()
        super().close()

    def _send_anew(self, message: bytes) -> bytes:
        """Send what the host could not decrypt over a connection that has just signed in."""
        try:
            return self._send(message)
        except WinRMTransportError as refusal:
            if self._asked_to_sign_in and self._could_not_decrypt(refusal):
                raise AuthenticationError("asked to sign in again after each sign-in") from refusal
            raise

    def _send(self, message: bytes) -> bytes:
        self.message_left = self._asked_to_sign_in = False
        try:
            answer = super().send(message, timeout=(self.connection_timeout, self.read_timeout))
            require_no_definitions(answer)
            return answer
        except WinRMTransportError as refusal:
            require_no_definitions(refusal.response_text or "")
            raise
        except _NOT_SIGNED_IN as refusal:
            if self._is_scheme_refused(refusal):
                raise SchemeRefused(self.auth) from refusal
            raise
        finally:
            # A sign-in that breaks off leaves its last answer unread, and the connection open.
            if self._answer is not None:
                self._answer.close()
                self._answer = None

    def _send_request(
        self, request: requests.PreparedRequest, timeout: float | tuple[float, float] | None = None
    ) -> bytes:
        # The first request of an encrypted connection is empty and only signs in.
        self.message_left = bool(request.body)
        return super()._send_request(request, timeout=timeout)

    def _build_auth_basic(self, session: requests.Session) -> None:
        """As pypsrp's own, which cannot send a name or a password that Latin-1 has no characters for.

        Those go as UTF-8, for which RFC 7617 has a word that WinRM does not say (assumed).
        """
        super()._build_auth_basic(session)
        try:
            f"{self.username}{self.password}".encode("latin-1")
        except UnicodeEncodeError:
            name, password = str(self.username).encode(), str(self.password).encode()
            session.auth = requests.auth.HTTPBasicAuth(name, password)

    def _build_session(self) -> requests.Session:
        session = super()._build_session()
        # Whoever answers for the host decides nothing about who else is signed in to.
        session.max_redirects = 0
        remembered: Any = session.get_adapter(self.endpoint)
        exchange = remembered.send

        def send(*arguments: Any, **options: Any) -> requests.Response:
            answer: requests.Response = exchange(*arguments, **options)
            self._answer = answer
            self.was_encrypted = answer.headers.get("content-type", "").startswith("multipart/")
            if answer.headers.get("content-encoding", "identity").lower() != "identity":
                raise Encoded("a content encoding that was not asked for")
            # Guessing at the encoding of a text takes long.
            answer.encoding = answer.encoding or "utf-8"
            # A challenge to what was encrypted: the sign-in of this connection counts no more.
            self._asked_to_sign_in |= answer.status_code == 401 and self.encryption is not None
            return answer

        remembered.send = send
        managers = [remembered.poolmanager]
        if self.proxy is not None:
            managers.append(remembered.proxy_manager_for(self.proxy))
        for manager in managers:
            kinds = manager.pool_classes_by_scheme.items()
            manager.pool_classes_by_scheme = {scheme: _limiting(make) for scheme, make in kinds}
            # Whatever the system's settings of OpenSSL allow.
            manager.connection_pool_kw["ssl_minimum_version"] = OLDEST_TLS
        if self.ssl:
            # requests itself would trust only the authorities that come with it.
            trust = {"assert_fingerprint": self._fingerprint} if self._fingerprint else {"ssl_context": _trusting()}
            if self._fingerprint or self.cert_validation is True:
                for manager in managers:
                    manager.connection_pool_kw.update(trust)
        return session

    def _is_scheme_refused(self, refusal: Exception) -> bool:
        """Whether the host does not offer the scheme, or refused it before it could see who signs in.

        NTLM names nobody before the host has sent its challenge.
        """
        if self._answer is None:
            return False
        session_auth = getattr(self.session, "auth", None)
        contexts = getattr(session_auth, "contexts", None)
        if contexts is None:
            response = getattr(refusal.__context__, "response", None)
            offered = "" if response is None else response.headers.get("www-authenticate", "")
            return self.auth == "basic" and "basic" not in offered.lower()
        if not contexts:
            return True
        context = next(iter(contexts.values()))
        if isinstance(context, NegotiateProxy):
            context = context._context
        return isinstance(context, NTLMProxy) and not context.complete

    def _could_not_decrypt(self, refusal: WinRMTransportError) -> bool:
        """Whether the host answered that it knows nothing of this encryption; it has then run nothing."""
        return self.encryption is not None and refusal.code == 400 and not refusal.response_text


def _limiting(make_pool: Callable[..., Any]) -> Callable[..., Any]:
    """Makes pools of connections whose answers are limited."""

    def limited(*arguments: Any, **options: Any) -> Any:
        pool = make_pool(*arguments, **options)
        make_connection = pool.ConnectionCls

        def connection(*arguments: Any, **options: Any) -> Any:
            made = make_connection(*arguments, **options)
            made.response_class = LimitedAnswer
            return made

        pool.ConnectionCls = connection
        return pool

    return limited


def _trusting() -> ssl.SSLContext:
    """What trusts the authorities of this computer; requests adds those that come with it."""
    context = create_urllib3_context()
    context.minimum_version = OLDEST_TLS
    context.load_default_certs()
    return context


class Connection(WSMan):
    """A WS-Management connection to one endpoint; not thread-safe."""

    def __init__(self, endpoint: Endpoint, credential: Credential, idle_limit: float) -> None:
        only_ntlm = _is_name_for_ntlm(credential.user_name)
        http: dict[str, Any] = {
            "port": endpoint.port,
            "username": credential.user_name or None,
            "password": credential.password,
            "ssl": endpoint.scheme == "https",
            "auth": "ntlm" if only_ntlm and endpoint.authentication == "negotiate" else endpoint.authentication,
            "credssp_auth_mechanism": "ntlm" if only_ntlm else "auto",
            # Windows asks for tickets of this service too (New-PSSessionOption, IncludePortInSPN).
            "negotiate_service": "HTTP",
            # Older ones can be led astray (CVE-2018-0886; MS-CSSP, appendix A).
            "credssp_minimum_version": 5,
            # A certificate that is known by its fingerprint needs no authority.
            "cert_validation": endpoint.fingerprint is None and (endpoint.ca_file or True),
            "connection_timeout": endpoint.connect_timeout,
            "read_timeout": endpoint.operation_timeout + _ANSWER_MARGIN,
            "proxy": endpoint.proxy,
            "no_proxy": endpoint.proxy is None,
            "certificate_pem": credential.certificate_file,
            "certificate_key_pem": credential.certificate_key_file,
        }
        if endpoint.authentication == "certificate":
            http["certificate_key_password"] = credential.password or None
        super().__init__(endpoint.address, operation_timeout=endpoint.operation_timeout, **http)
        self.http = Http(endpoint.address, idle_limit=idle_limit, fingerprint=endpoint.fingerprint, **http)
        self.transport = self.http

    def invoke(
        self,
        action: str,
        resource_uri: str,
        resource: ElementTree.Element | None,
        option_set: OptionSet | None = None,
        selector_set: SelectorSet | None = None,
        timeout: int | None = None,
        *,
        retries_on_read_timeout: int = 0,
    ) -> ElementTree.Element:
        """Send one request; raises WinRMError also for an answer that cannot be read."""
        try:
            with TURN.taken():
                return super().invoke(
                    action,
                    resource_uri,
                    resource,
                    option_set,
                    selector_set,
                    timeout,
                    retries_on_read_timeout=retries_on_read_timeout,
                )
        except requests.RequestException:
            raise
        except UNREADABLE as failure:
            raise WinRMError("unreadable answer") from failure


def _is_name_for_ntlm(user_name: str) -> bool:
    """Whether only NTLM can sign this user in.

    Where Kerberos is not part of the system, MIT's library takes the backslash of ``DOMAIN\\name`` for something else,
    and would ask the domain controllers for a user of another name.
    """
    return "\\" in user_name and sys.platform != "win32"


class Pool(RunspacePool):
    """A runspace pool with one runspace. ``received`` are bytes, counted from where its user sets it to nothing."""

    def __init__(self, connection: Connection, **options: Any) -> None:
        super().__init__(connection, **options)
        self.received = 0
        self._empty_answers = 0
        self._serializer = PlainSerializer()
        self._fragmenter = LimitedFragmenter(connection.max_payload_size, self._serializer)

    def _receive(self, id: str | None = None, timeout: int | None = None) -> list[tuple[int, Any]]:
        """pypsrp's own would ask for ever after the end of a pipeline, or of an opening, that is never told.

        Raises WinRMError also for an answer that cannot be read.
        """
        pipeline = self.pipelines.get(id) if id else None
        command = pipeline._command_id if pipeline is not None else None
        try:
            state, _code, streams = self.shell.receive("stdout", command_id=command, timeout=timeout)
        except UNREADABLE as failure:
            raise WinRMError("unreadable answer") from failure
        told = self._parse_responses(streams["stdout"], pipeline)
        self._empty_answers = 0 if told else self._empty_answers + 1
        if pipeline is None and self._empty_answers > _MOST_EMPTY:
            raise WinRMError("a shell that does not open")
        if pipeline is not None and state == CommandState.DONE and pipeline.state not in FINAL:
            raise WinRMError("the end of a pipeline without its state")
        return told

    def _parse_responses(self, responses: bytes, pipeline: PowerShell | None = None) -> list[tuple[int, Any]]:
        self.received += len(responses)
        try:
            with TURN.taken():
                return super()._parse_responses(responses, pipeline)
        except UNREADABLE as failure:
            raise WinRMError("unreadable answer") from failure
