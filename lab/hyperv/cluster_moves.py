"""Clustered machines on their way between nodes: live, or stopped at one node and started at the other.

The kinds are those of Move-ClusterVirtualMachineRole. Quick migration saves the machine, moves it and restores it
(cmdlet reference). That it comes back to its node where it cannot start at the other is assumed.
"""

from __future__ import annotations

from lab.hyperv.caller import Caller
from lab.hyperv.changes import refusal
from lab.hyperv.clock import Course
from lab.hyperv.clustering import Cluster, NodeState
from lab.hyperv.compatibility import Move
from lab.hyperv.events import Level
from lab.hyperv.host import Host
from lab.hyperv.machine import MachineState, VirtualMachine
from lab.hyperv.messages import OperationFailed
from lab.hyperv.migration import start
from lab.hyperv.operation import Operation, OperationalStatus
from lab.hyperv.placement import by_item
from lab.hyperv.power import PowerChange

STOPPED = {
    "Quick": (MachineState.Saving, MachineState.Saved),
    "Shutdown": (MachineState.Stopping, MachineState.Off),
    "ShutdownForce": (MachineState.Stopping, MachineState.Off),
    "TurnOff": (MachineState.Off, MachineState.Off),
}
"""For each kind but Live: the state on the way down, and the one in which the machine changes its node."""


class StoppedMove(Operation):
    """A machine that is stopped, handed to another node, and started there if it ran."""

    words = "Moving virtual machine"

    def __init__(self, machine: VirtualMachine, owner: Host, destination: Host, kind: str) -> None:
        super().__init__(machine, owner)
        self._destination = destination
        self._through, self._to = STOPPED[kind]
        self._handed_over = False
        self._before = machine.state

    @property
    def status(self) -> OperationalStatus:
        """The machine is being migrated."""
        return OperationalStatus.MigratingVirtualMachine

    @property
    def can_be_cancelled(self) -> bool:
        """Until the machine has changed its node."""
        return not self.ended and not self._handed_over

    def undo(self) -> None:
        """A machine that was still on its way down goes on as before."""
        if not self._handed_over:
            self.machine.state = self._before

    def course(self) -> Course:
        """Down at one node, up at the other."""
        machine, owner, destination = self.machine, self.host, self._destination
        ran = machine.state in (MachineState.Running, MachineState.Paused)
        if ran:
            yield from PowerChange(machine, owner, self._through, self._to).course()
        self.show(50)
        self._handed_over = True
        hand_over(machine, owner, destination)
        if not ran:
            return
        try:
            yield from PowerChange(machine, destination, MachineState.Starting, MachineState.Running).course()
        except OperationFailed as failure:
            destination.log(21502, Level.ERROR, failure.message, machine)
            hand_over(machine, destination, owner)
            yield from PowerChange(machine, owner, MachineState.Starting, MachineState.Running).course()
            raise


def begin_move(
    machine: VirtualMachine, cluster: Cluster, owner: Host, node: str, kind: str, caller: Caller
) -> Operation:
    """Begin to move a role to ``node``, or to the best one when that is empty; the operation under way.

    Raises OperationFailed when the cluster refuses it; nothing has changed then.
    """
    destination = _destination(machine, cluster, owner, node)
    if kind == "Live":
        return start(Move(machine, owner, destination.name, by_item(machine), caller, by_cluster=True))
    return StoppedMove(machine, owner, destination, kind).begin()


def hand_over(machine: VirtualMachine, owner: Host, destination: Host) -> None:
    """Let another node have a machine that does not run: its files stay where they are."""
    del owner.machines[machine.machine_id]
    destination.machines[machine.machine_id] = machine
    if machine.replication is not None:
        machine.replication.moved(destination)


def fail_over(cluster: Cluster, lost: Host) -> None:
    """Start the roles of a node that has gone at the others, as far as they have room (assumed: at once)."""
    if not cluster.has_quorum:
        return
    for machine in [machine for machine, owner in cluster.roles() if owner is lost]:
        takers = cluster.takers(machine, lost)
        if takers and machine.operation is None:
            hand_over(machine, lost, takers[0])
            if machine in lost.cut_off:
                lost.cut_off.remove(machine)
                PowerChange(machine, takers[0], MachineState.Starting, MachineState.Running).begin()


def _destination(machine: VirtualMachine, cluster: Cluster, owner: Host, name: str) -> Host:
    if not name:
        takers = cluster.takers(machine, owner)
        if not takers:
            raise refusal("cluster_no_node", machine, owner, cluster=cluster.name)
        return takers[0]
    node = next((node for node in cluster.nodes if node.is_called(name)), None)
    if node is None:
        raise refusal("cluster_not_a_node", machine, owner, node=name, cluster=cluster.name)
    if node is owner:
        raise refusal("cluster_node_has_it", machine, owner, node=node.name)
    if cluster.state_of(node) is NodeState.Down:
        raise refusal("cluster_node_down", machine, owner, node=node.name)
    if cluster.state_of(node) is NodeState.Paused:
        raise refusal("cluster_node_paused", machine, owner, node=node.name)
    if node not in cluster.owners_of(machine):
        raise refusal("cluster_no_owner", machine, owner)
    return node
