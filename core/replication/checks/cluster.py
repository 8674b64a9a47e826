"""Whether a machine of a cluster has a Replica Broker at its own side, and at the other."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.language import _
from core.replication.checks.case import COPY, Case, not_known
from core.replication.protection import CopyMethod
from core.replication.server import ReplicaServer
from core.wizards.wizard import Problem


def cluster(case: Case) -> Iterator[Finding]:
    """Without a broker of its own a clustered primary fails with words that do not say so (field reports)."""
    own = case.primary_facts.server
    if not case.machine.is_clustered:
        yield Passed(_("{machine} belongs to no failover cluster.").format(**case.names))
    elif isinstance(own, Unread):
        what = _("Whether the cluster of {machine} has a Replica Broker is not known.").format(**case.names)
        yield not_known("machine", what, own)
    elif len(own.full_names) < 2:
        yield Problem(
            "machine",
            _("{machine} belongs to a failover cluster that has no Hyper-V Replica Broker.").format(**case.names),
            _("Add the role Hyper-V Replica Broker to the cluster of {primary}, in Failover Cluster Manager.").format(
                **case.names
            ),
        )
    else:
        broker = own.full_names[-1]
        yield Passed(_("The cluster of {machine} replicates as {broker}.").format(broker=broker, **case.names))
    yield from _basis(case)


def _basis(case: Case) -> Iterator[Finding]:
    """On a cluster the machine that is to be the replica has to be highly available (event 29410, team blog)."""
    facts, there = case.replica_facts, case.replica_inventory
    if case.protection.copy.method is not CopyMethod.EXISTING or facts is None or there is None:
        return
    basis = there.machine(case.machine.machine_id)
    is_node = isinstance(facts.server, ReplicaServer) and len(facts.server.full_names) > 1
    if is_node and basis is not None and not basis.is_clustered:
        what = _("The machine on {server} that is to be the replica is no role of its cluster.").format(**case.names)
        yield Problem(COPY, what, _("Make it highly available in Failover Cluster Manager first."))
