"""Network adapters of machines: changed, connected, their VLANs and their addresses after a failover."""

from __future__ import annotations

import pytest

from lab.cmdlets.networks import adapter_record
from lab.powershell.values import Record, Value
from tests.lab.cmdlets.administration import Administrator, error_id, plain


@pytest.fixture
def administrator() -> Administrator:
    return Administrator()


def shown(record: Record, *names: str) -> list[Value]:
    return [plain(record.get(name)) for name in names]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("WEB01", ["Network Adapter"]),
        ("WEB01 -Name net*", ["Network Adapter"]),
        ("WEB01 -IsLegacy $true", []),
        ("-ManagementOS", ["Production", "Management"]),
        ("-ManagementOS -SwitchName Man*", ["Management"]),
        ("-All -Name M*", ["Management"]),
    ],
)
def test_get(administrator: Administrator, arguments: str, names: list[str]) -> None:
    assert administrator.values(f"Get-VMNetworkAdapter {arguments}", "Name") == names


def test_all_are_those_of_the_host_and_of_every_machine(administrator: Administrator) -> None:
    assert len(administrator.get("Get-VMNetworkAdapter -All")) == 2 + len(administrator.home.machines)


def test_add_and_remove(administrator: Administrator) -> None:
    text = "Add-VMNetworkAdapter WEB01 -Name Second -SwitchName management -StaticMacAddress 00-15-5d-00-00-01"
    (record,) = administrator.get(f"{text} -Passthru")
    names = ("Name", "SwitchName", "MacAddress", "DynamicMacAddressEnabled")
    assert shown(record, *names) == ["Second", "Management", "00155D000001", False]
    text = "Get-VMNetworkAdapter WEB01 -Name Second | Remove-VMNetworkAdapter -Passthru"
    assert administrator.values(text, "IsDeleted") == [True]
    assert [adapter.name for adapter in administrator.machine("WEB01").adapters] == ["Network Adapter"]


def test_rename(administrator: Administrator) -> None:
    text = "Rename-VMNetworkAdapter WEB01 'Network Adapter' Front -Passthru"
    assert administrator.values(text, "Name") == ["Front"]


def test_connect(administrator: Administrator) -> None:
    administrator.get("Connect-VMNetworkAdapter WEB01 -SwitchName Management")
    assert administrator.machine("WEB01").adapters[0].switch == "Management"
    administrator.get("Get-VMNetworkAdapter WEB01 | Disconnect-VMNetworkAdapter")
    assert administrator.values("Get-VMNetworkAdapter WEB01", "Connected") == [False]
    administrator.get("Get-VMSwitch Production | Connect-VMNetworkAdapter WEB01 -Name net*")
    assert administrator.machine("WEB01").adapters[0].switch == "Production"


def test_adapters_of_a_compatibility_report(administrator: Administrator) -> None:
    """They belong to the planned machine: what they are connected to is a switch of the destination."""
    machine, destination = administrator.machine("WEB01"), administrator.host("HV-DR")
    (adapter,) = machine.adapters
    source = adapter_record(adapter, machine, destination)
    assert shown(source, "SwitchName", "ComputerName") == ["", "HV-DR"]
    wanted: list[Value] = [source]
    recording = administrator.run_with(
        "Connect-VMNetworkAdapter", VMNetworkAdapter=wanted, SwitchName="Replica site", Passthru=True
    )
    assert recording.errors == []
    assert (adapter.switch, adapter.switch_at("HV-DR")) == ("Production", "Replica site")
    assert administrator.run_with("Disconnect-VMNetworkAdapter", VMNetworkAdapter=wanted).errors == []
    assert (adapter.switch, adapter.switch_at("HV-DR")) == ("Production", None)
    refused = administrator.run_with("Connect-VMNetworkAdapter", VMNetworkAdapter=wanted, SwitchName="Production")
    assert refused.error_ids == [error_id("InvalidParameter", "ConnectVMNetworkAdapter")]


def test_advanced_features(administrator: Administrator) -> None:
    text = (
        "Set-VMNetworkAdapter WEB01 -MacAddressSpoofing On -DhcpGuard On -PortMirroring Source -VmqWeight 50 "
        "-MaximumBandwidth 1000000 -NotMonitoredInCluster $true -TestReplicaSwitchName Management -Passthru"
    )
    (record,) = administrator.get(text)
    names = ("MacAddressSpoofing", "DhcpGuard", "RouterGuard", "PortMirroringMode", "VmqWeight", "ClusterMonitored")
    assert shown(record, *names) == ["On", "On", "Off", "Source", 50, False]
    limits = record.get("BandwidthSetting")
    assert isinstance(limits, Record)
    assert limits.get("MaximumBandwidth") == 1_000_000
    assert record.get("TestReplicaSwitchName") == "Management"


