"""Reversing a replication with all that can be chosen about it: the replica that has taken over becomes the primary."""

from __future__ import annotations

from core.failover import steps
from core.failover.steps import Place, premise
from core.hyperv.replication_states import ReplicationState as State
from core.jobs.plan import Plan
from core.language import _
from core.replicas.relationship import Relationship
from core.replicas.role import Role
from core.replicas.side import Side
from core.replication.calls import reversing
from core.replication.planning import copying
from core.replication.protection import Protection


def needs_copy(relationship: Relationship) -> bool:
    """Whether a copy has to follow: only a planned failover leaves both sides in step."""
    home = relationship.sender
    return home is None or home.state is not State.PREPARED_FOR_FAILOVER


def _leads_to(protection: Protection, home: Side) -> bool:
    """Whether the replication leads to the former primary: to its host, or to the broker that it replicated as."""
    broker = (home.row.primary_server_name or "").lower()
    return home.host == protection.replica or protection.link.server.lower() == broker


def reversal_plan(
    relationship: Relationship,
    protection: Protection,
    *,
    summary: tuple[tuple[str, str], ...] = (),
    checks: tuple[str, ...] = (),
) -> Plan:
    """The plan, on the host of the replica that has taken over.

    A former primary that does not know of the failover is made a replica first, which Hyper-V Manager cannot do. Raises
    ValueError where no replica is known.
    """
    receiver, home = relationship.receiver, relationship.sender
    if receiver is None:
        raise ValueError(_("The replica of {machine} is not known.").format(machine=relationship.machine_name))
    reversal = steps.reverse(Place.of(receiver), protection.link.server, reversing(protection))
    actions, premises = [reversal], [premise(receiver)]
    if needs_copy(relationship):
        if home is not None and home.role is Role.PRIMARY and _leads_to(protection, home):
            actions.insert(0, steps.as_replica(Place.of(home), protection.primary_name, is_replicated=True))
            premises.append(premise(home))
        actions.append(copying(protection))
    return Plan(reversal.title, receiver.host, tuple(actions), summary=summary, checks=checks, premises=tuple(premises))
