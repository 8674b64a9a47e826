"""-ComputerName reaches other hosts only for callers who carry credentials; piped machines stay where they are."""

from __future__ import annotations

import pytest

from lab.hyperv.machine import MachineState
from lab.powershell.values import Record, SecureText
from tests.lab.cmdlets.administration import Administrator, error_id


@pytest.mark.parametrize("name", [".", "localhost", "hv-01", "HV-01.contoso.example"])
def test_the_host_itself(name: str) -> None:
    assert Administrator().values(f"Get-VM WEB01 -ComputerName {name}", "ComputerName") == ["HV-01"]


def test_second_hop() -> None:
    admin = Administrator()
    (error,) = admin.run("Get-VM -ComputerName HV-02").errors
    assert (error.error_id, error.category) == (error_id("AccessDenied", "GetVM"), "PermissionDenied")
    assert error.message.endswith("'HV-02'.")


def test_other_sessions_and_credentials() -> None:
    admin = Administrator()
    assert admin.run("Get-VM -CimSession HV-02").error_ids == [error_id("AccessDenied", "GetVM")]
    recording = admin.run_with("Get-VM", ComputerName="HV-02", Credential=SecureText("secret"))
    assert recording.error_ids == [error_id("InvalidOperation", "GetVM")]


@pytest.mark.parametrize("authentication", ["credssp", "basic"])
def test_caller_with_credentials(authentication: str) -> None:
    recording = Administrator().run("Get-VM -ComputerName HV-02, HV-01", authentication=authentication)
    assert recording.errors == []
    hosts = [value.get("ComputerName") for value in recording.outputs if isinstance(value, Record)]
    assert hosts == ["HV-02"] * 2 + ["HV-01"] * 6


def test_unknown_and_silent_hosts_let_the_others_go_on() -> None:
    admin = Administrator()
    admin.host("HV-02").lose_network()
    recording = admin.run("Get-VM WEB01 -ComputerName NOWHERE, HV-02, HV-01", authentication="credssp")
    assert recording.error_ids == [error_id("ObjectNotFound", "GetVM")] * 2
    assert len(recording.outputs) == 1


def test_piped_machine_is_changed_where_it_is() -> None:
    admin = Administrator()
    recording = admin.run("Get-VM PRINT01 -ComputerName HV-02 | Start-VM -Passthru", authentication="credssp")
    assert recording.errors == []
    (started,) = recording.outputs
    assert isinstance(started, Record)
    assert started.get("ComputerName") == "HV-02"
    assert admin.machine("PRINT01").state is MachineState.Running


def test_old_module() -> None:
    admin = Administrator()
    admin.home.version = "2012R2"
    (error,) = admin.run("Get-VM -ComputerName HV-02").errors
    assert error.error_id == "AccessDenied,Microsoft.HyperV.PowerShell.Commands.GetVMCommand"
    assert error.exception_types[0] == "Microsoft.HyperV.PowerShell.VirtualizationOperationFailedException"
