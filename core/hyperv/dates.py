"""Dates as a host prints them."""

from __future__ import annotations

import datetime
import re

# Windows counts from the first of these (FILETIME); the last leaves room for other time zones and for sums.
_YEARS = range(1601, 9000)
_DATE = re.compile(r"/Date\((-?\d+)\)/")


def windows_date(text: str) -> datetime.datetime:
    """The moment, in UTC, that ConvertTo-Json of Windows PowerShell or of a later one wrote.

    Raises ValueError when it cannot be read, and for a year with which nothing can be reckoned: .NET's first moment
    stands for none at all.
    """
    found = _DATE.fullmatch(text)
    try:
        if found is not None:
            moment = datetime.datetime.fromtimestamp(int(found[1]) / 1000, datetime.UTC)
        else:
            moment = datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from error
    return _within_reach(moment)


def clock_time(text: str) -> datetime.datetime:
    """The moment that ``Get-Date -Format o`` wrote, with the host's own offset from UTC. Raises ValueError."""
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return _within_reach(moment)


def _within_reach(moment: datetime.datetime) -> datetime.datetime:
    if moment.year not in _YEARS:
        raise ValueError(str(moment))
    return moment
