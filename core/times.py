"""Moments as administrators read them: how long ago, with the exact time where it is asked for."""

from __future__ import annotations

import datetime

from core.language import _

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_RELATIVE_FOR = 60 * _DAY
"""Seconds after which a date says more than a number of days."""


def ago_text(moment: datetime.datetime, now: datetime.datetime) -> str:
    """How long before ``now`` ``moment`` was, in its largest unit: ``3 min ago``; for an old one its date."""
    seconds = (now - moment).total_seconds()
    if seconds < _MINUTE:
        return _("less than a minute ago")
    if seconds < _HOUR:
        return _("{minutes} min ago").format(minutes=int(seconds // _MINUTE))
    if seconds < _DAY:
        return _("{hours} h ago").format(hours=int(seconds // _HOUR))
    if seconds < _RELATIVE_FOR:
        return _("{days} d ago").format(days=int(seconds // _DAY))
    return f"{moment.astimezone():%Y-%m-%d}"


def exact_text(moment: datetime.datetime) -> str:
    """``moment`` to the second, in this computer's zone, with the zone: ``2026-03-01 14:05:09 +01:00``."""
    return moment.astimezone().isoformat(" ", "seconds").replace("+", " +")
