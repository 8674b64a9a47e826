"""Virtual hard disk files: created, opened, resized, converted, merged, mounted."""

from __future__ import annotations

import pytest

from lab.hyperv.files import DiskType, Share, VirtualDisk, Volume
from lab.powershell.values import Value
from tests.lab.cmdlets.administration import Administrator, plain

NEW = r"D:\new.vhdx"
WEB = r"'D:\VMs\WEB01\Virtual Hard Disks\WEB01.vhdx'"
TEST = r"'D:\VMs\TEST01\Virtual Hard Disks\TEST01.vhdx'"
GB = 1 << 30


@pytest.fixture
def administrator() -> Administrator:
    made = Administrator()
    made.get(f"New-VHD {NEW} -SizeBytes 10GB")
    return made


def disk(administrator: Administrator, path: str) -> VirtualDisk:
    found = administrator.home.files.find(path.strip("'"))
    assert isinstance(found, VirtualDisk)
    return found


def failed(administrator: Administrator, text: str, authentication: str = "negotiate") -> list[str]:
    """The parts before the comma of the error ids."""
    recording = administrator.run(text, authentication=authentication)
    return [each.partition(",")[0] for each in recording.error_ids]


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (r"D:\a.vhdx 10GB", {"VhdType": "Dynamic", "VhdFormat": "VHDX", "Size": 10 * GB, "FileSize": 4 << 20}),
        (r"D:\a.vhd 10GB -Fixed", {"VhdType": "Fixed", "VhdFormat": "VHD", "FileSize": 10 * GB, "BlockSize": 0}),
        (rf"D:\a.vhdx -ParentPath {NEW}", {"VhdType": "Differencing", "Size": 10 * GB, "ParentPath": NEW}),
        (r"D:\a.vhdx 1GB -BlockSizeBytes 1MB -LogicalSectorSizeBytes 4096", {"BlockSize": 1 << 20}),
    ],
)
def test_new(administrator: Administrator, arguments: str, shown: dict[str, Value]) -> None:
    (record,) = administrator.get(f"New-VHD {arguments}")
    assert {name: plain(record.get(name)) for name in shown} == shown


def test_get(administrator: Administrator) -> None:
    (record,) = administrator.get(f"Get-VHD {WEB}")
    assert (record.get("Attached"), record.get("DiskNumber")) == (True, None)
    of_machine = administrator.values("Get-VM SQL01 | Select-Object VMId | Get-VHD", "VhdType")
    assert of_machine == ["Dynamic", "Fixed", "Dynamic"]


def test_resize(administrator: Administrator) -> None:
    assert administrator.values(f"Resize-VHD {NEW} 20GB -Passthru", "Size") == [20 * GB]
    assert administrator.values(f"Resize-VHD {WEB} 80GB -Passthru", "Size") == [80 * GB]


def test_convert(administrator: Administrator) -> None:
    began = administrator.estate.clock.elapsed
    text = rf"Convert-VHD {NEW} D:\copy.vhd -VHDType Fixed -DeleteSource -Passthru"
    assert administrator.values(text, "VhdType") == ["Fixed"]
    assert administrator.estate.clock.elapsed - began > 20
    assert administrator.home.files.find(NEW) is None


def test_merge(administrator: Administrator) -> None:
    administrator.get(rf"New-VHD D:\child.vhdx -ParentPath {NEW}")
    assert administrator.values(r"Merge-VHD D:\child.vhdx -Passthru", "Path") == [NEW]
    assert administrator.home.files.find(r"D:\child.vhdx") is None
    assert disk(administrator, NEW).size == 8 << 20


def test_optimize(administrator: Administrator) -> None:
    assert administrator.values(f"Optimize-VHD {TEST} -Passthru", "Attached") == [False]


def test_mount(administrator: Administrator) -> None:
    (mounted,) = administrator.values(f"Mount-VHD {NEW} -Passthru", "DiskNumber")
    assert mounted == 2
    assert administrator.values("Get-VHD -DiskNumber 2", "Path") == [NEW]
    assert administrator.values("Get-Disk 2", "Location") == [NEW]
    assert failed(administrator, f"Mount-VHD {NEW}; Resize-VHD {NEW} 20GB") == ["ObjectInUse", "ObjectInUse"]
    administrator.get("Dismount-VHD -DiskNumber 2")
    assert administrator.values(f"Get-VHD {NEW}", "Attached") == [False]


