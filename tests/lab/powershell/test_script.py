"""Script text of constants is read as PowerShell reads it, and everything else is refused."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.powershell.commands import SWITCH_PRESENT, Argument, Command, Statement, SwitchPresent
from lab.powershell.script import parse_script
from lab.powershell.streams import PipelineError
from lab.powershell.values import Long, Value

SWITCHES = {"compress", "valueonly", "passthru"}
MACHINE_ID = "6e4f2b1c-0d3a-4c55-9a51-3f0f6f1f2a10"


def parse(text: str) -> tuple[Statement, ...]:
    return parse_script(text, lambda command, parameter: parameter.lower() not in SWITCHES)


def argument(text: str) -> Value | SwitchPresent:
    """The value that ``text`` gives as the only argument of a command."""
    (statement,) = parse(f"Write-Output {text}")
    (command,) = statement.commands
    (only,) = command.arguments
    assert only.name is None
    return only.value


def refused(text: str) -> PipelineError:
    with pytest.raises(PipelineError) as failure:
        parse(text)
    assert failure.value.record.category == "ParserError"
    return failure.value


def test_commands_statements_and_parameters() -> None:
    text = "Get-VM -Name 'web', db | select Name -First 2; Get-Date\n\nGet-VMHost -Verbose:$false # done"
    machines = Command("Get-VM", (Argument("Name", ["web", "db"]),))
    selection = Command("select", (Argument(None, "Name"), Argument("First", 2)))
    assert parse(text) == (
        Statement((machines, selection)),
        Statement((Command("Get-Date"),)),
        Statement((Command("Get-VMHost", (Argument("Verbose", False),)),)),
    )


def test_a_switch_leaves_the_word_after_it() -> None:
    (statement,) = parse("ConvertTo-Json -Compress 5")
    assert statement.commands[0].arguments == (Argument("Compress", SWITCH_PRESENT), Argument(None, 5))


def test_a_parameter_without_a_value() -> None:
    (statement,) = parse("Get-VM -Name -Id x")
    assert statement.commands[0].arguments == (Argument("Name", SWITCH_PRESENT), Argument("Id", "x"))


@pytest.mark.parametrize("text", ["a |\n b", "a | # why\n b", "a `\n | b", "a <# b #> | b", " a | b ; ; "])
def test_lines_and_comments(text: str) -> None:
    commands = text.replace("a", "Get-VM", 1).replace(" b", " Get-Date")
    assert parse(commands) == (Statement((Command("Get-VM"), Command("Get-Date"))),)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s'", "it's"),
        ("'it\u2019\u2019s'", "it\u2019s"),
        ("\u2018typographic\u2019", "typographic"),
        ("'$name `n'", "$name `n"),
        ('"say ""hi"""', 'say "hi"'),
        ('"a`nb`t`"c`"`$d`0"', 'a\nb\t"c"$d\0'),
        ('"\\\\server\\c$\\x"', "\\\\server\\c$\\x"),
        ("plain", "plain"),
        ("C:\\VMs\\web.vhdx", "C:\\VMs\\web.vhdx"),
        ("a`,b", "a,b"),
        ("10.0.0.1", "10.0.0.1"),
        (MACHINE_ID, MACHINE_ID),
        ("5", 5),
        ("-5", -5),
        ("2.5", 2.5),
        ("1e3", 1000.0),
        ("4KB", 4096),
        ("2GB", Long(2**31)),
        ("1.5GB", 1.5 * 2**30),
        ("7L", Long(7)),
        ("2147483648", Long(2**31)),
        ("0x1F", 31),
        ("0xFFFFFFFF", -1),
        ("0x100000000", Long(2**32)),
        ("$true", True),
        ("$FALSE", False),
        ("$null", None),
        ("a,b , 'c'", ["a", "b", "c"]),
        ("@()", []),
        ("@(1)", [1]),
        ("@(1, 'b'; $true)", [1, "b", True]),
        ("@{}", {}),
        ("@{a=1; 'b c'=@{d='e'}\n f=1,2}", {"a": 1, "b c": {"d": "e"}, "f": [1, 2]}),
        ("@{a=1}, @{a=2}", [{"a": 1}, {"a": 2}]),
        (f"([guid]'{MACHINE_ID}')", uuid.UUID(MACHINE_ID)),
        ("([long]5)", Long(5)),
        ("([int[]]('1','2'))", [1, 2]),
        ("([string]$null)", ""),
        ("('a')", "a"),
    ],
)
def test_constants(text: str, value: Value) -> None:
    read = argument(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", ["'a'", "1,2", "@{a=1}", "$true", f"[guid]'{MACHINE_ID}'"])
def test_a_leading_constant_is_written_out(text: str) -> None:
    (statement,) = parse(f"{text} | ConvertTo-Json")
    assert [command.name for command in statement.commands] == ["Write-Output", "ConvertTo-Json"]


@pytest.mark.parametrize(
    "text",
    [
        "$x = 5",
        "Get-VM -Name $name",
        '"$name" | Write-Output',
        'Write-Output "$(Get-VM)"',
        'Write-Output "${a}"',
        "Write-Output $true.Length",
        "Get-VM | ForEach-Object { $_ }",
        "if ($true) { Get-VM }",
        "& 'Get-VM'",
        "(Get-VM).Name",
        "@(Get-VM)",
        "Get-VM > file.txt",
        "Get-VM || Get-Date",
        "1 + 2",
        "'a'.Length",
        "[System.IO.File]::Delete('x')",
        "Write-Output ([scriptblock]'x')",
        "Write-Output ([guid]'x')",
        "Write-Output [guid]'x'",
        "Write-Output @{a=1; A=2}",
        "Write-Output @'\nx\n'@",
        "Write-Output @(1 2)",
        "Write-Output (1",
        "Write-Output @{a=1",
        "Write-Output 'a'b",
        "Write-Output <# x",
        "function f { }",
        "Get-VM |",
        "| Get-VM",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    assert "runs constant commands only" in str(refused(text))


def test_a_refusal_says_where() -> None:
    failure = refused("Get-VM\nGet-VM -Name $name")
    assert str(failure).endswith("at line 2, character 14.")
    assert failure.record.error_id == "ConstantCommandsOnly"


@pytest.mark.parametrize("text", ["Get-VM 'web", 'Get-VM "web`"'])
def test_an_open_string_is_named(text: str) -> None:
    assert refused(text).record.error_id == "TerminatorExpectedAtEndOfString"


def written(value: Value) -> str:
    """A constant as PowerShell text, by PowerShell's own rules for single quotes."""
    match value:
        case None:
            return "$null"
        case bool():
            return f"${value}"
        case str():
            escaped = "".join(c * 2 if c in "'\u2018\u2019\u201a\u201b" else c for c in value)
            return f"'{escaped}'"
        case list():
            return "@(" + ", ".join(written(item) for item in value) + ")"
        case dict():
            return "@{" + "; ".join(f"{written(key)} = {written(held)}" for key, held in value.items()) + "}"
        case _:
            return str(value)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**31), 2**31 - 1),
    st.text(st.characters(codec="utf-8", exclude_characters="\r")),
)
keys = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(scalars, max_size=4),
        st.dictionaries(keys, inner, max_size=4).filter(lambda made: len({key.lower() for key in made}) == len(made)),
    ),
    max_leaves=8,
)


@given(values)
def test_written_constants_are_read_back(value: Value) -> None:
    assert argument(written(value)) == value


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        statements = parse(text)
    except PipelineError:
        return
    assert all(statement.commands for statement in statements)
