"""How fast replication goes over the links of two hosts, which it shares with migrations. How it is shared is assumed.

Copies of whole disks and migrations share a link alike. The cycles of all relationships over a link have one such
share together, of which each gets the same part, so that their speed does not depend on who sends first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.hyperv.host import Host


def copy_rate(source: Host, destination: Host) -> float:
    """Bytes a second of one initial copy or resynchronisation."""
    return min(host.link / max(1, _migrations(host) + busy_lanes(host)) for host in (source, destination))


def cycle_rate(source: Host, destination: Host) -> float:
    """Bytes a second with which one relationship sends its changes."""
    return min(_cycle_share(host) for host in (source, destination))


def busy_lanes(host: Host) -> int:
    """The copies and cycles that are on their way over the link of ``host`` right now."""
    return host.replication.copies + sum(1 for side in host.replication.sides if side.is_in_transfer)


def _cycle_share(host: Host) -> float:
    lanes = 1 + _migrations(host) + host.replication.copies
    return host.link / lanes / max(1, len(host.replication.sides))


def _migrations(host: Host) -> int:
    """The live migrations over the link of ``host``."""
    return sum(
        1
        for each in host.estate.hosts
        for migration in each.migrations
        if migration.is_live and not migration.ended and host in (migration.host, migration.destination)
    )
