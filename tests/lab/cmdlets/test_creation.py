"""New-VM makes machines that start and move like the others; Remove-VM leaves their disks."""

from __future__ import annotations

import pytest

from lab.hyperv.machine import MachineState
from tests.lab.cmdlets.administration import Administrator, error_id

GB = 1 << 30


def test_new_machine_with_a_new_disk() -> None:
    admin = Administrator()
    text = (
        "New-VM -Name NEW01 -Generation 2 -MemoryStartupBytes 2GB -Path D:\\VMs -SwitchName production "
        "-NewVHDPath D:\\VMs\\NEW01\\NEW01.vhdx -NewVHDSizeBytes 40GB -BootDevice NetworkAdapter"
    )
    (record,) = admin.get(text)
    names = ("Name", "Path", "MemoryStartup", "ProcessorCount", "Generation", "Version")
    assert [record.get(name) for name in names] == ["NEW01", "D:\\VMs\\NEW01", 2 * GB, 1, 2, "10.0"]
    machine = admin.machine("NEW01")
    assert machine.adapters[0].switch == "Production"
    assert machine.firmware.boot_order == machine.adapters
    disk = machine.drives[0].disk
    assert disk is not None
    assert admin.home.files.find("D:\\VMs\\NEW01\\NEW01.vhdx") is disk
    assert disk.capacity == 40 * GB
    assert admin.run("Start-VM NEW01").errors == []
    assert machine.state is MachineState.Running


def test_new_machine_with_defaults() -> None:
    admin = Administrator()
    (record,) = admin.get("New-VM")
    names = ("Name", "Path", "MemoryStartup", "Generation")
    assert [record.get(name) for name in names] == ["New Virtual Machine", admin.home.default_machine_path, GB, 1]
    assert len(admin.machine("New Virtual Machine").dvd_drives) == 1


def test_new_machine_with_a_disk_of_another() -> None:
    admin = Administrator()
    disk = admin.machine("TEST01").drives[0].disk
    assert disk is not None
    admin.run("Remove-VM TEST01 -Force")
    assert admin.run(f"New-VM TEST02 -VHDPath '{disk.path}' -Version 9.0").errors == []
    assert admin.machine("TEST02").drives[0].disk is disk
    assert admin.machine("TEST02").version == "9.0"


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ("-SwitchName Nowhere", "InvalidParameter"),
        ("-Version 12.0", "InvalidParameter"),
        ("-MemoryStartupBytes 1MB", "InvalidParameter"),
        ("-Path Q:\\VMs", "OperationFailed"),
        ("-VHDPath D:\\none.vhdx", "OperationFailed"),
        ("-NewVHDPath D:\\VMs\\TEST01\\'Virtual Hard Disks'\\TEST01.vhdx -NewVHDSizeBytes 1GB", "OperationFailed"),
        ("-Generation 2 -NewVHDPath old.vhd -NewVHDSizeBytes 1GB", "InvalidParameter"),
        ("-GuestStateIsolationType VBS", "InvalidOperation"),
        ("-AsJob", "InvalidOperation"),
    ],
)
def test_refused_creation_leaves_nothing(arguments: str, kind: str) -> None:
    admin = Administrator()
    admin.home.version = "2025" if "Isolation" in arguments else "2022"
    if "TEST01" in arguments:
        arguments = arguments.replace("'", "").replace("D:\\VMs", "'D:\\VMs").replace(".vhdx", ".vhdx'")
    volume = admin.home.files.volume_of("D:\\")
    before = (set(volume.files), set(volume.folders))
    assert admin.run(f"New-VM NEW01 {arguments}").error_ids == [error_id(kind, "NewVM")]
    assert not admin.has("NEW01")
    assert (set(volume.files), set(volume.folders)) == before


def test_german_host_names_the_cause() -> None:
    admin = Administrator()
    admin.home.language = "de"
    (error,) = admin.run("New-VM NEW01 -Path Q:\\VMs").errors
    assert error.message.endswith("Das System kann den angegebenen Pfad nicht finden. (0x80070003)")


@pytest.mark.parametrize("suppressed", ["-Force", "-Confirm:$false"])
def test_remove(suppressed: str) -> None:
    admin = Administrator("HV-02")
    machine = admin.machine("PRINT01")
    disk = machine.drives[0].disk
    assert disk is not None
    assert admin.values(f"Remove-VM PRINT01 -Passthru {suppressed}", "IsDeleted") == [True]
    assert not admin.has("PRINT01")
    assert admin.home.files.find(disk.path) is disk
    assert not any(file.endswith(".vmrs") for file in admin.home.files.volume_of("D:\\").files)


def test_remove_asks_and_wants_the_machine_off() -> None:
    admin = Administrator()
    assert admin.run("Remove-VM TEST01").error_ids == [error_id("InvalidOperation", "RemoveVM")]
    recording = admin.run("Remove-VM WEB01, TEST01 -Force")
    assert recording.error_ids == [error_id("InvalidState", "RemoveVM")]
    assert admin.has("WEB01")
    assert not admin.has("TEST01")


def test_machine_that_is_gone_is_not_found() -> None:
    admin = Administrator()
    assert admin.run("Remove-VM TEST01 -Force -Passthru | Start-VM").error_ids == [
        error_id("InvalidParameter", "StartVM")
    ]
