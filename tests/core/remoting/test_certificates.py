"""Certificates of hosts and of users."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import ssl
import threading
import warnings
from collections.abc import Generator
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.remoting import errors
from tests.core.remoting.connecting import (
    CREDENTIAL,
    answering,
    failure_of,
    plain_endpoint,
    told,
)
from tests.core.remoting.simulated_host import on_a_loop


class Authority:
    """A certificate, signed by itself, and the files it is in."""

    def __init__(
        self, folder: Path, *, names: list[x509.GeneralName], days: tuple[int, int], password: bytes = b""
    ) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "HV01")])
        today = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(today + datetime.timedelta(days=days[0]))
            .not_valid_after(today + datetime.timedelta(days=days[1]))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.file = folder / "certificate.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.key_file = folder / "key.pem"
        lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        self.key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                lock,
            )
        )
        self.fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.file, self.key_file, password)


class NotFound(BaseHTTPRequestHandler):
    """Answers 404."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Requests are not printed."""


@contextlib.contextmanager
def tls_server(context: ssl.SSLContext) -> Generator[int, None, None]:
    """A server that answers 404 over TLS; its port."""
    with HTTPServer(("127.0.0.1", 0), NotFound) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


LOOPBACK: list[x509.GeneralName] = [x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]
ELSEWHERE: list[x509.GeneralName] = [x509.DNSName("other.invalid")]


@pytest.mark.parametrize(
    ("names", "days", "trusted", "cause", "cure"),
    [
        (
            LOOPBACK,
            (-1, 1),
            False,
            "The certificate of 127.0.0.1 was issued by an authority that is not trusted here.",
            "Give the file with the certificate of that authority in the settings of the host.",
        ),
        (
            ELSEWHERE,
            (-1, 1),
            True,
            "The certificate was not issued for the name 127.0.0.1.",
            "Use the name that the certificate was issued for as the address of the host.",
        ),
        (
            LOOPBACK,
            (-3, -2),
            True,
            "The certificate of 127.0.0.1 is not valid today.",
            "Renew the certificate on the host, and check the clocks of both computers.",
        ),
    ],
    ids=["unknown authority", "other name", "expired"],
)
@on_a_loop
async def test_certificate_not_trusted(
    tmp_path: Path, names: list[x509.GeneralName], days: tuple[int, int], trusted: bool, cause: str, cure: str
) -> None:
    authority = Authority(tmp_path, names=names, days=days)
    with tls_server(authority.context) as port:
        endpoint = replace(plain_endpoint(port), scheme="https", ca_file=str(authority.file) if trusted else None)
        error = await failure_of(endpoint, changes=True)
    assert isinstance(error, errors.CertificateNotTrusted)
    assert told(error) == ("HV01", "The certificate of HV01 is not trusted.", cause, cure)


@on_a_loop
async def test_a_trusted_certificate_is_accepted(tmp_path: Path) -> None:
    authority = Authority(tmp_path, names=LOOPBACK, days=(-1, 1))
    with tls_server(authority.context) as port:
        endpoint = replace(plain_endpoint(port), scheme="https", ca_file=str(authority.file))
        error = await failure_of(endpoint)
    assert error.cause == f"The web service at 127.0.0.1, port {port}, answered with status 404."


@on_a_loop
async def test_a_server_that_says_that_its_encryption_is_old_is_refused_in_words(tmp_path: Path) -> None:
    authority = Authority(tmp_path, names=LOOPBACK, days=(-1, 1))
    authority.context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        authority.context.minimum_version = ssl.TLSVersion.TLSv1
        authority.context.maximum_version = ssl.TLSVersion.TLSv1_1
    with tls_server(authority.context) as port:
        endpoint = replace(plain_endpoint(port), scheme="https", ca_file=str(authority.file))
        error = await failure_of(endpoint, changes=True)
    assert isinstance(error, errors.EncryptionTooOld)
    assert error.cause == f"127.0.0.1, port {port}, offers only TLS 1.0 or 1.1, which can be broken."


