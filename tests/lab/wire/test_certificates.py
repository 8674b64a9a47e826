"""HTTPS: certificates that are right and wrong, Basic, and the binding of an authentication to its TLS connection."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import spnego
from pypsrp.exceptions import AuthenticationError
from pypsrp.powershell import PowerShell, RunspacePool
from spnego.channel_bindings import GssChannelBindings

from lab.powershell.commands import Pipeline
from lab.powershell.streams import Streams
from lab.wire.certificates import Authority
from lab.wire.disturbances import Certificate
from lab.wire.settings import WireSettings
from tests.lab.wire.host import PATIENCE, USER, Host
from tests.lab.wire.test_management import IDENTIFY

WITH_BASIC = WireSettings(scheme="https", authentication=("negotiate", "basic"))


@pytest.fixture
def secure() -> Iterator[Host]:
    host = Host(settings=WITH_BASIC)

    async def greet(pipeline: Pipeline, streams: Streams) -> None:
        streams.output("hello")

    host.commands["greet"] = greet
    yield host
    host.close()


@pytest.fixture
def trusted(secure: Host, tmp_path: Path) -> str:
    """The file with the certificate of the host's authority."""
    path = tmp_path / "ca.pem"
    path.write_bytes(secure.authority.pem)
    return str(path)


def identify(host: Host, trusted: str) -> int:
    context = ssl.create_default_context(cafile=trusted)
    connection = http.client.HTTPSConnection("127.0.0.1", host.port, timeout=PATIENCE, context=context)
    try:
        connection.request("POST", "/wsman", IDENTIFY, {"WSMANIDENTIFY": "unauthenticated"})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("auth", ["negotiate", "ntlm", "basic"])
@pytest.mark.parametrize("encryption", ["auto", "always"])
def test_pipelines_run_over_tls(secure: Host, trusted: str, auth: str, encryption: str) -> None:
    if (auth, encryption) == ("basic", "always"):
        encryption = "never"
    client = secure.client(auth, cert_validation=trusted, encryption=encryption)
    with RunspacePool(client) as pool:
        assert PowerShell(pool).add_cmdlet("greet").invoke() == ["hello"]
    assert secure.opened == [(USER, "Microsoft.PowerShell", "basic" if auth == "basic" else "negotiate")]


def test_basic_with_a_wrong_password_is_refused(secure: Host, trusted: str) -> None:
    with pytest.raises(AuthenticationError):
        secure.client("basic", cert_validation=trusted, password="wrong").get_server_config()


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic /w==", "Basic TEFCXGFkbWlu", "Bearer x"])
def test_unusable_credentials_are_challenged(secure: Host, trusted: str, header: str) -> None:
    answer = requests.post(
        f"https://127.0.0.1:{secure.port}/wsman",
        headers={"Authorization": header},
        verify=trusted,
        timeout=PATIENCE,
        proxies={"https": ""},
    )
    assert answer.status_code == 401
    assert answer.raw.headers.getlist("WWW-Authenticate") == ["Negotiate", 'Basic realm="WSMAN"']


def test_basic_is_not_offered_without_tls() -> None:
    host = Host(settings=WireSettings(authentication=("negotiate", "basic")))
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=PATIENCE)
    token = base64.b64encode(f"{USER}:{host.accounts.password(USER)}".encode()).decode()
    connection.request("POST", "/wsman", b"<x/>", {"Authorization": f"Basic {token}"})
    response = connection.getresponse()
    assert (response.status, response.headers.get_all("WWW-Authenticate")) == (401, ["Negotiate"])
    connection.close()
    host.close()


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        ("expired", "certificate has expired"),
        ("wrong-name", "IP address mismatch"),
        ("unknown-issuer", "unable to get local issuer certificate"),
        ("changed", "unable to get local issuer certificate"),
    ],
)
def test_wrong_certificate(secure: Host, trusted: str, kind: Any, complaint: str) -> None:
    assert identify(secure, trusted) == 200
    secure.disturb(Certificate(kind))
    with pytest.raises(ssl.SSLCertVerificationError, match=complaint):
        identify(secure, trusted)
    secure.disturb()
    assert identify(secure, trusted) == 200


