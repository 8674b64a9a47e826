"""Checkpoints are taken, applied, renamed and deleted; what their disks hold is merged or given up."""

from __future__ import annotations

import pytest

from lab.hyperv.machine import CheckpointType, MachineState, saved_state_path
from lab.powershell.values import Record
from tests.lab.cmdlets.administration import Administrator, error_id


def names(admin: Administrator, name: str = "TEST01") -> list[str]:
    return [checkpoint.name for checkpoint in admin.machine(name).checkpoints]


def three(admin: Administrator) -> None:
    """One checkpoint after the other."""
    for name in ("first", "second", "third"):
        assert admin.run(f"Checkpoint-VM TEST01 {name}").errors == []


def test_take() -> None:
    admin = Administrator()
    (record,) = admin.get("Checkpoint-VM TEST01 -SnapshotName first -Passthru")
    assert [record.get(name) for name in ("Name", "VMName", "ParentSnapshotName")] == ["first", "TEST01", None]
    disk = admin.machine("TEST01").drives[0].disk
    assert disk is not None
    assert disk.path.endswith(".avhdx")


def test_files_stay_in_a_folder_with_an_underscore() -> None:
    admin = Administrator()
    admin.run("New-VM NEW01 -NewVHDPath D:\\my_machines\\my_disk.vhdx -NewVHDSizeBytes 1GB")
    for _ in range(2):
        assert admin.run("Checkpoint-VM NEW01").errors == []
    disk = admin.machine("NEW01").drives[0].disk
    assert disk is not None
    assert disk.path.startswith("D:\\my_machines\\my_disk_")
    assert disk.path.count("_") == 3


@pytest.mark.parametrize(
    ("language", "name"), [("en", "TEST01 - (3/10/2025 - 9:00:00 AM)"), ("de", "TEST01 - (10.03.2025 - 09:00:00)")]
)
def test_default_name(language: str, name: str) -> None:
    admin = Administrator()
    admin.home.language = language
    assert admin.values("Checkpoint-VM TEST01 -Passthru", "Name") == [name]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("TEST01", ["first", "second", "third"]),
        ("TEST01 -Name s*", ["second"]),
        ("TEST01 FIRST", ["first"]),
        ("TEST01 -SnapshotType Recovery", []),
        ("* -Name third", ["third"]),
    ],
)
def test_get(arguments: str, found: list[str]) -> None:
    admin = Administrator()
    three(admin)
    assert admin.values(f"Get-VMSnapshot {arguments}", "Name") == found


def test_kinship() -> None:
    admin = Administrator()
    three(admin)
    assert admin.values("Get-VMSnapshot TEST01", "ParentSnapshotName") == ["", "first", "second"]
    (second,) = admin.get("Get-VMSnapshot TEST01 -Name second")
    (machine,) = admin.get("Get-VM TEST01")
    for parameters, found in (
        ({"ChildOf": second}, "third"),
        ({"ParentOf": second}, "first"),
        ({"ParentOf": machine}, "third"),
    ):
        (record,) = admin.run_with("Get-VMSnapshot", **parameters).outputs
        assert isinstance(record, Record)
        assert record.get("Name") == found


def test_saved_state_of_a_checkpoint() -> None:
    admin = Administrator()
    assert admin.run("Start-VM TEST01").errors == []
    assert admin.run("Save-VM TEST01").errors == []
    assert admin.values("Checkpoint-VM TEST01 -Passthru", "State") == ["Saved"]
    assert admin.run("Get-VMSnapshot TEST01 | Remove-VMSavedState").errors == []
    assert admin.values("Get-VMSnapshot TEST01", "State") == ["Off"]


