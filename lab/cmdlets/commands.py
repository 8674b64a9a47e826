"""Get-Command."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.documented import CommandSyntax
from lab.powershell.runspace import not_recognized
from lab.powershell.values import EnumValue, Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

_SUPPORTED = frozenset({"Name", "Noun", "Verb", "Module", "CommandType", "TotalCount"})


@cmdlet("Get-Command", aliases=("gcm",))
async def get_command(call: Call) -> AsyncIterator[Value]:
    """The cmdlets that the endpoint shows, by -Name, -Noun, -Verb, -Module or -CommandType."""
    unsupported = sorted(set(call.parameters) - _SUPPORTED)
    if unsupported:
        message = f"This simulated host does not support -{unsupported[0]} of Get-Command."
        call.fail(call.error_record(message, "ParameterNotSupported", "NotImplemented"))
    limit = call.parameters.get("TotalCount")
    for index, syntax in enumerate(_found(call)):
        if index == limit:
            return
        yield _command(syntax)


def _found(call: Call) -> Iterator[CommandSyntax]:
    shown = [syntax for syntax in call.runspace.shown_commands() if _is_wanted(call, syntax)]
    for name in _texts(call, "Name") or ["*"]:
        found = [syntax for syntax in shown if matches(name, syntax.name)]
        if not found and not has_wildcards(name):
            record = not_recognized(name)
            call.error(
                call.error_record(record.message, record.error_id, record.category, record.exception_types, name)
            )
        yield from found


def _is_wanted(call: Call, syntax: CommandSyntax) -> bool:
    verb, _, noun = syntax.name.partition("-")
    kinds = display_text(call.parameters.get("CommandType", "All")).split(", ")
    return (
        ("All" in kinds or _kind(syntax).name in kinds)
        and _fits(_texts(call, "Verb"), verb)
        and _fits(_texts(call, "Noun"), noun)
        and _fits(_texts(call, "Module"), syntax.module)
    )


def _fits(patterns: list[str], text: str) -> bool:
    return not patterns or any(matches(pattern, text) for pattern in patterns)


def _texts(call: Call, name: str) -> list[str]:
    given = call.parameters.get(name)
    return [display_text(item) for item in given] if isinstance(given, list) else []


def _kind(syntax: CommandSyntax) -> EnumValue:
    name, number = ("Function", 2) if syntax.is_function else ("Cmdlet", 8)
    return EnumValue("System.Management.Automation.CommandTypes", name, number)


def _command(syntax: CommandSyntax) -> Record:
    kind = _kind(syntax)
    properties: dict[str, Value] = {
        "CommandType": kind,
        "Name": syntax.name,
        "ModuleName": syntax.module,
        "Source": syntax.module,
    }
    types = (
        f"System.Management.Automation.{kind.name}Info",
        "System.Management.Automation.CommandInfo",
        "System.Object",
    )
    return Record(types, properties, syntax.name)
