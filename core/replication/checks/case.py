"""What a check before a replication is enabled looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from core.checks.finding import Finding
from core.checks.known import Unread
from core.estate.estate import Picture
from core.estate.inventory import Inventory
from core.hyperv.records import Machine
from core.language import _
from core.replication.checks.facts import PrimaryFacts, ReplicaFacts
from core.replication.protection import Protection
from core.replication.server import AuthorizationEntry, ReplicaServer
from core.wizards.wizard import Problem

SERVER, CONNECTION, DISKS, COPY = "server", "connection", "disks", "copy"
"""The fields that problems belong to."""


@dataclass(frozen=True, slots=True)
class Case:
    """A protection with everything that was read about it; ``others`` are planned besides.

    ``primary`` is a fresh picture with an inventory. ``replica`` is the Replica server, or a node behind its broker; it
    is None where the program manages neither: then only the primary's word counts.
    """

    protection: Protection
    primary: Picture
    replica: Picture | None
    primary_facts: PrimaryFacts
    replica_facts: ReplicaFacts | None
    others: tuple[Protection, ...] = ()

    @property
    def machine(self) -> Machine:
        """The machine that is to be replicated."""
        return self.protection.machine

    @property
    def replica_inventory(self) -> Inventory | None:
        """The inventory of the Replica server, where it is known."""
        return self.replica.inventory if self.replica is not None else None

    @property
    def server(self) -> ReplicaServer | None:
        """The settings of the Replica server, where they are known."""
        server = self.replica_facts.server if self.replica_facts is not None else None
        return server if isinstance(server, ReplicaServer) else None

    @property
    def client_names(self) -> tuple[str, ...]:
        """The full names under which the primary replicates: its own, and that of its cluster's broker."""
        own = self.primary_facts.server
        return own.full_names if isinstance(own, ReplicaServer) else (self.protection.primary_name,)

    @property
    def entry(self) -> AuthorizationEntry | None:
        """What lets the primary in where the Replica server has a list; the full name goes before a star."""
        if self.server is None:
            return None
        client = self.client_names[-1].lower()
        for entry in sorted(self.server.entries, key=lambda each: each.allowed_primary_server.startswith("*")):
            allowed = entry.allowed_primary_server.lower()
            if allowed == client or (allowed.startswith("*.") and client.endswith(allowed[1:])):
                return entry
        return None

    @property
    def storage_location(self) -> str | None:
        """Where the Replica server puts the replica; None where it is not known, or nowhere."""
        if self.server is None:
            return None
        if self.server.settings.replication_allowed_from_any_server:
            return self.server.settings.default_storage_location
        return self.entry.replica_storage_location if self.entry is not None else None

    @property
    def _server_name(self) -> str:
        """The host that gets the replica, or what the primary calls the server: a node behind a broker is neither."""
        key = self.protection.replica
        return key.name if key is not None and self.replica is not None else self.protection.link.server

    @property
    def names(self) -> dict[str, str]:
        """What texts call the things involved."""
        return {
            "machine": self.machine.name,
            "primary": self.primary.key.name,
            "server": self._server_name,
        }


Check: TypeAlias = Callable[[Case], Iterator[Finding]]


def not_known(field: str, what: str, unread: Unread) -> Problem:
    """The warning that something could not be read; ``what`` is a sentence."""
    reason = " ".join(unread.reason.split())
    cure = _("Look at it yourself, or go on: what does not fit is refused when the replication is enabled.")
    return Problem(field, f"{what} {reason}".strip(), cure, is_warning=True)