def test_a_parent_that_was_moved(administrator: Administrator) -> None:
    administrator.get(rf"New-VHD D:\child.vhdx -ParentPath {NEW}")
    parent = disk(administrator, NEW)
    administrator.home.files.remove(parent)
    moved = VirtualDisk(
        r"D:\moved.vhdx", parent.size, capacity=parent.capacity, identifier=parent.identifier, kind=DiskType.Dynamic
    )
    administrator.home.files.add(moved)
    assert failed(administrator, r"Get-VHD D:\child.vhdx") == ["ObjectNotFound"]
    recording = administrator.run(r"Test-VHD D:\child.vhdx")
    assert (recording.outputs, len(recording.errors)) == ([False], 1)
    administrator.get(r"Set-VHD D:\child.vhdx -ParentPath D:\moved.vhdx")
    assert administrator.values(r"Get-VHD D:\child.vhdx", "ParentPath") == [r"D:\moved.vhdx"]


def test_another_parent(administrator: Administrator) -> None:
    administrator.get(rf"New-VHD D:\child.vhdx -ParentPath {NEW}; New-VHD D:\other.vhdx 10GB")
    text = r"Set-VHD D:\child.vhdx -ParentPath D:\other.vhdx"
    assert failed(administrator, text) == ["OperationFailed"]
    administrator.get(f"{text} -IgnoreIdMismatch")
    assert disk(administrator, r"D:\child.vhdx").parent is disk(administrator, r"D:\other.vhdx")


def test_identifier(administrator: Administrator) -> None:
    before = disk(administrator, NEW).identifier
    assert failed(administrator, f"Set-VHD {NEW} -ResetDiskIdentifier") == ["InvalidOperation"]
    administrator.get(f"Set-VHD {NEW} -ResetDiskIdentifier -Force")
    assert disk(administrator, NEW).identifier != before


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (rf"New-VHD {NEW} 1GB", "OperationFailed"),
        (r"New-VHD D:\x.txt 1GB", "InvalidParameter"),
        (r"New-VHD Q:\x.vhdx 1GB", "OperationFailed"),
        (r"New-VHD D:\x.vhdx 1KB", "InvalidParameter"),
        (r"New-VHD D:\x.vhd 3TB", "InvalidParameter"),
        (r"New-VHD D:\x.vhdx 3TB -Fixed", "OperationFailed"),
        (r"New-VHD D:\x.vhdx -ParentPath D:\no.vhdx", "ObjectNotFound"),
        (r"New-VHD D:\x.vhdx 1GB -AsJob", "InvalidOperation"),
        (r"Get-VHD D:\no.vhdx", "ObjectNotFound"),
        ("Get-VHD -DiskNumber 7", "ObjectNotFound"),
        (rf"Resize-VHD {NEW} 1GB", "InvalidParameter"),
        (rf"Resize-VHD {NEW} -ToMinimumSize", "InvalidOperation"),
        (rf"Convert-VHD {WEB} D:\copy.vhdx", "ObjectInUse"),
        (rf"Convert-VHD {NEW} {TEST}", "OperationFailed"),
        (rf"Merge-VHD {NEW}", "InvalidParameter"),
        (rf"Merge-VHD {WEB}", "ObjectInUse"),
        (rf"Mount-VHD {WEB}", "ObjectInUse"),
        (rf"Dismount-VHD {NEW}", "InvalidOperation"),
        (rf"Optimize-VHD {WEB}", "ObjectInUse"),
    ],
)
def test_refusals(administrator: Administrator, text: str, kind: str) -> None:
    assert failed(administrator, text) == [kind]


def test_a_fixed_disk_is_not_compacted(administrator: Administrator) -> None:
    administrator.get(r"New-VHD D:\fixed.vhdx 1GB -Fixed")
    recording = administrator.run(r"Optimize-VHD D:\fixed.vhdx")
    assert recording.error_ids == ["InvalidOperation,Microsoft.Vhd.PowerShell.Cmdlets.OptimizeVhd"]


def test_disks_on_a_share(administrator: Administrator) -> None:
    path = r"\\NAS\machines\WEB.vhdx"
    administrator.estate.shares.append(Share("NAS", "machines", Volume("\\\\NAS\\machines\\", "machines", 1 << 40)))
    shared = VirtualDisk(path, GB, capacity=10 * GB)
    administrator.home.files.add(shared)
    assert failed(administrator, f"Get-VHD {path}") == ["AccessDenied"]
    assert failed(administrator, f"Get-VHD {path}", "credssp") == []
    other = next(machine for machine in administrator.host("HV-02").machines.values() if machine.name == "DC02")
    other.drives[0].disk = shared
    assert failed(administrator, f"Get-VHD {path}", "credssp") == ["ObjectInUse"]


def test_german_words(administrator: Administrator) -> None:
    administrator.home.language = "de"
    (record,) = administrator.run(rf"Mount-VHD {WEB}").errors
    assert "während das Objekt verwendet wird" in record.message
    assert record.category == "ResourceBusy"
