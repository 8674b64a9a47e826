"""Files and folders of hosts and shares through the file system provider."""

from __future__ import annotations

import pytest

from lab.hyperv.files import Share, StoredFile, Volume, key
from lab.powershell.values import Value, display_text
from tests.lab.cmdlets.administration import Administrator

WEB = r"D:\VMs\WEB01"
SHARE = r"\\NAS\machines"
ADMINISTRATIVE = r"'\\HV-02\D$\VMs'"


@pytest.fixture
def administrator() -> Administrator:
    made = Administrator()
    volume = Volume(SHARE + "\\", "machines", 1 << 40)
    volume.add_folder(rf"{SHARE}\iso")
    volume.files[key(rf"{SHARE}\iso\setup.iso")] = StoredFile(rf"{SHARE}\iso\setup.iso", 5 << 30)
    made.estate.shares.append(Share("NAS", "machines", volume))
    return made


def names(administrator: Administrator, text: str, authentication: str = "negotiate") -> list[str]:
    recording = administrator.run(text, authentication=authentication)
    assert recording.errors == []
    return [display_text(value) for value in recording.outputs]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (WEB, ["Virtual Hard Disks", "Virtual Machines"]),
        (rf"{WEB}\v*hard*", ["WEB01.vhdx"]),
        (rf"{WEB} -Recurse -File -Filter *.vhdx", [r"Virtual Hard Disks\WEB01.vhdx"]),
        (rf"{WEB} -Recurse -Directory", ["Virtual Hard Disks", "Virtual Machines"]),
        (rf"{WEB} -Recurse -Include w*", [r"Virtual Hard Disks\WEB01.vhdx"]),
        (rf"{WEB} -Include w*", []),
        (r"D:\ -Depth 1 -Filter WEB*", [r"VMs\WEB01"]),
        (r"D:\VMs -Exclude *01", []),
        (rf"{WEB} -Hidden", []),
        (r"D:\VMs\[WX]EB01", ["Virtual Hard Disks", "Virtual Machines"]),
        (rf"-LiteralPath '{WEB}\Virtual Hard Disks\WEB01.vhdx'", ["WEB01.vhdx"]),
    ],
)
def test_get_child_item(administrator: Administrator, arguments: str, found: list[str]) -> None:
    assert names(administrator, f"Get-ChildItem {arguments} -Name") == found


@pytest.mark.parametrize(("version", "extension"), [("10.0", "vmcx"), ("5.0", "xml")])
def test_the_configuration_file(administrator: Administrator, version: str, extension: str) -> None:
    administrator.machine("WEB01").version = version
    expected = f"{str(administrator.machine('WEB01').machine_id).upper()}.{extension}"
    assert names(administrator, rf"Get-ChildItem '{WEB}\Virtual Machines' -Name") == [expected]


def test_a_folder_and_a_file(administrator: Administrator) -> None:
    folder, file = administrator.get(rf"Get-Item '{WEB}\Virtual Hard Disks','{WEB}\Virtual Hard Disks\WEB01.vhdx'")
    expected: dict[str, Value] = {"PSIsContainer": True, "Mode": "d-----", "Name": "Virtual Hard Disks"}
    assert {name: folder.get(name) for name in expected} == expected
    assert "Length" not in folder.properties
    (disk,) = administrator.machine("WEB01").disk_files()
    expected = {"PSIsContainer": False, "Mode": "-a----", "Length": disk.size, "FullName": disk.path}
    assert {name: file.get(name) for name in expected} == expected


def test_items_flow_into_other_cmdlets(administrator: Administrator) -> None:
    text = rf"Get-ChildItem {WEB} -Directory | Get-ChildItem -Filter *.vhdx | Get-VHD"
    assert administrator.values(text, "VhdFormat") == ["VHDX"]


def test_new_item(administrator: Administrator) -> None:
    assert administrator.values(r"New-Item D:\a\b -ItemType Directory", "FullName") == [r"D:\a\b"]
    assert administrator.values(r"New-Item -Path D:\a -Name c.txt -ItemType File", "Length") == [0]
    assert names(administrator, r"Get-ChildItem D:\a -Name") == ["b", "c.txt"]
    assert administrator.values(r"New-Item D:\a\b -ItemType Directory -Force", "Name") == ["b"]


def test_remove_item(administrator: Administrator) -> None:
    administrator.get(r"New-Item D:\a\b,D:\a\c -ItemType Directory")
    assert administrator.run(r"Remove-Item D:\a\b").errors == []
    assert names(administrator, r"Test-Path D:\a\b,D:\a\c") == ["False", "True"]
    assert administrator.run(r"Remove-Item D:\a -Recurse").errors == []
    assert names(administrator, r"Test-Path D:\a") == ["False"]


def test_what_machines_use_stays(administrator: Administrator) -> None:
    recording = administrator.run(r"Remove-Item D:\VMs\TEST01,D:\VMs\WEB01 -Recurse")
    source = "Microsoft.PowerShell.Commands.RemoveItemCommand"
    assert recording.error_ids == [f"RemoveFileSystemItemIOError,{source}"] * 3
    kept = names(administrator, r"Get-ChildItem D:\VMs\TEST01,D:\VMs\WEB01 -Recurse -File")
    assert [name.rpartition(".")[2] for name in kept] == ["vmcx", "vhdx", "vmcx"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (rf"{WEB},D:\nothing,Q:\x", ["True", "False", "False"]),
        (rf"{WEB} -PathType Leaf", ["False"]),
        (rf"{WEB}\* -PathType Container", ["True"]),
        (rf"-LiteralPath {WEB}\*", ["False"]),
        (rf"{WEB} -NewerThan 2025-03-10T10:00:00", ["False"]),
        (rf"{WEB} -OlderThan 2025-03-10T10:00:00", ["True"]),
        (r"'D:\a|b' -IsValid", ["False"]),
        (r"C:\ProgramData\Microsoft\Windows\Hyper-V", ["True"]),
    ],
)
def test_test_path(administrator: Administrator, arguments: str, found: list[str]) -> None:
    assert names(administrator, f"Test-Path {arguments}") == found