def test_deleted_checkpoint_is_not_found() -> None:
    admin = Administrator()
    three(admin)
    (record,) = admin.get("Get-VMSnapshot TEST01 -Name third")
    assert admin.run("Remove-VMSnapshot TEST01 third").errors == []
    recording = admin.run_with("Rename-VMSnapshot", VMSnapshot=record, NewName="new")
    assert recording.error_ids == [error_id("InvalidParameter", "RenameVMSnapshot")]


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("Checkpoint-VM NOWHERE", error_id("InvalidParameter", "CheckpointVM")),
        ("Checkpoint-VM TEST01 -AsJob", error_id("InvalidOperation", "CheckpointVM")),
        ("Get-VMSnapshot TEST01 -Name none", error_id("InvalidParameter", "GetVMSnapshot")),
        ("Get-VMSnapshot -Id 00000000-0000-0000-0000-000000000001", error_id("InvalidParameter", "GetVMSnapshot")),
        ("Restore-VMSnapshot first TEST01", error_id("InvalidOperation", "RestoreVMSnapshot")),
        ("Restore-VMSnapshot none TEST01 -Confirm:$false", error_id("InvalidParameter", "RestoreVMSnapshot")),
        ("Restore-VMSnapshot * TEST01 -Confirm:$false", error_id("InvalidParameter", "RestoreVMSnapshot")),
        ("Remove-VMSnapshot TEST01 none", error_id("InvalidParameter", "RemoveVMSnapshot")),
        ("Rename-VMSnapshot none TEST01 new", error_id("InvalidParameter", "RenameVMSnapshot")),
    ],
)
def test_refused(text: str, identifier: str) -> None:
    admin = Administrator()
    three(admin)
    assert admin.run(text).error_ids == [identifier]
    assert names(admin) == ["first", "second", "third"]


def test_checkpoints_can_be_disabled() -> None:
    admin = Administrator()
    admin.machine("TEST01").checkpoint_type = CheckpointType.Disabled
    assert admin.run("Checkpoint-VM TEST01").error_ids == [error_id("InvalidOperation", "CheckpointVM")]


def test_busy_machine() -> None:
    admin = Administrator()
    admin.begin_storage_move("APP01")
    text = "Get-VMSnapshot APP01 | Remove-VMSnapshot"
    assert admin.run(text).error_ids == [error_id("InvalidState", "RemoveVMSnapshot")]


def test_rename() -> None:
    admin = Administrator()
    three(admin)
    assert admin.values("Rename-VMSnapshot second TEST01 middle -Passthru", "Name") == ["middle"]
    admin.run("Get-VMSnapshot TEST01 -Name third | Rename-VMSnapshot -NewName last")
    assert names(admin) == ["first", "middle", "last"]


def test_restore() -> None:
    admin = Administrator()
    three(admin)
    machine = admin.machine("TEST01")
    given_up = machine.drives[0].disk
    assert given_up is not None
    assert admin.values("Restore-VMSnapshot first TEST01 -Confirm:$false -Passthru", "Name") == ["first"]
    assert machine.current_checkpoint is machine.checkpoints[0]
    disk = machine.drives[0].disk
    assert disk is not None
    assert disk.parent is machine.checkpoints[0].disks[0]
    assert admin.home.files.find(given_up.path) is None


def test_restored_machine_has_no_saved_state_left() -> None:
    admin = Administrator()
    three(admin)
    machine = admin.machine("TEST01")
    assert admin.run("Start-VM TEST01").errors == []
    assert admin.run("Save-VM TEST01").errors == []
    assert admin.run("Restore-VMSnapshot first TEST01 -Confirm:$false").errors == []
    assert machine.state is MachineState.Off
    assert admin.home.files.find(saved_state_path(machine.path, machine.machine_id)) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Remove-VMSnapshot TEST01 second", ["first", "third"]),
        ("Remove-VMSnapshot TEST01", []),
        ("Remove-VMSnapshot TEST01 second -IncludeAllChildSnapshots", ["first"]),
        ("Get-VMSnapshot TEST01 -Name first | Remove-VMSnapshot -IncludeAllChildCheckpoints", []),
        ("Remove-VMSnapshot TEST01 *d", ["first"]),
    ],
)
def test_remove(text: str, left: list[str]) -> None:
    admin = Administrator()
    three(admin)
    assert admin.run(text).errors == []
    assert names(admin) == left
    disk = admin.machine("TEST01").drives[0].disk
    assert disk is not None
    assert len(disk.chain()) == len(left) + 1
    files = admin.home.files.volume_of("D:\\").files
    assert {path for path in files if "test01" in path} == {link.path.lower() for link in disk.chain()}


