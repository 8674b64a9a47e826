"""A failover cluster as one of its nodes tells of it: nodes, clustered machines, shared volumes, the Replica Broker.

A host without the feature has none of the cmdlets: that is an answer. Numbers of states and types are those of
clusapi.h; reading a cluster through one of its nodes needs no credentials for the others (assumed).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

import msgspec

from core.clusters.broker import BROKERS, Broker
from core.clusters.named import Named, name_of
from core.clusters.silence import ClusterSilent
from core.hyperv.disks import Asker
from core.hyperv.paths import same_path
from core.hyperv.query import Question, Reading, ask
from core.language import _
from core.powershell.command import command
from core.remoting.records import ErrorRecord
from core.remoting.session import Answer

_MACHINE = 111
"""The type of a machine's group (clusapi.h: CLUSGROUP_TYPE)."""


class NodeState(enum.IntEnum):
    """ClusterNodeState (clusapi.h); what is not listed there is UNKNOWN."""

    UNKNOWN = -1
    UP = 0
    DOWN = 1
    PAUSED = 2
    JOINING = 3

    @classmethod
    def _missing_(cls, value: object) -> NodeState:
        return cls.UNKNOWN

    @property
    def word(self) -> str:
        """The state as Failover Cluster Manager writes it."""
        return {
            NodeState.UNKNOWN: _("Unknown"),
            NodeState.UP: _("Up"),
            NodeState.DOWN: _("Down"),
            NodeState.PAUSED: _("Paused"),
            NodeState.JOINING: _("Joining"),
        }[self]


class GroupState(enum.IntEnum):
    """CLUSTER_GROUP_STATE (clusapi.h); what is not listed there is UNKNOWN."""

    UNKNOWN = -1
    ONLINE = 0
    OFFLINE = 1
    FAILED = 2
    PARTIAL_ONLINE = 3
    PENDING = 4

    @classmethod
    def _missing_(cls, value: object) -> GroupState:
        return cls.UNKNOWN

    @property
    def word(self) -> str:
        """The state as Failover Cluster Manager writes it, as far as published."""
        return {
            GroupState.UNKNOWN: _("Unknown"),
            GroupState.ONLINE: _("Online"),
            GroupState.OFFLINE: _("Offline"),
            GroupState.FAILED: _("Failed"),
            GroupState.PARTIAL_ONLINE: _("Partial Online"),
            GroupState.PENDING: _("Pending"),
        }[self]


class _Fault(enum.IntFlag):
    """CLUSTER_CSV_VOLUME_FAULT_STATE (clusapi.h)."""

    NO_DIRECT_IO = 1
    NO_ACCESS = 2
    IN_MAINTENANCE = 4
    DISMOUNTED = 8


class Node(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-ClusterNode."""

    name: str
    state: NodeState


class Volume(msgspec.Struct, frozen=True, rename="pascal"):
    """A cluster shared volume: ``path`` is its folder below C:\\ClusterStorage, sizes are bytes.

    ``is_redirected``: nodes reach it through its coordinator, over the network.
    """

    path: str = msgspec.field(name="FriendlyVolumeName")
    partition: dict[str, Any] = {}
    fault_state: int = 0
    is_redirected: bool = msgspec.field(name="RedirectedAccess", default=False)

    @property
    def free(self) -> int:
        """What is left of it."""
        return int(self.partition.get("FreeSpace") or 0)

    @property
    def size(self) -> int:
        """What it holds altogether."""
        return int(self.partition.get("Size") or 0)

    @property
    def is_offline(self) -> bool:
        """Whether nothing can be read from it or written to it now."""
        return bool(self.fault_state & (_Fault.NO_ACCESS | _Fault.IN_MAINTENANCE | _Fault.DISMOUNTED))

    @property
    def is_slow(self) -> bool:
        """Whether nodes reach it over the network only."""
        return self.is_redirected or bool(self.fault_state & _Fault.NO_DIRECT_IO)

    @property
    def word(self) -> str:
        """How it can be reached."""
        return _("Offline") if self.is_offline else _("Redirected access") if self.is_slow else _("Online")

    def holds(self, path: str) -> bool:
        """Whether ``path`` lies on it."""
        return same_path(path, self.path) or path.lower().startswith(self.path.lower() + "\\")


@dataclass(frozen=True, slots=True)
class Role:
    """A group that is a clustered machine, and the node that owns it."""

    name: str
    owner: str
    state: GroupState


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster; ``broker`` is its Replica Broker, None where it has none."""

    name: str
    nodes: tuple[Node, ...]
    roles: tuple[Role, ...]
    volumes: tuple[Volume, ...]
    broker: Broker | None

    def node(self, name: str) -> Node | None:
        """The node of that short or full name, or None."""
        short = name.lower().partition(".")[0]
        return next((node for node in self.nodes if node.name.lower() == short), None)

    def volume_of(self, path: str) -> Volume | None:
        """The shared volume that ``path`` lies on, or None."""
        return next((volume for volume in self.volumes if volume.holds(path)), None)

    def shares(self, path: str) -> bool:
        """Whether all nodes reach what lies at ``path``: on a shared volume, or on a file server."""
        return path.startswith("\\\\") or self.volume_of(path) is not None


class Group(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-ClusterGroup."""

    name: str
    group_type: int
    state: GroupState = GroupState.UNKNOWN
    owner_node: Named | str | None = None

    @property
    def role(self) -> Role:
        """The role that it is."""
        return Role(self.name, name_of(self.owner_node), self.state)


NODES = Question("nodes", command("Get-ClusterNode"), Node)
_CLUSTER = Question("cluster", command("Get-Cluster"), Named)
_GROUPS = Question("groups", command("Get-ClusterGroup"), Group)
VOLUMES = Question(
    "shared volumes",
    command("Get-ClusterSharedVolume") | command("Select-Object", ExpandProperty="SharedVolumeInfo"),
    Volume,
)


async def read_cluster(asker: Asker, host: str) -> Cluster | None:
    """The cluster of the host that is called ``host`` in messages; None where it lacks the feature.

    Raises ClusterSilent where the cluster does not answer: its service does not run, also for want of a quorum, or the
    host is no node. Raises RemotingError when the host cannot be asked, and UnexpectedAnswer.
    """
    answer = await asker(ask((_CLUSTER, NODES, _GROUPS, VOLUMES, BROKERS)))
    reading = Reading.of(answer.output)
    named, nodes = reading.records(_CLUSTER), reading.records(NODES)
    if not named or not nodes:
        if (refusal := _refusal(answer)) is not None:
            raise ClusterSilent(host, refusal)
        return None
    groups = reading.records(_GROUPS)
    return Cluster(
        named[0].name,
        nodes,
        tuple(group.role for group in groups if group.group_type == _MACHINE),
        reading.records(VOLUMES),
        next(iter(reading.records(BROKERS)), None),
    )


def _refusal(answer: Answer) -> ErrorRecord | None:
    """What the cluster said instead of an answer; that the host has no such cmdlet is none."""
    missing = "CommandNotFoundException"
    return next((error for error in answer.errors if error.error_id.partition(",")[0] != missing), None)
