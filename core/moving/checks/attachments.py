"""ISO files in the machine's DVD drives, which have to exist at the destination as well."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.hyperv.computers import DvdDrive
from core.language import _
from core.moving.checks.case import Case, not_read
from core.moving.fixes import eject
from core.wizards.wizard import Problem


def attachments(case: Case) -> Iterator[Finding]:
    """A file that the destination cannot open fails the move (Microsoft, "Troubleshoot live migration issues")."""
    drives = case.source_facts.drives
    if isinstance(drives, Unread):
        what = _("Whether a DVD drive of {machine} holds an ISO file is not known.").format(**case.names)
        yield not_read("machine", what, drives)
        return
    held = [drive for drive in drives if drive.path]
    for drive in held:
        yield _one(case, drive)
    if not held:
        yield Passed(_("No DVD drive of {machine} holds an ISO file.").format(**case.names))


def _one(case: Case, drive: DvdDrive) -> Finding:
    names = case.names | {"path": drive.path or ""}
    exists = case.destination_facts.existing.get(
        drive.path or "", Unread(_("What lies on a share looks different from here than from the host."))
    )
    if isinstance(exists, Unread):
        return not_read("machine", _("Whether {destination} reaches {path} is not known.").format(**names), exists)
    if exists:
        return Passed(_("{path}, which a DVD drive of {machine} holds, exists on {destination} too.").format(**names))
    return Problem(
        "machine",
        _("A DVD drive of {machine} holds {path}, which does not exist on {destination}.").format(**names),
        _("Eject the ISO file, or copy it to the same path on {destination}.").format(**names),
        fix=eject(case.source.key, case.machine, drive),
    )
