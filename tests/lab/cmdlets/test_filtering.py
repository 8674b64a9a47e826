"""Where-Object and Sort-Object compare as PowerShell does."""

from __future__ import annotations

import datetime

import pytest

from lab.powershell.commands import Argument, Command, Pipeline, Statement
from lab.powershell.values import EnumValue, Value, custom_object
from tests.lab.powershell.stage import Recording, open_runspace, output_of, run, served

STATE = "Microsoft.HyperV.PowerShell.VMState"
THINGS = (
    custom_object({"Name": "web", "Size": 10, "State": EnumValue(STATE, "Running", 2), "Tags": ["a", "b"]}),
    custom_object({"Name": "Db", "Size": 9, "State": EnumValue(STATE, "Off", 3), "Tags": []}),
    custom_object({"Name": "app", "Size": None, "State": None, "Tags": ["c"]}),
)


def piped(name: str, *values: Value, **arguments: Value) -> Recording:
    command = Command(name, tuple(Argument(key, value) for key, value in arguments.items()))
    return run(open_runspace(served()), Pipeline("p", (Statement((command,)),), values))


def names(recording: Recording) -> list[Value]:
    assert recording.errors == []
    return [value.get("Name") if hasattr(value, "get") else value for value in recording.outputs]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"Property": "Name", "EQ": True, "Value": "WEB"}, ["web"]),
        ({"Property": "Name", "CEQ": True, "Value": "WEB"}, []),
        ({"Property": "Name", "NE": True, "Value": "web"}, ["Db", "app"]),
        ({"Property": "Size", "GT": True, "Value": "9"}, ["web"]),
        ({"Property": "Size", "LE": True, "Value": 9}, ["Db", "app"]),
        ({"Property": "State", "EQ": True, "Value": "off"}, ["Db"]),
        ({"Property": "State", "EQ": True, "Value": 2}, ["web"]),
        ({"Property": "State", "EQ": True, "Value": None}, ["app"]),
        ({"Property": "Name", "Like": True, "Value": "*B"}, ["web", "Db"]),
        ({"Property": "Name", "CLike": True, "Value": "*B"}, []),
        ({"Property": "Name", "NotLike": True, "Value": "*b"}, ["app"]),
        ({"Property": "Name", "Match": True, "Value": "^d|p$"}, ["Db", "app"]),
        ({"Property": "Name", "CNotMatch": True, "Value": "^d"}, ["web", "Db", "app"]),
        ({"Property": "Name", "In": True, "Value": ["db", "x"]}, ["Db"]),
        ({"Property": "Name", "NotIn": True, "Value": ["db", "x"]}, ["web", "app"]),
        ({"Property": "Tags", "Contains": True, "Value": "B"}, ["web"]),
        ({"Property": "Tags", "NotContains": True, "Value": "b"}, ["Db", "app"]),
        ({"Property": "Size"}, ["web", "Db"]),
        ({"Property": "Missing", "EQ": True, "Value": "x"}, []),
    ],
)
def test_where(arguments: dict[str, Value], found: list[str]) -> None:
    assert names(piped("Where-Object", *THINGS, **arguments)) == found


def test_where_in_script_text() -> None:
    assert output_of("'aa','b','cc' | Where-Object Length -eq 2") == ["aa", "cc"]
    assert output_of("'aa','b' | where Length -gt 1") == ["aa"]


def test_dates() -> None:
    now = datetime.datetime(2025, 3, 4, 12, tzinfo=datetime.UTC)
    event = custom_object({"Name": "x", "When": now})
    after = piped("Where-Object", event, Property="When", GT=True, Value="2025-03-04T11:00:00Z")
    assert names(after) == ["x"]
    assert names(piped("Where-Object", event, Property="When", LT=True, Value="2025-03-04T11:00:00Z")) == []


@pytest.mark.parametrize(
    ("arguments", "error_id"),
    [
        ({"Property": "Size", "GT": True, "Value": "many"}, "OperatorFailed"),
        ({"Property": "Name", "Match": True, "Value": "("}, "OperatorFailed"),
        ({"Property": "Name", "Is": True, "Value": "string"}, "ParameterNotSupported"),
    ],
)
def test_refused_comparisons(arguments: dict[str, Value], error_id: str) -> None:
    recording = piped("Where-Object", THINGS[0], **arguments)
    assert (recording.outputs, recording.error_ids) == (
        [],
        [f"{error_id},Microsoft.PowerShell.Commands.WhereObjectCommand"],
    )


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"Property": ["Name"]}, ["app", "Db", "web"]),
        ({"Property": ["Size"]}, ["app", "Db", "web"]),
        ({"Property": ["Size"], "Descending": True}, ["web", "Db", "app"]),
        ({"Property": ["Missing", "Name"], "Descending": True}, ["web", "Db", "app"]),
        ({"Property": ["Name"], "CaseSensitive": True}, ["Db", "app", "web"]),
    ],
)
def test_sort(arguments: dict[str, Value], found: list[str]) -> None:
    assert names(piped("Sort-Object", *THINGS, **arguments)) == found


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        ("3,1,2,1 | Sort-Object", [1, 1, 2, 3]),
        ("3,1,2,1 | Sort-Object -Unique -Descending", [3, 2, 1]),
        ("'b','A','a' | sort -Unique", ["A", "b"]),
    ],
)
def test_sort_values(text: str, outputs: list[Value]) -> None:
    assert output_of(text) == outputs


def test_calculated_properties_are_refused() -> None:
    recording = piped("Sort-Object", *THINGS, Property=[{"Expression": "Name"}])
    assert recording.error_ids == ["ParameterNotSupported,Microsoft.PowerShell.Commands.SortObjectCommand"]
