"""What is assumed of a host and shows when a machine is changed. It has to run, and is left as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from core.hyperv.query import RowQuestion
from core.powershell.command import Command, Switch, command
from tests.host.connecting import AskedHost

pytestmark = pytest.mark.changes_host
RUNNING, PAUSED = 2, 9
"""VMState of the Hyper-V module."""


@pytest.fixture
def machine(host: AskedHost) -> Iterator[str]:
    """The machine, running before the test and after it."""
    assert host.machine is not None
    if state(host, host.machine) != RUNNING:
        pytest.skip(f"{host.machine} does not run")
    yield host.machine
    if state(host, host.machine) == PAUSED:
        host.change(command("Resume-VM", Name=host.machine))


def found(host: AskedHost, call: Command, *properties: str) -> list[dict[str, object]]:
    return host.read(RowQuestion("found", call, properties))


def state(host: AskedHost, machine: str) -> object:
    [row] = found(host, command("Get-VM", Name=machine), "State")
    return row["State"]


@pytest.mark.assumes("start-running")
def test_to_start_what_runs_is_a_warning(host: AskedHost, machine: str) -> None:
    answer = host.change(command("Start-VM", Name=machine))
    assert not answer.errors
    assert len(answer.warnings) == 1


@pytest.mark.assumes("start-paused", "paused-number")
def test_start_lets_a_paused_machine_go_on(host: AskedHost, machine: str) -> None:
    host.change(command("Suspend-VM", Name=machine)).raise_for_errors()
    assert state(host, machine) == PAUSED
    query = f"SELECT EnabledState FROM Msvm_ComputerSystem WHERE ElementName='{machine}'"
    wmi = command("Get-CimInstance", Namespace=r"root\virtualization\v2", Query=query)
    assert [row["EnabledState"] for row in found(host, wmi, "EnabledState")] == [32768]
    host.change(command("Start-VM", Name=machine)).raise_for_errors()
    assert state(host, machine) == RUNNING


@pytest.mark.assumes("checkpoint-name")
def test_checkpoints_have_the_name_and_the_time(host: AskedHost, machine: str) -> None:
    of_machine = command("Get-VMSnapshot", VMName=machine)
    before = {row["Id"] for row in found(host, of_machine, "Id")}
    host.change(command("Checkpoint-VM", Name=machine)).raise_for_errors()
    [new] = [row for row in found(host, of_machine, "Id", "Name") if row["Id"] not in before]
    remove = command("Get-VMSnapshot", Id=str(new["Id"])) | command("Remove-VMSnapshot", Confirm=Switch.ABSENT)
    host.change(remove).raise_for_errors()
    assert re.fullmatch(rf"{re.escape(machine)} - \(\d+[/.]\d+[/.]\d{{4}} - \d+:\d\d:\d\d( [AP]M)?\)", str(new["Name"]))
