"""Floppy drives, serial ports, displays and consoles."""

from __future__ import annotations

import pytest

from lab.powershell.values import Value
from tests.lab.cmdlets.administration import Administrator, error_id, plain

IMAGE = r"D:\boot.vfd"


@pytest.fixture
def admin() -> Administrator:
    made = Administrator()
    made.machine("TEST01").generation = 1
    return made


def test_a_floppy_disk_is_made_inserted_and_ejected(admin: Administrator) -> None:
    assert admin.values(f"New-VFD {IMAGE}", "Length") == [1_474_560]
    assert admin.values("Get-VMFloppyDiskDrive TEST01", "Path") == [""]
    assert admin.values(f"Get-Item {IMAGE} | Set-VMFloppyDiskDrive TEST01 -Passthru", "Path") == [IMAGE]
    assert admin.values("Get-VM TEST01 | Get-VMFloppyDiskDrive", "FloppyDiskMediaType") == ["VFD"]
    assert admin.values("Get-VMFloppyDiskDrive TEST01 | Set-VMFloppyDiskDrive -Path $null -Passthru", "Path") == [""]
    assert admin.machine("TEST01").floppy is None


def test_machines_of_generation_2_have_no_floppy_drive(admin: Administrator) -> None:
    assert admin.run("Get-VMFloppyDiskDrive WEB01").outputs == []


def test_serial_ports(admin: Administrator) -> None:
    assert admin.values("Get-VMComPort TEST01", "Name") == ["COM 1", "COM 2"]
    pipe = r"\\.\pipe\console"
    assert admin.values(f"Set-VMComPort TEST01 -Number 2 {pipe} -DebuggerMode On -Passthru", "Path") == [pipe]
    (record,) = admin.get("Get-VMComPort TEST01 2")
    assert [plain(record.get(name)) for name in ("Path", "DebuggerMode")] == [pipe, "On"]
    assert admin.values("Get-VMComPort TEST01 1", "Path") == [""]
    assert admin.values("Get-VMComPort TEST01 2 | Set-VMComPort -Path '' -Passthru", "Path") == [""]
    admin.home.version = "2012R2"
    assert admin.get("Get-VMComPort TEST01 1")[0].get("DebuggerMode") is None


def test_displays(admin: Administrator) -> None:
    text = "Set-VMVideo TEST01 Single 1280 1024 -Passthru"
    (record,) = admin.get(text)
    found: list[Value] = [
        plain(record.get(name)) for name in ("ResolutionType", "HorizontalResolution", "VerticalResolution")
    ]
    assert found == ["Single", 1280, 1024]
    assert admin.values("Get-VMVideo TEST01 | Set-VMVideo -ResolutionType Maximum -Passthru", "VerticalResolution") == [
        1024
    ]


def test_a_console_that_is_taken_away() -> None:
    admin = Administrator()
    assert admin.values("Disable-VMConsoleSupport TEST01 -Passthru", "Name") == ["TEST01"]
    assert admin.run("Get-VMVideo TEST01").outputs == []
    assert admin.run("Enable-VMConsoleSupport TEST01").errors == []
    assert admin.values("Get-VMVideo TEST01", "ResolutionType") == ["Default"]


def test_devices_of_checkpoints_stay_as_they_were(admin: Administrator) -> None:
    admin.run(rf"Set-VMComPort TEST01 1 -Path \\.\pipe\old; New-VFD {IMAGE}; Checkpoint-VM TEST01 before")
    admin.run(
        rf"Set-VMComPort TEST01 1 -Path \\.\pipe\new; Set-VMFloppyDiskDrive TEST01 {IMAGE}; Set-VMVideo TEST01 Single"
    )
    assert admin.values("Get-VMSnapshot TEST01 | Get-VMComPort -Number 1", "Path") == [""]
    assert admin.values("Get-VMSnapshot TEST01 | Get-VMFloppyDiskDrive", "Path") == [""]
    assert admin.values("Get-VMSnapshot TEST01 | Get-VMVideo", "ResolutionType") == ["Default"]


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        (r"New-VFD D:\boot.img", error_id("InvalidParameter", "NewVFD")),
        (r"New-VFD Q:\boot.vfd", error_id("OperationFailed", "NewVFD")),
        (rf"Set-VMFloppyDiskDrive TEST01 {IMAGE}", error_id("ObjectNotFound", "SetVMFloppyDiskDrive")),
        (rf"Set-VMFloppyDiskDrive WEB01 {IMAGE}", error_id("InvalidOperation", "SetVMFloppyDiskDrive")),
        ("Get-VMComPort TEST01 3", error_id("InvalidParameter", "GetVMComPort")),
        (r"Set-VMComPort TEST01 -Number 1 -Path C:\x", error_id("InvalidParameter", "SetVMComPort")),
        (r"Set-VMComPort WEB01 -Number 1 -Path \\.\pipe\x", error_id("InvalidState", "SetVMComPort")),
        ("Set-VMVideo TEST01 Single 10 10", error_id("InvalidParameter", "SetVMVideo")),
        ("Set-VMVideo WEB01 Single", error_id("InvalidState", "SetVMVideo")),
        ("Disable-VMConsoleSupport TEST01", error_id("InvalidOperation", "DisableVMConsoleSupport")),
        ("Disable-VMConsoleSupport WEB01", error_id("InvalidState", "DisableVMConsoleSupport")),
    ],
)
def test_refused(admin: Administrator, text: str, identifier: str) -> None:
    assert admin.run(text).error_ids == [identifier]


def test_an_inserted_floppy_disk_is_missed_elsewhere(admin: Administrator) -> None:
    admin.run(f"New-VFD {IMAGE}; Set-VMFloppyDiskDrive TEST01 {IMAGE}")
    move = "Compare-VM TEST01 HV-02 -IncludeStorage -DestinationStoragePath D:\\New"
    (problem,) = admin.get(f"{move} | Select-Object -ExpandProperty Incompatibilities")
    assert IMAGE in str(problem.get("Message"))
    admin.run(rf"Export-VM TEST01 D:\Out; Remove-Item {IMAGE}")
    (file,) = admin.get(r"Get-ChildItem 'D:\Out\TEST01\Virtual Machines'")
    text = f"Compare-VM -Path '{file.get('FullName')}' -Copy -GenerateNewId"
    (problem,) = admin.get(f"{text} | Select-Object -ExpandProperty Incompatibilities")
    assert IMAGE in str(problem.get("Message"))
