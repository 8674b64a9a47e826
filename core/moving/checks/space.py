"""Whether the volumes of the destination have room for all the disks that are to go there."""

from __future__ import annotations

import ntpath
from collections import Counter
from collections.abc import Iterator

from core.amounts import size_text
from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.hyperv.paths import same_path
from core.language import _
from core.moving.checks.case import Case, not_read
from core.moving.move import Move
from core.moving.placement import ItemKind
from core.wizards.wizard import Problem


def space(case: Case) -> Iterator[Finding]:
    """What counts is what the files occupy, not what the guest sees; everything that is planned is summed."""
    own = arriving(case.move)
    planned: Counter[str] = Counter()
    for move in case.others:
        if move.destination.host == case.move.destination.host:
            planned.update(arriving(move))
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


def arriving(move: Move) -> Counter[str]:
    """Bytes of disk files that a move makes, by drive (``D:``) or share; a parent of two disks counts once."""
    made: Counter[str] = Counter()
    counted: set[str] = set()
    for item, folder in move.placement.pairs():
        for file in item.files if folder is not None else ():
            target = ntpath.join(folder or "", ntpath.basename(file.path))
            stays = not move.is_live and same_path(file.path, target)
            if not stays and file.path.lower() not in counted:
                counted.add(file.path.lower())
                place = ntpath.splitdrive(target)[0]
                made[place.upper() if place.endswith(":") else place] += file.file_size
    return made
