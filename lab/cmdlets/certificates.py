"""Get-ChildItem in the certificate store of the local computer."""

from __future__ import annotations

from collections.abc import Iterator

from lab.cmdlets.paths import missing
from lab.cmdlets.targets import listed
from lab.hyperv.host import Host
from lab.hyperv.replication.certificates import PURPOSES, Certificate
from lab.powershell.cmdlet import Call
from lab.powershell.values import Record, Value, display_text

TYPES = (
    "System.Security.Cryptography.X509Certificates.X509Certificate2",
    "System.Security.Cryptography.X509Certificates.X509Certificate",
    "System.Object",
)
KEY_USAGE_TYPES = ("Microsoft.PowerShell.Commands.EnhancedKeyUsageRepresentation", "System.Object")
NAME_TYPES = ("Microsoft.PowerShell.Commands.DnsNameRepresentation", "System.Object")
PROVIDER_PREFIX = "Microsoft.PowerShell.Security\\Certificate::"
PROVIDER = f"{PROVIDER_PREFIX}LocalMachine\\My"
STORES = ("cert:\\localmachine\\my", "localmachine\\my")
"""The personal store, by its drive and as the provider itself calls it."""


def is_certificate_path(call: Call) -> bool:
    """Whether the call is about the certificate drive."""
    return any(path.lower().startswith("cert:") for path in _paths(call))


def asked_certificates(call: Call) -> Iterator[Record]:
    """The certificates of the personal store; of the other stores nothing is simulated."""
    for path in _paths(call):
        found = certificates_at(path, call.host)
        if found is None:
            call.error(missing(call, path))
            continue
        for certificate in found:
            yield certificate_record(certificate, call.host)


def certificates_at(path: str, host: Host) -> list[Certificate] | None:
    """The certificate at ``path``, or all of the personal store; None when ``path`` leads nowhere."""
    folder = path.removeprefix(PROVIDER_PREFIX).replace("/", "\\").rstrip("\\").lower()
    for store in STORES:
        inside, _, wanted = (folder + "\\").partition(store + "\\")
        if inside or not (folder + "\\").startswith(store + "\\"):
            continue
        wanted = wanted.strip("\\")
        found = [each for each in host.replication.store.certificates if wanted in ("", each.thumbprint.lower())]
        return found if found or not wanted else None
    return None


def certificate_record(certificate: Certificate, host: Host) -> Record:
    """A certificate as Windows PowerShell shows it; whether its chain is trusted is none of its properties."""
    zone = host.local_time().tzinfo
    names: list[Value] = [Record(NAME_TYPES, {"Punycode": name, "Unicode": name}, name) for name in certificate.names]
    usages: list[Value] = [
        Record(KEY_USAGE_TYPES, {"FriendlyName": PURPOSES[purpose], "ObjectId": purpose}, PURPOSES[purpose])
        for purpose in certificate.purposes
    ]
    properties: dict[str, Value] = {
        "PSPath": f"{PROVIDER}\\{certificate.thumbprint}",
        "PSParentPath": PROVIDER,
        "PSChildName": certificate.thumbprint,
        "Thumbprint": certificate.thumbprint,
        "Subject": f"CN={certificate.names[0]}" if certificate.names else "",
        "Issuer": f"CN={certificate.issuer}",
        "FriendlyName": certificate.friendly_name,
        "NotBefore": certificate.begins.astimezone(zone),
        "NotAfter": certificate.ends.astimezone(zone),
        "HasPrivateKey": certificate.has_private_key,
        "SerialNumber": certificate.serial_number,
        "DnsNameList": names,
        "EnhancedKeyUsageList": usages,
        "Version": 3,
    }
    return Record(TYPES, properties, f"[Subject]\n  CN={certificate.names[0]}\n", certificate)


def _paths(call: Call) -> list[str]:
    return [display_text(path) for name in ("Path", "LiteralPath") for path in listed(call.parameters.get(name))]
