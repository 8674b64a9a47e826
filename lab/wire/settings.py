"""How the listener of one host is set up."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

from lab.wire.certificates import CertificateKind
from lab.wire.quotas import Quotas

Scheme: TypeAlias = Literal["negotiate", "kerberos", "credssp", "basic", "certificate"]
_OVER_TLS: Final = frozenset({"basic", "certificate"})


class WireSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of one listener; the defaults are those of Windows, with http as after ``winrm quickconfig``.

    ``authentication``: the schemes offered; ``basic`` and ``certificate`` are offered over https only.
    ``keytab`` is the file with the host's Kerberos keys: with it Negotiate and CredSSP accept Kerberos too, and
    ``kerberos`` can be offered by itself. ``ntlm``: false refuses NTLM, as the policy against incoming NTLM does.
    ``newest_tls`` is the newest version that is offered over https; where that is an old one, it is the only one.
    ``channel_binding`` is the CbtHardeningLevel: ``relaxed`` refuses a wrong token, ``strict`` also a missing one.
    """

    scheme: Literal["http", "https"] = "http"
    authentication: tuple[Scheme, ...] = ("negotiate",)
    keytab: str | None = None
    ntlm: bool = True
    certificate: CertificateKind = "valid"
    newest_tls: Literal["1.0", "1.1", "1.2", "1.3"] = "1.3"
    channel_binding: Literal["none", "relaxed", "strict"] = "relaxed"
    quotas: Quotas = Quotas()

    @property
    def schemes(self) -> tuple[str, ...]:
        """The authentication schemes that are really offered."""
        return tuple(name for name in self.authentication if name not in _OVER_TLS or self.scheme == "https")
