"""Whether both hosts take part in live migrations at all."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.estate.estate import Picture
from core.language import _
from core.moving.checks.case import Case
from core.moving.fixes import enable_migrations
from core.wizards.wizard import Problem


def enabled(case: Case) -> Iterator[Finding]:
    """Live migrations have to be enabled at the source and at the destination."""
    closed = list(not_enabled(case.source, case.destination))
    yield from closed
    if not closed:
        yield Passed(_("Live migrations are enabled on {source} and {destination}.").format(**case.names))


def not_enabled(*pictures: Picture) -> Iterator[Problem]:
    """The hosts on which live migrations are not enabled, as far as they were read."""
    for picture in pictures:
        if picture.inventory is None or picture.inventory.host.virtual_machine_migration_enabled:
            continue
        names = {"host": picture.key.name}
        yield Problem(
            "destination",
            _("Live migrations are not enabled on {host}.").format(**names),
            _("Enable incoming and outgoing live migrations in the Hyper-V settings of {host}.").format(**names),
            fix=enable_migrations(picture.key),
        )
