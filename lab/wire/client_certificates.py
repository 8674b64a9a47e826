"""Users who sign in with a certificate: the one that the lab issues, and the account it stands for.

As WinRM's certificate mapping goes: the name of the form ``name@domain`` in the certificate's subject alternative name,
and the issuer, decide (Microsoft, "Remote Management: Certificate Mapping").
"""

from __future__ import annotations

from typing import Final

from cryptography import x509

MUTUAL_PROFILE: Final = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
"""The Authorization header of a client that signs in by its certificate (DSP0226, annex C)."""

USER_PRINCIPAL_NAME: Final = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
"""The other name of a certificate that holds a user's name (Microsoft, szOID_NT_PRINCIPAL_NAME)."""

_UTF8_STRING: Final = 0x0C


def principal_of(certificate: bytes) -> str | None:
    """The user's name in a certificate (DER) whose issuer was checked; None where there is none."""
    names = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    for other in names.value.get_values_for_type(x509.OtherName):
        if other.type_id == USER_PRINCIPAL_NAME and other.value[:1] == bytes([_UTF8_STRING]):
            return other.value[2:].decode()
    return None


def principal_name(principal: str) -> x509.OtherName:
    """``principal`` as it stands in a certificate; raises ValueError for one of more than 127 bytes."""
    text = principal.encode()
    if len(text) > 127:
        raise ValueError(f"{principal!r} is too long for a certificate")
    return x509.OtherName(USER_PRINCIPAL_NAME, bytes([_UTF8_STRING, len(text)]) + text)
