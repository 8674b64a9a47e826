"""The Hyper-V Replica Broker that an Enable Replication Wizard replicates to, as the nodes behind it tell of it.

A primary server contacts the broker's client access point, never a node of its cluster (Hyper-V team blog). So a node
that is named stands for its broker, and a broker that is named is looked for among the hosts that show a cluster.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import TYPE_CHECKING

from core.clusters.picture import Cluster, read_cluster
from core.clusters.whereabouts import shows_cluster
from core.estate.connection import HostKey
from core.estate.estate import Picture
from core.hyperv.query import UnexpectedAnswer
from core.language import _
from core.moving.rating import failure_problem
from core.remoting.errors import RemotingError
from core.replication.checks.case import SERVER
from core.replication.protection import CopyMethod
from core.replication.server import ReplicaServer
from core.wizards.wizard import Problem

if TYPE_CHECKING:
    from core.wizards.enable_replication import EnableWizard


class EnableBroker:
    """What is known of the broker of ``wizard``. ``name`` is its full name, empty while none was found."""

    def __init__(self, wizard: EnableWizard) -> None:
        self._wizard = wizard
        self.name = ""
        self._node: HostKey | None = None
        self._nodes: tuple[HostKey, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether the Replica server that is named is the broker."""
        return _means(self.name, self._wizard.choices.server)

    @property
    def node(self) -> HostKey | None:
        """The node that told of the broker that is named, or None."""
        return self._node if self.is_named else None

    @property
    def basis(self) -> HostKey | None:
        """The node whose machine is to become the replica: that is said to the node itself (Hyper-V team blog)."""
        wizard = self._wizard
        if not self.is_named or wizard.choices.method is not CopyMethod.EXISTING:
            return None
        for key in self._nodes:
            inventory = wizard.estate.picture(key).inventory if key in wizard.estate else None
            if inventory is not None and inventory.machine(wizard.machine.machine_id) is not None:
                return key
        return None

    def follow(self, other: EnableBroker) -> None:
        """Know what another wizard has found out."""
        self.name, self._node, self._nodes = other.name, other._node, other._nodes

    async def known(self) -> tuple[str, ...]:
        """The full names of the brokers of the hosts that can be chosen; a host that does not tell is left out."""
        return tuple(dict.fromkeys([server.broker_name async for _picture, server in self._nodes_with_brokers()]))

    async def find(self) -> Picture | None:
        """A fresh picture of a node behind the broker that is named, or None where none is managed."""
        async for picture, server in self._nodes_with_brokers():
            if _means(server.broker_name, self._wizard.choices.server):
                return picture
        return None

    async def take(self, picture: Picture, server: ReplicaServer) -> tuple[Problem, ...]:
        """Go on with the broker of the node that was read, if it has one; what is wrong with that."""
        wizard = self._wizard
        if not server.broker_name and not shows_cluster(picture):
            return ()
        try:
            cluster = await read_cluster(partial(wizard.estate.ask, picture.key), picture.key.name)
        except RemotingError as error:
            return (failure_problem(SERVER, error),)
        except UnexpectedAnswer as error:
            return (Problem(SERVER, str(error), _("Try again; if it stays so, check the host.")),)
        if not server.broker_name:
            return self._without(picture) if cluster is not None else ()
        self.name, self._node = server.broker_name, picture.key
        wizard.choices.server = server.broker_name
        if cluster is not None:
            self._nodes = tuple(self._managed(cluster))
        return tuple(self._faults(server, cluster))

    def _faults(self, server: ReplicaServer, cluster: Cluster | None) -> Iterator[Problem]:
        wizard = self._wizard
        names = {"broker": server.broker_name, "machine": wizard.machine.name, "host": wizard.primary.name}
        if cluster is not None and any(wizard.primary_picture.is_called(node.name) for node in cluster.nodes):
            names["cluster"] = cluster.name
            what = _("{broker} is the Replica Broker of {cluster}, which {host} itself is a node of.").format(**names)
            yield Problem(SERVER, what, _("Choose a server outside of the cluster: a replica has to be elsewhere."))
        elif server.broker is not None and not server.broker.is_online:
            what = _("The Hyper-V Replica Broker {broker} is not online, so that no node receives replicas.")
            cure = _("Bring its role online in Failover Cluster Manager, and look why its resource stopped.")
            yield Problem(SERVER, what.format(**names), cure)

    def _without(self, picture: Picture) -> tuple[Problem, ...]:
        """A cluster that receives replicas needs a broker (Hyper-V team blog)."""
        what = _("{host} is a node of a failover cluster that has no Hyper-V Replica Broker.")
        cure = _("Add the role Hyper-V Replica Broker in Failover Cluster Manager, or choose a server of its own.")
        return (Problem(SERVER, what.format(host=picture.key.name), cure),)

    async def _nodes_with_brokers(self) -> AsyncIterator[tuple[Picture, ReplicaServer]]:
        """Fresh pictures of the hosts that show a cluster with a broker, the one known already first."""
        wizard = self._wizard
        shown = sorted(filter(shows_cluster, wizard.servers()), key=lambda picture: picture.key != self._node)
        for picture in shown:
            fresh = await wizard.estate.refresh(picture.key)
            if fresh.failure is not None:
                continue
            try:
                server = await wizard.read_replica_server(picture.key)
            except (RemotingError, UnexpectedAnswer):
                # Another node of its cluster may tell.
                continue
            if server.broker_name:
                yield fresh, server

    def _managed(self, cluster: Cluster) -> Iterator[HostKey]:
        for picture in self._wizard.servers():
            if any(picture.is_called(node.name) for node in cluster.nodes):
                yield picture.key


def _means(full_name: str, name: str) -> bool:
    """Whether ``name`` is this full name, or its first part."""
    wanted, known = name.strip().lower(), full_name.lower()
    return bool(known) and wanted in (known, known.partition(".")[0])
