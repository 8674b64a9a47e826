"""Replication that is removed, on one side at a time: the machines and their disks stay."""

from __future__ import annotations

from lab.hyperv.changes import refusal
from lab.hyperv.messages import OperationFailed
from lab.hyperv.replication.connection import receiver_of
from lab.hyperv.replication.relationship import end
from lab.hyperv.replication.side import Receiver, Sender
from lab.hyperv.replication.states import ReplicationState


def remove(side: Sender | Receiver) -> None:
    """End the relationship on this side.

    Raises OperationFailed for a replica with a test machine, or one that is extended (assumed).
    """
    machine, host = side.machine, side.host
    if isinstance(side, Receiver):
        if side.test_machine is not None:
            raise refusal("test_failover_enabled", machine, host)
        if machine.replication is not None and machine.replication.extended is not None:
            raise refusal("replication_extended_first", machine, host)
    else:
        _end_resynchronization(side)
    end(side)


def _end_resynchronization(sender: Sender) -> None:
    """A replica that was being compared is a replica again, if it can be reached."""
    try:
        receiver = receiver_of(sender)
    except OperationFailed:
        return
    if receiver.state is ReplicationState.Resynchronizing:
        receiver.state = ReplicationState.Replicating
