"""Whether a failover cluster owns the machine, and what that leaves open."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.clusters.moving import credentials_problem
from core.clusters.steps import remove_role
from core.hyperv.paths import shared_volume
from core.jobs.plan import Expectation, Plan
from core.language import _
from core.moving.checks.case import Case
from core.wizards.wizard import Problem


def cluster(case: Case) -> Iterator[Finding]:
    """The cluster moves its machines itself; to leave it, the role goes first (Microsoft's migration guide).

    The storage of a clustered machine moves as any other does, as long as all nodes reach the place.
    """
    names = case.names
    if not case.machine.is_clustered:
        yield Passed(_("{machine} belongs to no failover cluster.").format(**names))
    elif case.move.is_live:
        yield _leaving(case)
    else:
        yield _within(case)


def _within(case: Case) -> Finding:
    names = case.names
    outside = [folder for _item, folder in case.move.placement.pairs() if folder and not _is_shared(folder)]
    if not outside:
        return Passed(_("The storage of {machine} stays where all nodes of its cluster reach it.").format(**names))
    return Problem(
        "folder",
        _("{machine} is clustered, and only one node would reach {folder}.").format(folder=outside[0], **names),
        _("Choose a folder below C:\\ClusterStorage, or on a share that all nodes reach."),
    )


def _leaving(case: Case) -> Problem:
    host, machine = case.move.source.host, case.machine
    what = _("{machine} belongs to a failover cluster.").format(**case.names)
    refused = credentials_problem(case.source.connection)
    if refused is not None:
        cure = _("Remove its role in Failover Cluster Manager first; it goes on running. {reason} {cure}")
        return Problem("machine", what, cure.format(reason=refused.what, cure=refused.cure))
    action = remove_role(machine.machine_id, machine.name, host)
    told = _("The role of {machine} is removed from the cluster; the machine runs on, and can be moved out then.")
    fix = Plan(
        action.title,
        host,
        (action,),
        summary=((_("What changes:"), told.format(**case.names)),),
        expectation=Expectation(host, machine.machine_id, machine.name, machine.state),
    )
    cure = _("To another node: go back to the move type. Out of the cluster: its role is removed first.")
    return Problem("machine", what, cure, fix=fix)


def _is_shared(folder: str) -> bool:
    return folder.startswith("\\\\") or shared_volume(folder) is not None
