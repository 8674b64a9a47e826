"""The Hyper-V Replica Broker of a cluster: one name under which all its nodes receive replicas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.hyperv.files import StorageError

if TYPE_CHECKING:
    import uuid

    from lab.hyperv.host import Host


@dataclass(slots=True, eq=False)
class Broker:
    """The broker's client access point and the nodes behind it, whose settings it keeps the same."""

    name: str
    domain: str
    nodes: list[Host]

    @property
    def full_name(self) -> str:
        """The fully qualified name of the access point."""
        return f"{self.name}.{self.domain}" if self.domain else self.name

    def is_called(self, name: str) -> bool:
        """Whether ``name`` means the access point: its short or full name in any letter case."""
        return name.lower() in (self.name.lower(), self.full_name.lower())

    def node_for(self, machine_id: uuid.UUID, storage_location: str) -> Host | None:
        """The node that has the machine, or else is to get it: the one with the most space (assumed).

        None when no node can be reached.
        """
        reachable = [node for node in self.nodes if node.is_reachable]
        holding = [node for node in self.nodes if machine_id in node.machines]
        if holding:
            return holding[0] if holding[0].is_reachable else None
        return max(reachable, key=lambda node: _free(node, storage_location), default=None)


def broker_called(name: str, brokers: list[Broker]) -> Broker | None:
    """The broker whose access point ``name`` means, or None."""
    return next((broker for broker in brokers if broker.is_called(name)), None)


def broker_of(host: Host) -> Broker | None:
    """The broker of the cluster that ``host`` is a node of, or None."""
    return next((broker for broker in host.estate.brokers if host in broker.nodes), None)


def _free(node: Host, path: str) -> int:
    try:
        return node.files.volume_of(path).free if path else 0
    except StorageError:
        return -1
