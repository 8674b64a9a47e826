"""The Hyper-V Replica Broker of a cluster: the resource that answers, under the name of the group that it is in."""

from __future__ import annotations

import enum

import msgspec

from core.clusters.named import Named, name_of
from core.hyperv.query import Question
from core.language import _
from core.powershell.command import Switch, command

_TYPE = "Virtual Machine Replication Broker"
"""The type of the broker's resource (Hyper-V team blog); it is the same in every language (assumed)."""


class ResourceState(enum.IntEnum):
    """ClusterResourceState (clusapi.h); what is not listed there is UNKNOWN."""

    UNKNOWN = -1
    INITIALIZING = 1
    ONLINE = 2
    OFFLINE = 3
    FAILED = 4

    @classmethod
    def _missing_(cls, value: object) -> ResourceState:
        return cls.UNKNOWN

    @property
    def word(self) -> str:
        """The state as Failover Cluster Manager writes it, as far as published."""
        return {
            ResourceState.UNKNOWN: _("Unknown"),
            ResourceState.INITIALIZING: _("Initializing"),
            ResourceState.ONLINE: _("Online"),
            ResourceState.OFFLINE: _("Offline"),
            ResourceState.FAILED: _("Failed"),
        }[self]


class Broker(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-ClusterResource. The group has the name of the client access point (team blog).

    The group can be online although the resource has failed, so only the resource's state counts (field reports).
    """

    state: ResourceState
    owner_group: Named | str | None = None

    @property
    def name(self) -> str:
        """The name under which all nodes receive replicas, without its domain."""
        return name_of(self.owner_group)

    @property
    def is_online(self) -> bool:
        """Whether it answers."""
        return self.state is ResourceState.ONLINE


BROKERS = Question(
    "brokers",
    command("Get-ClusterResource") | command("Where-Object", Property="ResourceType", EQ=Switch.PRESENT, Value=_TYPE),
    Broker,
)
