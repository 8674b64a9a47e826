"""How PowerShell compares values: the right one is taken as what the left one is."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from lab.powershell.conversion import ConversionError, convert
from lab.powershell.documented import Parameter
from lab.powershell.number_text import parse_number
from lab.powershell.values import EnumValue, Value, display_text
from lab.powershell.wildcards import matches


class NotComparable(Exception):
    """Two values that have no order."""


Comparison = Callable[[Value, Value], bool]


def equal(left: Value, right: Value, *, case: bool = False) -> bool:
    """Whether the values are the same: texts in any letter case unless ``case``."""
    if left is None or right is None:
        return left is right
    if isinstance(left, EnumValue):
        if isinstance(right, int | EnumValue) and not isinstance(right, bool):
            return left.number == (right.number if isinstance(right, EnumValue) else right)
        return left.name.lower() == display_text(right).lower()
    if isinstance(left, bool):
        return left == (right if isinstance(right, bool) else bool(right))
    if isinstance(left, int | float):
        number = _number(right)
        return number is not None and left == number
    if isinstance(left, datetime.datetime | datetime.timedelta):
        converted = _like(left, right)
        return converted is not None and left == converted
    texts = display_text(left), display_text(right)
    return texts[0] == texts[1] if case else texts[0].lower() == texts[1].lower()


def order(left: Value, right: Value, *, case: bool = False) -> int:
    """Negative, zero or positive; null comes before everything. Raises NotComparable."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if isinstance(left, EnumValue) and isinstance(right, EnumValue):
        return _sign(left.number, right.number)
    if isinstance(left, EnumValue) and isinstance(right, int):
        return _sign(left.number, right)
    if isinstance(left, int | float):
        number = _number(right)
        if number is None:
            raise NotComparable(display_text(right))
        return _sign(left, number)
    if isinstance(left, datetime.datetime):
        moment = _like(left, right)
        if not isinstance(moment, datetime.datetime):
            raise NotComparable(display_text(right))
        return (left > moment) - (left < moment)
    if isinstance(left, datetime.timedelta):
        span = _like(left, right)
        if not isinstance(span, datetime.timedelta):
            raise NotComparable(display_text(right))
        return (left > span) - (left < span)
    texts = [display_text(value) if case else display_text(value).lower() for value in (left, right)]
    return (texts[0] > texts[1]) - (texts[0] < texts[1])


def like(left: Value, right: Value, *, case: bool = False) -> bool:
    """Whether the text fits the wildcard pattern."""
    text, pattern = display_text(left), display_text(right)
    return matches(pattern, text) and (not case or _keeps_case(pattern, text))


def match(left: Value, right: Value, *, case: bool = False) -> bool:
    """Whether the regular expression is found; raises NotComparable for one that cannot be read."""
    try:
        return re.search(display_text(right), display_text(left), 0 if case else re.IGNORECASE) is not None
    except re.error as error:
        raise NotComparable(display_text(right)) from error


def is_true(value: Value) -> bool:
    """What a value is worth where a truth is asked for."""
    if isinstance(value, EnumValue):
        return value.number != 0
    if isinstance(value, list) and len(value) == 1:
        return is_true(value[0])
    return bool(value) if isinstance(value, str | bool | int | float | list) or value is None else True


def _keeps_case(pattern: str, text: str) -> bool:
    literals = [part for part in re.split(r"[*?]|\[[^\]]*\]", pattern) if part]
    return all(part in text for part in literals)


def _number(value: Value) -> int | float | None:
    match value:
        case EnumValue():
            return value.number
        case int() | float():
            return value
        case str():
            return parse_number(value)
    return None


def _like(left: datetime.datetime | datetime.timedelta, right: Value) -> Value:
    kind, zone = ("DateTime", left.tzinfo) if isinstance(left, datetime.datetime) else ("TimeSpan", None)
    try:
        return convert(right, Parameter("Value", kind), zone)
    except ConversionError:
        return None


def _sign(left: int | float, right: int | float) -> int:
    return (left > right) - (left < right)
