"""Failover clusters: nodes, shared volumes, and machines that are roles.

A machine with ``is_clustered`` on a node is a role of the node's cluster: it has a group, which is called like the
machine unless it was given another name, and whose owner is the node that has the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from lab.hyperv.files import is_below

if TYPE_CHECKING:
    import uuid

    from lab.hyperv.files import Volume
    from lab.hyperv.host import Host
    from lab.hyperv.machine import VirtualMachine


class NodeState(Enum):
    """ClusterNodeState with its numbers (clusapi.h)."""

    Up = 0
    Down = 1
    Paused = 2


class VolumeFault(Enum):
    """CLUSTER_CSV_VOLUME_FAULT_STATE with its numbers (clusapi.h)."""

    NoFaults = 0
    NoDirectIO = 1
    NoAccess = 2


class BrokerState(Enum):
    """ClusterResourceState with its numbers (clusapi.h), as far as a Replica Broker's resource has it here."""

    Online = 2
    Offline = 3
    Failed = 4


@dataclass(slots=True)
class SharedVolume:
    """A cluster shared volume, below C:\\ClusterStorage of each node; one node coordinates it.

    ``is_redirected``: all other nodes reach it through that one. What is written to a volume with a fault arrives
    nevertheless.
    """

    name: str
    volume: Volume
    owner: Host
    fault: VolumeFault = VolumeFault.NoFaults
    is_redirected: bool = False


@dataclass(slots=True)
class Cluster:
    """Nodes with the storage they share. ``paused`` nodes keep what they have and are given nothing.

    Without quorum the cluster service runs on no node, and the machines go on where they are (assumed).
    """

    name: str
    domain: str
    nodes: list[Host]
    volumes: list[SharedVolume] = field(default_factory=list)
    paused: list[Host] = field(default_factory=list)
    role_names: dict[uuid.UUID, str] = field(default_factory=dict)
    """The names of groups that are not called like their machine."""
    possible_owners: dict[uuid.UUID, list[Host]] = field(default_factory=dict)
    """The nodes that a machine may be on; all where it is not listed."""
    preferred_owners: dict[uuid.UUID, list[Host]] = field(default_factory=dict)
    has_quorum: bool = True
    broker_state: BrokerState = BrokerState.Online
    """The state of the broker's resource; its group stays online when that has failed (field reports)."""

    def is_called(self, name: str) -> bool:
        """Whether ``name`` means this cluster: its short or full name in any letter case."""
        full = f"{self.name}.{self.domain}" if self.domain else self.name
        return name.lower() in (self.name.lower(), full.lower())

    def state_of(self, node: Host) -> NodeState:
        """Whether a node is there, and takes machines."""
        if not node.is_reachable:
            return NodeState.Down
        return NodeState.Paused if node in self.paused else NodeState.Up

    def roles(self) -> Iterator[tuple[VirtualMachine, Host]]:
        """The machines that are roles, each with the node that owns it."""
        for node in self.nodes:
            for machine in node.machines.values():
                if machine.is_clustered:
                    yield machine, node

    def role_name(self, machine: VirtualMachine) -> str:
        """What the group of a machine is called."""
        return self.role_names.get(machine.machine_id, machine.name)

    def owners_of(self, machine: VirtualMachine) -> list[Host]:
        """The nodes that a machine may be on."""
        return self.possible_owners.get(machine.machine_id, self.nodes)

    def takers(self, machine: VirtualMachine, owner: Host) -> list[Host]:
        """The other nodes that are up and have room for the machine, the one with the most memory first (assumed)."""
        others = [node for node in self.owners_of(machine) if node is not owner and self.state_of(node) is NodeState.Up]
        fitting = [node for node in others if node.memory_free >= machine.memory]
        return sorted(fitting, key=lambda node: -node.memory_free)

    def shares(self, path: str) -> bool:
        """Whether ``path`` lies on one of its shared volumes."""
        return any(is_below(path, shared.volume.root) for shared in self.volumes)


def cluster_of(host: Host) -> Cluster | None:
    """The cluster that ``host`` is a node of, or None."""
    return next((cluster for cluster in host.estate.clusters if host in cluster.nodes), None)
