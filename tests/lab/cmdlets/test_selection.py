"""Select-Object picks objects and properties as documented."""

from __future__ import annotations

import pytest

from lab.powershell.commands import Argument, Command, Pipeline, Statement
from lab.powershell.values import Record, Value, custom_object
from tests.lab.powershell.stage import Recording, open_runspace, output_of, run, served

WEB = Record(
    ("Microsoft.HyperV.PowerShell.VirtualMachine", "System.Object"),
    {"Name": "web", "State": 2, "Status": "ok", "Disks": ["a", "b"], "Notes": None},
    "VirtualMachine (Name = 'web')",
    subject="the machine itself",
)


def select(*values: Value, **arguments: Value) -> Recording:
    command = Command("Select-Object", tuple(Argument(name, value) for name, value in arguments.items()))
    return run(open_runspace(served()), Pipeline("p", (Statement((command,)),), values))


def properties(*values: Value, **arguments: Value) -> dict[str, Value]:
    (selected,) = select(*values, **arguments).outputs
    assert isinstance(selected, Record)
    return selected.properties


@pytest.mark.parametrize(
    ("arguments", "outputs"),
    [
        ("-First 2", [1, 2]),
        ("-First 0", []),
        ("-First 9", [1, 2, 3, 4, 5]),
        ("-Last 2", [4, 5]),
        ("-Skip 3", [4, 5]),
        ("-First 1 -Skip 2", [3]),
        ("-Last 1 -Skip 2", [3]),
        ("-First 1 -Last 1", [1, 5]),
        ("-First 9 -Last 9", [1, 2, 3, 4, 5]),
        ("-SkipLast 4", [1]),
        ("-Index 3,0,9", [1, 4]),
        ("", [1, 2, 3, 4, 5]),
    ],
)
def test_objects(arguments: str, outputs: list[Value]) -> None:
    assert output_of(f"1,2,3,4,5 | Select-Object {arguments}") == outputs


def test_unique() -> None:
    assert output_of("'b','a','b','B',1,'1' | Select-Object -Unique") == ["b", "a", "B", 1, "1"]
    twice = (custom_object({"A": 1, "B": 2}), custom_object({"A": 1, "B": 3}))
    assert len(select(*twice, Property="A", Unique=True).outputs) == 1


def test_properties_in_the_order_asked_for_by_their_own_names() -> None:
    assert list(properties(WEB, Property=["state", "NAME"]).items()) == [("State", 2), ("Name", "web")]


def test_a_missing_property_is_null() -> None:
    assert properties(WEB, Property=["Name", "Owner"]) == {"Name": "web", "Owner": None}


def test_wildcards() -> None:
    assert list(properties(WEB, Property=["N*", "sta*"])) == ["Name", "Notes", "State", "Status"]
    assert properties(WEB, Property="x*") == {}
    assert list(properties(WEB, Property="*", ExcludeProperty=["s*", "Disks"])) == ["Name", "Notes"]


def test_the_type_says_where_it_was_selected_from() -> None:
    (selected,) = select(WEB, Property="Name").outputs
    assert isinstance(selected, Record)
    assert selected.type_names[:2] == (
        "Selected.Microsoft.HyperV.PowerShell.VirtualMachine",
        "System.Management.Automation.PSCustomObject",
    )
    assert selected.text == "@{Name=web}"
    assert selected.subject == "the machine itself"


def test_properties_of_values_that_are_no_records() -> None:
    assert properties("four", Property="Length") == {"Length": 4}
    assert output_of("([timespan]'1.02:03:04') | Select-Object -ExpandProperty Days") == [1]


def test_the_same_property_twice() -> None:
    recording = select(WEB, Property=["Name", "name"])
    assert recording.error_ids == [
        "AlreadyExistingUserSpecifiedPropertyNoExpand,Microsoft.PowerShell.Commands.SelectObjectCommand"
    ]


@pytest.mark.parametrize(("name", "outputs"), [("name", ["web"]), ("Disks", ["a", "b"]), ("Notes", [])])
def test_expand_property(name: str, outputs: list[Value]) -> None:
    assert select(WEB, ExpandProperty=name).outputs == outputs


def test_expanding_a_missing_property_is_an_error_of_that_object() -> None:
    recording = select(WEB, custom_object({"Owner": "me"}), ExpandProperty="Owner")
    assert recording.outputs == ["me"]
    assert recording.error_ids == ["ExpandPropertyNotFound,Microsoft.PowerShell.Commands.SelectObjectCommand"]


def test_expanded_objects_take_further_properties_along() -> None:
    outer = custom_object({"Inner": custom_object({"A": 1}), "B": 2})
    assert properties(outer, ExpandProperty="Inner", Property="B") == {"A": 1, "B": 2}


def test_calculated_properties_are_refused() -> None:
    recording = select(WEB, Property=[{"Name": "x", "Expression": "Name"}])
    assert recording.outputs == []
    assert recording.error_ids == ["CalculatedPropertyNotSupported,Microsoft.PowerShell.Commands.SelectObjectCommand"]
