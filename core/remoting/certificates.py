"""The certificate that a host shows, read without trusting it, and whether it would be trusted."""

from __future__ import annotations

import datetime
import socket
import ssl
import warnings
from dataclasses import dataclass

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from core.language import _
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.errors import CertificateNotTrusted, ProtocolFault, RemotingError
from core.remoting.failures import handshake_broke_off, other_certificate, too_old, translate

OLDEST_TLS = ssl.TLSVersion.TLSv1_2
"""What came before can be broken (RFC 8996)."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says. ``fingerprint`` is its SHA-256 in small hexadecimal digits."""

    fingerprint: str
    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime.datetime
    not_after: datetime.datetime

    @classmethod
    def of(cls, encoded: bytes) -> Certificate:
        """The certificate in ``encoded`` (DER). Raises ValueError."""
        certificate = x509.load_der_x509_certificate(encoded)
        return cls(
            certificate.fingerprint(hashes.SHA256()).hex(),
            certificate.subject.rfc4514_string(),
            certificate.issuer.rfc4514_string(),
            _names(certificate),
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
        )

    @property
    def shown_fingerprint(self) -> str:
        """The fingerprint as administrators read it aloud: capital digits in pairs."""
        return grouped(self.fingerprint)


def grouped(fingerprint: str) -> str:
    """A fingerprint in pairs of capital digits."""
    return ":".join(fingerprint[place : place + 2] for place in range(0, len(fingerprint), 2)).upper()


def read_certificate(endpoint: Endpoint) -> Certificate:
    """The certificate that the host shows, whatever it is worth. Blocks. Raises RemotingError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = OLDEST_TLS
    try:
        return Certificate.of(_shown(endpoint, context))
    except OSError as failure:
        raise explained(failure, endpoint, Credential("", "")) from failure
    except ValueError as failure:
        raise ProtocolFault(
            endpoint.name,
            _("The certificate of {address} cannot be read.").format(address=endpoint.address),
            _("Give the host another certificate."),
        ) from failure


def check_trust(endpoint: Endpoint, certificate: Certificate) -> None:
    """Find out whether the host's certificate is trusted. Blocks. Raises CertificateNotTrusted, or RemotingError."""
    if endpoint.fingerprint is not None:
        if endpoint.fingerprint != certificate.fingerprint:
            raise other_certificate(endpoint)
        return
    if endpoint.ca_file is not None:
        try:
            context = ssl.create_default_context(cafile=endpoint.ca_file)
        except OSError as failure:
            raise CertificateNotTrusted(
                endpoint.name,
                _("The file {file} with the trusted authorities cannot be read.").format(file=endpoint.ca_file),
                _("Choose the file again in the settings of the host."),
            ) from failure
    else:
        context = ssl.create_default_context()
        # What sessions trust besides the authorities of this computer.
        context.load_verify_locations(requests.utils.DEFAULT_CA_BUNDLE_PATH)
    context.minimum_version = OLDEST_TLS
    try:
        _shown(endpoint, context)
    except OSError as failure:
        raise translate(failure, endpoint, Credential("", "")) from failure


def explained(failure: BaseException, endpoint: Endpoint, credential: Credential) -> RemotingError:
    """The error for a connection that could not be made, after a look at why its handshake broke off. Blocks."""
    if endpoint.scheme == "https" and endpoint.proxy is None and handshake_broke_off(failure) and _only_old(endpoint):
        return too_old(endpoint)
    return translate(failure, endpoint, credential)


def _only_old(endpoint: Endpoint) -> bool:
    """Whether a host that agrees on nothing newer does on a version of TLS that is too old; nothing is sent over it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # OpenSSL has no ciphers for them at its usual level, and Python advises against them.
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    try:
        _shown(endpoint, context)
    except OSError:
        return False
    return True


def _shown(endpoint: Endpoint, context: ssl.SSLContext) -> bytes:
    """The certificate of a handshake. Raises OSError."""
    with (
        socket.create_connection((endpoint.address, endpoint.port), endpoint.connect_timeout) as plain,
        context.wrap_socket(plain, server_hostname=endpoint.address) as secure,
    ):
        return secure.getpeercert(binary_form=True) or b""


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    """The names and addresses that it was issued for."""
    try:
        listed = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = (str(address) for address in listed.get_values_for_type(x509.IPAddress))
    return (*listed.get_values_for_type(x509.DNSName), *addresses)
