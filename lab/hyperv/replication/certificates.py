"""Certificates in a host's store, and what Hyper-V Replica requires of them (Windows Server documentation)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import Enum

CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2"
SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1"
PURPOSES = {CLIENT_AUTHENTICATION: "Client Authentication", SERVER_AUTHENTICATION: "Server Authentication"}


class Fault(Enum):
    """Why a certificate does not serve; the value is the message with the error of Windows for it."""

    MISSING = "certificate_missing"
    WITHOUT_KEY = "certificate_without_key"
    EXPIRED = "certificate_expired"
    WRONG_PURPOSE = "certificate_wrong_purpose"
    UNTRUSTED = "certificate_untrusted"
    WRONG_NAME = "certificate_wrong_name"


@dataclass(slots=True, eq=False)
class Certificate:
    """A certificate in the personal store of the local computer.

    ``names`` are the subject's common name and the alternative names; ``purposes`` the extended key usages.
    ``is_trusted``: whether the hosts of the lab know the root of its chain.
    """

    thumbprint: str
    names: tuple[str, ...]
    issuer: str
    begins: datetime.datetime
    ends: datetime.datetime
    serial_number: str
    friendly_name: str = ""
    purposes: tuple[str, ...] = (CLIENT_AUTHENTICATION, SERVER_AUTHENTICATION)
    has_private_key: bool = True
    is_trusted: bool = True

    def fault(self, name: str, now: datetime.datetime) -> Fault | None:
        """What keeps it from proving to be ``name`` on both ends of a connection, or None."""
        if not self.has_private_key:
            return Fault.WITHOUT_KEY
        if not self.begins <= now < self.ends:
            return Fault.EXPIRED
        if not set(PURPOSES) <= set(self.purposes):
            return Fault.WRONG_PURPOSE
        if not self.is_trusted:
            return Fault.UNTRUSTED
        return None if self.is_about(name) else Fault.WRONG_NAME

    def is_about(self, name: str) -> bool:
        """Whether one of its names is ``name``, or stands for it."""
        return any(_covers(each.lower(), name.lower()) for each in self.names)


@dataclass(slots=True)
class CertificateStore:
    """The personal store of a host's local computer."""

    certificates: list[Certificate] = field(default_factory=list)

    def find(self, thumbprint: str) -> Certificate | None:
        """The certificate with this thumbprint in any letter case, or None."""
        return next((each for each in self.certificates if each.thumbprint.lower() == thumbprint.lower()), None)

    def fault(self, thumbprint: str, name: str, now: datetime.datetime) -> Fault | None:
        """Why the certificate with this thumbprint does not serve ``name``, or None."""
        found = self.find(thumbprint)
        return Fault.MISSING if found is None else found.fault(name, now)


def _covers(pattern: str, name: str) -> bool:
    """Whether a name in a certificate is ``name``; a star stands for its first part."""
    if pattern.startswith("*."):
        return name.partition(".")[2] == pattern[2:]
    return pattern == name
