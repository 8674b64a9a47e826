"""The steps of clustered machines: to another node, into the cluster, and out of it.

A machine is told by its ID, for its group may have another name. The parameters are those that Microsoft documents;
that a machine whose group is removed runs on where it is comes from the Windows Server documentation of migration.
"""

from __future__ import annotations

import enum
from uuid import UUID

from core.estate.connection import HostKey
from core.hyperv.records import Machine
from core.hyperv.states import MachineState
from core.jobs.goal import Arrived, Fact, Facts
from core.jobs.plan import Action, Migration
from core.language import _
from core.powershell.command import Pipeline, Statement, Switch, command


class NodeWay(enum.Enum):
    """How a clustered machine comes to another node, by the value of -MigrationType."""

    LIVE = "Live"
    QUICK = "Quick"

    @property
    def word(self) -> str:
        """The way as Failover Cluster Manager calls it."""
        return {NodeWay.LIVE: _("Live migration"), NodeWay.QUICK: _("Quick migration")}[self]


def to_node(machine: Machine, owner: HostKey, destination: HostKey, way: NodeWay) -> Action:
    """Move a machine from the node that owns it to another; both are known by the names of their nodes."""
    back = _moving(machine, destination, owner, way, _("Moving it again undoes that."))
    return _moving(machine, owner, destination, way, _("Moving the machine back undoes it."), back)


def make_role(machine_id: UUID, name: str, host: HostKey) -> Action:
    """Make a machine of a node a role of the node's cluster; removing the role takes that back."""
    return _making(machine_id, name, host, remove=_removing(machine_id, name, host))


def remove_role(machine_id: UUID, name: str, host: HostKey) -> Action:
    """Take a machine out of its cluster; it runs on where it is. Making it a role again takes that back."""
    return _removing(machine_id, name, host, make=_making(machine_id, name, host))


def _moving(
    machine: Machine,
    owner: HostKey,
    destination: HostKey,
    way: NodeWay,
    undo_text: str,
    undo: Action | None = None,
) -> Action:
    moves = "Move-ClusterVirtualMachineRole"
    memory = machine.memory_assigned if machine.state is MachineState.RUNNING and way is NodeWay.LIVE else 0
    title = _("Move {machine} to the node {host}")
    return Action(
        title.format(machine=machine.name, host=destination.name),
        owner,
        Pipeline(
            (Statement((command(moves, VMId=machine.machine_id, Node=destination.name, MigrationType=way.value),)),)
        ),
        Arrived(machine.machine_id, owner, destination),
        undo_text,
        undo,
        migration=Migration(destination, memory, 0),
        cancelling=Pipeline((Statement((command(moves, VMId=machine.machine_id, Cancel=Switch.PRESENT),)),)),
    )


def _making(machine_id: UUID, name: str, host: HostKey, remove: Action | None = None) -> Action:
    return Action(
        _("Make {machine} a role of the cluster of {host}").format(machine=name, host=host.name),
        host,
        Pipeline((Statement((command("Add-ClusterVirtualMachineRole", VMId=machine_id),)),)),
        _is_role(machine_id, host, wanted=True),
        _("Removing the role undoes it; the machine runs on."),
        remove,
    )


def _removing(machine_id: UUID, name: str, host: HostKey, make: Action | None = None) -> Action:
    call = command("Remove-ClusterGroup", VMId=machine_id, RemoveResources=Switch.PRESENT, Force=Switch.PRESENT)
    return Action(
        _("Take {machine} out of the cluster of {host}").format(machine=name, host=host.name),
        host,
        Pipeline((Statement((call,)),)),
        _is_role(machine_id, host, wanted=False),
        _("Making it a role again undoes it; the machine runs on meanwhile, and nothing restarts it elsewhere."),
        make,
    )


def _is_role(machine_id: UUID, host: HostKey, *, wanted: bool) -> Facts:
    machine = Statement((command("Get-VM", Id=machine_id),))
    return Facts(host, (Fact(machine, (("IsClustered", wanted),)),))
