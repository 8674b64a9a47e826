"""Rules, isolation, routing domains and team mappings of network adapters."""

from __future__ import annotations

import pytest

from tests.lab.cmdlets.administration import Administrator, error_id

DOMAIN = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def admin() -> Administrator:
    return Administrator()


def test_a_rule_for_each_address_and_direction(admin: Administrator) -> None:
    text = "Add-VMNetworkAdapterAcl WEB01 -Action Deny -Direction Both -RemoteIPAddress 10.0.0.0/8,fe80::1 -Passthru"
    assert admin.values(text, "RemoteAddress") == ["10.0.0.0/8", "10.0.0.0/8", "fe80::1", "fe80::1"]
    admin.run("Add-VMNetworkAdapterAcl WEB01 -Action Allow -Direction Inbound -LocalMacAddress 00-15-5d-01-02-03")
    assert admin.values("Get-VMNetworkAdapterAcl WEB01", "Direction") == ["Inbound", "Outbound"] * 2 + ["Inbound"]
    assert admin.values("Get-VMNetworkAdapter WEB01 | Get-VMNetworkAdapterAcl", "LocalAddress")[-1] == "00155D010203"
    removed = "Remove-VMNetworkAdapterAcl WEB01 -Action Deny -Direction Outbound -RemoteIPAddress 10.0.0.0/8"
    assert admin.values(f"{removed} -Passthru", "IsDeleted") == [True]
    assert admin.run(removed).error_ids == [error_id("ObjectNotFound", "RemoveVMNetworkAdapterAcl")]
    assert admin.run("Get-VMNetworkAdapterAcl WEB01 | Remove-VMNetworkAdapterAcl").errors == []
    assert admin.run("Get-VMNetworkAdapterAcl").outputs == []


def test_rules_of_the_host_itself(admin: Administrator) -> None:
    text = "Add-VMNetworkAdapterAcl -ManagementOS -VMNetworkAdapterName Prod* -Action Meter -Direction Both"
    assert admin.run(f"{text} -RemoteIPAddress ANY").errors == []
    assert admin.values("Get-VMNetworkAdapterAcl -ManagementOS", "VMNetworkAdapterName") == ["Production"] * 2
    host = "Get-VMNetworkAdapter -ManagementOS -Name Production"
    assert admin.values(f"{host} | Get-VMNetworkAdapterAcl", "Action") == ["Meter"] * 2


def test_rules_of_a_checkpoint(admin: Administrator) -> None:
    admin.run("Add-VMNetworkAdapterAcl TEST01 -Action Deny -Direction Inbound -RemoteIPAddress 10.0.0.1")
    admin.run("Checkpoint-VM TEST01 before; Get-VMNetworkAdapterAcl TEST01 | Remove-VMNetworkAdapterAcl")
    kept = "Get-VMSnapshot TEST01 | Get-VMNetworkAdapterAcl"
    assert admin.values(kept, "RemoteAddress") == ["10.0.0.1"]
    refused = admin.run(f"{kept} | Remove-VMNetworkAdapterAcl")
    assert refused.error_ids == [error_id("InvalidOperation", "RemoveVMNetworkAdapterAcl")]
    admin.run("Restore-VMSnapshot before TEST01 -Confirm:$false")
    assert admin.values("Get-VMNetworkAdapterAcl TEST01", "RemoteAddress") == ["10.0.0.1"]


def test_rules_by_weight(admin: Administrator) -> None:
    add = "Add-VMNetworkAdapterExtendedAcl WEB01"
    assert admin.values(
        f"{add} Allow Inbound ANY 10.1.0.0/16 '80,443' ANY TCP 10 -Stateful $true -Passthru", "Stateful"
    ) == [True]
    admin.run(f"{add} Deny Inbound -Weight 20")
    assert admin.values("Get-VMNetworkAdapterExtendedAcl WEB01", "Weight") == [20, 10]
    again = admin.run(f"{add} Deny Inbound -Weight 10")
    assert again.error_ids == [error_id("InvalidOperation", "AddVMNetworkAdapterExtendedAcl")]
    remove = "Remove-VMNetworkAdapterExtendedAcl WEB01 -Direction Inbound -Weight 10"
    assert admin.values(f"{remove} -Passthru", "LocalPort") == ["80,443"]
    assert admin.run(remove).error_ids == [error_id("ObjectNotFound", "RemoveVMNetworkAdapterExtendedAcl")]
    assert admin.run("Get-VMNetworkAdapterExtendedAcl | Remove-VMNetworkAdapterExtendedAcl").errors == []


def test_isolation(admin: Administrator) -> None:
    text = "Set-VmNetworkAdapterIsolation WEB01 -IsolationMode Vlan -DefaultIsolationID 7 -MultiTenantStack On"
    assert admin.values(f"{text} -Passthru", "IsolationMode") == ["Vlan"]
    assert admin.run("Set-VmNetworkAdapterIsolation WEB01 -AllowUntaggedTraffic $true").errors == []
    (record,) = admin.get("Get-VmNetworkAdapterIsolation WEB01")
    assert (record.get("AllowUntaggedTraffic"), record.get("DefaultIsolationID")) == (True, 7)
    assert admin.values("Get-VmNetworkAdapterIsolation -ManagementOS", "IsolationMode") == ["None", "None"]
    admin.run("Set-VMNetworkAdapterVlan APP01 -Access -VlanId 5")
    refused = admin.run("Set-VmNetworkAdapterIsolation APP01 -IsolationMode Vlan")
    assert refused.error_ids == [error_id("InvalidOperation", "SetVmNetworkAdapterIsolation")]


