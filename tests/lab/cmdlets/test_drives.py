"""Hard disk drives, DVD drives and controllers of machines."""

from __future__ import annotations

import pytest

from lab.hyperv.files import Share, StoredFile, Volume
from lab.hyperv.machine import DiskDrive
from lab.powershell.values import Value
from tests.lab.cmdlets.administration import Administrator, error_id

NEW = r"D:\new.vhdx"
ISO = r"D:\iso\setup.iso"


@pytest.fixture
def administrator() -> Administrator:
    made = Administrator()
    made.get(f"New-VHD {NEW} -SizeBytes 10GB")
    made.home.files.add(StoredFile(ISO, 5 << 30))
    return made


def places(administrator: Administrator, name: str) -> list[tuple[str, int, int]]:
    return [(d.controller, d.controller_number, d.location) for d in administrator.machine(name).drives]


def test_the_drives_of_a_machine(administrator: Administrator) -> None:
    text = "Get-VMHardDiskDrive SQL01 -ControllerType SCSI -ControllerNumber 0 -ControllerLocation 2"
    (drive,) = administrator.get(text)
    assert drive.get("Path") == r"D:\VMs\SQL01\Virtual Hard Disks\SQL01-Log.vhdx"
    assert administrator.get("Get-VMHardDiskDrive SQL01 -ControllerLocation 9") == []
    assert len(administrator.get("Get-VM SQL01 | Get-VMHardDiskDrive")) == 3


def test_the_drives_of_a_checkpoint(administrator: Administrator) -> None:
    text = "Get-VMSnapshot APP01 | Get-VMHardDiskDrive"
    assert administrator.values(text, "Path") == [r"D:\VMs\APP01\Virtual Hard Disks\APP01.vhdx"]


def test_add_a_disk_while_the_machine_runs(administrator: Administrator) -> None:
    text = f"Add-VMHardDiskDrive WEB01 -Path {NEW} -MaximumIOPS 500 -Passthru"
    (drive,) = administrator.get(text)
    assert (drive.get("ControllerLocation"), drive.get("MaximumIOPS"), drive.get("Path")) == (1, 500, NEW)
    assert places(administrator, "WEB01") == [("SCSI", 0, 0), ("SCSI", 0, 1)]


def test_add_at_a_place(administrator: Administrator) -> None:
    administrator.get(f"Add-VMHardDiskDrive TEST01 SCSI 0 7 {NEW}")
    administrator.get("Get-VMScsiController TEST01 | Add-VMHardDiskDrive -ControllerLocation 3")
    assert places(administrator, "TEST01")[1:] == [("SCSI", 0, 7), ("SCSI", 0, 3)]


def test_generation_1_takes_ide_first(administrator: Administrator) -> None:
    machine = administrator.machine("TEST01")
    machine.generation = 1
    administrator.get(f"Add-VMHardDiskDrive TEST01 -Path {NEW}; Add-VMDvdDrive TEST01")
    assert places(administrator, "TEST01")[1:] == [("IDE", 0, 0)]
    assert (machine.dvd_drives[0].controller_number, machine.dvd_drives[0].location) == (0, 1)
    assert administrator.values("Get-VMIdeController TEST01", "ControllerNumber") == [0, 1]


def test_set(administrator: Administrator) -> None:
    (before,) = administrator.machine("TEST01").drives
    text = f"Set-VMHardDiskDrive TEST01 SCSI 0 0 -Path {NEW} -ToControllerLocation 5 -Passthru"
    (record,) = administrator.get(text)
    assert (record.get("Path"), record.get("ControllerLocation")) == (NEW, 5)
    assert before.disk is administrator.home.files.find(NEW)


def test_remove(administrator: Administrator) -> None:
    path = administrator.machine("WEB01").drives[0].disk
    text = "Remove-VMHardDiskDrive WEB01 SCSI 0 0 -Passthru"
    assert administrator.values(text, "IsDeleted") == [True]
    assert administrator.machine("WEB01").drives == []
    assert path is not None
    assert administrator.home.files.find(path.path) is path


def test_a_physical_disk(administrator: Administrator) -> None:
    administrator.machine("DC01").drives.append(DiskDrive(None, location=1, disk_number=5))
    (drive,) = administrator.get("Get-Disk 5 | Add-VMHardDiskDrive TEST01 -Passthru")
    assert (drive.get("DiskNumber"), drive.get("Path")) == (5, "Disk 5")


def test_dvd_drives(administrator: Administrator) -> None:
    assert administrator.values(f"Add-VMDvdDrive WEB01 -Path {ISO} -Passthru", "DvdMediaType") == ["ISO"]
    assert administrator.values("Set-VMDvdDrive WEB01 -Path $null -Passthru", "DvdMediaType") == ["None"]
    assert administrator.values("Set-VMDvdDrive WEB01 -ToControllerLocation 9 -Passthru", "ControllerLocation") == [9]
    administrator.get("Get-VMDvdDrive WEB01 | Remove-VMDvdDrive")
    assert administrator.get("Get-VMDvdDrive WEB01") == []


def test_scsi_controllers(administrator: Administrator) -> None:
    assert administrator.values("Add-VMScsiController TEST01 -Passthru", "ControllerNumber") == [1]
    administrator.get(f"Add-VMHardDiskDrive TEST01 SCSI 1 0 {NEW}")
    assert administrator.values("Remove-VMScsiController TEST01 0 -Passthru", "IsDeleted") == [True]
    assert places(administrator, "TEST01") == [("SCSI", 0, 0)]
    assert administrator.values("Get-VMHardDiskDrive TEST01", "Path") == [NEW]


