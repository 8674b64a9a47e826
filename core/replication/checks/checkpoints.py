"""Checkpoints: they stay on the primary, and a machine that is to be the basis of a replica may have none."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.language import _
from core.replication.checks.case import COPY, Case
from core.replication.protection import CopyMethod
from core.wizards.wizard import Problem


def checkpoints(case: Case) -> Iterator[Finding]:
    """That a basis must have none is from the Windows Server documentation; that applying one needs a resynchronisation
    from the Hyper-V team blog.
    """
    inventory, there = case.primary.inventory, case.replica_inventory
    own = inventory.checkpoints_of(case.machine.machine_id) if inventory is not None else ()
    if case.protection.copy.method is CopyMethod.EXISTING and there is not None:
        basis = there.checkpoints_of(case.machine.machine_id)
        if basis:
            names = case.names | {"checkpoints": ", ".join(each.name for each in basis)}
            what = _("The machine on {server} that is to be the replica has checkpoints: {checkpoints}.")
            yield Problem(COPY, what.format(**names), _("Delete its checkpoints and wait until they are merged."))
            return
    if own:
        what = _("The checkpoints of {machine} are not replicated. Applying one makes a resynchronisation necessary.")
        cure = _("Delete those that are not needed any more.")
        yield Problem("machine", what.format(**case.names), cure, is_warning=True)
    else:
        yield Passed(_("{machine} has no checkpoints.").format(**case.names))
