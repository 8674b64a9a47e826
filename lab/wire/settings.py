"""How the listener of one host is set up."""

from __future__ import annotations

from typing import Literal

import msgspec

from lab.wire.certificates import CertificateKind
from lab.wire.quotas import Quotas


class WireSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of one listener; the defaults are those of Windows, with http as after ``winrm quickconfig``.

    ``authentication``: the schemes offered; ``basic`` is offered over https only. ``channel_binding`` is the
    CbtHardeningLevel: ``relaxed`` refuses a wrong token, ``strict`` also a missing one.
    """

    scheme: Literal["http", "https"] = "http"
    authentication: tuple[Literal["negotiate", "basic"], ...] = ("negotiate",)
    certificate: CertificateKind = "valid"
    channel_binding: Literal["none", "relaxed", "strict"] = "relaxed"
    quotas: Quotas = Quotas()

    @property
    def schemes(self) -> tuple[str, ...]:
        """The authentication schemes that are really offered."""
        return tuple(name for name in self.authentication if name != "basic" or self.scheme == "https")
