"""Whether the volumes of the destination have room for all the disks that are to go there."""

from __future__ import annotations

from collections.abc import Iterator

from core.amounts import size_text
from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.clusters.picture import Volume
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
        shared = next((each for each in case.destination_facts.volumes if each.holds(place)), None)
        if shared is not None:
            yield from _on_shared(shared, needed + planned[place], names)
            continue
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


def _on_shared(volume: Volume, needed: int, names: dict[str, str]) -> Iterator[Finding]:
    """A shared volume without room, one that is not there, and one that is reached over the network only."""
    names |= {"free": size_text(volume.free), "needed": size_text(needed)}
    if volume.is_offline:
        what = _("The shared volume {place} is offline: no node reaches it.").format(**names)
        yield Problem("folder", what, _("Bring it online in Failover Cluster Manager, or choose another volume."))
        return
    if needed > volume.free:
        what = _("The shared volume {place} has {free} free, but {needed} are needed there.").format(**names)
        yield Problem("folder", what, _("Choose another volume, or make room on this one."))
        return
    yield Passed(_("The shared volume {place} has {free} free; {needed} are needed there.").format(**names))
    if volume.is_slow:
        what = _("The shared volume {place} is in redirected access: everything written goes through another node.")
        cure = _("Look at the paths to its disk in Failover Cluster Manager, or go on: the move takes longer.")
        yield Problem("folder", what.format(**names), cure, is_warning=True)
