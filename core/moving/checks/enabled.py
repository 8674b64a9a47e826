"""Whether both hosts take part in live migrations at all."""

from __future__ import annotations

from collections.abc import Iterator

from core.language import _
from core.moving.checks.case import Case, Finding, Passed
from core.moving.fixes import enable_migrations
from core.wizards.wizard import Problem


def enabled(case: Case) -> Iterator[Finding]:
    """Live migrations have to be enabled at the source and at the destination."""
    closed = [
        picture
        for picture in (case.source, case.destination)
        if picture.inventory is not None and not picture.inventory.host.virtual_machine_migration_enabled
    ]
    for picture in closed:
        yield Problem(
            "destination",
            _("Live migrations are not enabled on {host}.").format(host=picture.key.name),
            _("Enable incoming and outgoing live migrations in the Hyper-V settings of {host}.").format(
                host=picture.key.name
            ),
            fix=enable_migrations(picture.key),
        )
    if not closed:
        yield Passed(_("Live migrations are enabled on {source} and {destination}.").format(**case.names))
