"""Replication that is paused and resumed, on either side."""

from __future__ import annotations

from lab.hyperv.changes import refusal
from lab.hyperv.replication import disk_set, initial_copy, resynchronization
from lab.hyperv.replication.side import Receiver, Sender
from lab.hyperv.replication.states import ReplicationState

COPYING = (ReplicationState.InitialReplicationInProgress, ReplicationState.WaitingForUpdateCompletion)


def pause(side: Sender | Receiver) -> None:
    """Pause it: a primary goes on to track what is written, a replica refuses what is sent.

    Raises OperationFailed where the state does not allow it.
    """
    if isinstance(side, Receiver):
        side.require("Suspend", ReplicationState.Replicating)
        side.state = ReplicationState.Suspended
        return
    if side.state is ReplicationState.Resynchronizing:
        resynchronization.pause(side)
        return
    side.require("Suspend", ReplicationState.Replicating, *COPYING)
    side.state = ReplicationState.Suspended
    side.cycles.stop()
    if side.job is not None:
        side.job.interrupt(side.refuse("Suspend"))


def resume(side: Sender | Receiver) -> None:
    """Let it go on: cycles, an initial copy, a change of the disk set or a resynchronisation, where it stopped.

    Raises OperationFailed where the state does not allow it; a resynchronisation that is required has to be asked for.
    """
    if side.state is ReplicationState.ResynchronizeSuspended and isinstance(side, Sender):
        resynchronization.begin(side, goes_on=True)
        return
    paused = (ReplicationState.Suspended, ReplicationState.Error, ReplicationState.UpdateError)
    if side.state not in paused:
        raise refusal("replication_state_unchanged", side.machine, side.host)
    side.failure = None
    if isinstance(side, Receiver):
        side.state = ReplicationState.Replicating
    elif side.copied_since is None:
        initial_copy.go_on(side)
    elif side.added:
        disk_set.go_on(side)
    else:
        side.state = ReplicationState.Replicating
        side.cycles.go_on()
