"""Certificates made when they are needed: a small authority of the lab's own, and what it issues to hosts and users."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import os
import ssl
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lab.wire.client_certificates import principal_name

CertificateKind: TypeAlias = Literal["valid", "expired", "wrong-name", "unknown-issuer", "changed"]
"""``changed`` is a valid one of a new issuer, another each time it is switched on."""

_DAY: Final = datetime.timedelta(days=1)
_OTHER_NAME: Final = "another-host.example"


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """What a TLS connection of a host begins with.

    ``binding`` is the channel binding that belongs to it: ``tls-server-end-point:`` and a hash (RFC 5929, 4.1).
    """

    context: ssl.SSLContext
    binding: bytes

    def offer(self, newest: str) -> None:
        """Offer versions of TLS up to ``newest`` (``1.1``): from 1.2 on, or that one alone where it is older."""
        version = ssl.TLSVersion["TLSv" + newest.replace(".0", "").replace(".", "_")]
        is_old = version < ssl.TLSVersion.TLSv1_2
        if is_old:
            # OpenSSL has no ciphers for them at its usual level.
            self.context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            # Python advises against the old ones, which is the point.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.context.maximum_version = version
            self.context.minimum_version = version if is_old else ssl.TLSVersion.TLSv1_2


@dataclass(frozen=True, slots=True)
class UserCertificate:
    """What a user signs in with, as PEM."""

    certificate: bytes
    key: bytes = field(repr=False)


class Authority:
    """A certificate authority; its private key stays in memory."""

    def __init__(self, name: str = "VM Ferry lab authority") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = _builder(self._name, self._name, self._key.public_key(), -_DAY, 365 * _DAY)
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        self._certificate = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        """The certificate by which clients trust this authority."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, kind: CertificateKind, names: Sequence[str]) -> ServerCertificate:
        """A certificate of this kind for a host with these names (DNS names and addresses)."""
        match kind:
            case "unknown-issuer" | "changed":
                return Authority("Another authority").issue("valid", names)
            case "wrong-name":
                return self._issue([_OTHER_NAME], -_DAY, 30 * _DAY)
            case "expired":
                return self._issue(names, -30 * _DAY, -_DAY)
            case "valid":
                return self._issue(names, -_DAY, 30 * _DAY)

    def issue_to_user(self, principal: str) -> UserCertificate:
        """A certificate by which a client signs in as ``name@domain``."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, principal)])
        key, certificate = self._signed(
            subject, [principal_name(principal)], ExtendedKeyUsageOID.CLIENT_AUTH, -_DAY, 30 * _DAY
        )
        return UserCertificate(certificate.public_bytes(serialization.Encoding.PEM), key)

    def _issue(self, names: Sequence[str], begin: datetime.timedelta, end: datetime.timedelta) -> ServerCertificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        key, certificate = self._signed(
            subject, [_general_name(name) for name in names], ExtendedKeyUsageOID.SERVER_AUTH, begin, end
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with file_for_a_moment(key + certificate.public_bytes(serialization.Encoding.PEM)) as path:
            context.load_cert_chain(path)
        return ServerCertificate(context, b"tls-server-end-point:" + certificate.fingerprint(hashes.SHA256()))

    def _signed(
        self,
        subject: x509.Name,
        names: Sequence[x509.GeneralName],
        usage: x509.ObjectIdentifier,
        begin: datetime.timedelta,
        end: datetime.timedelta,
    ) -> tuple[bytes, x509.Certificate]:
        """A new private key (PEM) and its certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(subject, self._name, key.public_key(), begin, end)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return private, certificate


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    begin: datetime.timedelta,
    end: datetime.timedelta,
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begin)
        .not_valid_after(now + end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@contextlib.contextmanager
def file_for_a_moment(content: bytes) -> Iterator[str]:
    """A path the ssl module can read a private key from, and which is gone afterwards.

    On Linux it is an anonymous file in memory; elsewhere a temporary file that only its owner may read.
    """
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("lab-key")
        try:
            os.write(descriptor, content)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
        return
    descriptor, path = tempfile.mkstemp(prefix="lab-key-")
    try:
        os.write(descriptor, content)
        os.close(descriptor)
        yield path
    finally:
        os.unlink(path)