REFUSALS: list[tuple[str, str, str]] = [
    (r"Add-VMHardDiskDrive WEB01 -Path D:\no.vhdx", "ObjectNotFound", "AddVMHardDiskDrive"),
    (r"Add-VMHardDiskDrive WEB01 -Path Q:\no.vhdx", "ObjectNotFound", "AddVMHardDiskDrive"),
    (
        r"Add-VMHardDiskDrive WEB01 -Path 'D:\VMs\DC01\Virtual Hard Disks\DC01.vhdx'",
        "ObjectInUse",
        "AddVMHardDiskDrive",
    ),
    (rf"Add-VMHardDiskDrive WEB01 -Path {ISO}", "OperationFailed", "AddVMHardDiskDrive"),
    (rf"Add-VMHardDiskDrive WEB01 -Path {NEW} -ControllerLocation 0", "InvalidParameter", "AddVMHardDiskDrive"),
    (rf"Add-VMHardDiskDrive WEB01 IDE -Path {NEW}", "InvalidParameter", "AddVMHardDiskDrive"),
    ("Add-VMHardDiskDrive WEB01 -DiskNumber 0", "InvalidParameter", "AddVMHardDiskDrive"),
    ("Add-VMHardDiskDrive WEB01 -QoSPolicyID x", "InvalidOperation", "AddVMHardDiskDrive"),
    ("Add-VMHardDiskDrive NONE", "InvalidParameter", "AddVMHardDiskDrive"),
    ("Remove-VMHardDiskDrive WEB01 SCSI 0 9", "InvalidParameter", "RemoveVMHardDiskDrive"),
    ("Set-VMHardDiskDrive WEB01 SCSI 0 9 -MaximumIOPS 1", "InvalidParameter", "SetVMHardDiskDrive"),
    ("Set-VMHardDiskDrive WEB01 -SupportPersistentReservations $true", "InvalidState", "SetVMHardDiskDrive"),
    ("Set-VMDvdDrive WEB01", "InvalidParameter", "SetVMDvdDrive"),
    (r"Add-VMDvdDrive WEB01 -Path D:\no.iso", "ObjectNotFound", "AddVMDvdDrive"),
    ("Remove-VMDvdDrive WEB01 0 0", "InvalidParameter", "RemoveVMDvdDrive"),
    ("Add-VMScsiController WEB01", "InvalidState", "AddVMScsiController"),
    ("Remove-VMScsiController TEST01 3", "InvalidParameter", "RemoveVMScsiController"),
]


@pytest.mark.parametrize(("text", "kind", "command"), REFUSALS)
def test_refusals(administrator: Administrator, text: str, kind: str, command: str) -> None:
    recording = administrator.run(text)
    assert (recording.outputs, recording.error_ids) == ([], [error_id(kind, command)])


def test_a_busy_machine(administrator: Administrator) -> None:
    administrator.begin_storage_move("WEB01")
    recording = administrator.run("Get-VMHardDiskDrive WEB01 | Remove-VMHardDiskDrive; Add-VMDvdDrive WEB01")
    ids = [error_id("InvalidState", command) for command in ("RemoveVMHardDiskDrive", "AddVMDvdDrive")]
    assert recording.error_ids == ids


@pytest.mark.parametrize(("authentication", "found"), [("negotiate", 0), ("credssp", 1)])
def test_a_file_on_a_share_is_a_second_hop(administrator: Administrator, authentication: str, found: int) -> None:
    volume = Volume("\\\\NAS\\iso\\", "iso", 1 << 40)
    administrator.estate.shares.append(Share("NAS", "iso", volume))
    administrator.home.files.add(StoredFile(r"\\NAS\iso\setup.iso", 1 << 30))
    recording = administrator.run(
        r"Add-VMDvdDrive WEB01 -Path \\NAS\iso\setup.iso -Passthru", authentication=authentication
    )
    assert len(recording.outputs) == found
    assert recording.error_ids == [error_id("AccessDenied", "AddVMDvdDrive")] * (1 - found)


def test_an_object_that_is_gone(administrator: Administrator) -> None:
    (drive,) = administrator.get("Get-VMHardDiskDrive TEST01")
    administrator.get("Remove-VMHardDiskDrive TEST01 SCSI 0 0")
    removed: list[Value] = [drive]
    recording = administrator.run_with("Remove-VMHardDiskDrive", VMHardDiskDrive=removed)
    assert recording.error_ids == [error_id("ObjectNotFound", "RemoveVMHardDiskDrive")]


def test_german_words(administrator: Administrator) -> None:
    administrator.home.language = "de"
    (record,) = administrator.run(r"Add-VMDvdDrive WEB01 -Path D:\no.iso").errors
    assert record.message.startswith('Fehler bei "WEB01" beim Hinzufügen des Geräts')


def test_a_drive_that_is_piped_gets_another_disk() -> None:
    admin = Administrator()
    admin.run(f"New-VHD {NEW} -SizeBytes 1GB")
    text = f"Get-VMHardDiskDrive TEST01 | Set-VMHardDiskDrive -Path {NEW} -Passthru"
    assert admin.values(text, "Path") == [NEW]
    text = "Get-VMHardDiskDrive WEB01 | Set-VMHardDiskDrive -MaximumIOPS 100 -Passthru"
    assert admin.values(text, "MaximumIOPS") == [100]
