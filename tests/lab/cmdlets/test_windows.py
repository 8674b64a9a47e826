"""Volumes, disks, shares, services and modules of a host, and the directory of its domain."""

from __future__ import annotations

import pytest

from lab.hyperv.host import Delegation
from lab.powershell.values import Record, Value
from tests.lab.cmdlets.administration import Administrator

ACCOUNT = "Get-ADComputer HV-01 -Properties msDS-AllowedToDelegateTo,TrustedToAuthForDelegation,userAccountControl"
DIRECTORY = "Microsoft.ActiveDirectory.Management.Commands.GetADComputer"


@pytest.fixture
def administrator() -> Administrator:
    made = Administrator()
    made.home.has_directory_module = True
    return made


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("Get-Volume", "DriveLetter", ["C", "D"]),
        ("Get-Volume d", "FileSystemLabel", ["Machines"]),
        (r"Get-Volume -FilePath D:\VMs\x", "DriveLetter", ["D"]),
        ("Get-Volume -FileSystemLabel Mach*", "DriveLetter", ["D"]),
        ("Get-Disk", "Number", [0, 1]),
        ("Get-Disk 1", "IsBoot", [False]),
        ("Get-SmbShare", "Name", ["ADMIN$", "C$", "D$", "IPC$"]),
        ("Get-SmbShare 'd$'", "Path", ["D:\\"]),
        ("Get-SmbShare -Special $false", "Name", []),
        ("Get-Service VMMS", "Status", ["Running"]),
        ("Get-Service -DisplayName *WS-Man*", "Name", ["WinRM"]),
        ("Get-Module Hyper-V -ListAvailable", "Version", ["2.0.0.0", "1.1"]),
        ("Get-Module hyper*", "Version", ["2.0.0.0"]),
        ("Get-Module None", "Version", []),
    ],
)
def test_values(administrator: Administrator, text: str, name: str, values: list[Value]) -> None:
    assert administrator.values(text, name) == values


def test_the_module_of_2012_r2(administrator: Administrator) -> None:
    administrator.home.version = "2012R2"
    assert administrator.values("Get-Module Hyper-V -ListAvailable", "Version") == ["1.1"]


@pytest.mark.parametrize(
    ("text", "error_id"),
    [
        ("Get-Volume Q", "CmdletizationQuery_NotFound_DriveLetter,Get-Volume"),
        ("Get-Volume -AsJob", "ParameterNotSupported,Get-Volume"),
        ("Get-Disk 9", "CmdletizationQuery_NotFound_Number,Get-Disk"),
        ("Get-SmbShare none", "CmdletizationQuery_NotFound_Name,Get-SmbShare"),
        ("Get-Service none", "NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand"),
        ("Get-Disk -FriendlyName x", "ParameterNotSupported,Get-Disk"),
    ],
)
def test_refusals(administrator: Administrator, text: str, error_id: str) -> None:
    recording = administrator.run(text)
    assert (recording.outputs, recording.error_ids) == ([], [error_id])


def account(administrator: Administrator) -> dict[str, Value]:
    recording = administrator.run(ACCOUNT, authentication="credssp")
    assert recording.errors == []
    (record,) = recording.outputs
    assert isinstance(record, Record)
    return record.properties


@pytest.mark.parametrize(
    ("delegation", "flags", "any_protocol"),
    [(Delegation.ANY_PROTOCOL, 0x1001000, True), (Delegation.KERBEROS_ONLY, 0x1000, False)],
)
def test_delegation(administrator: Administrator, delegation: Delegation, flags: int, any_protocol: bool) -> None:
    administrator.home.delegation = delegation
    administrator.home.delegates_to = frozenset({"HV-02"})
    found = account(administrator)
    assert (found["userAccountControl"], found["TrustedToAuthForDelegation"]) == (flags, any_protocol)
    assert found["msDS-AllowedToDelegateTo"] == [
        "Microsoft Virtual System Migration Service/HV-02",
        "Microsoft Virtual System Migration Service/HV-02.contoso.example",
        "cifs/HV-02",
        "cifs/HV-02.contoso.example",
    ]


def test_no_delegation(administrator: Administrator) -> None:
    administrator.home.delegation = Delegation.NONE
    assert "msDS-AllowedToDelegateTo" not in account(administrator)


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ("-Filter *", 3),
        ("-Filter \"Name -eq 'hv-02'\"", 1),
        ('-Filter \'Name -like "HV*" -and Name -ne "HV-01"\'', 2),
        ("'HV-02$'", 1),
    ],
)
def test_accounts(administrator: Administrator, arguments: str, count: int) -> None:
    assert len(administrator.run(f"Get-ADComputer {arguments}", authentication="credssp").outputs) == count


@pytest.mark.parametrize(
    ("text", "authentication", "error_id"),
    [
        ("Get-ADComputer HV-01", "negotiate", f"ActiveDirectoryServer:0,{DIRECTORY}"),
        (
            "Get-ADComputer None",
            "credssp",
            f"ActiveDirectoryCmdlet:Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException,{DIRECTORY}",
        ),
        ("Get-ADComputer -Filter 'Name ='", "credssp", f"ActiveDirectoryServer:0,{DIRECTORY}"),
    ],
)
def test_refused_directory(administrator: Administrator, text: str, authentication: str, error_id: str) -> None:
    assert administrator.run(text, authentication=authentication).error_ids == [error_id]


def test_without_the_module_there_is_no_such_command(administrator: Administrator) -> None:
    administrator.home.has_directory_module = False
    assert administrator.run("Get-ADComputer HV-01").error_ids == ["CommandNotFoundException"]
    assert administrator.values("Get-Module ActiveDirectory -ListAvailable", "Name") == []
