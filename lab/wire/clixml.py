"""Values written as CLIXML, the serialisation of PowerShell remoting (MS-PSRP 2.2.5).

Written by hand: it gives Windows' order of elements and no back references, and psrpcore's serialiser would
take many times as long for a long list of machines.
"""

from __future__ import annotations

import datetime
import math
import re
import uuid
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from lab.powershell.values import (
    Char,
    EnumValue,
    Long,
    Record,
    UnsignedInt,
    UnsignedLong,
    Value,
    Version,
    display_text,
)

# Remoting serialises the properties of an object, not the properties of those (MS-PSRP 2.2.5.3.3.2, depth 1).
_DEPTH: Final = 1

_ENUM_BASES: Final = ("System.Enum", "System.ValueType", "System.Object")
_LIST_TYPES: Final = ("System.Object[]", "System.Array", "System.Object")
_TABLE_TYPES: Final = ("System.Collections.Hashtable", "System.Object")
_NOTE_PROPERTY_TYPES: Final = ("System.Management.Automation.PSCustomObject", "Selected.")

_ESCAPED = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\U00010000-\U0010ffff]|_(?=[xX])")


def to_clixml(value: Value) -> str:
    """The CLIXML of one object of a pipeline's output."""
    writer = _Writer()
    writer.write(value, None, _DEPTH)
    return "".join(writer.parts)


class _Writer:
    """The text of one serialised object; RefId numbers are unique within it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._objects = 0
        self._type_references: dict[tuple[str, ...], int] = {}

    def write(self, value: Value, name: str | None, depth: int) -> None:
        attribute = "" if name is None else f" N={quoteattr(_escape(name))}"
        match value:
            case Record() if depth > 0:
                self._record(value, attribute, depth - 1)
            case Record():
                self.parts.append(_element("S", attribute, _text(value.text)))
            case EnumValue():
                self._open(attribute, (value.type_name, *_ENUM_BASES), value.name)
                self.parts.append(f"<I32>{value.number}</I32></Obj>")
            case list():
                self._open(attribute, _LIST_TYPES, None)
                self.parts.append("<LST>")
                for item in value:
                    self.write(item, None, depth)
                self.parts.append("</LST></Obj>")
            case Mapping():
                self._open(attribute, _TABLE_TYPES, None)
                self.parts.append("<DCT>")
                for key, item in value.items():
                    self.parts.append("<En>")
                    self.write(key, "Key", depth)
                    self.write(item, "Value", depth)
                    self.parts.append("</En>")
                self.parts.append("</DCT></Obj>")
            case _:
                self.parts.append(_element(*_primitive(value, attribute)))

    def _record(self, record: Record, attribute: str, depth: int) -> None:
        self._open(attribute, record.type_names, record.text)
        # What PowerShell adds to an object travels in MS, what the .NET type itself has in Props.
        group = "MS" if record.type_names[0].startswith(_NOTE_PROPERTY_TYPES) else "Props"
        self.parts.append(f"<{group}>")
        for name, value in record.properties.items():
            self.write(value, name, depth)
        self.parts.append(f"</{group}></Obj>")

    def _open(self, attribute: str, type_names: tuple[str, ...], text: str | None) -> None:
        self.parts.append(f'<Obj{attribute} RefId="{self._objects}">')
        self._objects += 1
        reference = self._type_references.get(type_names)
        if reference is not None:
            self.parts.append(f'<TNRef RefId="{reference}"/>')
        else:
            reference = self._type_references[type_names] = len(self._type_references)
            names = "".join(f"<T>{escape(type_name)}</T>" for type_name in type_names)
            self.parts.append(f'<TN RefId="{reference}">{names}</TN>')
        if text is not None:
            self.parts.append(f"<ToString>{_text(text)}</ToString>")


def _element(tag: str, attribute: str, content: str | None) -> str:
    return f"<{tag}{attribute}/>" if content is None else f"<{tag}{attribute}>{content}</{tag}>"


def _primitive(value: Value, attribute: str) -> tuple[str, str, str | None]:
    """Tag, attribute and content of a value without parts."""
    match value:
        case None:
            return "Nil", attribute, None
        case bool():
            return "B", attribute, "true" if value else "false"
        case Char():
            return "C", attribute, str(ord(value))
        case str():
            return "S", attribute, _text(value)
        case int():
            return _integer_tag(value), attribute, str(int(value))
        case float():
            return "Db", attribute, _double(value)
        case uuid.UUID():
            return "G", attribute, str(value)
        case datetime.datetime():
            return "DT", attribute, _date(value)
        case datetime.timedelta():
            return "TS", attribute, _duration(value)
        case Version():
            return "Version", attribute, escape(value.text)
        case _:
            # A SecureText has no other text than the name of its type.
            return "S", attribute, _text(display_text(value))


def _integer_tag(value: int) -> str:
    match value:
        case UnsignedInt():
            return "U32"
        case UnsignedLong():
            return "U64"
        case Long():
            return "I64"
        case _:
            return "I32" if -(2**31) <= value < 2**31 else "I64"


def _double(value: float) -> str:
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    return "NaN" if math.isnan(value) else repr(value).upper()


def _date(value: datetime.datetime) -> str:
    text = value.strftime("%Y-%m-%dT%H:%M:%S")
    if value.microsecond:
        text += f".{value.microsecond:06d}".rstrip("0")
    offset = value.strftime("%z")
    if value.utcoffset() == datetime.timedelta():
        return text + "Z"
    return f"{text}{offset[:3]}:{offset[3:5]}" if offset else text


def _duration(span: datetime.timedelta) -> str:
    sign = "-" if span < datetime.timedelta() else ""
    span = abs(span)
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{span.microseconds:06d}".rstrip("0") if span.microseconds else ""
    parts = [(hours, "H"), (minutes, "M")]
    time = "".join(f"{number}{unit}" for number, unit in parts if number)
    if seconds or fraction:
        time += f"{seconds}{fraction}S"
    days = f"{span.days}D" if span.days else ""
    if not (days or time):
        return "PT0S"
    return f"{sign}P{days}" + (f"T{time}" if time else "")


def _text(value: str) -> str:
    return escape(_escape(value))


def _escape(value: str) -> str:
    """Characters XML cannot carry, as ``_xHHHH_`` per UTF-16 unit (MS-PSRP 2.2.5.3.2)."""
    return _ESCAPED.sub(_escape_match, value) if _ESCAPED.search(value) else value


def _escape_match(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"_x{units[index : index + 2].hex().upper()}_" for index in range(0, len(units), 2))
