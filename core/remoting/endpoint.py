"""Where a host's WinRM listens and who signs in there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from core.redaction import hide

Scheme: TypeAlias = Literal["http", "https"]
# Nothing that has a meaning of its own in a URL.
_ADDRESS = re.compile(r"[^\s/\\?#@\[\]]+")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")

Authentication: TypeAlias = Literal["negotiate", "ntlm", "kerberos", "credssp", "basic", "certificate"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One PowerShell endpoint of a host.

    ``name`` is shown to the user, ``address`` is what is connected to. ``ca_file`` names a PEM file with
    the authorities to trust; without it those of this computer are, and those that come with the program.
    ``fingerprint`` takes their place: the certificate with just this SHA-256, in 64 small hexadecimal digits, is
    trusted whoever issued it and whatever it says, and no other is. Times are in seconds. ``proxy`` is the address
    of an http proxy; None means that none is used, whatever this computer's settings say.

    A host that takes no connection is given up after ``connect_timeout`` for each of its network
    addresses, one that takes it and stays silent ``operation_timeout`` + 2 s later.

    Raises ValueError for an address that is more than a name or a network address, because it could lead
    elsewhere, for ``basic`` or ``certificate`` without https: the password would travel in the clear,
    and a certificate can only be shown over TLS; and for what is no fingerprint.
    """

    name: str
    address: str
    port: int
    scheme: Scheme
    authentication: Authentication
    configuration_name: str = "Microsoft.PowerShell"
    ca_file: str | None = None
    fingerprint: str | None = None
    proxy: str | None = None
    operation_timeout: int = 20
    connect_timeout: int = 10

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address):
            raise ValueError(f"{self.address!r} is neither a host name nor a network address")
        if self.authentication in ("basic", "certificate") and self.scheme != "https":
            raise ValueError(f"{self.authentication} authentication needs https")
        if self.fingerprint is not None and not _FINGERPRINT.fullmatch(self.fingerprint):
            raise ValueError(f"{self.fingerprint!r} is not the SHA-256 fingerprint of a certificate")


@dataclass(frozen=True, slots=True)
class Credential:
    """Who signs in; only the user's name is ever shown.

    No user name means the account that the program runs under, which needs no password. ``password`` is None as long
    as the user has not been asked for it: nothing is sent then.

    With ``certificate`` authentication the two files are the user's certificate and its key (PEM), and the
    password is that of the key, empty if it has none.
    """

    user_name: str
    password: str | None = field(repr=False)
    certificate_file: str | None = None
    certificate_key_file: str | None = None

    def __post_init__(self) -> None:
        hide(self.password)
