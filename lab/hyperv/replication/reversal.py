"""Replication that changes its direction: the replica that has failed over becomes the primary."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.hyperv.changes import refusal
from lab.hyperv.messages import OperationFailed, failed, nested
from lab.hyperv.replication import enabling
from lab.hyperv.replication.connection import client_name, contacted
from lab.hyperv.replication.failover import FAILED_OVER
from lab.hyperv.replication.initial_copy import complete_receiver
from lab.hyperv.replication.job import JobType, ShortJob
from lab.hyperv.replication.relationship import add_receiver, add_sender, end
from lab.hyperv.replication.settings import Settings, require_valid
from lab.hyperv.replication.side import Receiver, Sender
from lab.hyperv.replication.states import Relationship, ReplicationState, ReplicationType

if TYPE_CHECKING:
    from lab.hyperv.host import Host

TASK = "Reverse Replication"


@dataclass(slots=True)
class Direction:
    """Where the machine is to be replicated to from now on, and how."""

    server: str
    settings: Settings


class Reversal(ShortJob):
    """The change under way, on the host of the replica that becomes the primary."""

    words = "Reversing replication"
    job_type = JobType.Reverse
    side: Receiver

    def __init__(self, side: Receiver, direction: Direction) -> None:
        super().__init__(side)
        self.direction = direction
        self.sender: Sender | None = None

    def finish(self) -> None:
        """Change the direction; after a planned failover both sides are in step, otherwise a copy has to follow."""
        receiver, host, settings = self.side, self.host, self.direction.settings
        machine = receiver.machine
        receiver.require(TASK, *FAILED_OVER)
        places = list(receiver.places)
        try:
            node = contacted(host, self.direction.server, settings, machine.machine_id)
            other = _other_side(receiver, node, settings)
        except OperationFailed as cause:
            raise nested(refusal("reverse_not_enabled", machine, host), cause) from cause
        moment = receiver.last_applied
        receiver.job = None  # this one, which goes on
        end(receiver)
        sender = add_sender(machine, host, self.direction.server, node, dataclasses.replace(settings), places)
        if other.state is ReplicationState.Replicating and moment is not None:
            sender.state = ReplicationState.Replicating
            sender.copied_since = host.clock.now()
            sender.last_replication, sender.last_type = moment, ReplicationType.Planned
            sender.cycles.start()
        self.sender = sender


def reverse(receiver: Receiver, direction: Direction) -> Reversal:
    """Begin to change the direction.

    Raises OperationFailed unless the replica has failed over, and while it is extended (assumed).
    """
    machine, host = receiver.machine, receiver.host
    receiver.require(TASK, *FAILED_OVER)
    if machine.replication is not None and machine.replication.extended is not None:
        raise refusal("reverse_while_extended", machine, host)
    require_valid(direction.settings, machine, host, Relationship.Simple)
    return Reversal(receiver, direction).begin()


def to_replica(sender: Sender, allowed_primary: str) -> Receiver:
    """Make an old primary a replica that waits for what the surviving side sends.

    Raises OperationFailed unless it is off, without checkpoints, on a Replica server.
    """
    machine, host = sender.machine, sender.host
    enabling.require_basis(machine, host)
    primary, places = allowed_primary or sender.current_replica, list(sender.places)
    end(sender)
    return enabling.as_replica(machine, host, primary, places)


def _other_side(receiver: Receiver, node: Host, settings: Settings) -> Receiver:
    """What is to receive on ``node``: the prepared primary, a machine that waits for it, or a new one.

    Raises OperationFailed when the machine there is anything else.
    """
    machine, host = receiver.machine, receiver.host
    there = node.machines.get(machine.machine_id)
    if there is None:
        return enabling.new_replica(machine, host, node, settings, receiver.places, is_extended=False)
    side = there.replication.simple if there.replication is not None else None
    if isinstance(side, Sender) and side.state is ReplicationState.PreparedForFailover:
        return _turned(side, receiver, settings)
    waiting = side if isinstance(side, Receiver) else None
    if waiting is None or not enabling.waits_for(waiting, host):
        raise failed("replica_exists", host.language, machine=machine.name, server=node.full_name)
    enabling.adopt(waiting, host, settings, receiver.places)
    return waiting


def _turned(prepared: Sender, receiver: Receiver, settings: Settings) -> Receiver:
    """The prepared primary as the replica: in step after a planned failover, waiting for a copy after another one."""
    there, node = prepared.machine, prepared.host
    source = receiver.host
    entry = node.replication.server.entry_for(client_name(source))
    end(prepared)
    turned = add_receiver(
        there,
        node,
        dataclasses.replace(settings),
        list(receiver.places),
        primary=client_name(source),
        trust_group=entry.trust_group if entry is not None else "",
        replica_name=client_name(node),
    )
    turned.has_basis = True
    if receiver.failed_over_type is ReplicationType.Planned and receiver.last_applied is not None:
        complete_receiver(turned, node.clock.when(receiver.host.clock, receiver.last_applied))
    return turned
