"""Where a host's WinRM listens and who signs in there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Scheme: TypeAlias = Literal["http", "https"]
# Nothing that has a meaning of its own in a URL.
_ADDRESS = re.compile(r"[^\s/\\?#@\[\]]+")

Authentication: TypeAlias = Literal["negotiate", "ntlm", "kerberos", "credssp", "basic", "certificate"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One PowerShell endpoint of a host.

    ``name`` is shown to the user, ``address`` is what is connected to. ``ca_file`` names a PEM file with
    the authorities to trust; without it those that come with the program are. Times are in seconds. No
    proxy is used.

    A host that takes no connection is given up after ``connect_timeout`` for each of its network
    addresses, one that takes it and stays silent ``operation_timeout`` + 2 s later.

    Raises ValueError for an address that is more than a name or a network address, because it could lead
    elsewhere, and for ``basic`` or ``certificate`` without https: the password would travel in the clear,
    and a certificate can only be shown over TLS.
    """

    name: str
    address: str
    port: int
    scheme: Scheme
    authentication: Authentication
    configuration_name: str = "Microsoft.PowerShell"
    ca_file: str | None = None
    operation_timeout: int = 20
    connect_timeout: int = 10

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address):
            raise ValueError(f"{self.address!r} is neither a host name nor a network address")
        if self.authentication in ("basic", "certificate") and self.scheme != "https":
            raise ValueError(f"{self.authentication} authentication needs https")


@dataclass(frozen=True, slots=True)
class Credential:
    """Who signs in; only the user's name is ever shown.

    With ``certificate`` authentication the two files are the user's certificate and its key (PEM), and the
    password is that of the key, empty if it has none.
    """

    user_name: str
    password: str = field(repr=False)
    certificate_file: str | None = None
    certificate_key_file: str | None = None
