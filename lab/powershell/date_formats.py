"""Dates as .NET formats them: the standard formats of one letter and custom formats, in English (United
States).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

_STANDARD = {
    "d": "M/d/yyyy",
    "D": "dddd, MMMM d, yyyy",
    "f": "dddd, MMMM d, yyyy h:mm tt",
    "F": "dddd, MMMM d, yyyy h:mm:ss tt",
    "g": "M/d/yyyy h:mm tt",
    "G": "M/d/yyyy h:mm:ss tt",
    "m": "MMMM d",
    "M": "MMMM d",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "h:mm tt",
    "T": "h:mm:ss tt",
    "y": "MMMM yyyy",
    "Y": "MMMM yyyy",
}
_UTC_STANDARD = {"r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'", "u": "yyyy-MM-dd HH:mm:ss'Z'"}
"""These two print the digits of the date as they are; .NET does not convert them to UTC either."""

_TOKEN = re.compile(
    r"'[^']*'|\"[^\"]*\"|\\.|%?(?:d{1,}|M{1,}|y{1,}|h{1,2}|H{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7}|t{1,2}|z{1,3}|K)|.",
    re.DOTALL,
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class FormatError(ValueError):
    """A format that .NET refuses."""


def format_date(moment: datetime.datetime, format_text: str) -> str:
    """An aware date in a .NET format such as ``o`` or ``yyyy-MM-dd HH:mm:ss``; raises FormatError."""
    if len(format_text) == 1:
        lowered = format_text.lower()
        if lowered in _UTC_STANDARD:
            format_text = _UTC_STANDARD[lowered]
        elif format_text in _STANDARD:
            format_text = _STANDARD[format_text]
        else:
            raise FormatError("Input string was not in a correct format.")
    return "".join(_token(moment, token) for token in _TOKEN.findall(format_text or _STANDARD["G"]))


def _token(moment: datetime.datetime, token: str) -> str:
    if token[0] in "'\"" and len(token) > 1:
        return token[1:-1]
    if token[0] == "\\":
        return token[1:]
    letters = token.removeprefix("%")
    if letters and letters[0] in _FIELDS:
        return _FIELDS[letters[0]](moment, len(letters))
    return letters


def _day(moment: datetime.datetime, count: int) -> str:
    name = _DAYS[moment.weekday()]
    return str(moment.day).zfill(count) if count < 3 else name[:3] if count == 3 else name


def _month(moment: datetime.datetime, count: int) -> str:
    name = _MONTHS[moment.month - 1]
    return str(moment.month).zfill(count) if count < 3 else name[:3] if count == 3 else name


def _year(moment: datetime.datetime, count: int) -> str:
    return str(moment.year % 100).zfill(count) if count < 3 else str(moment.year).zfill(count)


def _fraction(moment: datetime.datetime, count: int) -> str:
    return f"{moment.microsecond * 10:07d}"[:count]


def _offset(moment: datetime.datetime, count: int) -> str:
    total = int((moment.utcoffset() or datetime.timedelta()).total_seconds()) // 60
    hours, minutes = divmod(abs(total), 60)
    sign = "-" if total < 0 else "+"
    return f"{sign}{hours:02d}:{minutes:02d}" if count == 3 else f"{sign}{str(hours).zfill(count)}"


_FIELDS: dict[str, Callable[[datetime.datetime, int], str]] = {
    "d": _day,
    "M": _month,
    "y": _year,
    "h": lambda moment, count: str((moment.hour + 11) % 12 + 1).zfill(count),
    "H": lambda moment, count: str(moment.hour).zfill(count),
    "m": lambda moment, count: str(moment.minute).zfill(count),
    "s": lambda moment, count: str(moment.second).zfill(count),
    "f": _fraction,
    "F": lambda moment, count: _fraction(moment, count).rstrip("0"),
    "t": lambda moment, count: ("AM" if moment.hour < 12 else "PM")[:count],
    "z": _offset,
    "K": lambda moment, count: _offset(moment, 3),
}
