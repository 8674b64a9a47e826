"""Disks that cannot move: physical ones, and those that several machines share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.estate.connection import HostKey
from core.hyperv.computers import AttachedDisk
from core.hyperv.paths import same_path
from core.hyperv.records import Machine
from core.language import _
from core.moving.checks.case import Case, not_read
from core.moving.placement import ItemKind
from core.wizards.wizard import Problem


def disks(case: Case) -> Iterator[Finding]:
    """Neither a physical disk nor a shared virtual one can be migrated (Windows IT Pro; the second is known)."""
    attached = case.source_facts.disks
    if isinstance(attached, Unread):
        what = _("Whether {machine} has physical or shared disks is not known.").format(**case.names)
        yield not_read("machine", what, attached)
        return
    moved = [item.path for item in case.move.placement.moved if item.kind is ItemKind.DISK]
    bound = tuple(bound_disks(case.machine, case.source.key, attached, moved))
    yield from bound or (Passed(_("No disk of {machine} is bound to {source}.").format(**case.names)),)


def bound_disks(
    machine: Machine, source: HostKey, attached: Iterable[AttachedDisk], moved: Collection[str]
) -> Iterator[Problem]:
    """The disks that stay where they are: physical ones, and shared ones of those files that are to be ``moved``."""
    for disk in attached:
        if disk.disk_number is not None:
            yield Problem(
                "machine",
                _("{machine} uses the physical disk {number} of {source}, which cannot move.").format(
                    machine=machine.name, number=disk.disk_number, source=source.name
                ),
                _("Take the disk from the machine, or copy what it holds to a virtual hard disk, before it moves."),
            )
        elif disk.support_persistent_reservations and any(same_path(disk.path or "", path) for path in moved):
            yield Problem(
                "machine",
                _("Other machines share the virtual hard disk {path}, which cannot be moved while they do.").format(
                    path=disk.path
                ),
                _("Leave it where it is, or take it from the machine before it moves and attach it again there."),
            )
