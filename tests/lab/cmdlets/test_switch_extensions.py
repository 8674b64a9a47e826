"""Switches with teams of physical adapters, with extensions and with features."""

from __future__ import annotations

import pytest

from lab.powershell.values import Record
from tests.lab.cmdlets.administration import Administrator, error_id, plain

TEAM = "New-VMSwitch Fast -NetAdapterName 'Ethernet 2','Ethernet 3'"


@pytest.fixture
def admin() -> Administrator:
    """HV-01 with a third physical adapter."""
    made = Administrator()
    first = made.home.interfaces[0]
    third = type(first)("Ethernet 3", f"{first.description} #3", "3CFDFE000003", "10.22.102.2")
    made.home.interfaces.append(third)
    return made


def members(admin: Administrator, text: str = "Get-VMSwitchTeam Fast") -> list[str]:
    (record,) = admin.get(text)
    found = record.get("NetAdapterInterfaceDescription")
    assert isinstance(found, list)
    return [str(plain(each)).rpartition("#")[2] for each in found]


def test_several_adapters_make_a_team(admin: Administrator) -> None:
    (record,) = admin.get(TEAM)
    shown = {name: plain(record.get(name)) for name in ("EmbeddedTeamingEnabled", "NetAdapterInterfaceDescription")}
    assert shown == {"EmbeddedTeamingEnabled": True, "NetAdapterInterfaceDescription": "Teamed-Interface"}
    assert members(admin) == ["2", "3"]
    assert admin.values("Get-VMSwitchTeam", "LoadBalancingAlgorithm") == ["HyperVPort"]
    assert admin.values("Get-NetAdapter vEth*Fast*", "Status") == ["Up"]


def test_members_come_and_go(admin: Administrator) -> None:
    admin.run("New-VMSwitch Fast -NetAdapterName 'Ethernet 2' -EnableEmbeddedTeaming $true")
    assert admin.values("Add-VMSwitchTeamMember Fast -NetAdapterName 'Ethernet 3' -Passthru", "Name") == ["Fast"]
    assert members(admin) == ["2", "3"]
    assert admin.run("Get-VMSwitch Fast | Remove-VMSwitchTeamMember -NetAdapterName 'Ethernet 2'").errors == []
    assert members(admin) == ["3"]
    last = admin.run("Remove-VMSwitchTeamMember Fast -NetAdapterName 'Ethernet 3'")
    assert last.error_ids == [error_id("InvalidOperation", "RemoveVMSwitchTeamMember")]
    text = "Set-VMSwitchTeam Fast -NetAdapterName 'Ethernet 2' -LoadBalancingAlgorithm Dynamic"
    assert admin.run(text).errors == []
    assert members(admin, "Get-VMSwitch Fast | Get-VMSwitchTeam") == ["2"]
    assert admin.values("Get-VMSwitchTeam Fast", "LoadBalancingAlgorithm") == ["Dynamic"]


def test_a_team_gives_way_to_one_adapter(admin: Administrator) -> None:
    admin.run(TEAM)
    assert admin.values("Set-VMSwitch Fast -NetAdapterName 'Ethernet 3' -Passthru", "EmbeddedTeamingEnabled") == [False]
    assert admin.run("New-VMSwitch Other -NetAdapterName 'Ethernet 2'").errors == []


@pytest.mark.parametrize(
    ("text", "kind", "command"),
    [
        ("Get-VMSwitchTeam Production", "InvalidOperation", "GetVMSwitchTeam"),
        ("Set-VMSwitchTeam Production", "InvalidOperation", "SetVMSwitchTeam"),
        ("Add-VMSwitchTeamMember Production -NetAdapterName 'Ethernet 2'", "InvalidOperation", "AddVMSwitchTeamMember"),
        (f"{TEAM} -EnableEmbeddedTeaming $false", "InvalidOperation", "NewVMSwitch"),
        ("New-VMSwitch Fast -NetAdapterName Ethernet,'Ethernet 2'", "InvalidOperation", "NewVMSwitch"),
        ("Get-VMSwitchExtension Nowhere", "InvalidParameter", "GetVMSwitchExtension"),
        ("Get-VMSwitchExtension Production None", "InvalidParameter", "GetVMSwitchExtension"),
        ("Disable-VMSwitchExtension None", "InvalidParameter", "DisableVMSwitchExtension"),
    ],
)
def test_refused(admin: Administrator, text: str, kind: str, command: str) -> None:
    assert admin.run(text).error_ids == [error_id(kind, command)]


@pytest.mark.parametrize(
    ("text", "kind", "command"),
    [
        ("Add-VMSwitchTeamMember Fast -NetAdapterName Ethernet", "InvalidOperation", "AddVMSwitchTeamMember"),
        ("Add-VMSwitchTeamMember Fast", "InvalidParameter", "AddVMSwitchTeamMember"),
        ("Remove-VMSwitchTeamMember Fast -NetAdapterName Ethernet", "InvalidOperation", "RemoveVMSwitchTeamMember"),
        ("Remove-VMSwitchTeamMember Fast -NetAdapterName None", "InvalidParameter", "RemoveVMSwitchTeamMember"),
    ],
)
def test_members_that_cannot_come_or_go(admin: Administrator, text: str, kind: str, command: str) -> None:
    admin.run(TEAM)
    assert admin.run(text).error_ids == [error_id(kind, command)]
    assert members(admin) == ["2", "3"]


