"""Hosts, their switches and their migration networks."""

from __future__ import annotations

import pytest

from lab.hyperv.host import Host, NetworkInterface
from lab.powershell.values import Value
from tests.lab.cmdlets.administration import Administrator, error_id, plain


@pytest.fixture
def administrator() -> Administrator:
    made = Administrator()
    made.home.interfaces.clear()
    for number in (1, 2):
        suffix = "" if number == 1 else f" #{number}"
        interface = NetworkInterface(
            f"Ethernet {number}",
            f"Intel(R) Ethernet Controller X710{suffix}",
            f"3CFDFE00000{number}",
            f"10.0.{number}.1",
            is_up=number == 1,
        )
        made.home.interfaces.append(interface)
    return made


def test_set_host(administrator: Administrator) -> None:
    text = (
        "Set-VMHost -MaximumVirtualMachineMigrations 5 -MaximumStorageMigrations 3 -UseAnyNetworkForMigration $false "
        "-VirtualMachineMigrationAuthenticationType CredSSP -VirtualMachineMigrationPerformanceOption SMB "
        r"-VirtualHardDiskPath D:\Disks -EnableEnhancedSessionMode $true -MacAddressMaximum 00155d00ffff -Passthru"
    )
    (record,) = administrator.get(text)
    expected: dict[str, Value] = {
        "MaximumVirtualMachineMigrations": 5,
        "MaximumStorageMigrations": 3,
        "UseAnyNetworkForMigration": False,
        "VirtualMachineMigrationAuthenticationType": "CredSSP",
        "VirtualMachineMigrationPerformanceOption": "SMB",
        "VirtualHardDiskPath": r"D:\Disks",
        "EnableEnhancedSessionMode": True,
        "MacAddressMaximum": "00155D00FFFF",
    }
    assert {name: plain(record.get(name)) for name in expected} == expected
    assert administrator.home.migration.maximum_live == 5


def test_what_old_hosts_do_not_show(administrator: Administrator) -> None:
    administrator.home.version = "2012"
    (record,) = administrator.get("Get-VMHost")
    assert {"SupportedVmVersions", "VirtualMachineMigrationPerformanceOption"}.isdisjoint(record.properties)


def test_supported_versions(administrator: Administrator) -> None:
    versions = administrator.values("Get-VMHostSupportedVersion", "Version")
    assert versions == list(administrator.home.supported_versions)
    assert administrator.values("Get-VMHostSupportedVersion -Default", "Version") == ["10.0"]


def test_numa_nodes(administrator: Administrator) -> None:
    administrator.home.processors = 64
    assert administrator.values("Get-VMHostNumaNode", "MemoryTotal") == [64 << 10, 64 << 10]
    assert administrator.values("Get-VMHostNumaNode -Id 1", "NodeId") == [1]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("", ["Production", "Management"]),
        ("prod*", ["Production"]),
        ("-SwitchType Internal", ["Management"]),
        ("x*", []),
    ],
)
def test_get_switch(administrator: Administrator, arguments: str, names: list[str]) -> None:
    assert administrator.values(f"Get-VMSwitch {arguments}", "Name") == names


@pytest.mark.parametrize(
    ("arguments", "kind", "serves_host"),
    [
        ("-SwitchType Private", "Private", False),
        ("-SwitchType Internal", "Internal", True),
        ("-NetAdapterName 'Ethernet 2'", "External", True),
        ("-NetAdapterInterfaceDescription '*#2' -AllowManagementOS $false", None, False),
        (
            "-NetAdapterInterfaceDescription 'Intel(R) Ethernet Controller X710 #2' -AllowManagementOS $false",
            "External",
            False,
        ),
    ],
)
def test_new_switch(administrator: Administrator, arguments: str, kind: str | None, serves_host: bool) -> None:
    recording = administrator.run(f"New-VMSwitch New {arguments} -Notes here")
    switch = administrator.home.find_switch("New")
    if kind is None:
        assert recording.error_ids == [error_id("InvalidParameter", "NewVMSwitch")]
        assert switch is None
        return
    assert recording.errors == []
    assert switch is not None
    assert administrator.values("Get-VMSwitch New", "AllowManagementOS") == [serves_host]
    assert administrator.values("Get-VMSwitch New", "SwitchType") == [kind]
    assert switch.notes == "here"


def test_set_switch(administrator: Administrator) -> None:
    text = "Set-VMSwitch Management -NetAdapterName 'Ethernet 2' -Notes moved -Passthru"
    (record,) = administrator.get(text)
    assert (plain(record.get("SwitchType")), record.get("Notes")) == ("External", "moved")
    assert administrator.values("Set-VMSwitch Management -SwitchType Private -Passthru", "SwitchType") == ["Private"]


def test_rename_switch(administrator: Administrator) -> None:
    administrator.get("Rename-VMSwitch Management Staff")
    assert administrator.values("Get-VMNetworkAdapter TEST01", "SwitchName") == ["Staff"]


def test_remove_switch(administrator: Administrator) -> None:
    administrator.get("Get-VMSwitch Management | Remove-VMSwitch -Force")
    assert administrator.values("Get-VMSwitch", "Name") == ["Production"]


