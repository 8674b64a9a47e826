"""All simulated hosts of one lab, on one clock."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.hyperv.clock import Clock
from lab.hyperv.files import Share

if TYPE_CHECKING:
    from lab.hyperv.clustering import Cluster
    from lab.hyperv.host import Host
    from lab.hyperv.replication.broker import Broker


@dataclass(slots=True)
class Estate:
    """The hosts behind one lab, the shares of its network, its clusters and their replica brokers.

    Whatever is left to chance follows from the seed.
    """

    clock: Clock
    chance: random.Random
    hosts: list[Host] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    cluster_storage: dict[str, str] = field(default_factory=dict)
    """The shared storage path of clusters, by their name in lower case."""
    brokers: list[Broker] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)

    def find(self, name: str) -> Host | None:
        """The host that ``name`` or one of its aliases means, or None where no name server knows it."""
        return next((host for host in self.hosts if host.is_called(name) or name.lower() in host.aliases), None)

    def new_id(self) -> uuid.UUID:
        """An ID that no other thing has."""
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)