@pytest.mark.parametrize("version", ["2012R2", "2022"])
def test_routing_domains(admin: Administrator, version: str) -> None:
    admin.home.version = version
    add = f"Add-VmNetworkAdapterRoutingDomainMapping WEB01 {DOMAIN} Blue 6001,6002 Web,Data"
    assert admin.values(f"{add} -Passthru", "RoutingDomainName") == ["Blue"]
    assert len(admin.run(add).error_ids) == 1
    change = "Set-VmNetworkAdapterRoutingDomainMapping WEB01 -RoutingDomainName blue"
    assert admin.values(f"{change} -NewRoutingDomainName Red -IsolationID 6003 -Passthru", "RoutingDomainName") == [
        "Red"
    ]
    (record,) = admin.get(f"Get-VMNetworkAdapterRoutingDomainMapping WEB01 -RoutingDomainID {DOMAIN}")
    assert (record.get("IsolationID"), record.get("IsolationName")) == ([6003], [])
    piped = "Get-VMNetworkAdapterRoutingDomainMapping WEB01 | Remove-VMNetworkAdapterRoutingDomainMapping"
    assert admin.run(piped).errors == []
    assert len(admin.run("Remove-VMNetworkAdapterRoutingDomainMapping WEB01").error_ids) == 1


def test_a_place_in_a_team(admin: Administrator) -> None:
    admin.run("New-VMSwitch Fast -NetAdapterName 'Ethernet 2' -EnableEmbeddedTeaming $true")
    admin.run("Connect-VMNetworkAdapter WEB01 -SwitchName Fast")
    text = "Set-VMNetworkAdapterTeamMapping WEB01 -PhysicalNetAdapterName 'ethernet 2' -Passthru"
    assert admin.values(text, "NetAdapterName") == ["Ethernet 2"]
    assert admin.values("Get-VMNetworkAdapterTeamMapping WEB01", "VMName") == ["WEB01"]
    assert admin.run("Get-VMNetworkAdapterTeamMapping APP01").outputs == []
    assert admin.run("Remove-VMNetworkAdapterTeamMapping WEB01").errors == []
    gone = admin.run("Remove-VMNetworkAdapterTeamMapping WEB01")
    assert gone.error_ids == [error_id("ObjectNotFound", "RemoveVMNetworkAdapterTeamMapping")]
    own = (
        "Set-VMNetworkAdapterTeamMapping -ManagementOS -SwitchName Fast -PhysicalNetAdapterName 'Ethernet 2' -Passthru"
    )
    assert admin.values(own, "VMNetworkAdapterName") == ["Fast"]


@pytest.mark.parametrize(
    ("text", "kind", "command"),
    [
        ("Add-VMNetworkAdapterAcl WEB01 -Action Deny -Direction Both", "InvalidParameter", "AddVMNetworkAdapterAcl"),
        (
            "Add-VMNetworkAdapterAcl WEB01 -Action Deny -Direction Both -LocalIPAddress x",
            "InvalidParameter",
            "AddVMNetworkAdapterAcl",
        ),
        (
            "Add-VMNetworkAdapterAcl WEB01 -Action Deny -Direction Both -LocalMacAddress 12",
            "InvalidParameter",
            "AddVMNetworkAdapterAcl",
        ),
        ("Add-VMNetworkAdapterAcl X -Action Deny -Direction Both", "InvalidParameter", "AddVMNetworkAdapterAcl"),
        (
            "Add-VMNetworkAdapterExtendedAcl WEB01 Deny Inbound -Weight 70000",
            "InvalidParameter",
            "AddVMNetworkAdapterExtendedAcl",
        ),
        (
            "Add-VMNetworkAdapterExtendedAcl WEB01 Deny Inbound -LocalPort 99999 -Weight 1",
            "InvalidParameter",
            "AddVMNetworkAdapterExtendedAcl",
        ),
        (
            "Add-VMNetworkAdapterExtendedAcl WEB01 Deny Inbound -Protocol XYZ -Weight 1",
            "InvalidParameter",
            "AddVMNetworkAdapterExtendedAcl",
        ),
        (
            "Set-VmNetworkAdapterIsolation WEB01 -IsolationMode Vlan -DefaultIsolationID 5000",
            "InvalidParameter",
            "SetVmNetworkAdapterIsolation",
        ),
        (
            f"Add-VmNetworkAdapterRoutingDomainMapping WEB01 {DOMAIN} Blue 1,2 One",
            "InvalidParameter",
            "AddVmNetworkAdapterRoutingDomainMapping",
        ),
        (
            f"Add-VmNetworkAdapterRoutingDomainMapping WEB01 {DOMAIN} Blue 99999999",
            "InvalidParameter",
            "AddVmNetworkAdapterRoutingDomainMapping",
        ),
        (
            "Set-VMNetworkAdapterTeamMapping WEB01 -PhysicalNetAdapterName Ethernet",
            "InvalidOperation",
            "SetVMNetworkAdapterTeamMapping",
        ),
    ],
)
def test_refused(admin: Administrator, text: str, kind: str, command: str) -> None:
    assert admin.run(text).error_ids == [error_id(kind, command)]


def test_an_id_that_is_none_in_2012_r2(admin: Administrator) -> None:
    admin.home.version = "2012R2"
    refused = admin.run("Add-VmNetworkAdapterRoutingDomainMapping WEB01 x Blue")
    assert [identifier.partition(",")[0] for identifier in refused.error_ids] == ["InvalidParameter"]


def test_a_busy_machine(admin: Administrator) -> None:
    admin.begin_storage_move("APP01")
    refused = admin.run("Set-VmNetworkAdapterIsolation APP01 -IsolationMode Vlan")
    assert refused.error_ids == [error_id("InvalidState", "SetVmNetworkAdapterIsolation")]
