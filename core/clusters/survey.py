"""The clusters of all hosts, each as one of its nodes told of it last.

A host that shows no cluster is never asked, so that an estate without clusters costs nothing; of a cluster that is
known one node is asked for all.
"""

from __future__ import annotations

from functools import partial

from core.clusters.picture import Cluster, read_cluster
from core.clusters.whereabouts import shows_cluster
from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.hyperv.query import UnexpectedAnswer
from core.remoting.errors import RemotingError


class ClusterSurvey:
    """What is known of the clusters of ``estate``."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._known: dict[tuple[str, str], Cluster] = {}
        self._of_node: dict[tuple[str, str], Cluster] = {}
        self._silent: dict[HostKey, str] = {}

    def cluster(self, host: HostKey) -> Cluster | None:
        """The cluster that a managed host is a node of, as far as is known."""
        if host not in self._estate or not self._of_node:
            return None
        names = self._estate.picture(host).names
        return next((found for name in names if (found := self._of_node.get((host.group, name))) is not None), None)

    def silence(self, host: HostKey) -> str:
        """Why a host told nothing of its cluster when it was asked last, in sentences; empty when it told."""
        return self._silent.get(host, "")

    def clusters(self) -> tuple[tuple[HostKey, ...], ...]:
        """The hosts to ask, cluster by cluster: the nodes that answer, the best to ask first.

        A host that shows a cluster which is not known so far stands for itself.
        """
        found: dict[object, list[Picture]] = {}
        for picture in self._estate.pictures:
            if picture.inventory is None or picture.is_remembered or picture.failure is not None:
                continue
            cluster = self.cluster(picture.key)
            if cluster is not None:
                found.setdefault((picture.key.group, cluster.name), []).append(picture)
            elif shows_cluster(picture):
                found[picture.key] = [picture]
        return tuple(
            tuple(each.key for each in sorted(nodes, key=lambda each: each.key in self._silent))
            for nodes in found.values()
        )

    def nodes_with(self, host: HostKey) -> tuple[HostKey, ...]:
        """The managed nodes of the cluster that ``host`` is a node of, itself among them."""
        return next((nodes for nodes in self.clusters() if host in nodes), (host,))

    async def read(self, host: HostKey) -> bool:
        """Ask a host of its cluster; whether it told something new. A host that cannot be asked tells why."""
        before, silent = self.cluster(host), self._silent.pop(host, "")
        try:
            cluster = await read_cluster(partial(self._estate.ask, host), host.name)
        except RemotingError as error:
            self._silent[host] = f"{error.sentence} {error.cause} {error.cure}"
        except UnexpectedAnswer as error:
            self._silent[host] = str(error)
        else:
            if cluster is None:
                return False
            self._take(host.group, cluster)
        return self.cluster(host) != before or self.silence(host) != silent

    def _take(self, group: str, cluster: Cluster) -> None:
        self._known[group, cluster.name] = cluster
        self._of_node = {
            (known_group, node.name.lower()): each
            for (known_group, _name), each in self._known.items()
            for node in each.nodes
        }
