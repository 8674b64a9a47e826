"""How one host reaches another for replication: name, port and proof."""

from __future__ import annotations

from dataclasses import dataclass

from core.language import _
from core.powershell.command import ParameterValue
from core.replicas.side import Side

KERBEROS, CERTIFICATE = 1, 2
"""ReplicationAuthenticationType."""
PORTS = {KERBEROS: 80, CERTIFICATE: 443}


@dataclass(frozen=True, slots=True)
class Link:
    """To the Replica server ``server``; ``thumbprint`` is that of the certificate of the host that sends."""

    server: str
    port: int
    authentication: int = KERBEROS
    thumbprint: str = ""

    @property
    def parameters(self) -> dict[str, ParameterValue]:
        """The parameters by which cmdlets name it."""
        named: dict[str, ParameterValue] = {
            "ReplicaServerName": self.server,
            "ReplicaServerPort": self.port,
            "AuthenticationType": "Certificate" if self.authentication == CERTIFICATE else "Kerberos",
        }
        if self.authentication == CERTIFICATE:
            named["CertificateThumbprint"] = self.thumbprint
        return named

    @property
    def words(self) -> str:
        """The link for a summary."""
        names = {"server": self.server, "port": self.port}
        if self.authentication == CERTIFICATE:
            return _("{server}, port {port}, with a certificate").format(**names)
        return _("{server}, port {port}, with Kerberos").format(**names)


def back_link(sender: Side, *, port: int | None = None, thumbprint: str = "") -> Link:
    """From the replica back to the host of ``sender``, proved in the same way.

    ``port`` is that of its Replica server where it is known, ``thumbprint`` a certificate of the host that sends then.
    """
    row = sender.row
    authentication = row.authentication_type or KERBEROS
    server = row.primary_server_name or sender.host.name
    return Link(server, port or PORTS.get(authentication, 80), authentication, thumbprint)
