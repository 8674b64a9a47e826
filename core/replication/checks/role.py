"""Whether the machine is replicated already, here or by somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.hyperv.replication_states import ReplicationMode
from core.language import _
from core.replication.checks.case import Case
from core.wizards.wizard import Problem


def role(case: Case) -> Iterator[Finding]:
    """A primary has one replica; from there it can be extended to a third host (Windows Server documentation)."""
    mode = case.machine.replication_mode
    if mode is ReplicationMode.NONE:
        yield Passed(_("{machine} is not replicated so far.").format(**case.names))
        return
    what = _("{machine} takes part in a replication already: {mode}.").format(mode=mode.word, **case.names)
    cure = _("Remove its replication first, if it is to go to another server.")
    if mode is ReplicationMode.REPLICA:
        cure = _("A replica is extended to a third server, or its direction reversed after a failover.")
    yield Problem("machine", what, cure)
