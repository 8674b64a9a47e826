"""What a host has for replication: its replica server, certificates, firewall rules, sides and jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.hyperv.replication.certificates import CertificateStore
from lab.hyperv.replication.firewall import FirewallRule, default_rules
from lab.hyperv.replication.server import ReplicaServer

if TYPE_CHECKING:
    from lab.hyperv.replication.job import ReplicationJob
    from lab.hyperv.replication.side import Side


@dataclass(slots=True, eq=False)
class HostReplication:
    """``sides`` are those of the host's machines, ``copies`` counts the copies of disks over its link."""

    server: ReplicaServer = field(default_factory=ReplicaServer)
    store: CertificateStore = field(default_factory=CertificateStore)
    rules: list[FirewallRule] = field(default_factory=lambda: default_rules(listens=False))
    sides: list[Side] = field(default_factory=list)
    jobs: list[ReplicationJob] = field(default_factory=list)
    copies: int = 0

    def join(self, side: Side) -> None:
        """A machine of the host is replicated from now on."""
        self.sides.append(side)

    def leave(self, side: Side) -> None:
        """It is no more."""
        self.sides.remove(side)
