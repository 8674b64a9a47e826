"""The plan that an import comes to, and how the host tells that the machine is there."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.estate.connection import HostKey
from core.hyperv.paths import is_on_share
from core.importing.configurations import Described
from core.importing.imported import Import, ImportType
from core.jobs.goal import Fact, Facts
from core.jobs.plan import Action, Copying, Plan
from core.language import _
from core.powershell.command import Statement, Switch, command


def import_plan(
    wanted: Import,
    machine: Described,
    host: HostKey,
    targets: Sequence[str],
    size: int,
    others: Sequence[UUID],
    *,
    rights: str,
    summary: tuple[tuple[str, str], ...] = (),
    checks: tuple[str, ...] = (),
) -> Plan:
    """The plan of ``wanted``; ``others`` are the machines of the same name that the host has already.

    ``targets`` are the files that become copies of disks, ``size`` their bytes as far as they are known. ``rights`` say
    what lets the host read and write shares.
    """
    names = {"machine": machine.name, "host": host.name}
    title = _("Import {machine} to {host}").format(**names)
    action = Action(
        title,
        host,
        wanted.pipeline,
        _goal(wanted, machine, host, targets, others),
        _undo_text(wanted).format(**names),
        copying=Copying(size) if size else None,
        if_denied=rights,
    )
    remains = _("{machine} is on {host}. Importing it did not start it.").format(**names)
    return Plan(title, host, (action,), summary=summary, checks=checks, remains=(remains,))


def _goal(wanted: Import, machine: Described, host: HostKey, targets: Sequence[str], others: Sequence[UUID]) -> Facts:
    """A machine with the ID, or one of that name that was not there before; files that are being copied are traces."""
    if wanted.kind is ImportType.COPY:
        found = command("Get-VM") | command("Where-Object", Property="Name", EQ=Switch.PRESENT, Value=machine.name)
        for other in others:
            found |= command("Where-Object", Property="Id", NE=Switch.PRESENT, Value=str(other))
        fact = Fact(found, (("Name", machine.name),))
    else:
        listed = Statement((command("Get-VM", Id=machine.machine_id),))
        fact = Fact(listed, (("Id", machine.machine_id),))
    traces = tuple(
        Fact(Statement((command("Get-ChildItem", LiteralPath=path),)), (("FullName", path),))
        for path in targets
        if not is_on_share(path)
    )
    return Facts(host, (fact,), traces=traces, leaves_none=len(traces) < len(targets))


def _undo_text(wanted: Import) -> str:
    if wanted.kind.copies:
        return _("Deleting {machine} on {host} and the copies of its disks undoes it; what it was copied from stays.")
    return _("Deleting {machine} on {host} undoes it, but its configuration goes with it: only the disks stay.")
