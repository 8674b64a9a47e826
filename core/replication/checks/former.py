"""What is left of the machine on the server that it came from: it becomes the replica."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.hyperv.states import MachineState
from core.language import _
from core.replication.checks.case import COPY, Case
from core.replication.protection import CopyMethod
from core.wizards.wizard import Problem


def former(case: Case) -> Iterator[Finding]:
    """It is off, and has no checkpoints (Windows Server documentation)."""
    inventory = case.replica_inventory
    if inventory is None:
        return
    there = inventory.machine(case.machine.machine_id)
    if there is None:
        if case.protection.copy.method is CopyMethod.EXISTING:
            what = _("{server} has {machine} no more: there is nothing to compare with.").format(**case.names)
            yield Problem(COPY, what, _("Send the initial copy over the network."))
        return
    points = inventory.checkpoints_of(there.machine_id)
    if there.state is not MachineState.OFF:
        what = _("{machine} on {server} is not off: {state}.").format(state=there.state.word, **case.names)
        cure = _("Turn it off there: what it has written since the failover is lost with the next copy.")
        yield Problem("machine", what, cure)
    elif points:
        names = case.names | {"checkpoints": ", ".join(each.name for each in points)}
        what = _("{machine} on {server} has checkpoints: {checkpoints}.").format(**names)
        yield Problem("machine", what, _("Delete its checkpoints and wait until they are merged."))
    else:
        yield Passed(_("{machine} on {server} is off, and becomes the replica.").format(**case.names))
