"""A cmdlet call printed as the PowerShell that an administrator could paste."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from core.powershell.command import Command, Hashtable, ParameterValue, Pipeline, Statement, Switch, command

# Each of these begins and ends a single-quoted string (PowerShell Language Specification 3.0, 2.3.5.2).
_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def script(call: Command | Statement | Pipeline) -> str:
    """The text of ``call``: commands joined by ``|``, one statement to a line."""
    match call:
        case Pipeline(statements):
            return "\n".join(script(statement) for statement in statements)
        case Statement(commands):
            return " | ".join(script(command) for command in commands)
        case Command(name, parameters):
            return " ".join([name, *(_parameter(key, value) for key, value in parameters)])


@dataclass(frozen=True, slots=True)
class Computer:
    """A host as Invoke-Command reaches it; ``port`` is None where it is the usual one."""

    address: str
    port: int | None = None
    uses_https: bool = False


def remote_script(computer: Computer, call: Pipeline) -> str:
    """``call`` framed so that it runs on ``computer``, from any other."""
    parameters: dict[str, ParameterValue] = {"ComputerName": computer.address}
    if computer.port is not None:
        parameters["Port"] = computer.port
    if computer.uses_https:
        parameters["UseSSL"] = Switch.PRESENT
    lines = "".join(f"    {script(statement)}\n" for statement in call.statements)
    return f"{script(command('Invoke-Command', **parameters))} -ScriptBlock {{\n{lines}}}"


def quoted(text: str) -> str:
    """``text`` as a single-quoted string, in which nothing but a quote has a meaning."""
    return "'" + _QUOTES.sub(r"\1\1", text) + "'"


def _parameter(name: str, value: ParameterValue) -> str:
    if isinstance(value, Switch):
        # After a space $false would be an argument of its own.
        return f"-{name}" if value is Switch.PRESENT else f"-{name}:$false"
    return f"-{name} {_argument(value)}"


def _argument(value: ParameterValue) -> str:
    """The value where a command expects an argument: there a plain word needs no quotes."""
    if isinstance(value, str) and _PLAIN_WORD.fullmatch(value):
        return value
    if isinstance(value, tuple) and len(value) > 1 and not any(isinstance(item, tuple | Hashtable) for item in value):
        return ",".join(_argument(item) for item in value)
    return _expression(value)


def _expression(value: ParameterValue) -> str:
    """The value inside ``@(...)`` or ``@{...}``, where a plain word would be a command."""
    match value:
        case Switch():
            raise ValueError("A switch stands alone: it cannot be part of another value.")
        case None:
            return "$null"
        case bool():
            return "$true" if value else "$false"
        case int():
            return str(value)
        case str():
            return quoted(value)
        case UUID():
            return quoted(str(value))
        case Hashtable(entries):
            return "@{" + "; ".join(f"{_key(key)} = {_expression(item)}" for key, item in entries) + "}"
        case tuple():
            return "@(" + ", ".join(_expression(item) for item in value) + ")"


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) else quoted(name)
