"""What reaches into guests, who may connect to them, and what the host itself traces."""

from __future__ import annotations

import pytest

from tests.lab.cmdlets.administration import Administrator, error_id

COPY = r"Copy-VMFile WEB01 D:\VMs\tool.exe"
HOST = "-FileSource Host"


@pytest.fixture
def admin() -> Administrator:
    made = Administrator()
    assert made.run(r"New-Item D:\VMs\tool.exe; Enable-VMIntegrationService 'Guest Service*' WEB01").errors == []
    return made


def test_a_file_reaches_a_guest(admin: Administrator) -> None:
    assert admin.run(rf"{COPY} C:\Tools\ {HOST} -CreateFullPath").errors == []
    assert admin.machine("WEB01").guest_files == {r"c:\tools\tool.exe"}
    again = admin.run(rf"{COPY} C:\Tools\tool.exe {HOST}")
    assert again.error_ids == [error_id("OperationFailed", "CopyVMFile")]
    assert "0x80070050" in again.errors[0].message
    assert admin.run(rf"{COPY} C:\Tools\tool.exe {HOST} -Force").errors == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (rf"{COPY} C:\Nowhere\tool.exe {HOST}", "OperationFailed"),
        (rf"Copy-VMFile WEB01 D:\none.exe C:\none.exe {HOST}", "OperationFailed"),
        (rf"Copy-VMFile APP01 D:\VMs\tool.exe C:\tool.exe {HOST}", "OperationFailed"),
        (rf"Copy-VMFile TEST01 D:\VMs\tool.exe C:\tool.exe {HOST}", "InvalidState"),
    ],
)
def test_no_copy(admin: Administrator, text: str, kind: str) -> None:
    assert admin.run(text).error_ids == [error_id(kind, "CopyVMFile")]


def test_an_interrupt_makes_a_guest_start_anew(admin: Administrator) -> None:
    text = "Debug-VM WEB01 -InjectNonMaskableInterrupt -Force -Passthru"
    assert admin.values(text, "Uptime") == ["00:00:00"]
    assert admin.run("Debug-VM TEST01 -Force").error_ids == [error_id("InvalidState", "DebugVM")]
    assert admin.run("Debug-VM WEB01 -InjectNonMaskableInterrupt").error_ids == [
        error_id("InvalidOperation", "DebugVM")
    ]


def test_access_to_consoles(admin: Administrator) -> None:
    assert admin.values(r"Grant-VMConnectAccess WEB01 anna,CONTOSO\ben -Passthru", "Username") == [
        r"CONTOSO\anna",
        r"CONTOSO\ben",
    ]
    admin.run("Grant-VMConnectAccess APP01 ANNA; Grant-VMConnectAccess APP01 anna")
    assert admin.values("Get-VMConnectAccess", "VMName") == ["WEB01", "WEB01", "APP01"]
    assert admin.values("Get-VMConnectAccess -UserName ben", "VMName") == ["WEB01"]
    identifier = admin.machine("WEB01").machine_id
    assert admin.run(f"Revoke-VMConnectAccess -VMId {identifier} -UserName ben").errors == []
    assert admin.values("Get-VMConnectAccess WEB01", "Username") == [r"CONTOSO\anna"]
    assert admin.run("Revoke-VMConnectAccess WEB01 anna").errors == []
    assert admin.values("Get-VMConnectAccess", "VMName") == ["APP01"]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Revoke-VMConnectAccess WEB01 ben", "RevokeVMConnectAccess"),
        ("Grant-VMConnectAccess WEB01 'a*'", "GrantVMConnectAccess"),
    ],
)
def test_no_access(admin: Administrator, text: str, command: str) -> None:
    assert admin.run(text).error_ids == [error_id("InvalidParameter", command)]


def test_numa_nodes_of_machines(admin: Administrator) -> None:
    assert admin.values("Get-VMHostNumaNodeStatus", "VMName") == ["DC01", "FILE01", "SQL01", "WEB01", "APP01"]
    assert admin.values("Get-VMHostNumaNodeStatus -Id 0", "MemoryUsed") == [4096, 8192, 32768, 4096, 8192]
    admin.home.processors = 64
    assert admin.values("Get-VMHostNumaNodeStatus -Id 1", "VMName") == ["FILE01", "WEB01"]
    wrong = admin.run("Get-VMHostNumaNodeStatus -Id 7")
    assert wrong.error_ids == [error_id("InvalidParameter", "GetVMHostNumaNodeStatus")]


def test_traces(admin: Administrator) -> None:
    assert admin.run(r"Start-VMTrace Info -Path D:\trace.log").errors == []
    assert admin.run("Start-VMTrace Info").error_ids == [error_id("InvalidOperation", "StartVMTrace")]
    assert admin.run("Stop-VMTrace").errors == []
    assert admin.run("Stop-VMTrace").error_ids == [error_id("InvalidOperation", "StopVMTrace")]
    assert admin.run(r"Test-Path D:\trace.log").outputs == [True]
    assert admin.run(r"Start-VMTrace Info -Path D:\trace.log").error_ids == [
        error_id("OperationFailed", "StartVMTrace")
    ]
    assert admin.run("Start-VMTrace Error").errors == []
    assert admin.run(r"Test-Path C:\Windows\Temp\VmTrace-*.log").outputs == [True]


def test_eventing(admin: Administrator) -> None:
    assert admin.run("Disable-VMEventing -Force").errors == []
    assert not admin.home.preferences.sends_events
    assert admin.run("Enable-VMEventing").error_ids == [error_id("InvalidOperation", "EnableVMEventing")]
    assert admin.run("Enable-VMEventing -Force").errors == []
    assert admin.home.preferences.sends_events
