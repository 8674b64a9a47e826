"""Which hosts show that they are nodes, and where a clustered machine is when the node that had it has it no longer."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from core.clusters.picture import read_cluster
from core.hyperv.paths import shared_volume
from core.hyperv.query import UnexpectedAnswer
from core.remoting.errors import RemotingError

if TYPE_CHECKING:
    from core.estate.connection import HostKey
    from core.estate.estate import Estate, Picture


def shows_cluster(picture: Picture) -> bool:
    """Whether a host shows that it is a node: it keeps clustered machines, or machines on a shared volume.

    A node with neither is known by what another node of its cluster tells. Nothing is asked.
    """
    inventory = picture.inventory
    return inventory is not None and (
        shared_volume(inventory.host.virtual_machine_path) is not None
        or any(machine.is_clustered for machine in inventory.machines)
    )


async def owner_now(estate: Estate, former: HostKey, machine_id: UUID) -> HostKey | None:
    """The other node of the cluster of ``former`` that has a clustered machine, or None.

    The hosts of the group that show a cluster are read anew for that, and no others.
    """
    nodes = [
        picture.key
        for picture in estate.pictures
        if picture.key.group == former.group and picture.key != former and shows_cluster(picture)
    ]
    for picture in await asyncio.gather(*(estate.refresh(key) for key in nodes)):
        machine = picture.inventory.machine(machine_id) if picture.inventory is not None else None
        has_it = machine is not None and machine.is_clustered and picture.failure is None
        # A replica has the ID of its primary, and may be in a cluster as well.
        if has_it and await _are_nodes(estate, picture.key, former):
            return picture.key
    return None


async def owner_of(estate: Estate, host: HostKey, machine_id: UUID) -> HostKey:
    """The node that has a clustered machine which ``host`` had: that, or another; ``host`` itself outside clusters."""
    if host not in estate or not shows_cluster(estate.picture(host)):
        return host
    picture = await estate.refresh(host)
    if picture.failure is None and picture.inventory is not None and picture.inventory.machine(machine_id) is not None:
        return host
    return await owner_now(estate, host, machine_id) or host


async def _are_nodes(estate: Estate, one: HostKey, other: HostKey) -> bool:
    """Whether ``one`` tells of a cluster that ``other`` is a node of as well."""
    try:
        cluster = await read_cluster(partial(estate.ask, one), one.name)
    except (RemotingError, UnexpectedAnswer):
        return False
    return cluster is not None and any(estate.picture(other).is_called(node.name) for node in cluster.nodes)
