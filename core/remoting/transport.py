"""pypsrp 0.9.1 made fit for many hosts at once: every private name of it that is touched is touched here.

The exact version is pinned in pyproject.toml for that reason.
"""

from __future__ import annotations

import logging
import ssl
import struct
import threading
import time
import xml.etree.ElementTree as ElementTree
from typing import Any

import requests
from pypsrp.exceptions import WinRMError, WinRMTransportError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import OptionSet, SelectorSet, WSMan, _TransportHTTP
from urllib3.util.ssl_ import create_urllib3_context

from core.remoting.endpoint import Credential, Endpoint
from core.remoting.failures import broke_off

# How much longer than the operation's own time an answer may take to arrive, in seconds.
_ANSWER_MARGIN = 2

# What pypsrp raises from deep inside when an answer is not what it expects.
_UNREADABLE = (
    ElementTree.ParseError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    struct.error,
)

# One answer is parsed at a time: several at once make the user interface's thread wait for its turn.
_parsing = threading.Lock()

# These log whole messages and tokens, and every read time-out as an error.
for _name in ("pypsrp", "spnego"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class _Http(_TransportHTTP):
    """The HTTP connection of one session: bounded in time, fresh after a pause or a failure."""

    def __init__(self, server: str, *, idle_limit: float, fingerprint: str | None, **options: Any) -> None:
        super().__init__(server, **options)
        self._fingerprint = fingerprint
        self.message_left = False
        self._idle_limit = idle_limit
        self._last_used = time.monotonic()

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
        if time.monotonic() - self._last_used > self._idle_limit:
            self.reset()
        try:
            return self._send(message)
        except WinRMTransportError as refusal:
            if not self._could_not_decrypt(refusal):
                raise
            self.reset()
            return self._send(message)
        except requests.RequestException as failure:
            self.reset()
            if retries_on_read_timeout and broke_off(failure):
                return self._send(message)
            raise
        finally:
            self._last_used = time.monotonic()

    def reset(self) -> None:
        """Drop the connection and its encryption; the next message makes new ones."""
        self.close()
        self.session = None
        self.encryption = None

    def _send(self, message: bytes) -> bytes:
        self.message_left = False
        return super().send(message, timeout=(self.connection_timeout, self.read_timeout))

    def _send_request(
        self, request: requests.PreparedRequest, timeout: float | tuple[float, float] | None = None
    ) -> bytes:
        # The first request of an encrypted connection is empty and only signs in.
        self.message_left = bool(request.body)
        return super()._send_request(request, timeout=timeout)

    def _build_session(self) -> requests.Session:
        session = super()._build_session()
        if self.ssl:
            # requests itself would trust only the authorities that come with it.
            trust = {"assert_fingerprint": self._fingerprint} if self._fingerprint else {"ssl_context": _trusting()}
            if self._fingerprint or self.cert_validation is True:
                adapter: Any = session.get_adapter(self.endpoint)
                pools = [adapter.poolmanager]
                if self.proxy is not None:
                    pools.append(adapter.proxy_manager_for(self.proxy))
                for each in pools:
                    each.connection_pool_kw.update(trust)
        return session

    def _could_not_decrypt(self, refusal: WinRMTransportError) -> bool:
        """Whether the host answered that it knows nothing of this encryption; it has then run nothing."""
        return self.encryption is not None and refusal.code == 400 and not refusal.response_text


def _trusting() -> ssl.SSLContext:
    """What trusts the authorities of this computer; requests adds those that come with it."""
    context = create_urllib3_context()
    context.load_default_certs()
    return context


class Connection(WSMan):
    """A WS-Management connection to one endpoint; not thread-safe."""

    def __init__(self, endpoint: Endpoint, credential: Credential, idle_limit: float) -> None:
        http: dict[str, Any] = {
            "port": endpoint.port,
            "username": credential.user_name or None,
            "password": credential.password,
            "ssl": endpoint.scheme == "https",
            "auth": endpoint.authentication,
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
        self.http = _Http(endpoint.address, idle_limit=idle_limit, fingerprint=endpoint.fingerprint, **http)
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
        except _UNREADABLE as failure:
            raise WinRMError("unreadable answer") from failure


class Pool(RunspacePool):
    """A runspace pool with one runspace, whose answers are parsed one at a time in the whole program."""

    def _parse_responses(self, responses: bytes, pipeline: PowerShell | None = None) -> list[tuple[int, Any]]:
        try:
            with _parsing:
                return super()._parse_responses(responses, pipeline)
        except _UNREADABLE as failure:
            raise WinRMError("unreadable answer") from failure
