"""Disks that cannot be replicated: physical ones, and those that several machines share."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.hyperv.computers import AttachedDisk
from core.hyperv.paths import same_path
from core.language import _
from core.replication.checks.case import DISKS, Case, not_known
from core.wizards.wizard import Problem


def disks(case: Case) -> Iterator[Finding]:
    """What cannot be replicated has to be left out; no disk at all cannot be replicated either."""
    attached = case.primary_facts.disks
    if isinstance(attached, Unread):
        what = _("Whether {machine} has physical or shared disks is not known.").format(**case.names)
        yield not_known(DISKS, what, attached)
        return
    chosen = [disk for disk in attached if not _is_left_out(disk, case)]
    faults = [(disk, fault) for disk in chosen if (fault := disk_fault(disk)) is not None]
    for _disk, fault in faults:
        yield Problem(DISKS, fault, _("Leave it out on the page Choose Replication VHDs."))
    if not chosen:
        what = _("No disk of {machine} is chosen.").format(**case.names)
        yield Problem(DISKS, what, _("Choose at least one virtual hard disk."))
    elif not faults:
        yield Passed(_("Every chosen disk of {machine} can be replicated.").format(**case.names))


def disk_fault(disk: AttachedDisk) -> str | None:
    """Why a disk cannot be replicated, in a sentence; None when it can.

    The first is published (Savill, "Mastering Hyper-V"), the second known.
    """
    if disk.disk_number is not None:
        return _("The physical disk {number} cannot be replicated.").format(number=disk.disk_number)
    if disk.support_persistent_reservations:
        return _("Other machines share {path}, which cannot be replicated.").format(path=disk.path)
    return None


def _is_left_out(disk: AttachedDisk, case: Case) -> bool:
    return any(same_path(disk.path or "", path) for path in case.protection.excluded)
