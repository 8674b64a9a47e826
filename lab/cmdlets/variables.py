"""Get-Variable."""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import EnumValue, Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

_NOT_FOUND = (
    "System.Management.Automation.ItemNotFoundException",
    "System.Management.Automation.SessionStateException",
    "System.Management.Automation.RuntimeException",
    "System.SystemException",
    "System.Exception",
    "System.Object",
)


@cmdlet("Get-Variable", aliases=("gv",))
async def get_variable(call: Call) -> AsyncIterator[Value]:
    """The variables of the runspace by name; a list in a variable is written as one object, as PowerShell
    does.
    """
    names = call.parameters.get("Name", ["*"])
    included, excluded = (_texts(call.parameters.get(name)) for name in ("Include", "Exclude"))
    variables = call.runspace.variables
    for name in _texts(names):
        found = sorted((known for known in variables if matches(name, known)), key=str.lower)
        if not found and not has_wildcards(name):
            message = f"Cannot find a variable with the name '{name}'."
            call.error(call.error_record(message, "VariableNotFound", "ObjectNotFound", _NOT_FOUND, name))
        for known in found:
            if included and not any(matches(pattern, known) for pattern in included):
                continue
            if any(matches(pattern, known) for pattern in excluded):
                continue
            value = variables[known]
            yield value if call.switch("ValueOnly") else _variable(known, value)


def _texts(value: Value) -> list[str]:
    return [display_text(item) for item in value] if isinstance(value, list) else []


def _variable(name: str, value: Value) -> Record:
    properties: dict[str, Value] = {
        "Name": name,
        "Description": "",
        "Value": value,
        "Visibility": EnumValue("System.Management.Automation.SessionStateEntryVisibility", "Public", 0),
        "Module": None,
        "ModuleName": "",
        "Options": EnumValue("System.Management.Automation.ScopedItemOptions", "None", 0),
        "Attributes": [],
    }
    types = ("System.Management.Automation.PSVariable", "System.Object")
    return Record(types, properties, "System.Management.Automation.PSVariable")
