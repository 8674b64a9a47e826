"""Signs copies of the program and of the installer with a certificate made for the occasion."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from installer.package import Package
from installer.product import PROGRAM
from installer.signing import NotSigned, Signer, verify

_PASSWORD = "for the trial only"


def check_signing(built: Package, work: Path) -> str:
    """Both are signed, and verified; what was changed afterwards is not. Raises NotSigned."""
    work.mkdir(parents=True)
    authorities = work / "authorities.pem"
    signer = _signer(work, authorities)
    for file in (built.stage / PROGRAM, built.msi):
        signed = work / file.name
        shutil.copy(file, signed)
        signer.sign(signed)
        verify(signed, authorities)
        content = bytearray(signed.read_bytes())
        # Within what is signed, and where it breaks no structure: the code of a program, the files of an installer.
        content[len(content) // 3] ^= 0xFF
        signed.write_bytes(content)
        try:
            verify(signed, authorities)
        except NotSigned:
            continue
        raise NotSigned(f"{file.name} was changed, and its signature still holds")
    return "signed with a test certificate, verified, and refused when changed"


def _signer(work: Path, authorities: Path) -> Signer:
    key = rsa.generate_private_key(65537, 3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "VM Ferry test signature")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
        .sign(key, hashes.SHA256())
    )
    authorities.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    keys, password = work / "keys.p12", work / "password.txt"
    encryption = serialization.BestAvailableEncryption(_PASSWORD.encode())
    keys.write_bytes(pkcs12.serialize_key_and_certificates(b"test", key, certificate, None, encryption))
    password.write_text(_PASSWORD)
    return Signer(keys, password)
