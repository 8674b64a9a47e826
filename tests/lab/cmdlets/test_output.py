"""Write-Output, ConvertTo-Json and Out-String."""

from __future__ import annotations

import pytest

from lab.powershell.commands import Command, Pipeline, Statement
from lab.powershell.values import Value, custom_object
from tests.lab.powershell.stage import open_runspace, output_of, run, served


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        ("Write-Output 1,2,'x'", [1, 2, "x"]),
        ("echo $null", [None]),
        ("Write-Output @()", []),
        ("Write-Output 1,2 -NoEnumerate", [[1, 2]]),
        ("Write-Output 1,2 -NoEnumerate | Write-Output", [1, 2]),
        ("1,2 | Write-Output", [1, 2]),
    ],
)
def test_write_output(text: str, outputs: list[Value]) -> None:
    assert output_of(text) == outputs


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        ("1,2 | ConvertTo-Json -Compress", ["[1,2]"]),
        ("5 | ConvertTo-Json", ["5"]),
        ("ConvertTo-Json -InputObject 1,2 -Compress", ["[1,2]"]),
        ("ConvertTo-Json @(1) -Compress", ["[1]"]),
        ("@() | ConvertTo-Json", []),
        ("$null | ConvertTo-Json", ["null"]),
        ("@{a=@{b=@{c=@{d=1}}}} | ConvertTo-Json -Compress -Depth 1", ['{"a":{"b":"System.Collections.Hashtable"}}']),
        ("@{a=1} | ConvertTo-Json", ['{\r\n    "a":  1\r\n}']),
    ],
)
def test_convert_to_json(text: str, outputs: list[Value]) -> None:
    assert output_of(text) == outputs


def text_of(*values: Value, arguments: str = "") -> list[Value]:
    runspace = open_runspace(served())
    pipeline = Pipeline("p", (Statement((Command(f"Out-String{arguments}"),)),), values)
    recording = run(runspace, pipeline)
    assert recording.errors == []
    return recording.outputs


def test_strings_stay_as_they_are() -> None:
    assert text_of("a\nb", 5, None) == ["a\r\nb\r\n5\r\n\r\n"]


def test_few_properties_make_a_table() -> None:
    machines = [custom_object({"Name": name, "Tags": list(tags)}) for name, tags in (("web", "ab"), ("database", ""))]
    assert text_of(*machines) == ["\r\nName     Tags\r\n----     ----\r\nweb      {a, b}\r\ndatabase {}\r\n\r\n"]


def test_many_properties_make_a_list() -> None:
    thing = custom_object({"A": 1, "Bc": 2, "C": 3, "D": 4, "E": "x" * 100})
    (text,) = text_of(thing)
    assert isinstance(text, str)
    assert text.splitlines()[:3] == ["", "A  : 1", "Bc : 2"]
    assert max(map(len, text.splitlines())) == 80


def test_stream_writes_line_by_line() -> None:
    assert output_of("'a','b' | Out-String -Stream") == ["a", "b"]