def networks(host: Host) -> list[str]:
    return host.migration.networks


def test_migration_networks(administrator: Administrator) -> None:
    administrator.get("Add-VMMigrationNetwork 10.1.0.0/16; Add-VMMigrationNetwork 10.2.0.5/16 4")
    assert networks(administrator.home) == ["10.2.0.0/16", "10.1.0.0/16"]
    administrator.get("Set-VMMigrationNetwork 10.1.0.0/16 10.3.0.0/16 -NewPriority 1")
    assert administrator.values("Get-VMMigrationNetwork", "Subnet") == ["10.3.0.0/16", "10.2.0.0/16"]
    assert administrator.values("Get-VMMigrationNetwork 10.2*", "Priority") == [4]
    assert administrator.values("Get-VMMigrationNetwork -Priority 1", "Subnet") == ["10.3.0.0/16"]
    assert administrator.values("Remove-VMMigrationNetwork * -Passthru", "IsDeleted") == [True, True]
    assert networks(administrator.home) == []


@pytest.mark.parametrize(
    ("text", "kind", "command"),
    [
        (r"Set-VMHost -VirtualMachinePath Q:\x -MaximumStorageMigrations 9", "InvalidParameter", "SetVMHost"),
        ("Set-VMHost -MacAddressMinimum xyz", "InvalidParameter", "SetVMHost"),
        ("Set-VMHost -FibreChannelWwnn 1", "InvalidParameter", "SetVMHost"),
        ("Get-VMHostNumaNode -Id 7", "InvalidParameter", "GetVMHostNumaNode"),
        ("Get-VMSwitch None", "InvalidParameter", "GetVMSwitch"),
        ("Get-VMSwitch -Id 00000000-0000-0000-0000-000000000001", "InvalidParameter", "GetVMSwitch"),
        ("New-VMSwitch New -NetAdapterName None", "InvalidParameter", "NewVMSwitch"),
        ("New-VMSwitch New -NetAdapterName 'Ethernet 1'", "InvalidOperation", "NewVMSwitch"),
        ("Set-VMSwitch Management -SwitchType External", "InvalidParameter", "SetVMSwitch"),
        ("Remove-VMSwitch Production -Force", "OperationFailed", "RemoveVMSwitch"),
        ("Remove-VMSwitch Management", "InvalidOperation", "RemoveVMSwitch"),
        ("Rename-VMSwitch None New", "InvalidParameter", "RenameVMSwitch"),
        ("Add-VMMigrationNetwork x", "InvalidParameter", "AddVMMigrationNetwork"),
        ("Set-VMMigrationNetwork 10.9.0.0/16 -NewPriority 1", "ObjectNotFound", "SetVMMigrationNetwork"),
        ("Remove-VMMigrationNetwork 10.9.0.0/16", "ObjectNotFound", "RemoveVMMigrationNetwork"),
        ("Get-VMMigrationNetwork 10.9.0.0/16", "ObjectNotFound", "GetVMMigrationNetwork"),
    ],
)
def test_refusals(administrator: Administrator, text: str, kind: str, command: str) -> None:
    recording = administrator.run(text)
    assert (recording.outputs, recording.error_ids) == ([], [error_id(kind, command)])
    assert administrator.home.migration.maximum_storage == 2


def test_the_same_network_twice(administrator: Administrator) -> None:
    recording = administrator.run("Add-VMMigrationNetwork 10.1.0.0/16; Add-VMMigrationNetwork 10.1.0.0/16")
    assert recording.error_ids == [error_id("InvalidParameter", "AddVMMigrationNetwork")]
    assert networks(administrator.home) == ["10.1.0.0/16"]


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("Get-NetAdapter", "Name", ["Ethernet 1", "Ethernet 2", "vEthernet (Production)", "vEthernet (Management)"]),
        ("Get-NetAdapter -Physical", "Status", ["Up", "Disconnected"]),
        ("Get-NetAdapter vEth*Prod*", "LinkSpeed", ["10 Gbps"]),
        ("Get-NetIPAddress", "IPAddress", ["10.0.1.1", "127.0.0.1"]),
        ("Get-NetIPAddress -PrefixOrigin Manual", "InterfaceAlias", ["vEthernet (Production)"]),
    ],
)
def test_interfaces(administrator: Administrator, text: str, name: str, values: list[Value]) -> None:
    assert administrator.values(text, name) == values


def test_a_missing_interface(administrator: Administrator) -> None:
    recording = administrator.run("Get-NetAdapter None; Get-NetIPAddress 1.2.3.4")
    assert recording.error_ids == [
        "CmdletizationQuery_NotFound_Name,Get-NetAdapter",
        "CmdletizationQuery_NotFound_IPAddress,Get-NetIPAddress",
    ]


def test_german_words(administrator: Administrator) -> None:
    administrator.home.language = "de"
    (record,) = administrator.run("Remove-VMMigrationNetwork 10.9.0.0/16").errors
    assert record.message == 'Hyper-V konnte kein Migrationsnetzwerk mit dem Subnetz "10.9.0.0/16" finden.'
