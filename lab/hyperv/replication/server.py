"""The Replica server: whether a host receives replicas, from whom, over which ports, and where they are stored."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from lab.hyperv.replication.states import AllowedAuthentication, Authentication

DEFAULT_TRUST_GROUP = "DEFAULT"
"""The trust group of every primary where any server may replicate (cmdlet reference)."""
INTERVALS = (
    *(datetime.timedelta(hours=hours) for hours in (1, 2, 3, 4, 6, 8, 12, 24)),
    *(datetime.timedelta(days=days) for days in range(2, 8)),
)
"""The monitoring intervals that can be set (cmdlet and WMI reference)."""
LATENCY_LIMIT = datetime.timedelta(minutes=5)
"""The average latency up to which replication is healthy, unless the scenario says otherwise (Hyper-V team blog)."""
_ANCHOR = datetime.datetime(2024, 1, 1)
PORTS = range(1, 65536)


@dataclass(slots=True, eq=False)
class AuthorizationEntry:
    """A primary server, or ``*.domain``, that may replicate here, where to, and with whom it shares machines."""

    primary: str
    storage_location: str
    trust_group: str

    def covers(self, primary: str) -> bool:
        """Whether the entry is about the server of that full name."""
        if self.primary.startswith("*."):
            return primary.lower().endswith(self.primary[1:].lower())
        return primary.lower() == self.primary.lower()


@dataclass(slots=True, eq=False)
class ReplicaServer:
    """The settings; those of a cluster's nodes are one and the same. Mappings are ports by full name."""

    enabled: bool = False
    authentication: AllowedAuthentication = AllowedAuthentication.Kerberos
    kerberos_port: int = 80
    certificate_port: int = 443
    kerberos_ports: dict[str, int] = field(default_factory=dict)
    certificate_ports: dict[str, int] = field(default_factory=dict)
    thumbprint: str = ""
    storage_location: str = ""
    allows_any_server: bool = False
    entries: list[AuthorizationEntry] = field(default_factory=list)
    monitoring_interval: datetime.timedelta = datetime.timedelta(hours=12)
    monitoring_start: datetime.timedelta = datetime.timedelta(hours=9)
    latency_limit: datetime.timedelta = LATENCY_LIMIT
    has_service_name: bool = True
    """Whether the service principal name of Hyper-V Replica is registered: without it there is no Kerberos."""

    def port(self, authentication: Authentication, full_name: str) -> int:
        """The port on which the host of that name listens for primaries that sign in this way."""
        if authentication is Authentication.Kerberos:
            return self.kerberos_ports.get(full_name.lower(), self.kerberos_port)
        return self.certificate_ports.get(full_name.lower(), self.certificate_port)

    def entry_for(self, primary: str) -> AuthorizationEntry | None:
        """What allows the server of that full name to replicate here; the most exact entry first, None: nothing."""
        if self.allows_any_server:
            return AuthorizationEntry(primary, self.storage_location, DEFAULT_TRUST_GROUP)
        fitting = [entry for entry in self.entries if entry.covers(primary)]
        return max(fitting, key=lambda entry: len(entry.primary.lstrip("*")), default=None)

    def interval_at(self, local: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime]:
        """Begin and end of the monitoring interval that ``local``, the host's own time, falls into."""
        first = _ANCHOR.replace(tzinfo=local.tzinfo) + self.monitoring_start
        begin = first + (local - first) // self.monitoring_interval * self.monitoring_interval
        return begin, begin + self.monitoring_interval
