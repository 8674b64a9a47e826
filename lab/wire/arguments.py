"""What a client asks for, read from psrpcore's objects: pipelines, arguments and input."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import psrpcore
from psrpcore import types

from lab.powershell.commands import NAMED_NULL, Argument, Command, Pipeline, Statement
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

_INTEGERS: Mapping[type, type[int]] = {
    types.PSInt64: Long,
    types.PSUInt: UnsignedInt,
    types.PSUInt64: UnsignedLong,
}


def read_pipeline(pipeline_id: str, powershell: psrpcore.PowerShell, received: Iterable[Any]) -> Pipeline:
    """The pipeline of a CreatePipeline message, with the objects the client piped into it."""
    statements: list[Statement] = []
    commands: list[Command] = []
    for command in powershell.commands:
        commands.append(_read_command(command))
        if command.end_of_statement:
            statements.append(Statement(tuple(commands)))
            commands = []
    if commands:
        statements.append(Statement(tuple(commands)))
    return Pipeline(pipeline_id, tuple(statements), tuple(read_value(item) for item in received))


def _read_command(command: psrpcore.Command) -> Command:
    arguments = []
    for name, value in command.parameters:
        if name is not None and value is None:
            # A named parameter without a value is how a switch travels; $null for a parameter looks the same.
            arguments.append(Argument(str(name).strip("-:"), NAMED_NULL))
        else:
            arguments.append(Argument(None if name is None else str(name).strip("-:"), read_value(value)))
    return Command(str(command.command_text), tuple(arguments), bool(command.is_script))


def read_value(value: Any) -> Value:
    """A value the client sent; raises ValueError when a secret cannot be decrypted."""
    match value:
        case None | bool():
            return value
        case types.PSCredential():
            return read_value(value.Password)
        case types.PSSecureString():
            return SecureText(str(value.decrypt()))
        case types.PSEnumBase() | types.PSFlagBase():
            return EnumValue(value.PSTypeNames[0], str(value.name), int(value))
        case types.PSChar():
            return Char(chr(int(value)))
        case types.PSObject() if "Deserialized.System.Enum" in value.PSTypeNames:
            name = value.PSTypeNames[0].removeprefix("Deserialized.")
            return EnumValue(name, value.PSObject.to_string or "", int(value))
        case int():
            return _INTEGERS.get(type(value), int)(value)
        case datetime.datetime():
            # A date of no stated kind is taken as UTC (assumed: Windows would take it as local time).
            moment = datetime.datetime.fromisoformat(value.isoformat())
            return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        case datetime.timedelta():
            return datetime.timedelta(days=value.days, seconds=value.seconds, microseconds=value.microseconds)
        case uuid.UUID():
            return uuid.UUID(int=value.int)
        case types.PSVersion():
            return Version(str(value))
        case dict():
            return {str(key): read_value(item) for key, item in value.items()}
        case list():
            return [read_value(item) for item in value]
        case str():
            return str(value)
        case float() | types.PSDecimal():
            return float(value)
        case bytes():
            return [int(byte) for byte in value]
        case types.PSObject():
            return _read_record(value)
        case _:
            return str(value)


def _read_record(value: types.PSObject) -> Record:
    meta = value.PSObject
    properties = {
        str(entry.name): read_value(entry.get_value(value))
        for entry in (*meta.adapted_properties, *meta.extended_properties)
    }
    return Record(tuple(meta.type_names), properties, meta.to_string or (meta.type_names or ["System.Object"])[0])
