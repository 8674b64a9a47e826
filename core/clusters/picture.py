"""A failover cluster as one of its nodes tells of it: nodes, clustered machines, shared volumes, the Replica Broker.

A host without the feature has none of the cmdlets: that is an answer. Numbers of states and types are those of
clusapi.h; reading a cluster through one of its nodes needs no credentials for the others (assumed).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

import msgspec

from core.hyperv.disks import Asker
from core.hyperv.paths import same_path
from core.hyperv.query import Question, Reading, ask
from core.language import _
from core.powershell.command import command

_MACHINE, _BROKER = 111, 115
"""The types of groups that matter here (clusapi.h: CLUSGROUP_TYPE)."""


class NodeState(enum.IntEnum):
    """ClusterNodeState."""

    UP = 0
    DOWN = 1
    PAUSED = 2
    JOINING = 3

    @property
    def word(self) -> str:
        """The state as Failover Cluster Manager writes it."""
        return {
            NodeState.UP: _("Up"),
            NodeState.DOWN: _("Down"),
            NodeState.PAUSED: _("Paused"),
            NodeState.JOINING: _("Joining"),
        }[self]


class Node(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-ClusterNode."""

    name: str
    state: NodeState


class Volume(msgspec.Struct, frozen=True, rename="pascal"):
    """A cluster shared volume: ``path`` is its folder below C:\\ClusterStorage, sizes are bytes."""

    path: str = msgspec.field(name="FriendlyVolumeName")
    partition: dict[str, Any] = {}

    @property
    def free(self) -> int:
        """What is left of it."""
        return int(self.partition.get("FreeSpace") or 0)


@dataclass(frozen=True, slots=True)
class Role:
    """A group that is a clustered machine, and the node that owns it."""

    name: str
    owner: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster; ``broker`` is the name of its Replica Broker, empty where it has none."""

    name: str
    nodes: tuple[Node, ...]
    roles: tuple[Role, ...]
    volumes: tuple[Volume, ...]
    broker: str

    def node(self, name: str) -> Node | None:
        """The node of that short or full name, or None."""
        short = name.lower().partition(".")[0]
        return next((node for node in self.nodes if node.name.lower() == short), None)

    def shares(self, path: str) -> bool:
        """Whether all nodes reach what lies at ``path``: on a shared volume, or on a file server."""
        return path.startswith("\\\\") or any(
            same_path(path, volume.path) or path.lower().startswith(volume.path.lower() + "\\")
            for volume in self.volumes
        )


class _Named(msgspec.Struct, frozen=True, rename="pascal"):
    name: str


class _Owner(msgspec.Struct, frozen=True, rename="pascal"):
    name: str


class _Group(msgspec.Struct, frozen=True, rename="pascal"):
    name: str
    group_type: int
    owner_node: _Owner | str | None = None

    @property
    def owner(self) -> str:
        """The node that owns it."""
        return self.owner_node.name if isinstance(self.owner_node, _Owner) else self.owner_node or ""


_CLUSTER = Question("cluster", command("Get-Cluster"), _Named)
_NODES = Question("nodes", command("Get-ClusterNode"), Node)
_GROUPS = Question("groups", command("Get-ClusterGroup"), _Group)
_VOLUMES = Question(
    "shared volumes",
    command("Get-ClusterSharedVolume") | command("Select-Object", ExpandProperty="SharedVolumeInfo"),
    Volume,
)


async def read_cluster(asker: Asker) -> Cluster | None:
    """The cluster of a host, or None where it is in none. Raises RemotingError and UnexpectedAnswer."""
    answer = await asker(ask((_CLUSTER, _NODES, _GROUPS, _VOLUMES)))
    reading = Reading.of(answer.output)
    named, nodes = reading.records(_CLUSTER), reading.records(_NODES)
    if not named or not nodes:
        return None
    groups = reading.records(_GROUPS)
    return Cluster(
        named[0].name,
        nodes,
        tuple(Role(group.name, group.owner) for group in groups if group.group_type == _MACHINE),
        reading.records(_VOLUMES),
        next((group.name for group in groups if group.group_type == _BROKER), ""),
    )
