"""Machines start, stop, save and pause in their time, or are refused with the errors of the module."""

from __future__ import annotations

import pytest

from lab.hyperv.machine import MachineState, saved_state_path
from lab.hyperv.settings import SHUTDOWN
from tests.lab.cmdlets.administration import Administrator, error_id

S = MachineState


@pytest.mark.parametrize(
    ("command", "before", "after", "least_seconds"),
    [
        ("Start-VM", S.Off, S.Running, 2),
        ("Start-VM", S.Paused, S.Running, 0.5),
        ("Stop-VM", S.Running, S.Off, 15),
        ("Stop-VM -TurnOff", S.Running, S.Off, 1),
        ("Stop-VM -TurnOff", S.Paused, S.Off, 1),
        ("Stop-VM -Save", S.Running, S.Saved, 4),
        ("Save-VM", S.Running, S.Saved, 4),
        ("Save-VM", S.Paused, S.Saved, 4),
        ("Suspend-VM", S.Running, S.Paused, 0.5),
        ("Resume-VM", S.Paused, S.Running, 0.5),
        ("Restart-VM -Force", S.Running, S.Running, 1),
        ("Restart-VM -Confirm:$false", S.Running, S.Running, 1),
    ],
)
def test_change_of_state(command: str, before: S, after: S, least_seconds: float) -> None:
    admin = Administrator()
    machine = admin.machine("WEB01")
    machine.state = before
    began = admin.estate.clock.elapsed
    recording = admin.run(f"{command} -Name WEB01")
    assert recording.errors == []
    assert recording.outputs == []
    assert machine.state is after
    assert admin.estate.clock.elapsed - began >= least_seconds
    assert recording.progresses[-1].completed
    saved = admin.home.files.find(saved_state_path(machine.path, machine.machine_id))
    assert (saved is not None) is (after is S.Saved)


@pytest.mark.parametrize(
    ("command", "state", "identifier"),
    [
        ("Stop-VM", S.Paused, error_id("InvalidState", "StopVM")),
        ("Suspend-VM", S.Off, error_id("InvalidState", "SuspendVM")),
        ("Resume-VM", S.Off, error_id("InvalidState", "ResumeVM")),
        ("Save-VM", S.Off, error_id("InvalidState", "SaveVM")),
        ("Restart-VM -Force", S.Off, error_id("InvalidState", "RestartVM")),
        ("Restart-VM", S.Running, error_id("InvalidOperation", "RestartVM")),
        ("Remove-VMSavedState", S.Running, error_id("InvalidState", "RemoveVMSavedState")),
        ("Start-VM -AsJob", S.Off, error_id("InvalidOperation", "StartVM")),
    ],
)
def test_refused(command: str, state: S, identifier: str) -> None:
    admin = Administrator()
    admin.machine("WEB01").state = state
    parameter = "VMName" if "SavedState" in command else "Name"
    recording = admin.run(f"{command} -{parameter} WEB01")
    assert recording.error_ids == [identifier]
    assert admin.machine("WEB01").state is state


@pytest.mark.parametrize(
    ("command", "state"), [("Start-VM", S.Running), ("Stop-VM", S.Off), ("Save-VM", S.Saved), ("Suspend-VM", S.Paused)]
)
def test_there_already(command: str, state: S) -> None:
    admin = Administrator()
    admin.machine("WEB01").state = state
    recording = admin.run(f"{command} -Name WEB01 -Passthru")
    assert recording.warnings == ["The virtual machine is already in the specified state."]
    assert recording.errors == []
    assert len(recording.outputs) == 1


def test_one_that_fails_lets_the_others_go_on() -> None:
    admin = Administrator()
    recording = admin.run("Suspend-VM -Name TEST01, NOWHERE, WEB01")
    assert recording.error_ids == [error_id("InvalidState", "SuspendVM"), error_id("InvalidParameter", "SuspendVM")]
    assert admin.machine("WEB01").state is S.Paused


def test_error_action_stop_ends_at_the_first() -> None:
    admin = Administrator()
    recording = admin.run("Suspend-VM -Name TEST01, WEB01 -ErrorAction Stop")
    assert recording.error_ids == [error_id("InvalidState", "SuspendVM")]
    assert admin.machine("WEB01").state is S.Running


def test_guest_that_cannot_be_asked() -> None:
    admin = Administrator()
    admin.machine("WEB01").integration_services_off |= {SHUTDOWN}
    recording = admin.run("Stop-VM WEB01 -Confirm:$false")
    assert recording.error_ids == [error_id("InvalidOperation", "StopVM")]
    assert admin.values("Get-VM WEB01", "State") == ["Running"]
    assert admin.run("Stop-VM WEB01 -Force").errors == []
    assert admin.values("Get-VM WEB01", "State") == ["Off"]


def test_too_little_memory() -> None:
    admin = Administrator()
    admin.machine("TEST01").memory = 1 << 40
    assert admin.run("Start-VM TEST01").error_ids == [error_id("OutOfMemory", "StartVM")]
    assert admin.machine("TEST01").state is S.Off


def test_passthru_and_uptime() -> None:
    admin = Administrator()
    assert admin.values("Start-VM TEST01 -Passthru", "State") == ["Running"]
    assert admin.values("Stop-VM TEST01 -Passthru", "State") == ["Off"]
    assert admin.values("Get-VM TEST01", "Uptime") == ["00:00:00"]


def test_restarted_machine_counts_its_uptime_anew() -> None:
    admin = Administrator()
    before = admin.machine("WEB01").started
    admin.run("Restart-VM WEB01 -Force")
    started = admin.machine("WEB01").started
    assert before is not None
    assert started is not None
    assert started > before


def test_saved_state_is_removed() -> None:
    admin = Administrator("HV-02")
    machine = admin.machine("PRINT01")
    assert admin.run("Remove-VMSavedState -VMName PRINT01").errors == []
    assert machine.state is S.Off
    assert admin.home.files.find(saved_state_path(machine.path, machine.machine_id)) is None


def test_german_host() -> None:
    admin = Administrator()
    admin.home.language = "de"
    (error,) = admin.run("Suspend-VM TEST01").errors
    assert error.error_id == error_id("InvalidState", "SuspendVM")
    assert error.message.splitlines()[0].startswith('Fehler bei "TEST01"')
