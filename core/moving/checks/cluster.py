"""Whether a failover cluster owns the machine."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.language import _
from core.moving.checks.case import Case
from core.wizards.wizard import Problem


def cluster(case: Case) -> Iterator[Finding]:
    """The cluster moves its machines itself; to leave it, the role goes first (Microsoft's migration guide)."""
    names = case.names
    if case.machine.is_clustered:
        yield Problem(
            "machine",
            _("{machine} belongs to a failover cluster.").format(**names),
            _(
                "Move it with Failover Cluster Manager or Move-ClusterVirtualMachineRole. To take it out of the"
                " cluster, remove its role there first; it goes on running."
            ),
        )
    else:
        yield Passed(_("{machine} belongs to no failover cluster.").format(**names))
