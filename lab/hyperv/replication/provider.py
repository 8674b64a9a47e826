"""Another provider of replication, such as a recovery service in a cloud, acts on a replicated machine.

Hyper-V Replica itself never enters these states; which flow has which, and that a host then refuses its own replication
commands, is assumed.
"""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from lab.hyperv.changes import refusal
from lab.hyperv.replication.side import Sender
from lab.hyperv.replication.states import ReplicationState

if TYPE_CHECKING:
    from lab.hyperv.replication.side import Receiver

SECONDS = 60.0
"""How long the part of a flow takes that ends by itself (assumed)."""


class Flow(Enum):
    """What a provider does: the state that a machine enters, and the one it is in until the provider is done."""

    Failback = (ReplicationState.FailbackInProgress, ReplicationState.FailbackComplete)
    Firedrill = (ReplicationState.FiredrillInProgress, ReplicationState.FiredrillInProgress)
    Repurpose = (ReplicationState.WaitingForRepurposeCompletion, ReplicationState.WaitingForRepurposeCompletion)
    SyncReplication = (ReplicationState.PreparedForSyncReplication, ReplicationState.PreparedForSyncReplication)
    GroupReverse = (
        ReplicationState.PreparedForGroupReverseReplication,
        ReplicationState.PreparedForGroupReverseReplication,
    )

    def __init__(self, first: ReplicationState, last: ReplicationState) -> None:
        self.first = first
        self.last = last


def begin(side: Sender | Receiver, flow: Flow) -> None:
    """Let a flow begin on one side; cycles rest until it is done.

    Raises OperationFailed unless the side replicates, and where the version does not know the flow's states.
    """
    side.require(flow.name, ReplicationState.Replicating)
    if side.host.is_old and flow is not Flow.Failback:
        raise refusal("provider_unknown_flow", side.machine, side.host, flow=flow.name)
    if isinstance(side, Sender):
        side.cycles.stop()
    side.state = flow.first
    side.host.clock.call_later(SECONDS, partial(_go_on, side, flow))


def end(side: Sender | Receiver) -> None:
    """The provider is done: Hyper-V Replica goes on.

    Raises OperationFailed when no flow is under way, or its last state is not reached.
    """
    if all(side.state is not flow.last for flow in Flow):
        raise refusal("replication_state_unchanged", side.machine, side.host)
    side.state = ReplicationState.Replicating
    if isinstance(side, Sender):
        side.cycles.go_on()


def _go_on(side: Sender | Receiver, flow: Flow) -> None:
    if side.state is flow.first:
        side.state = flow.last