def test_certificate_changes_each_time_it_is_asked_to(secure: Host) -> None:
    def certificate() -> str:
        return ssl.get_server_certificate(("127.0.0.1", secure.port), timeout=PATIENCE)

    first = certificate()
    assert certificate() == first
    secure.disturb(Certificate("changed"))
    second = certificate()
    assert certificate() == second
    secure.disturb(Certificate("changed"))
    assert len({first, second, certificate()}) == 3


def test_private_keys_leave_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    Authority().issue("valid", ["127.0.0.1"])
    monkeypatch.delattr(os, "memfd_create", raising=False)
    Authority().issue("valid", ["127.0.0.1"])
    assert list(tmp_path.iterdir()) == []


def test_plain_http_to_a_tls_port_ends_the_connection_only(secure: Host, trusted: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", secure.port, timeout=PATIENCE)
    connection.request("POST", "/wsman", IDENTIFY)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        connection.getresponse()
    connection.close()
    assert identify(secure, trusted) == 200


class Negotiation:
    """NTLM over one TLS connection, made by hand so that any channel binding can be named."""

    def __init__(self, host: Host, trusted: str) -> None:
        self._host = host
        context = ssl.create_default_context(cafile=trusted)
        self._connection = http.client.HTTPSConnection("127.0.0.1", host.port, timeout=PATIENCE, context=context)
        self._connection.connect()
        certificate = self._connection.sock.getpeercert(binary_form=True)
        self.right = b"tls-server-end-point:" + hashlib.sha256(certificate).digest()

    def status(self, binding: bytes | None) -> int:
        """The status of the answer to a client that names ``binding``."""
        user, password = USER, self._host.accounts.password(USER)
        bindings = None if binding is None else GssChannelBindings(application_data=binding)
        client = spnego.client(user, password, protocol="ntlm", channel_bindings=bindings)
        token = None
        while True:
            header = base64.b64encode(client.step(token) or b"").decode()
            self._connection.request("POST", "/wsman", b"", {"Authorization": f"Negotiate {header}"})
            response = self._connection.getresponse()
            response.read()
            challenge = response.getheader("WWW-Authenticate", "")
            if client.complete or response.status != 401:
                self._connection.close()
                return response.status
            token = base64.b64decode(challenge.removeprefix("Negotiate "))


@pytest.mark.parametrize(
    ("level", "without", "right", "wrong"),
    [("none", 200, 200, 200), ("relaxed", 200, 200, 401), ("strict", 401, 200, 401)],
)
def test_channel_binding(secure: Host, trusted: str, level: Any, without: int, right: int, wrong: int) -> None:
    secure.run(secure.listener.set_up(WireSettings(scheme="https", channel_binding=level)))
    assert Negotiation(secure, trusted).status(None) == without
    negotiation = Negotiation(secure, trusted)
    assert negotiation.status(negotiation.right) == right
    assert Negotiation(secure, trusted).status(b"tls-server-end-point:" + bytes(32)) == wrong


def test_strict_channel_binding_takes_unmodified_clients(secure: Host, trusted: str) -> None:
    secure.run(secure.listener.set_up(WireSettings(scheme="https", channel_binding="strict")))
    for auth in ("negotiate", "ntlm"):
        secure.client(auth, cert_validation=trusted).get_server_config()
    with pytest.raises(AuthenticationError):
        secure.client("negotiate", cert_validation=trusted, negotiate_send_cbt=False).get_server_config()


def test_scheme_changes_on_the_same_port(secure: Host, trusted: str) -> None:
    assert identify(secure, trusted) == 200
    secure.run(secure.listener.set_up(WireSettings()))
    secure.client("ntlm").get_server_config()
    secure.run(secure.listener.set_up(WITH_BASIC))
    assert identify(secure, trusted) == 200
