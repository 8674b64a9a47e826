"""Firmware belongs to generation 2 and the BIOS to generation 1; both change only while the machine is off."""

from __future__ import annotations

import pytest

from lab.powershell.values import Record
from tests.lab.cmdlets.administration import Administrator, error_id, plain

AUTHORITY = "MicrosoftUEFICertificateAuthority"


@pytest.mark.parametrize(
    ("arguments", "shown", "value"),
    [
        ("-EnableSecureBoot Off", "SecureBoot", "Off"),
        ("-SecureBootTemplate microsoftuefiCertificateAuthority", "SecureBootTemplate", AUTHORITY),
        ("-SecureBootTemplateId 272e7447-90a4-4563-a4b9-8e4ab00526ce", "SecureBootTemplate", AUTHORITY),
        ("-PreferredNetworkBootProtocol IPv6", "PreferredNetworkBootProtocol", "IPv6"),
        ("-ConsoleMode COM1", "ConsoleMode", "COM1"),
        ("-PauseAfterBootFailure On", "PauseAfterBootFailure", "On"),
    ],
)
def test_firmware(arguments: str, shown: str, value: str) -> None:
    admin = Administrator()
    assert admin.values(f"Set-VMFirmware TEST01 {arguments} -Passthru", shown) == [value]
    assert admin.values("Get-VMFirmware TEST01", shown) == [value]


def boot_types(admin: Administrator) -> list[str]:
    (firmware,) = admin.get("Get-VMFirmware TEST01")
    order = firmware.get("BootOrder")
    assert isinstance(order, list)
    return [str(plain(entry.get("BootType"))) for entry in order if isinstance(entry, Record)]


def test_first_boot_device() -> None:
    admin = Administrator()
    assert boot_types(admin) == ["Drive", "Network"]
    (adapter,) = admin.get("Get-VMNetworkAdapter TEST01")
    assert admin.run_with("Set-VMFirmware", VMName="TEST01", FirstBootDevice=adapter).errors == []
    assert boot_types(admin) == ["Network", "Drive"]
    (drive,) = admin.get("Get-VMHardDiskDrive TEST01")
    assert admin.run_with("Set-VMFirmware", VMName="TEST01", BootOrder=[drive, adapter]).errors == []
    assert boot_types(admin) == ["Drive", "Network"]


def test_boot_device_of_another_machine() -> None:
    admin = Administrator()
    (drive,) = admin.get("Get-VMHardDiskDrive WEB01")
    recording = admin.run_with("Set-VMFirmware", VMName="TEST01", FirstBootDevice=drive)
    assert recording.error_ids == [error_id("InvalidParameter", "SetVMFirmware")]


@pytest.mark.parametrize(
    ("name", "generation", "text", "identifier"),
    [
        ("TEST01", 1, "Get-VMFirmware", error_id("InvalidOperation", "GetVMFirmware")),
        ("TEST01", 2, "Get-VMBios", error_id("InvalidOperation", "GetVMBios")),
        ("WEB01", 2, "Set-VMFirmware -EnableSecureBoot Off", error_id("InvalidState", "SetVMFirmware")),
        ("WEB01", 1, "Set-VMBios -EnableNumLock", error_id("InvalidState", "SetVMBios")),
        ("TEST01", 1, "Set-VMBios -EnableNumLock -DisableNumLock", error_id("InvalidParameter", "SetVMBios")),
        ("TEST01", 2, "Set-VMFirmware -SecureBootTemplate Mine", error_id("InvalidParameter", "SetVMFirmware")),
    ],
)
def test_refused(name: str, generation: int, text: str, identifier: str) -> None:
    admin = Administrator()
    admin.machine(name).generation = generation
    assert admin.run(f"{text} -VMName {name}").error_ids == [identifier]


def test_bios() -> None:
    admin = Administrator()
    admin.machine("TEST01").generation = 1
    (bios,) = admin.get(
        "Set-VMBios TEST01 -EnableNumLock -StartupOrder IDE, CD, Floppy, LegacyNetworkAdapter -Passthru"
    )
    assert bios.get("NumLockEnabled") is True
    order = bios.get("StartupOrder")
    assert isinstance(order, list)
    assert [plain(device) for device in order] == ["IDE", "CD", "Floppy", "LegacyNetworkAdapter"]


def test_old_firmware_has_no_templates() -> None:
    admin = Administrator()
    admin.home.version = "2012R2"
    (firmware,) = admin.get("Get-VMFirmware TEST01")
    assert "SecureBootTemplate" not in firmware.properties
