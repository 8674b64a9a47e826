"""Sides of relationships that come into being, and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.hyperv.replication.connection import client_name
from lab.hyperv.replication.cycles import Cycles
from lab.hyperv.replication.recovery_points import RecoveryPoints
from lab.hyperv.replication.settings import Settings
from lab.hyperv.replication.side import MachineReplication, Place, Receiver, Sender
from lab.hyperv.replication.states import Mode, Relationship, ReplicationState
from lab.hyperv.replication.statistics import Statistics

if TYPE_CHECKING:
    from lab.hyperv.host import Host
    from lab.hyperv.machine import VirtualMachine


def add_sender(
    machine: VirtualMachine, host: Host, replica_name: str, node: Host, settings: Settings, places: list[Place]
) -> Sender:
    """A side that sends, ready for the initial copy: of a primary, or of a replica that is extended."""
    extends = machine.replication is not None
    sender = Sender(
        machine=machine,
        host=host,
        relationship=Relationship.Extended if extends else Relationship.Simple,
        settings=settings,
        primary_name=client_name(host),
        replica_name=replica_name,
        current_replica=node.full_name,
        places=places,
        state=ReplicationState.ReadyForInitialReplication,
        statistics=Statistics(machine, host),
    )
    sender.cycles = Cycles(sender)
    if machine.replication is None:
        machine.replication = MachineReplication(Mode.Primary, simple=sender)
    else:
        machine.replication.extended = sender
    host.replication.join(sender)
    return sender


def add_receiver(
    machine: VirtualMachine,
    host: Host,
    settings: Settings,
    places: list[Place],
    *,
    primary: str,
    trust_group: str,
    replica_name: str,
    is_extended: bool = False,
) -> Receiver:
    """A side that receives and waits for the initial copy; ``primary`` is empty while none is known."""
    receiver = Receiver(
        machine=machine,
        host=host,
        relationship=Relationship.Simple,
        settings=settings,
        primary_name=primary,
        replica_name=replica_name,
        current_replica=host.full_name,
        places=places,
        state=ReplicationState.WaitingForInitialReplication,
        statistics=Statistics(machine, host),
        allowed_primary=primary,
        trust_group=trust_group,
        points=RecoveryPoints(machine, host),
    )
    mode = Mode.ExtendedReplica if is_extended else Mode.Replica
    machine.replication = MachineReplication(mode, simple=receiver)
    host.replication.join(receiver)
    return receiver


def end(side: Sender | Receiver) -> None:
    """Let a side end: its logs, points and statistics go, the machine and its disks stay."""
    machine, job = side.machine, side.job
    side.state = ReplicationState.Disabled
    if job is not None:
        job.interrupt(job.fail("cancelled"))
    if isinstance(side, Sender):
        side.unschedule()
        side.cycles.close()
    else:
        side.points.clear()
    side.statistics.close()
    side.host.replication.leave(side)
    replication = machine.replication
    if replication is None:
        return
    if replication.extended is side:
        replication.extended = None
    elif replication.simple is side:
        replication.simple = None
    if not replication.sides:
        machine.replication = None


def forget(machine: VirtualMachine) -> None:
    """The machine is deleted: all its sides end, and the association with a test machine."""
    replication = machine.replication
    if replication is None:
        return
    if replication.test_of is not None:
        replication.test_of.test_machine = None
    for side in reversed(replication.sides):
        if isinstance(side, Receiver):
            side.part_from_test()
        end(side)