def test_2012_r2_has_no_teams(admin: Administrator) -> None:
    admin.home.version = "2012R2"
    assert admin.run("Get-VMSwitchTeam").error_ids == ["CommandNotFoundException"]
    assert admin.get("Get-VMSwitch Production")[0].get("EmbeddedTeamingEnabled") is None


def test_extensions_are_switched_on_and_off(admin: Administrator) -> None:
    assert admin.values("Get-VMSwitchExtension Production", "Enabled") == [False, True, False]
    capture = "'Microsoft NDIS Capture'"
    assert admin.values(f"Enable-VMSwitchExtension {capture} Production", "Enabled") == [True]
    assert admin.values(f"Get-VMSwitchExtension Management {capture}", "Running") == [False]
    assert admin.values("Disable-VMSwitchExtension *Filtering*", "SwitchName") == ["Production", "Management"]
    assert admin.values("Get-VMSwitch Production | Get-VMSwitchExtension", "Enabled") == [True, False, False]
    piped = f"Get-VMSwitchExtension Production {capture} | Disable-VMSwitchExtension"
    assert admin.values(piped, "Enabled") == [False]
    assert len(admin.get("Get-VMSystemSwitchExtension")) == 3
    admin.home.version = "2012"
    assert len(admin.get("Get-VMSystemSwitchExtension")) == 2


def feature(admin: Administrator, kind: str, name: str) -> list[Record]:
    return admin.get(f"Get-VMSystemSwitchExtension{kind}Feature -FeatureName '*{name}*'")


def with_feature(admin: Administrator, command: str, found: list[Record], **parameters: object) -> list[str]:
    given = {name: value for name, value in parameters.items() if isinstance(value, str | bool)}
    return admin.run_with(command, VMSwitchExtensionFeature=list(found), **given).error_ids


def test_features_of_ports(admin: Administrator) -> None:
    security = feature(admin, "Port", "Security")
    assert with_feature(admin, "Add-VMSwitchExtensionPortFeature", security, VMName="WEB01") == []
    assert admin.values("Get-VMSwitchExtensionPortFeature WEB01", "Name") == ["Ethernet Switch Port Security Settings"]
    assert admin.run("Get-VMSwitchExtensionPortFeature APP01").outputs == []
    assert with_feature(admin, "Add-VMSwitchExtensionPortFeature", security, VMName="WEB01") == [
        error_id("InvalidOperation", "AddVMSwitchExtensionPortFeature")
    ]
    assert with_feature(admin, "Set-VMSwitchExtensionPortFeature", security, VMName="WEB01") == []
    assert with_feature(admin, "Remove-VMSwitchExtensionPortFeature", security, VMName="WEB01") == []
    for command in ("Set", "Remove"):
        refused = with_feature(admin, f"{command}-VMSwitchExtensionPortFeature", security, VMName="WEB01")
        assert refused == [error_id("ObjectNotFound", f"{command}VMSwitchExtensionPortFeature")]


def test_features_of_the_external_port_and_of_the_host(admin: Administrator) -> None:
    vlan = feature(admin, "Port", "VLAN")
    external = {"ExternalPort": True, "SwitchName": "Production"}
    assert with_feature(admin, "Add-VMSwitchExtensionPortFeature", vlan, **external) == []
    assert with_feature(admin, "Add-VMSwitchExtensionPortFeature", vlan, ManagementOS=True) == []
    assert len(admin.get("Get-VMSwitchExtensionPortFeature -ExternalPort -SwitchName Production")) == 1
    assert len(admin.get("Get-VMSwitchExtensionPortFeature -ManagementOS")) == 2


def test_features_of_switches(admin: Administrator) -> None:
    bandwidth = feature(admin, "Switch", "Bandwidth")
    assert with_feature(admin, "Add-VMSwitchExtensionSwitchFeature", bandwidth, SwitchName="Production") == []
    assert len(admin.get("Get-VMSwitchExtensionSwitchFeature Production -FeatureName *Bandwidth*")) == 1
    assert admin.run("Get-VMSwitchExtensionSwitchFeature Production -FeatureName *VLAN*").outputs == []
    assert admin.run("Get-VMSwitchExtensionSwitchFeature Management").outputs == []
    assert with_feature(admin, "Set-VMSwitchExtensionSwitchFeature", bandwidth, SwitchName="Production") == []
    assert with_feature(admin, "Remove-VMSwitchExtensionSwitchFeature", bandwidth, SwitchName="Production") == []
    assert admin.run("Get-VMSwitchExtensionSwitchFeature Production").outputs == []


def test_what_ports_and_switches_report(admin: Administrator) -> None:
    assert len(admin.get("Get-VMSwitchExtensionPortData WEB01")) == 2
    assert len(admin.get("Get-VMSwitchExtensionSwitchData Production -FeatureName *Offload*")) == 1
    assert admin.run("Get-VMSwitchExtensionPortData WEB01 -ExtensionName 'Microsoft NDIS Capture'").outputs == []
