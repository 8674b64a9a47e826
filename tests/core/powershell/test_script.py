"""A printed call is the PowerShell it stands for."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.powershell.command import Command, Hashtable, ParameterValue, Pipeline, Statement, Switch, command
from core.powershell.script import quoted, script
from tests.core.powershell.reader import NULL, QUOTES, Reader

MACHINE = UUID("5f3f4b8e-2e8e-4b0b-9d8a-0a5b6c7d8e9f")


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (command("Get-VM"), "Get-VM"),
        (command("Get-VM", Id=MACHINE), "Get-VM -Id '5f3f4b8e-2e8e-4b0b-9d8a-0a5b6c7d8e9f'"),
        (command("Get-VM", Name="web01"), "Get-VM -Name web01"),
        (command("Get-VM", Name="web 01"), "Get-VM -Name 'web 01'"),
        (command("Get-VM", Name=""), "Get-VM -Name ''"),
        (command("Get-VM", Name="10"), "Get-VM -Name '10'"),
        (command("Get-VM", Name="$env:x; rm -r"), "Get-VM -Name '$env:x; rm -r'"),
        (command("Get-VM", Name="Jo's"), "Get-VM -Name 'Jo''s'"),
        (command("Get-VM", Name="Jo\u2019s"), "Get-VM -Name 'Jo\u2019\u2019s'"),
        (command("Get-VM", Name=("a", "b c")), "Get-VM -Name a,'b c'"),
        (command("Get-VM", Name=("a",)), "Get-VM -Name @('a')"),
        (command("Get-VM", Name=()), "Get-VM -Name @()"),
        (command("Move-VM", IncludeStorage=Switch.PRESENT, Name="a"), "Move-VM -IncludeStorage -Name a"),
        (command("Restore-VMSnapshot", Confirm=Switch.ABSENT), "Restore-VMSnapshot -Confirm:$false"),
        (command("Set-VMDvdDrive", Path=None), "Set-VMDvdDrive -Path $null"),
        (command("Set-VM", Enabled=True, Count=-5), "Set-VM -Enabled $true -Count -5"),
        (command("Set-VM", Enabled=False, Size=2**40), "Set-VM -Enabled $false -Size 1099511627776"),
        (
            command("Move-VM", Vhds=(Hashtable((("SourceFilePath", r"C:\a.vhdx"), ("Size", 1))),)),
            r"Move-VM -Vhds @(@{SourceFilePath = 'C:\a.vhdx'; Size = 1})",
        ),
        (
            command("Move-VM", Vhds=(Hashtable((("A", "x"),)), Hashtable((("two words", True),)))),
            "Move-VM -Vhds @(@{A = 'x'}, @{'two words' = $true})",
        ),
        (command("Get-VM") | command("Stop-VM", Force=Switch.PRESENT), "Get-VM | Stop-VM -Force"),
        (
            Pipeline((Statement((command("Get-VM"),)), command("Get-VMHost") | command("Out-Null"))),
            "Get-VM\nGet-VMHost | Out-Null",
        ),
    ],
)
def test_prints(call: Command | Statement | Pipeline, text: str) -> None:
    assert script(call) == text


@pytest.mark.parametrize("value", [(Switch.PRESENT,), Hashtable((("A", Switch.PRESENT),))])
def test_a_switch_inside_a_value_is_refused(value: ParameterValue) -> None:
    with pytest.raises(ValueError, match="switch"):
        script(command("Get-VM", Name=value))


any_text = st.text() | st.text(alphabet=QUOTES + 'a$`"\\ \n|;,@(){}-')


@given(any_text)
def test_any_string_reads_back_as_itself(text: str) -> None:
    reader = Reader(quoted(text))
    assert reader.string() == text
    assert reader.at == len(reader.text)


scalars = any_text | st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1)
nested = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(any_text.filter(bool), inner, max_size=3).map(
            lambda entries: Hashtable(tuple(entries.items()))
        )
    ),
    max_leaves=8,
)
names = st.from_regex(r"[A-Z][a-z]{0,5}", fullmatch=True)
commands = st.builds(
    Command,
    names.map(lambda noun: f"Get-{noun}"),
    st.lists(st.tuples(names, nested | st.just(Switch.PRESENT)), max_size=3).map(tuple),
)
pipelines = st.lists(
    st.lists(commands, min_size=1, max_size=3).map(lambda joined: Statement(tuple(joined))),
    min_size=1,
    max_size=3,
).map(lambda statements: Pipeline(tuple(statements)))


def plain(value: ParameterValue) -> object:
    match value:
        case Switch():
            return None
        case None:
            return NULL
        case Hashtable(entries):
            return {key: plain(item) for key, item in entries}
        case tuple():
            return tuple(plain(item) for item in value)
        case _:
            return value


@given(pipelines)
def test_any_pipeline_reads_back_as_itself(pipeline: Pipeline) -> None:
    expected = [
        [(call.name, [(name, plain(value)) for name, value in call.parameters]) for call in statement.commands]
        for statement in pipeline.statements
    ]
    read = Reader(script(pipeline)).script()
    assert read == expected
    assert repr(read) == repr(expected), "1 and True are equal, but not the same"
