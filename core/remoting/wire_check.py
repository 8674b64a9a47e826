"""Whether what speaks to hosts works on this computer, tried out without any host."""

from __future__ import annotations

import contextlib
import datetime
import importlib.metadata
import ipaddress
import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.remoting.certificates import check_trust, read_certificate
from core.remoting.endpoint import Endpoint
from core.remoting.errors import CertificateNotTrusted

_ADDRESS = "127.0.0.1"
_PATIENCE = 20
"""Seconds that a handshake within this computer may take."""


class NotWorking(Exception):
    """What was tried does not work; the text names what was found, for whoever installs the program."""


def check_libraries() -> str:
    """What PowerShell remoting and sign-in are made of, imported; returns their versions."""
    import pypsrp.powershell
    import requests_credssp
    import spnego  # noqa: F401

    del pypsrp, requests_credssp
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("pypsrp", "pyspnego"))


def check_single_sign_on() -> str:
    """Windows hands out the account that is signed in, through SSPI; elsewhere Kerberos may. Raises NotWorking."""
    if sys.platform != "win32":
        return "no SSPI on this system"
    import sspilib.raw

    try:
        use = sspilib.raw.CredentialUse.SECPKG_CRED_OUTBOUND
        sspilib.raw.acquire_credentials_handle(None, "Negotiate", use)
    except OSError as error:
        raise NotWorking(str(error)) from error
    return "SSPI has the account that is signed in"


def check_tls() -> str:
    """A certificate is read, trusted where it is to be, and refused where not. Blocks.

    Returns the library and how many authorities of this computer it trusts. Raises NotWorking, RemotingError.
    """
    authorities = len(ssl.create_default_context().get_ca_certs())
    if sys.platform == "win32" and not authorities:
        raise NotWorking("no authority in the certificate store of Windows")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "server.pem"
        with _server(file) as (port, fingerprint):
            certificate = read_certificate(_endpoint(port, None))
            if certificate.fingerprint != fingerprint:
                raise NotWorking("another certificate than the one that was shown")
            check_trust(_endpoint(port, file), certificate)
            try:
                check_trust(_endpoint(port, None), certificate)
            except CertificateNotTrusted:
                return f"{ssl.OPENSSL_VERSION}, {authorities} authorities of this computer"
    raise NotWorking("a certificate of an unknown authority is trusted")


def _endpoint(port: int, authorities: Path | None) -> Endpoint:
    ca_file = None if authorities is None else str(authorities)
    return Endpoint("self-test", _ADDRESS, port, "https", "negotiate", ca_file=ca_file, connect_timeout=_PATIENCE)


@contextlib.contextmanager
def _server(file: Path) -> Iterator[tuple[int, str]]:
    """A server that shakes hands until the block ends: its port, and the fingerprint of its certificate.

    ``file`` gets the certificate with its key.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    ending = threading.Event()
    with socket.create_server((_ADDRESS, 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, context, ending))
        thread.start()
        try:
            yield listener.getsockname()[1], certificate.fingerprint(hashes.SHA256()).hex()
        finally:
            ending.set()
            # One more connection wakes the thread.
            socket.create_connection(listener.getsockname(), _PATIENCE).close()
            thread.join()


def _serve(listener: socket.socket, context: ssl.SSLContext, ending: threading.Event) -> None:
    while True:
        connection, _address = listener.accept()
        with connection:
            if ending.is_set():
                return
            connection.settimeout(_PATIENCE)
            # A client that refuses the certificate breaks off.
            with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(1)


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """A certificate for this computer's own address that is its own authority."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "VM Ferry self-test")])
    now = datetime.datetime.now(datetime.UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(_ADDRESS))]), critical=False)
        .sign(key, hashes.SHA256())
    )