@pytest.mark.parametrize(
    ("arguments", "values"),
    [
        ("-Access -VlanId 12", ["Access", 12, 0, ""]),
        ("-Trunk -NativeVlanId 1 -AllowedVlanIdList '10-12, 20'", ["Trunk", 0, 1, "10-12,20"]),
        ("-Untagged", ["Untagged", 0, 0, ""]),
    ],
)
def test_vlan(administrator: Administrator, arguments: str, values: list[Value]) -> None:
    administrator.get(f"Set-VMNetworkAdapterVlan WEB01 {arguments}")
    (record,) = administrator.get("Get-VMNetworkAdapterVlan WEB01")
    names = ("OperationMode", "AccessVlanId", "NativeVlanId", "AllowedVlanIdListString")
    assert shown(record, *names) == values


def test_failover_addresses(administrator: Administrator) -> None:
    text = (
        "Set-VMNetworkAdapterFailoverConfiguration WEB01 -IPv4Address 10.0.0.5 -IPv4SubnetMask 255.255.255.0 "
        "-IPv6Address fd00::5 -IPv6SubnetPrefixLength 64 -Passthru"
    )
    (record,) = administrator.get(text)
    assert shown(record, "ProtocolIFType", "IPv4Address", "IPv6SubnetPrefixLength") == ["IPv4IPv6", "10.0.0.5", "64"]
    administrator.get("Set-VMNetworkAdapterFailoverConfiguration WEB01 -ClearFailoverIPv6Settings")
    (record,) = administrator.get("Get-VM WEB01 | Get-VMNetworkAdapterFailoverConfiguration")
    assert shown(record, "ProtocolIFType", "IPv4Address", "IPv6Address") == ["IPv4", "10.0.0.5", ""]


@pytest.mark.parametrize(
    ("text", "kind", "command"),
    [
        ("Connect-VMNetworkAdapter WEB01 -SwitchName None", "InvalidParameter", "ConnectVMNetworkAdapter"),
        ("Connect-VMNetworkAdapter WEB01 -UseAutomaticConnection", "InvalidOperation", "ConnectVMNetworkAdapter"),
        ("Disconnect-VMNetworkAdapter WEB01 None", "InvalidParameter", "DisconnectVMNetworkAdapter"),
        ("Disconnect-VMNetworkAdapter NONE", "InvalidParameter", "DisconnectVMNetworkAdapter"),
        ("Add-VMNetworkAdapter WEB01 -IsLegacy $true", "InvalidParameter", "AddVMNetworkAdapter"),
        ("Add-VMNetworkAdapter -ManagementOS -Name x", "InvalidParameter", "AddVMNetworkAdapter"),
        ("Set-VMNetworkAdapter WEB01 -StaticMacAddress 00155D000001", "InvalidState", "SetVMNetworkAdapter"),
        ("Set-VMNetworkAdapter TEST01 -StaticMacAddress 12", "InvalidParameter", "SetVMNetworkAdapter"),
        ("Set-VMNetworkAdapterVlan WEB01 -Access", "InvalidParameter", "SetVMNetworkAdapterVlan"),
        ("Set-VMNetworkAdapterVlan WEB01 -Access -VlanId 5000", "InvalidParameter", "SetVMNetworkAdapterVlan"),
        ("Set-VMNetworkAdapterVlan WEB01 -Isolated", "InvalidParameter", "SetVMNetworkAdapterVlan"),
        (
            "Set-VMNetworkAdapterFailoverConfiguration WEB01 -IPv4Address fd00::1",
            "InvalidParameter",
            "SetVMNetworkAdapterFailoverConfiguration",
        ),
        (
            "Test-VMNetworkAdapter WEB01 -SenderIPAddress 10.0.0.1 -ReceiverIPAddress 10.0.0.2 -SequenceNumber 1",
            "ParameterNotSupported",
            "TestVMNetworkAdapter",
        ),
    ],
)
def test_refusals(administrator: Administrator, text: str, kind: str, command: str) -> None:
    recording = administrator.run(text)
    assert (recording.outputs, recording.error_ids) == ([], [error_id(kind, command)])


def test_generation_1_must_be_off(administrator: Administrator) -> None:
    administrator.machine("WEB01").generation = 1
    recording = administrator.run("Add-VMNetworkAdapter WEB01")
    assert recording.error_ids == [error_id("InvalidState", "AddVMNetworkAdapter")]


def test_eight_adapters_at_most(administrator: Administrator) -> None:
    for _ in range(7):
        administrator.get("Add-VMNetworkAdapter TEST01")
    recording = administrator.run("Add-VMNetworkAdapter TEST01")
    assert recording.error_ids == [error_id("InvalidOperation", "AddVMNetworkAdapter")]


