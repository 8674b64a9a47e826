"""How many migrations the hosts make at once, and how many are under way or planned."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.estate.estate import Picture
from core.jobs.slots import loads
from core.language import _
from core.moving.checks.case import Case
from core.moving.checks.planned import counted
from core.moving.fixes import Limit, raise_limit
from core.wizards.wizard import Problem


def limits(case: Case) -> Iterator[Finding]:
    """A limit that is reached makes the move wait; one of 0 forbids it."""
    pictures = {picture.key: picture for picture in (case.source, case.destination)}
    wanted = counted(case.move)
    reached = False
    for picture in pictures.values():
        for limit in wanted:
            most, busy = _most(picture, limit), _under_way(case, picture, limit)
            if most == 0 or busy >= most:
                reached = True
                yield _problem(picture, limit, most, busy)
    if not reached and wanted:
        yield Passed(_("The limits of {source} and {destination} leave room for this move.").format(**case.names))


def _problem(picture: Picture, limit: Limit, most: int, busy: int) -> Problem:
    names = {"host": picture.key.name, "most": most, "busy": busy}
    if (forbidden := makes_none(picture, limit, busy + 1)) is not None:
        return forbidden
    what = _("The limit of {host} for live migrations is {most}, and {busy} are under way or planned.")
    if limit is Limit.STORAGE:
        what = _("The limit of {host} for storage migrations is {most}, and {busy} are under way or planned.")
    cure = _("The move waits until one of them has ended. To let it begin at once, raise the limit.")
    fix = raise_limit(picture.key, limit, most, busy + 1)
    return Problem("destination", what.format(**names), cure, fix=fix, is_warning=True)


def makes_none(picture: Picture, limit: Limit, wanted: int = 1) -> Problem | None:
    """That a host's limit forbids what it counts, as far as the host was read; ``wanted`` is what would do."""
    if picture.inventory is None or _most(picture, limit) != 0:
        return None
    what = _("The limit of {host} for live migrations is 0: it makes none.")
    if limit is Limit.STORAGE:
        what = _("The limit of {host} for storage migrations is 0: it makes none.")
    fix = raise_limit(picture.key, limit, 0, wanted)
    return Problem("destination", what.format(host=picture.key.name), _("Raise the limit."), fix=fix)


def _most(picture: Picture, limit: Limit) -> int:
    assert picture.inventory is not None
    host = picture.inventory.host
    if limit is Limit.LIVE:
        return host.maximum_virtual_machine_migrations
    return host.maximum_storage_migrations


def _under_way(case: Case, picture: Picture, limit: Limit) -> int:
    """The migrations that count for a host: those that the two hosts tell of, and those that are planned.

    What other hosts send to the destination shows only at those hosts.
    """
    pictures = {each.key: each for each in (case.source, case.destination)}.values()
    running = sum(
        (load.moves_machine if limit is Limit.LIVE else load.moves_storage)
        for load in loads(pictures)
        if picture.key in (load.source, load.destination)
    )
    return running + case.others.migrations[picture.key, limit]
