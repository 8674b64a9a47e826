"""What properties and which .NET type a value has when a cmdlet looks at it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping

from lab.powershell.values import (
    Char,
    EnumValue,
    Long,
    Record,
    SecureText,
    UnsignedInt,
    UnsignedLong,
    Value,
    Version,
)

_TICKS_PER_MICROSECOND = 10


def type_name(value: Value) -> str:
    """The full name of the value's .NET type; null has none and gives ``null``."""
    match value:
        case Record():
            return value.type_names[0]
        case EnumValue():
            return value.type_name
        case None:
            return "null"
        case SecureText():
            return "System.Security.SecureString"
        case list():
            return "System.Object[]"
        case Mapping():
            return "System.Collections.Hashtable"
    return next(name for kind, name in _TYPE_NAMES.items() if isinstance(value, kind))


_TYPE_NAMES: Mapping[type, str] = {
    bool: "System.Boolean",
    Long: "System.Int64",
    UnsignedInt: "System.UInt32",
    UnsignedLong: "System.UInt64",
    int: "System.Int32",
    float: "System.Double",
    Char: "System.Char",
    str: "System.String",
    uuid.UUID: "System.Guid",
    datetime.datetime: "System.DateTime",
    datetime.timedelta: "System.TimeSpan",
    Version: "System.Version",
}


def properties(value: Value) -> Mapping[str, Value]:
    """The properties of a value by name, in the order in which .NET prints them."""
    match value:
        case Record():
            return value.properties
        case str() if not isinstance(value, Char):
            return {"Length": len(value)}
        case list():
            return {"Count": len(value), "Length": len(value)}
        case datetime.datetime():
            return _date_properties(value)
        case datetime.timedelta():
            return span_properties(ticks(value))
        case Version():
            return _version_properties(value)
        case Mapping():
            return {"Keys": list(value), "Values": list(value.values()), "Count": len(value)}
        case _:
            return {}


def property_value(value: Value, name: str) -> tuple[bool, Value]:
    """Whether the value has a property ``name`` (any letter case), and what it holds."""
    lowered = name.lower()
    for key, held in properties(value).items():
        if key.lower() == lowered:
            return True, held
    return False, None


def ticks(span: datetime.timedelta) -> int:
    """A TimeSpan in ticks of 100 nanoseconds."""
    return (span // datetime.timedelta(microseconds=1)) * _TICKS_PER_MICROSECOND


def _date_properties(date: datetime.datetime) -> dict[str, Value]:
    midnight = date.replace(hour=0, minute=0, second=0, microsecond=0)
    since_year_one = date.replace(tzinfo=None) - datetime.datetime.min
    return {
        "Date": midnight,
        "Day": date.day,
        "DayOfWeek": EnumValue("System.DayOfWeek", date.strftime("%A"), date.isoweekday() % 7),
        "DayOfYear": date.timetuple().tm_yday,
        "Hour": date.hour,
        "Kind": EnumValue("System.DateTimeKind", "Local", 2),
        "Millisecond": date.microsecond // 1000,
        "Minute": date.minute,
        "Month": date.month,
        "Second": date.second,
        "Ticks": Long(ticks(since_year_one)),
        "TimeOfDay": date - midnight,
        "Year": date.year,
    }


def span_properties(total: int) -> dict[str, Value]:
    """The properties of a TimeSpan of so many ticks."""
    sign, magnitude = (-1, -total) if total < 0 else (1, total)
    milliseconds = magnitude // 10_000
    return {
        "Ticks": Long(total),
        "Days": sign * (milliseconds // 86_400_000),
        "Hours": sign * (milliseconds // 3_600_000 % 24),
        "Milliseconds": sign * (milliseconds % 1000),
        "Minutes": sign * (milliseconds // 60_000 % 60),
        "Seconds": sign * (milliseconds // 1000 % 60),
        # .NET multiplies by the reciprocal; dividing would differ in the last digit.
        "TotalDays": total * (1.0 / 864_000_000_000),
        "TotalHours": total * (1.0 / 36_000_000_000),
        "TotalMilliseconds": total * (1.0 / 10_000),
        "TotalMinutes": total * (1.0 / 600_000_000),
        "TotalSeconds": total * (1.0 / 10_000_000),
    }


def _version_properties(version: Version) -> dict[str, Value]:
    parts = [int(part) for part in version.text.split(".")]
    major, minor, build, revision = (*parts, -1, -1, -1)[:4]
    return {
        "Major": major,
        "Minor": minor,
        "Build": build,
        "Revision": revision,
        "MajorRevision": revision >> 16,
        "MinorRevision": revision if revision == -1 else revision & 0xFFFF,
    }