def test_german_words(administrator: Administrator) -> None:
    administrator.home.language = "de"
    (record,) = administrator.run("Disconnect-VMNetworkAdapter WEB01 Keine").errors
    assert record.message.startswith('Hyper-V konnte im virtuellen Computer "WEB01" keine Netzwerkkarte')


def own(admin: Administrator, name: str) -> list[Value]:
    return admin.values("Get-VMNetworkAdapter -ManagementOS", name)


def test_the_host_gets_another_adapter() -> None:
    admin = Administrator()
    assert own(admin, "Name") == ["Production", "Management"]
    text = "Add-VMNetworkAdapter -ManagementOS -SwitchName Production -Name Backup -StaticMacAddress 00-15-5D-00-00-01"
    assert admin.values(f"{text} -Passthru", "MacAddress") == ["00155D000001"]
    assert own(admin, "Name") == ["Production", "Backup", "Management"]
    assert admin.values("Get-NetAdapter vEth*", "Name") == [
        "vEthernet (Production)",
        "vEthernet (Backup)",
        "vEthernet (Management)",
    ]
    assert admin.values("Rename-VMNetworkAdapter -ManagementOS Backup Store -Passthru", "Name") == ["Store"]
    admin.run("Set-VMNetworkAdapter -ManagementOS -Name Store -MinimumBandwidthWeight 40 -DhcpGuard On")
    assert admin.values("Get-VMNetworkAdapter -ManagementOS -Name Store", "DhcpGuard") == ["On"]
    admin.run("Set-VMNetworkAdapterVlan -ManagementOS -VMNetworkAdapterName Store -Access -VlanId 20")
    assert admin.values("Get-VMNetworkAdapterVlan -ManagementOS", "AccessVlanId") == [0, 20, 0]
    removed = "Get-VMNetworkAdapter -ManagementOS -Name Store | Remove-VMNetworkAdapter -Passthru"
    assert admin.values(removed, "IsDeleted") == [True]
    assert own(admin, "SwitchName") == ["Production", "Management"]


def test_switches_without_an_adapter_of_the_host() -> None:
    admin = Administrator()
    admin.run("Remove-VMNetworkAdapter -ManagementOS")
    assert own(admin, "Name") == []
    assert admin.values("Get-VMSwitch", "AllowManagementOS") == [False, False]
    assert admin.values("Get-VMSwitch Management", "SwitchType") == ["Private"]
    admin.run("Add-VMNetworkAdapter -ManagementOS -SwitchName Management")
    assert admin.values("Get-VMSwitch Management", "SwitchType") == ["Internal"]
    admin.run("Set-VMSwitch Production -AllowManagementOS $true; Rename-VMSwitch Production Front")
    assert own(admin, "Name") == ["Front", "Management"]


def test_private_vlans() -> None:
    admin = Administrator()
    text = "Set-VMNetworkAdapterVlan WEB01 -Isolated -PrimaryVlanId 10 -SecondaryVlanId 200 -Passthru"
    (record,) = admin.get(text)
    names = ("OperationMode", "PrivateVlanMode", "PrimaryVlanId", "SecondaryVlanId")
    assert [plain(record.get(name)) for name in names] == ["Private", "Isolated", 10, 200]
    admin.run("Set-VMNetworkAdapterVlan WEB01 -Promiscuous -PrimaryVlanId 10 -SecondaryVlanIdList '200-202, 300'")
    (record,) = admin.get("Get-VMNetworkAdapterVlan WEB01")
    assert record.get("SecondaryVlanIdList") == [200, 201, 202, 300]
    assert admin.values("Set-VMNetworkAdapterVlan WEB01 -Untagged -Passthru", "PrimaryVlanId") == [0]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Add-VMNetworkAdapter -ManagementOS -SwitchName None", "AddVMNetworkAdapter"),
        ("Add-VMNetworkAdapter -ManagementOS -SwitchName Production -StaticMacAddress 1", "AddVMNetworkAdapter"),
        ("Remove-VMNetworkAdapter -ManagementOS -Name None", "RemoveVMNetworkAdapter"),
        ("Set-VMNetworkAdapterVlan WEB01 -Community -PrimaryVlanId 10", "SetVMNetworkAdapterVlan"),
        ("Set-VMNetworkAdapterVlan WEB01 -Promiscuous -PrimaryVlanId 10", "SetVMNetworkAdapterVlan"),
        ("Set-VMNetworkAdapterVlan WEB01 -Isolated -PrimaryVlanId 0 -SecondaryVlanId 2", "SetVMNetworkAdapterVlan"),
    ],
)
def test_what_the_host_and_private_vlans_refuse(text: str, command: str) -> None:
    assert Administrator().run(text).error_ids == [error_id("InvalidParameter", command)]
