"""Whether the Replica server has room for the disks and for the recovery points."""

from __future__ import annotations

from collections.abc import Iterator

from core.amounts import size_text
from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.language import _
from core.replication.checks.case import SERVER, Case, not_known
from core.replication.estimate import points_size
from core.replication.protection import CopyMethod, Protection
from core.wizards.wizard import Problem


def space(case: Case) -> Iterator[Finding]:
    """What counts is what the files occupy; recovery points take what is written while they are kept."""
    location, inventory = case.storage_location, case.replica_inventory
    if case.replica is None:
        return
    points = points_size(case.protection.points.history, case.primary_facts.writes)
    needed = _copied(case.protection) + (points or 0)
    planned = sum(_copied(other) for other in case.others if other.replica == case.protection.replica)
    names = case.names | {"needed": size_text(needed), "location": location or "", "planned": size_text(planned)}
    volume = inventory.volume_of(location) if inventory is not None and location else None
    if volume is None:
        what = _("How much room {server} has for the replica is not known; it needs {needed}.").format(**names)
        yield not_known(SERVER, what, Unread(""))
        return
    names |= {"free": size_text(volume.size_remaining), "drive": f"{volume.drive_letter}:"}
    if needed + planned > volume.size_remaining:
        what = _("Drive {drive} of {server} has {free} free, but the replica needs {needed}.")
        if planned:
            what = _("Drive {drive} of {server} has {free} free; this replica needs {needed}, the others {planned}.")
        yield Problem(SERVER, what.format(**names), _("Make room there, leave disks out, or choose another server."))
    else:
        yield Passed(_("Drive {drive} of {server} has {free} free; the replica needs {needed}.").format(**names))
    if points is None and case.protection.points.history:
        what = _("What the recovery points need is not known: how fast {machine} writes cannot be read.")
        yield not_known(SERVER, what.format(**names), Unread(""))


def _copied(protection: Protection) -> int:
    return 0 if protection.copy.method is CopyMethod.EXISTING else protection.size
