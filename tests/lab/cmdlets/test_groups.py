"""Groups of machines, and groups of groups."""

from __future__ import annotations

import pytest

from lab.powershell.values import Record
from tests.lab.cmdlets.administration import Administrator, error_id


@pytest.fixture
def admin() -> Administrator:
    made = Administrator()
    assert made.run("New-VMGroup Web VMCollectionType; New-VMGroup All ManagementCollectionType").errors == []
    return made


def members(admin: Administrator, name: str, kind: str = "VMMembers") -> list[object]:
    (group,) = admin.get(f"Get-VMGroup {name}")
    found = group.get(kind)
    assert isinstance(found, list)
    return [member.get("Name") for member in found if isinstance(member, Record)]


def member(admin: Administrator, command: str, group: str, **parameters: str) -> list[str]:
    """Run Add- or Remove-VMGroupMember with objects that ``parameters`` get."""
    objects = {name: admin.get(text) for name, text in parameters.items()}
    return admin.run_with(command, Name=group, **{name: list(found) for name, found in objects.items()}).error_ids


def test_machines_come_and_go(admin: Administrator) -> None:
    assert member(admin, "Add-VMGroupMember", "Web", VM="Get-VM WEB01,APP01") == []
    assert members(admin, "Web") == ["WEB01", "APP01"]
    assert [group.get("Name") for group in groups_of(admin, "WEB01")] == ["Web"]
    assert member(admin, "Remove-VMGroupMember", "Web", VM="Get-VM WEB01") == []
    assert members(admin, "Web") == ["APP01"]
    assert groups_of(admin, "WEB01") == []


def groups_of(admin: Administrator, name: str) -> list[Record]:
    (machine,) = admin.get(f"Get-VM {name}")
    found = machine.get("Groups")
    assert isinstance(found, list)
    return [group for group in found if isinstance(group, Record)]


def test_groups_in_groups(admin: Administrator) -> None:
    assert member(admin, "Add-VMGroupMember", "All", VMGroupMember="Get-VMGroup Web") == []
    assert members(admin, "All", "VMGroupMembers") == ["Web"]
    admin.run("New-VMGroup Top ManagementCollectionType")
    assert member(admin, "Add-VMGroupMember", "Top", VMGroupMember="Get-VMGroup All") == []
    expected = [error_id("InvalidOperation", "AddVMGroupMember")]
    assert member(admin, "Add-VMGroupMember", "All", VMGroupMember="Get-VMGroup Top") == expected
    assert admin.run("Remove-VMGroup Web -Force").errors == []
    assert members(admin, "All", "VMGroupMembers") == []


def test_names_and_ids(admin: Administrator) -> None:
    (identifier,) = (group.get("Id") for group in admin.get("Get-VMGroup Web"))
    assert admin.values(f"Get-VMGroup -Id {identifier}", "Name") == ["Web"]
    assert admin.values("Rename-VMGroup Web Sites -Passthru", "Name") == ["Sites"]
    assert admin.values("Get-VMGroup S*", "GroupType") == ["VMCollectionType"]
    assert admin.run("Get-VMGroup | Remove-VMGroup -Force").errors == []
    assert admin.run("Get-VMGroup").outputs == []


def test_a_machine_that_leaves_the_host_leaves_its_groups(admin: Administrator) -> None:
    member(admin, "Add-VMGroupMember", "Web", VM="Get-VM TEST01")
    admin.run("Remove-VM TEST01 -Force")
    assert members(admin, "Web") == []


def test_members_of_the_wrong_kind(admin: Administrator) -> None:
    expected = [error_id("InvalidOperation", "AddVMGroupMember")]
    assert member(admin, "Add-VMGroupMember", "All", VM="Get-VM WEB01") == expected
    assert member(admin, "Add-VMGroupMember", "Web", VMGroupMember="Get-VMGroup All") == expected
    assert member(admin, "Add-VMGroupMember", "Web", VM="Get-VM WEB01") == []
    assert member(admin, "Add-VMGroupMember", "Web", VM="Get-VM WEB01") == expected
    missing = [error_id("InvalidParameter", "RemoveVMGroupMember")]
    assert member(admin, "Remove-VMGroupMember", "Web", VM="Get-VM APP01") == missing


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("Get-VMGroup None", error_id("InvalidParameter", "GetVMGroup")),
        ("Rename-VMGroup None New", error_id("InvalidParameter", "RenameVMGroup")),
        ("Remove-VMGroup None -Force", error_id("InvalidParameter", "RemoveVMGroup")),
        ("New-VMGroup Web VMCollectionType; Remove-VMGroup Web -Force", error_id("InvalidParameter", "RemoveVMGroup")),
    ],
)
def test_refused(admin: Administrator, text: str, identifier: str) -> None:
    assert admin.run(text).error_ids == [identifier]


def test_an_id_that_is_taken(admin: Administrator) -> None:
    (identifier,) = (group.get("Id") for group in admin.get("Get-VMGroup Web"))
    recording = admin.run(f"New-VMGroup Twin VMCollectionType {identifier}")
    assert recording.error_ids == [error_id("InvalidParameter", "NewVMGroup")]
