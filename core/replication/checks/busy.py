"""Whether something is under way on the machine."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.language import _
from core.replication.checks.case import Case
from core.wizards.wizard import Problem


def busy(case: Case) -> Iterator[Finding]:
    """Hyper-V enables nothing for a machine while something else is done with it, or while it has lost its storage."""
    machine = case.machine
    names = {"machine": machine.name, "status": machine.status, "state": machine.state.word}
    if machine.is_busy:
        what = _("Another operation is under way on {machine}: {status}.")
        yield Problem("machine", what.format(**names), _("Wait until it has ended, then go on."))
    elif machine.state.is_critical:
        what = _("{machine} is in the state {state}: it has lost its storage.")
        yield Problem("machine", what.format(**names), _("Bring its storage back before it is replicated."))
    else:
        yield Passed(_("Nothing is under way on {machine}.").format(**names))