@on_a_loop
async def test_a_certificate_is_trusted_by_its_fingerprint_alone(tmp_path: Path) -> None:
    authority = Authority(tmp_path, names=ELSEWHERE, days=(-3, -2))
    with tls_server(authority.context) as port:
        endpoint = replace(plain_endpoint(port), scheme="https", fingerprint=authority.fingerprint)
        error = await failure_of(endpoint)
    assert error.cause == f"The web service at 127.0.0.1, port {port}, answered with status 404."


@pytest.mark.parametrize("changes", [False, True])
@on_a_loop
async def test_another_certificate_than_the_trusted_one_is_refused_by_name(tmp_path: Path, changes: bool) -> None:
    # A certificate that everybody would trust is refused as well: it is not the one that was shown.
    authority = Authority(tmp_path, names=LOOPBACK, days=(-1, 1))
    with tls_server(authority.context) as port:
        endpoint = replace(
            plain_endpoint(port), scheme="https", ca_file=str(authority.file), fingerprint=sha256(b"other").hexdigest()
        )
        error = await failure_of(endpoint, changes=changes)
    assert isinstance(error, errors.CertificateNotTrusted)
    assert error.cause == ("The certificate of 127.0.0.1 is not the one that was trusted: its fingerprint has changed.")
    assert "Find out whether the certificate was renewed on the host." in error.cure


@on_a_loop
async def test_the_authorities_of_this_computer_are_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path, names=LOOPBACK, days=(-1, 1))
    # OpenSSL's name for the file with the authorities of this computer.
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with tls_server(authority.context) as port:
        error = await failure_of(replace(plain_endpoint(port), scheme="https"))
    assert error.cause == f"The web service at 127.0.0.1, port {port}, answered with status 404."


@on_a_loop
async def test_a_proxy_is_used_only_where_one_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    async with answering(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        # Nothing listens at port 1; the proxy would answer.
        direct = await failure_of(plain_endpoint(1))
        through = await failure_of(replace(plain_endpoint(1), proxy=f"http://127.0.0.1:{port}"))
    assert isinstance(direct, errors.ConnectionRefused)
    assert through.cause == "The web service at 127.0.0.1, port 1, answered with status 404."


@on_a_loop
async def test_a_certificate_signs_the_user_in(tmp_path: Path) -> None:
    authority = Authority(tmp_path, names=LOOPBACK, days=(-1, 1), password=b"a secret")
    authority.context.verify_mode = ssl.CERT_REQUIRED
    authority.context.load_verify_locations(authority.file)
    credential = replace(CREDENTIAL, certificate_file=str(authority.file), certificate_key_file=str(authority.key_file))
    with tls_server(authority.context) as port:
        endpoint = replace(
            plain_endpoint(port), scheme="https", ca_file=str(authority.file), authentication="certificate"
        )
        accepted = await failure_of(endpoint, credential=credential)
        missing = await failure_of(endpoint)
    assert accepted.cause == f"The web service at 127.0.0.1, port {port}, answered with status 404."
    assert isinstance(missing, errors.SignInUnavailable)
    assert missing.cause == "The user's certificate and its key cannot be read."
    assert missing.cure == "Choose their files again in the settings of the host."


@on_a_loop
async def test_a_missing_file_of_authorities(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    error = await failure_of(replace(plain_endpoint(1), scheme="https", ca_file=missing))
    assert isinstance(error, errors.CertificateNotTrusted)
    assert error.cause == f"The file {missing} with the trusted authorities cannot be read."
    assert error.cure == "Choose the file again in the settings of the host."


@on_a_loop
async def test_plain_http_where_tls_is_expected() -> None:
    async with answering(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") as port:
        error = await failure_of(replace(plain_endpoint(port), scheme="https"))
    assert isinstance(error, errors.ProtocolFault)
    assert error.cause == f"No secure connection to 127.0.0.1, port {port}, could be agreed on."
