"""Get-Variable."""

from __future__ import annotations

import pytest

from lab.powershell.runspace import Runspace
from lab.powershell.values import Record, Value
from tests.lab.powershell.stage import open_runspace, run, served


@pytest.fixture
def runspace() -> Runspace:
    opened = open_runspace(served())
    opened.variables["Report"] = [1, 2]
    opened.variables["retries"] = 3
    return opened


@pytest.mark.parametrize(
    ("arguments", "values"),
    [
        ("report", [[1, 2]]),
        ("r*", [[1, 2], 3]),
        ("REPORT,retries", [[1, 2], 3]),
        ("", [[1, 2], 3]),
        ("-Include *s", [3]),
        ("-Exclude *s", [[1, 2]]),
        ("x*", []),
    ],
)
def test_values(runspace: Runspace, arguments: str, values: list[Value]) -> None:
    recording = run(runspace, f"Get-Variable {arguments} -ValueOnly")
    assert (recording.outputs, recording.errors) == (values, [])


def test_a_variable_is_an_object(runspace: Runspace) -> None:
    (variable,) = run(runspace, "Get-Variable RETRIES").outputs
    assert isinstance(variable, Record)
    assert (variable.get("Name"), variable.get("Value")) == ("retries", 3)


def test_a_missing_variable(runspace: Runspace) -> None:
    recording = run(runspace, "'nothing','retries' | Get-Variable -ValueOnly")
    assert recording.outputs == [3]
    (record,) = recording.errors
    assert record.error_id == "VariableNotFound,Microsoft.PowerShell.Commands.GetVariableCommand"
    assert (record.category, record.target) == ("ObjectNotFound", "nothing")
    assert record.reason == "ItemNotFoundException"
