"""Move-VMStorage puts the files of a machine elsewhere on its host, or says why it does not."""

from __future__ import annotations

import pytest

from tests.lab.cmdlets.administration import Administrator, error_id

DISK = "D:\\VMs\\WEB01\\Virtual Hard Disks\\WEB01.vhdx"


def places(admin: Administrator, name: str = "WEB01") -> list[str]:
    machine = admin.machine(name)
    disks = [drive.disk.path for drive in machine.drives if drive.disk is not None]
    return [machine.path, machine.checkpoint_path, machine.smart_paging_path, *disks]


HERE = ["D:\\VMs\\WEB01"] * 3


def entry(source: str, target: str) -> str:
    return f"-Vhds @{{ SourceFilePath = '{source}'; DestinationFilePath = '{target}' }}"


@pytest.mark.parametrize("whom", ["-VMName WEB01", "-Name web01", ""])
@pytest.mark.parametrize(
    ("arguments", "after"),
    [
        ("-DestinationStoragePath C:\\New", ["C:\\New"] * 3 + ["C:\\New\\Virtual Hard Disks\\WEB01.vhdx"]),
        ("-VirtualMachinePath C:\\New", ["C:\\New", *HERE[1:], DISK]),
        ("-SnapshotFilePath C:\\New", [HERE[0], "C:\\New", HERE[0], DISK]),
        ("-SmartPagingFilePath C:\\New", [*HERE[1:], "C:\\New", DISK]),
        (entry(DISK.upper(), "C:\\New\\WEB01.vhdx"), [*HERE, "C:\\New\\WEB01.vhdx"]),
        (
            f"-VirtualMachinePath D:\\New {entry(DISK, 'C:/New/WEB01.vhdx')}",
            ["D:\\New", *HERE[1:], "C:\\New\\WEB01.vhdx"],
        ),
    ],
)
def test_move(whom: str, arguments: str, after: list[str]) -> None:
    admin = Administrator()
    text = f"Move-VMStorage {whom} {arguments}" if whom else f"Get-VM WEB01 | Move-VMStorage {arguments}"
    recording = admin.run(text)
    assert recording.errors == []
    assert recording.outputs == []
    assert places(admin) == after
    assert recording.progresses[-1].completed
    files = admin.home.files
    assert [path for path in after[3:] if files.find(path) is None] == []
    assert (files.find(DISK) is not None) is (DISK in after)


def test_progress_of_the_copy() -> None:
    recording = Administrator().run("Move-VMStorage WEB01 C:\\New")
    assert len(recording.progresses) > 50
    percents = [record.percent for record in recording.progresses]
    assert percents == sorted(percents)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ("NOWHERE C:\\New", "InvalidParameter"),
        ("WEB01 New", "InvalidParameter"),
        ("WEB01 C:New", "InvalidParameter"),
        ("WEB01 \\New", "InvalidParameter"),
        ("WEB01 D:\\VMs\\WEB01", "InvalidParameter"),
        ("WEB01 Q:\\New", "OperationFailed"),
        ("WEB01 -VirtualMachinePath D:\\VMs\\WEB01", "InvalidParameter"),
        ("WEB01 " + entry(DISK, "C:\\New\\Other.vhdx"), "InvalidParameter"),
        ("WEB01 " + entry(DISK, "WEB01.vhdx"), "InvalidParameter"),
        ("WEB01 " + entry("D:\\none.vhdx", "C:\\none.vhdx"), "InvalidParameter"),
        ("WEB01 -Vhds @{ SourceFilePath = 'D:\\none.vhdx' }", "InvalidParameter"),
        ("FILE01 C:\\New", "OperationFailed"),
        ("WEB01 C:\\New -RetainVhdCopiesOnSource", "InvalidOperation"),
        ("WEB01 C:\\New -ResourcePoolName Gold", "InvalidOperation"),
        ("WEB01 C:\\New -AsJob", "InvalidOperation"),
    ],
)
def test_refused(arguments: str, kind: str) -> None:
    admin = Administrator()
    before = places(admin)
    files = set(admin.home.files.volume_of("D:\\").files)
    recording = admin.run(f"Move-VMStorage {arguments}")
    assert recording.error_ids == [error_id(kind, "MoveVMStorage")]
    assert places(admin) == before
    assert set(admin.home.files.volume_of("D:\\").files) == files
    assert admin.machine("WEB01").operation is None


def test_one_that_fails_lets_the_piped_others_go_on() -> None:
    admin = Administrator()
    admin.home.migration.maximum_storage = 1
    recording = admin.run("Get-VM FILE01, WEB01 | Move-VMStorage -DestinationStoragePath C:\\New")
    assert recording.error_ids == [error_id("OperationFailed", "MoveVMStorage")]
    assert places(admin)[0] == "C:\\New"


def test_name_of_several_machines() -> None:
    admin = Administrator()
    admin.machine("APP01").name = "WEB01"
    assert admin.run("Move-VMStorage WEB01 C:\\New").error_ids == [error_id("InvalidParameter", "MoveVMStorage")]
