"""Whether the Replica server runs machines of this configuration version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.checks.finding import Finding, Passed
from core.language import _
from core.moving.checks.versions import unsupported
from core.replication.checks.case import SERVER, Case


def versions(case: Case) -> Iterator[Finding]:
    """Replication goes to a server of the same version or a newer one (Hyper-V team blog)."""
    if case.replica is None or case.replica_inventory is None:
        return
    problem = unsupported(case.machine, case.replica)
    if problem is not None:
        cure = _("Choose a Replica server that is not older than {primary}, or upgrade this one first.")
        yield replace(problem, field=SERVER, cure=cure.format(**case.names))
    else:
        what = _("{server} runs virtual machines of version {version}.")
        yield Passed(what.format(version=case.machine.version, **case.names))
