"""Get-Command shows what an endpoint lets its users run."""

from __future__ import annotations

import pytest

from lab.powershell.commands import Argument, Command, Pipeline, Statement
from lab.powershell.values import Record
from tests.lab.powershell.stage import Recording, open_runspace, run, served


def names(recording: Recording) -> list[str]:
    return [str(value.get("Name")) for value in recording.outputs if isinstance(value, Record)]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("get-vm", ["Get-VM"]),
        ("Move-VM*", ["Move-VM", "Move-VMStorage"]),
        ("-Verb Compare", ["Compare-VM"]),
        ("-Noun VM -Verb Get,Move", ["Get-VM", "Move-VM"]),
        ("-Module Storage", ["Get-Disk", "Get-Volume"]),
        (
            "Get-Net* -CommandType Function",
            ["Get-NetAdapter", "Get-NetFirewallRule", "Get-NetIPAddress", "Get-NetLbfoTeam"],
        ),
        ("C* -TotalCount 1", ["Checkpoint-VM"]),
        ("x*", []),
    ],
)
def test_get_command(arguments: str, found: list[str]) -> None:
    recording = run(open_runspace(served()), f"Get-Command {arguments}")
    assert (names(recording), recording.errors) == (found, [])


def test_only_what_is_visible() -> None:
    visible = frozenset({"Get-Command", "Get-VM"})
    restricted = open_runspace(served(), language="none", visible=visible)
    everything = Pipeline("p", (Statement((Command("Get-Command"),)),))
    assert names(run(restricted, everything)) == ["Get-Command", "Get-VM"]
    hidden = Command("Get-Command", (Argument("Name", ["Get-VM", "Move-VM"]),))
    recording = run(restricted, Pipeline("p", (Statement((hidden,)),)))
    assert names(recording) == ["Get-VM"]
    assert recording.error_ids == ["CommandNotFoundException,Microsoft.PowerShell.Commands.GetCommandCommand"]


def test_what_is_not_supported_is_refused() -> None:
    recording = run(open_runspace(served()), "Get-Command Get-VM -Syntax")
    assert recording.error_ids == ["ParameterNotSupported,Microsoft.PowerShell.Commands.GetCommandCommand"]
