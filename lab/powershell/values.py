"""The values that travel through a pipeline of a simulated host.

Python's own types stand for PowerShell's where they say the same: ``None``, ``bool``, ``str``, ``float``,
``int`` (Int32), ``uuid.UUID`` (Guid), ``datetime.datetime`` (aware), ``datetime.timedelta`` (TimeSpan),
``list`` (Object[]) and ``dict`` (Hashtable). The classes below are for what Python has no word for.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


class Long(int):
    """A 64-bit signed integer (System.Int64)."""


class UnsignedInt(int):
    """A 32-bit unsigned integer (System.UInt32)."""


class UnsignedLong(int):
    """A 64-bit unsigned integer (System.UInt64)."""


class Char(str):
    """One character (System.Char)."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version number (System.Version), for example ``10.0.20348.0``."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A member of a .NET enumeration: ``type_name`` is the full name of the enumeration."""

    type_name: str
    name: str
    number: int

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True, eq=False)
class Record:
    """An object with properties.

    ``type_names`` runs from the most derived type to System.Object, ``text`` is what ToString() gives, and
    ``subject`` is the simulated thing the record describes, so that the next command of a pipeline finds it
    again.
    """

    type_names: tuple[str, ...]
    properties: dict[str, Value]
    text: str
    subject: object | None = None

    def get(self, name: str) -> Value:
        """The property ``name`` in any letter case, or None."""
        exact = self.properties.get(name)
        if exact is not None:
            return exact
        lowered = name.lower()
        return next((value for key, value in self.properties.items() if key.lower() == lowered), None)


@dataclass(frozen=True, slots=True)
class SecureText:
    """A secret (SecureString, PSCredential): it has no text, so that it cannot be written down."""

    secret: str = field(repr=False)


Value: TypeAlias = (
    "bool | int | float | str | uuid.UUID | datetime.datetime | datetime.timedelta"
    " | Version | EnumValue | Record | SecureText | list[Value] | Mapping[str, Value] | None"
)


def custom_object(properties: dict[str, Value]) -> Record:
    """A PSCustomObject with these properties, as ``Select-Object -Property`` makes them."""
    text = "@{" + "; ".join(f"{name}={display_text(value)}" for name, value in properties.items()) + "}"
    return Record(("System.Management.Automation.PSCustomObject", "System.Object"), properties, text)


def display_text(value: Value) -> str:
    """What ToString() of the value gives (PowerShell's invariant conversion to string)."""
    match value:
        case None:
            return ""
        case bool():
            return "True" if value else "False"
        case Record():
            return value.text
        case SecureText():
            return "System.Security.SecureString"
        case list():
            return " ".join(display_text(item) for item in value)
        case Mapping():
            return "System.Collections.Hashtable"
        case datetime.timedelta():
            return timespan_text(value)
        case datetime.datetime():
            return value.strftime("%m/%d/%Y %H:%M:%S")
        case _:
            return str(value)


def timespan_text(span: datetime.timedelta) -> str:
    """A TimeSpan in .NET's constant format: ``[-][d.]hh:mm:ss[.fffffff]``."""
    sign = "-" if span < datetime.timedelta() else ""
    span = abs(span)
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days = f"{span.days}." if span.days else ""
    fraction = f".{span.microseconds * 10:07d}" if span.microseconds else ""
    return f"{sign}{days}{hours:02d}:{minutes:02d}:{seconds:02d}{fraction}"