@pytest.mark.parametrize(
    ("text", "error_ids"),
    [
        (r"Get-ChildItem D:\nothing", ["PathNotFound"]),
        (r"Get-ChildItem Q:\x", ["DriveNotFound"]),
        ("Get-ChildItem x", ["ParameterNotSupported"]),
        ("Get-ChildItem", ["ParameterNotSupported"]),
        (rf"Get-ChildItem {WEB} -Attributes Hidden", ["ParameterNotSupported"]),
        (r"Get-ChildItem \\NAS\nothing", ["PathNotFound"]),
    ],
)
def test_refused_listings(administrator: Administrator, text: str, error_ids: list[str]) -> None:
    recording = administrator.run(text)
    source = "Microsoft.PowerShell.Commands.GetChildItemCommand"
    assert (recording.outputs, recording.error_ids) == ([], [f"{each},{source}" for each in error_ids])


@pytest.mark.parametrize(
    ("text", "error_id"),
    [
        (rf"New-Item {WEB} -ItemType Directory", "DirectoryExist,Microsoft.PowerShell.Commands.NewItemCommand"),
        (r"New-Item D:\no\file.txt -ItemType File", "NewItemIOError,Microsoft.PowerShell.Commands.NewItemCommand"),
        (r"New-Item Q:\x -ItemType Directory", "DriveNotFound,Microsoft.PowerShell.Commands.NewItemCommand"),
        (r"Remove-Item D:\VMs", "InvalidOperation,Microsoft.PowerShell.Commands.RemoveItemCommand"),
        (r"Get-Item D:\x", "PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand"),
    ],
)
def test_refusals(administrator: Administrator, text: str, error_id: str) -> None:
    assert administrator.run(text).error_ids == [error_id]


@pytest.mark.parametrize("path", [ADMINISTRATIVE, SHARE])
def test_the_second_hop(administrator: Administrator, path: str) -> None:
    recording = administrator.run(f"Get-ChildItem {path}")
    source = "Microsoft.PowerShell.Commands.GetChildItemCommand"
    assert recording.error_ids == [f"ItemExistsUnauthorizedAccessError,{source}", f"PathNotFound,{source}"]
    refused = administrator.run(f"Test-Path {path}")
    assert (refused.outputs, len(refused.errors)) == ([False], 1)


@pytest.mark.parametrize(("path", "found"), [(ADMINISTRATIVE, ["DC02", "PRINT01"]), (SHARE, ["iso"])])
def test_credentials_go_further(administrator: Administrator, path: str, found: list[str]) -> None:
    assert names(administrator, f"Get-ChildItem {path} -Name", authentication="credssp") == found


def test_german_words(administrator: Administrator) -> None:
    administrator.home.language = "de"
    (record,) = administrator.run(r"Get-Item D:\x").errors
    assert record.message == 'Der Pfad "D:\\x" kann nicht gefunden werden, da er nicht vorhanden ist.'


def test_a_move_leaves_its_folders_behind(administrator: Administrator) -> None:
    move = r"Move-VM TEST01 HV-02 -IncludeStorage -DestinationStoragePath D:\New"
    assert administrator.run(move).errors == []
    left = r"D:\VMs\TEST01"
    assert names(administrator, f"Get-ChildItem {left} -Name") == ["Virtual Hard Disks", "Virtual Machines"]
    assert names(administrator, f"Get-ChildItem {left} -Recurse -File") == []
    kept = administrator.run(f"Remove-Item -LiteralPath {left}")
    assert kept.error_ids == ["InvalidOperation,Microsoft.PowerShell.Commands.RemoveItemCommand"]
    assert administrator.run(rf"Remove-Item -LiteralPath '{left}\Virtual Machines'").errors == []
    assert administrator.run(f"Remove-Item -LiteralPath {left} -Recurse").errors == []
    assert names(administrator, f"Test-Path -LiteralPath {left}") == ["False"]


def test_a_move_of_storage_leaves_its_folders_behind(administrator: Administrator) -> None:
    assert administrator.run(r"Move-VMStorage TEST01 D:\New").errors == []
    assert names(administrator, r"Get-ChildItem D:\VMs\TEST01 -Name") == ["Virtual Hard Disks", "Virtual Machines"]
    assert names(administrator, r"Get-ChildItem D:\VMs\TEST01 -Recurse -File") == []


def test_literal_paths_hold_no_wildcards(administrator: Administrator) -> None:
    administrator.run(r"New-Item D:\a[1],D:\a1 -ItemType Directory")
    assert administrator.run(r"Remove-Item -LiteralPath D:\a[1]").errors == []
    assert names(administrator, r"Get-ChildItem D:\ -Filter a* -Name") == ["a1"]
    gone = administrator.run(r"Remove-Item -LiteralPath D:\a[1]")
    assert gone.error_ids == ["PathNotFound,Microsoft.PowerShell.Commands.RemoveItemCommand"]


def test_what_if_removes_nothing(administrator: Administrator) -> None:
    administrator.run(r"New-Item D:\a -ItemType Directory; Remove-Item -LiteralPath D:\a -WhatIf")
    assert names(administrator, r"Test-Path D:\a") == ["True"]
