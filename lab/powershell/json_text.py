"""JSON as ConvertTo-Json of Windows PowerShell 5.1 writes it.

Dates are ``"\\/Date(milliseconds)\\/"``, TimeSpan and Version objects with their properties, enumerations
numbers, and ``<``, ``>``, ``&``, ``'`` are escaped. What lies deeper than asked is its text. Known from
published 5.1 output.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping

from lab.powershell.properties import properties
from lab.powershell.values import EnumValue, Record, SecureText, Value, display_text

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = frozenset("<>&'\u0085\u2028\u2029")
_NEW_LINE = "\r\n"
_STEP = 4


def to_json(value: Value, depth: int, *, compress: bool) -> str:
    """The value as JSON; ``depth`` levels of objects are written out below the first."""
    return _write(value, depth, None if compress else 0)


def _write(value: Value, depth: int, column: int | None) -> str:
    """``column`` is where this value starts on its line; None leaves out all white space."""
    simple = _simple(value)
    if simple is not None:
        return simple
    if depth < 0:
        return _quote(display_text(value))
    if isinstance(value, list):
        inner = _inner(column)
        return _enclose("[", (_write(item, depth - 1, inner) for item in value), "]", column)
    entries = value if isinstance(value, Mapping) else properties(value)
    return _enclose("{", (_entry(name, held, depth - 1, column) for name, held in entries.items()), "}", column)


def _entry(name: str, value: Value, depth: int, column: int | None) -> str:
    inner = _inner(column)
    if inner is None:
        return f"{_quote(name)}:{_write(value, depth, None)}"
    key = f"{_quote(name)}:  "
    return key + _write(value, depth, inner + len(key))


def _enclose(opening: str, items: Iterable[str], closing: str, column: int | None) -> str:
    inner = _inner(column)
    if column is None or inner is None:
        return opening + ",".join(items) + closing
    lines = ",".join(f"{_NEW_LINE}{' ' * inner}{item}" for item in items) or _NEW_LINE
    return f"{opening}{lines}{_NEW_LINE}{' ' * column}{closing}"


def _inner(column: int | None) -> int | None:
    return None if column is None else column + _STEP


def _simple(value: Value) -> str | None:
    """The text of a value that is never an object; None for the others."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case EnumValue():
            return str(value.number)
        case str() | uuid.UUID():
            return _quote(str(value))
        case int():
            return str(int(value))
        case float():
            return double_text(value)
        case datetime.datetime():
            return f'"\\/Date({(value - _EPOCH) // datetime.timedelta(milliseconds=1)})\\/"'
        case SecureText():
            return _quote(display_text(value))
        case Record() if not value.properties:
            return _quote(value.text)
        case _:
            return None


def double_text(number: float) -> str:
    """A double as .NET Framework's round-trip format writes it: 15 digits where they suffice, else 17."""
    text = f"{number:.15g}"
    if float(text) != number:
        text = f"{number:.17g}"
    mantissa, exponent, power = text.partition("e")
    return f"{mantissa}E{power[0]}{power[1:].lstrip('0').rjust(2, '0')}" if exponent else mantissa


def _quote(text: str) -> str:
    return '"' + "".join(_escape(character) for character in text) + '"'


def _escape(character: str) -> str:
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if character < " " or character in _ESCAPED:
        return f"\\u{ord(character):04x}"
    return character
