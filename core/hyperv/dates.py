"""Dates as a host prints them."""

from __future__ import annotations

import datetime
import re

_DATE = re.compile(r"/Date\((-?\d+)\)/")


def windows_date(text: str) -> datetime.datetime:
    """The moment, in UTC, that ConvertTo-Json of Windows PowerShell or of a later one wrote.

    Raises ValueError when it cannot be read.
    """
    found = _DATE.fullmatch(text)
    if found is not None:
        return datetime.datetime.fromtimestamp(int(found[1]) / 1000, datetime.UTC)
    return datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
