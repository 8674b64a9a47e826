"""VHD sets, and the snapshots that they keep in themselves."""

from __future__ import annotations

import pytest

from lab.hyperv.files import VirtualDiskSet
from tests.lab.cmdlets.administration import Administrator

SET = r"D:\shared.vhds"


@pytest.fixture
def admin() -> Administrator:
    made = Administrator()
    assert made.run(f"New-VHD {SET} -SizeBytes 10GB; Add-VMHardDiskDrive TEST01 -Path {SET}").errors == []
    return made


def test_a_set_is_a_disk(admin: Administrator) -> None:
    assert admin.values(f"Get-VHD {SET}", "VhdFormat") == ["VHDSet"]
    (record,) = admin.get(f"Get-VHDSet {SET} -GetAllPaths")
    assert (record.get("SnapshotIdList"), record.get("AllPaths")) == ([], ["D:\\shared.vhds"])
    assert admin.run(f"Optimize-VHDSet {SET}").errors == []


def test_checkpoints_leave_snapshots_in_the_set(admin: Administrator) -> None:
    admin.run("Checkpoint-VM TEST01 one; Checkpoint-VM TEST01 two")
    disk = admin.home.files.find(SET)
    assert isinstance(disk, VirtualDiskSet)
    assert admin.machine("TEST01").drives[1].disk is disk
    first, second = admin.get(f"Get-VHDSnapshot {SET} -GetParentPaths")
    assert second.get("ParentPathsList") == [first.get("SnapshotPath")]
    admin.run("Restore-VMSnapshot one TEST01 -Confirm:$false")
    assert admin.machine("TEST01").drives[1].disk is disk
    admin.run("Remove-VMSnapshot TEST01 one")
    assert admin.values(f"Get-VHDSnapshot {SET}", "SnapshotId") == [str(second.get("SnapshotId"))]


def test_snapshots_are_removed(admin: Administrator) -> None:
    admin.run("Checkpoint-VM TEST01 one; Checkpoint-VM TEST01 two")
    first, second = (record.get("SnapshotId") for record in admin.get(f"Get-VHDSnapshot {SET}"))
    assert admin.run(f"Remove-VHDSnapshot {SET} -SnapshotId {first} -PersistReferencePoint").errors == []
    assert admin.values(f"Get-VHDSnapshot {SET} -SnapshotId {first}", "ResilientChangeTrackingId") == [
        str(first).upper()
    ]
    assert admin.run(f"Get-VHDSnapshot {SET} | Remove-VHDSnapshot").errors == []
    assert admin.run(f"Get-VHDSnapshot {SET}").outputs == []
    gone = admin.run(f"Remove-VHDSnapshot {SET} -SnapshotId {second}")
    assert [identifier.partition(",")[0] for identifier in gone.error_ids] == ["ObjectNotFound"]


def test_a_set_is_moved_and_converted(admin: Administrator) -> None:
    admin.run("Checkpoint-VM TEST01 one")
    admin.begin_storage_move("TEST01")
    admin.estate.clock.advance(10_000)
    moved = admin.machine("TEST01").drives[1].disk
    assert isinstance(moved, VirtualDiskSet)
    assert len(moved.snapshots) == 1
    text = r"Convert-VHD 'D:\New\Virtual Hard Disks\shared.vhds' D:\copy.vhdx -Passthru"
    assert admin.values(text, "VhdFormat") == ["VHDX"]
    assert admin.values(r"Convert-VHD D:\copy.vhdx D:\again.vhds -Passthru", "VhdFormat") == ["VHDSet"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (r"New-VHD D:\plain.vhdx -SizeBytes 1GB | Get-VHDSet", "InvalidParameter"),
        (r"Get-VHDSet D:\none.vhds", "ObjectNotFound"),
    ],
)
def test_refused(admin: Administrator, text: str, kind: str) -> None:
    assert [identifier.partition(",")[0] for identifier in admin.run(text).error_ids] == [kind]


def test_2012_r2_has_no_sets(admin: Administrator) -> None:
    admin.home.version = "2012R2"
    refused = admin.run(r"New-VHD D:\other.vhds -SizeBytes 1GB")
    assert [identifier.partition(",")[0] for identifier in refused.error_ids] == ["InvalidParameter"]
    assert admin.run(f"Get-VHDSet {SET}").error_ids == ["CommandNotFoundException"]
