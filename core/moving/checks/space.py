"""Whether the volumes of the destination have room for all the disks that are to go there."""

from __future__ import annotations

from collections.abc import Iterator

from core.amounts import size_text
from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.language import _
from core.moving.checks.case import Case, not_read
from core.moving.checks.planned import arriving
from core.moving.placement import ItemKind
from core.wizards.wizard import Problem


def space(case: Case) -> Iterator[Finding]:
    """What counts is what the files occupy, not what the guest sees; everything that is planned is summed."""
    own = arriving(case.move.placement, is_live=case.move.is_live)
    planned = {place: case.others.files[case.move.destination.host, place] for place in own}
    volumes = {volume.drive_letter: volume for volume in case.destination_inventory.volumes if volume.drive_letter}
    for place, needed in own.items():
        names = case.names | {"place": place, "needed": size_text(needed), "planned": size_text(planned[place])}
        volume = volumes.get(place[:1]) if place.endswith(":") else None
        if volume is None:
            what = _("How much room {place} has is not known; the disks need {needed}.").format(**names)
            yield not_read("folder", what, Unread(_("The host lists no such volume.")))
            continue
        names["free"] = size_text(volume.size_remaining)
        if needed + planned[place] <= volume.size_remaining:
            yield Passed(_("Drive {place} of {destination} has {free} free; the disks need {needed}.").format(**names))
            continue
        what = _("Drive {place} of {destination} has {free} free, but the disks need {needed}.")
        if planned[place]:
            what = _("Drive {place} of {destination} has {free} free; the disks need {needed}, other moves {planned}.")
        yield Problem("folder", what.format(**names), _("Choose another drive, or make room on this one."))
    for item in case.move.placement.moved:
        if item.kind is ItemKind.DISK and not item.files:
            what = _("How much room {path} needs is not known.").format(path=item.path)
            yield not_read("folder", what, Unread(_("The host did not tell its size.")))