def test_deleted_branch_leaves_no_files() -> None:
    admin = Administrator()
    three(admin)
    admin.run("Restore-VMSnapshot first TEST01 -Confirm:$false")
    assert admin.run("Remove-VMSnapshot TEST01 second -IncludeAllChildSnapshots").errors == []
    machine = admin.machine("TEST01")
    files = admin.home.files.volume_of("D:\\").files
    assert {path for path in files if "test01" in path} == {disk.path.lower() for disk in machine.disk_files()}


def test_2012_asks_nothing() -> None:
    admin = Administrator()
    three(admin)
    admin.home.version = "2012"
    assert admin.run("Restore-VMSnapshot first TEST01").errors == []


def test_settings_as_they_were() -> None:
    admin = Administrator()
    admin.run("Checkpoint-VM TEST01 before")
    admin.run("Set-VMMemory TEST01 -StartupBytes 2GB; Set-VMProcessor TEST01 -Count 6")
    admin.run("Set-VMFirmware TEST01 -EnableSecureBoot Off")
    admin.run("Disconnect-VMNetworkAdapter TEST01; Disable-VMIntegrationService TEST01 Shutdown; Add-VMDvdDrive TEST01")
    kept = "Get-VMSnapshot TEST01"
    assert admin.values(f"{kept} | Get-VMMemory", "Startup") == [4 << 30]
    assert admin.values(f"{kept} | Get-VMProcessor", "Count") == [2]
    assert admin.values(f"{kept} | Get-VMFirmware", "SecureBoot") == ["On"]
    assert admin.values(f"{kept} | Get-VMNetworkAdapter", "SwitchName") == ["Management"]
    assert admin.values(f"{kept} | Get-VMNetworkAdapterVlan", "OperationMode") == ["Untagged"]
    assert admin.values(f"{kept} | Get-VMIntegrationService -Name Shutdown", "Enabled") == [True]
    assert admin.values(f"{kept} | Get-VMDvdDrive", "Name") == []
    assert admin.values(f"{kept} | Get-VMScsiController", "VMName") == ["TEST01"]
    identifier = admin.machine("TEST01").checkpoints[0].checkpoint_id
    assert admin.values(f"{kept} | Get-VMHardDiskDrive", "VMSnapshotId") == [str(identifier)]

    admin.run("Restore-VMSnapshot before TEST01 -Confirm:$false")
    assert admin.values("Get-VMMemory TEST01", "Startup") == [4 << 30]
    assert admin.values("Get-VMNetworkAdapter TEST01", "SwitchName") == ["Management"]
    assert admin.values("Get-VMDvdDrive TEST01", "Name") == []


def test_settings_of_a_checkpoint_cannot_be_changed() -> None:
    admin = Administrator()
    admin.run("Checkpoint-VM TEST01 before")
    recording = admin.run("Get-VMSnapshot TEST01 | Get-VMMemory | Set-VMMemory -StartupBytes 2GB")
    assert recording.error_ids == [error_id("InvalidOperation", "SetVMMemory")]
    assert admin.values("Get-VMSnapshot TEST01 | Get-VMMemory", "Startup") == [4 << 30]


def test_disks_are_told_apart_by_their_drives() -> None:
    admin = Administrator()
    admin.run(r"New-VHD D:\VMs\second.vhdx -SizeBytes 1GB; Add-VMHardDiskDrive TEST01 SCSI -Path D:\VMs\second.vhdx")
    first, second = (drive.disk for drive in admin.machine("TEST01").drives)
    admin.run("Checkpoint-VM TEST01 before")
    admin.run("Remove-VMHardDiskDrive TEST01 SCSI 0 0")
    assert admin.values("Get-VMSnapshot TEST01 | Get-VMHardDiskDrive", "ControllerLocation") == [0, 1]
    admin.run("Restore-VMSnapshot before TEST01 -Confirm:$false")
    assert [drive.disk and drive.disk.parent for drive in admin.machine("TEST01").drives] == [first, second]


def test_no_room_to_go_back() -> None:
    admin = Administrator()
    admin.run("Checkpoint-VM TEST01 before")
    disk = admin.machine("TEST01").drives[0].disk
    volume = admin.home.files.volume_of("D:")
    volume.used_by_others += volume.free
    recording = admin.run("Restore-VMSnapshot before TEST01 -Confirm:$false")
    assert recording.error_ids == [error_id("OperationFailed", "RestoreVMSnapshot")]
    assert admin.machine("TEST01").drives[0].disk is disk
