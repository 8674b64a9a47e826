"""What a test or a teacher sets of a cluster: quorum, paused nodes, volumes in trouble, owners, the broker's state."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lab.hyperv.clustering import BrokerState, Cluster, VolumeFault
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine


class ClusterState(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays as it is.

    ``paused`` and ``redirected`` list nodes and volumes, ``faults`` and ``free`` have a VolumeFault, and the bytes that
    are left, for each volume they name. ``possible_owners`` and ``preferred_owners`` have nodes for each machine, none
    for the usual ones.
    """

    quorum: bool | None = None
    broker: str | None = None
    paused: list[str] | None = None
    redirected: list[str] | None = None
    faults: dict[str, str] = {}
    free: dict[str, int] = {}
    possible_owners: dict[str, list[str]] = {}
    preferred_owners: dict[str, list[str]] = {}


def set_state(cluster: Cluster, wanted: ClusterState) -> None:
    """Bring a cluster into a state. Raises KeyError for a name that nothing has; then nothing has changed."""
    paused = [_node(cluster, name) for name in wanted.paused or ()]
    faults = {name: VolumeFault[fault] for name, fault in wanted.faults.items()}
    for name in (*faults, *wanted.free, *(wanted.redirected or ())):
        if all(shared.volume.label != name for shared in cluster.volumes):
            raise KeyError(name)
    broker = BrokerState[wanted.broker] if wanted.broker is not None else cluster.broker_state
    possible = dict(_owners(cluster, wanted.possible_owners))
    preferred = dict(_owners(cluster, wanted.preferred_owners))
    cluster.has_quorum = cluster.has_quorum if wanted.quorum is None else wanted.quorum
    cluster.broker_state = broker
    cluster.paused = cluster.paused if wanted.paused is None else paused
    for shared in cluster.volumes:
        shared.fault = faults.get(shared.volume.label, shared.fault)
        if (free := wanted.free.get(shared.volume.label)) is not None:
            shared.volume.used_by_others += shared.volume.free - free
        if wanted.redirected is not None:
            shared.is_redirected = shared.volume.label in wanted.redirected
    for known, new in ((cluster.possible_owners, possible), (cluster.preferred_owners, preferred)):
        for machine, nodes in new.items():
            known[machine.machine_id] = nodes
            if not nodes:
                del known[machine.machine_id]


def _owners(cluster: Cluster, wanted: dict[str, list[str]]) -> Iterator[tuple[VirtualMachine, list[Host]]]:
    machines = {machine.name: machine for machine, _owner in cluster.roles()}
    for name, nodes in wanted.items():
        yield machines[name], [_node(cluster, each) for each in nodes]


def _node(cluster: Cluster, name: str) -> Host:
    for node in cluster.nodes:
        if node.is_called(name):
            return node
    raise KeyError(name)
