"""Whether the Replica server has a machine of this ID: it is in the way, or it is the basis of the replica."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.hyperv.states import MachineState
from core.language import _
from core.replication.checks.case import COPY, SERVER, Case
from core.replication.protection import CopyMethod
from core.wizards.wizard import Problem


def identity(case: Case) -> Iterator[Finding]:
    """A basis is told by its ID, is off, and has the same disks (Hyper-V team blog)."""
    inventory = case.replica_inventory
    if inventory is None:
        return
    there = inventory.machine(case.machine.machine_id)
    if case.protection.copy.method is not CopyMethod.EXISTING:
        if there is None:
            yield Passed(_("{server} has no machine with the ID of {machine}.").format(**case.names))
            return
        yield Problem(
            SERVER,
            _("{server} has this virtual machine already: {other} has the same ID.").format(
                other=there.name, **case.names
            ),
            _("Use it as the initial copy, or delete it there if nobody needs it."),
        )
    elif there is None:
        what = _("{server} has no machine with the ID of {machine} that could be the initial copy.")
        cure = _("Restore {machine} there from a backup, or import an export of it without a new ID.")
        yield Problem(COPY, what.format(**case.names), cure.format(**case.names))
    elif there.state is not MachineState.OFF:
        what = _("The machine on {server} that is to be the replica is not off: {state}.")
        yield Problem(COPY, what.format(state=there.state.word, **case.names), _("Shut it down first."))
    else:
        yield from _same_disks(case)


def _same_disks(case: Case) -> Iterator[Finding]:
    paths = {(drive.path or "").lower() for drive in case.protection.disks}
    wanted = [file.size for file in case.protection.files if file.path.lower() in paths]
    found = [file.size for file in case.replica_facts.basis] if case.replica_facts is not None else []
    if wanted and found and any(size not in found for size in wanted):
        what = _("The disks of the machine on {server} have other sizes than those of {machine}.").format(**case.names)
        yield Problem(COPY, what, _("Choose another method, or bring the disks to the same sizes."))
    else:
        what = _("{server} has a machine with the ID of {machine}, which becomes the replica.")
        yield Passed(what.format(**case.names))
