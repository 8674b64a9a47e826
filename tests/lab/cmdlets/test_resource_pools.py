"""Resource pools, their folders and switches, and what is metered of them."""

from __future__ import annotations

import pytest

from tests.lab.cmdlets.administration import Administrator, error_id


@pytest.fixture
def admin() -> Administrator:
    made = Administrator()
    made.run(r"New-VMResourcePool Gold VHD -Paths D:\Gold; New-VMResourcePool Net Ethernet,Memory")
    return made


def test_a_primordial_pool_of_each_type(admin: Administrator) -> None:
    assert len(admin.get("Get-VMResourcePool Primordial")) == 9
    admin.home.version = "2012R2"
    assert len(admin.get("Get-VMResourcePool Primordial")) == 8


def test_pools_come_and_go(admin: Administrator) -> None:
    assert admin.values("Get-VMResourcePool Net", "ResourcePoolType") == ["Ethernet", "Memory"]
    assert admin.values("Get-VMResourcePool G* VHD", "ParentName") == ["Primordial"]
    text = r"New-VMResourcePool Silver VHD -ParentName Gold -Paths D:\Gold\Silver"
    assert admin.values(text, "ParentName") == ["Gold"]
    assert admin.values("Rename-VMResourcePool Gold VHD Platinum -Passthru", "Name") == ["Platinum"]
    assert admin.values("Get-VMResourcePool Silver", "ParentName") == ["Platinum"]
    assert admin.run("Set-VMResourcePool Silver VHD Primordial").errors == []
    assert admin.values("Remove-VMResourcePool Platinum VHD -Passthru", "IsDeleted") == [True]
    assert admin.values("Get-VMResourcePool -ResourcePoolType VHD", "Name") == ["Primordial", "Silver"]
    assert admin.run("Get-VMResourcePool Net | Remove-VMResourcePool").errors == []


def test_folders(admin: Administrator) -> None:
    assert admin.run(r"Get-VMStoragePath -ResourcePoolName Gold -ResourcePoolType VHD").outputs == ["D:\\Gold"]
    add = r"Add-VMStoragePath D:\More Gold VHD -Passthru"
    assert admin.run(add).outputs == ["D:\\More"]
    assert admin.run(r"Get-VMStoragePath D:\M* Gold VHD").outputs == ["D:\\More"]
    assert admin.run(r"Remove-VMStoragePath D:\more Gold VHD").errors == []
    again = admin.run(r"Remove-VMStoragePath D:\More Gold VHD; Get-VMStoragePath D:\More Gold VHD")
    assert again.error_ids == [
        error_id("ObjectNotFound", "RemoveVMStoragePath"),
        error_id("ObjectNotFound", "GetVMStoragePath"),
    ]


def test_switches(admin: Administrator) -> None:
    assert admin.run("Add-VMSwitch Management Net").errors == []
    assert admin.values("Get-VMSwitch -ResourcePoolName Net", "Name") == ["Management"]
    assert len(admin.get("Get-VMSwitch -ResourcePoolName Primordial")) == 2
    used = admin.run(
        "Remove-VMSwitch Management -Force; Remove-VMResourcePool Net Ethernet; Add-VMSwitch Management Net"
    )
    assert used.error_ids == [
        error_id("OperationFailed", "RemoveVMSwitch"),
        error_id("InvalidOperation", "RemoveVMResourcePool"),
        error_id("InvalidOperation", "AddVMSwitch"),
    ]
    assert admin.run("Remove-VMSwitch Management Net -Force").errors == []
    gone = admin.run("Remove-VMSwitch Management Net -Force")
    assert gone.error_ids == [error_id("InvalidParameter", "RemoveVMSwitch")]
    assert admin.run("Remove-VMSwitch Management -Force").errors == []


def test_metering(admin: Administrator) -> None:
    measure = "Measure-VMResourcePool Primordial"
    assert admin.run(measure).error_ids == [error_id("InvalidOperation", "MeasureVMResourcePool")]
    assert admin.run("Enable-VMResourceMetering -ResourcePoolName Primordial -ResourcePoolType Memory").errors == []
    assert admin.values(measure, "AverageMemoryUsage") == [56 * 1024]
    assert admin.values("Get-VMResourcePool Primordial Memory", "ResourceMeteringEnabled") == [True]
    admin.estate.clock.advance(60)
    assert admin.values(measure, "MeteringDuration") == ["00:01:00"]
    assert admin.run("Reset-VMResourceMetering -ResourcePoolName Primordial").errors == []
    assert admin.values(measure, "MeteringDuration") == ["00:00:00"]
    admin.run("Enable-VMResourceMetering -ResourcePoolName Net")
    assert admin.values("Measure-VMResourcePool Net", "TotalDiskAllocation") == [0]
    assert admin.run("Disable-VMResourceMetering -ResourcePoolName Net").errors == []
    refused = admin.run("Reset-VMResourceMetering -ResourcePoolName Net; Enable-VMResourceMetering -ResourcePoolName X")
    assert refused.error_ids == [
        error_id("InvalidOperation", "ResetVMResourceMetering"),
        error_id("InvalidParameter", "EnableVMResourceMetering"),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "command"),
    [
        ("Get-VMResourcePool None", "InvalidParameter", "GetVMResourcePool"),
        ("New-VMResourcePool gold VHD", "InvalidParameter", "NewVMResourcePool"),
        ("New-VMResourcePool New VHD -ParentName None", "InvalidParameter", "NewVMResourcePool"),
        (r"New-VMResourcePool New Memory -Paths D:\x", "InvalidParameter", "NewVMResourcePool"),
        (r"New-VMResourcePool New VHD -ParentName Gold -Paths D:\x", "InvalidParameter", "NewVMResourcePool"),
        (r"New-VMResourcePool New VHD -Paths Q:\x", "InvalidParameter", "NewVMResourcePool"),
        ("Set-VMResourcePool Gold VHD Gold", "InvalidOperation", "SetVMResourcePool"),
        ("Remove-VMResourcePool Primordial VHD", "InvalidOperation", "RemoveVMResourcePool"),
        ("Rename-VMResourcePool Primordial VHD New", "InvalidOperation", "RenameVMResourcePool"),
        ("Rename-VMResourcePool Gold VHD Primordial", "InvalidParameter", "RenameVMResourcePool"),
        (r"Add-VMStoragePath D:\Gold Gold VHD", "InvalidOperation", "AddVMStoragePath"),
        (r"Add-VMStoragePath D:\Gold None VHD", "InvalidParameter", "AddVMStoragePath"),
        ("Get-VMStoragePath -ResourcePoolName Net -ResourcePoolType Memory", "InvalidParameter", "GetVMStoragePath"),
        ("Add-VMSwitch Management Primordial", "InvalidOperation", "AddVMSwitch"),
        ("Get-VMSwitch Management None", "InvalidParameter", "GetVMSwitch"),
    ],
)
def test_refused(admin: Administrator, text: str, kind: str, command: str) -> None:
    assert admin.run(text).error_ids == [error_id(kind, command)]
