"""How one host is reached, and to which group it belongs."""

from __future__ import annotations

from dataclasses import dataclass

from core.remoting.endpoint import Credential, Endpoint


@dataclass(frozen=True, slots=True, order=True)
class HostKey:
    """What tells one host from all others: its group and its name in it."""

    group: str
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Connection:
    """A host of the estate. ``is_practice`` marks simulated hosts, which never mix with real ones.

    To a host that ``is_read_only`` no change is ever sent. ``folder`` is where the user has put it among the hosts of
    its group; it tells no hosts apart, so that moving it loses nothing.
    """

    group: str
    endpoint: Endpoint
    credential: Credential
    is_practice: bool = False
    is_read_only: bool = False
    folder: str = ""

    @property
    def key(self) -> HostKey:
        """The host's key."""
        return HostKey(self.group, self.endpoint.name)
