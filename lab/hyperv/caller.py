"""Who runs a command on a simulated host, and what of their identity the host can use elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

CARRIES_CREDENTIALS = frozenset({"credssp", "basic"})
"""Ways of signing in that leave the host with credentials which it can show to a third computer: CredSSP by its
purpose, Basic because the host then knows the password. A network logon by NTLM or Kerberos does not."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The user (``DOMAIN\\name``), and the way they signed in (``negotiate``, ``ntlm``, ``kerberos``, ...).

    ``manages_machines``: whether they are one of the host's Administrators or Hyper-V Administrators.
    """

    user: str
    authentication: str = "negotiate"
    manages_machines: bool = True

    @property
    def carries_credentials(self) -> bool:
        """Whether commands of this caller reach a third computer under the caller's name: the second hop."""
        return self.authentication in CARRIES_CREDENTIALS
