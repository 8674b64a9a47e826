"""The calls of a replication: as documented, with exactly what was chosen, and carried out by the hosts as they say."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

import pytest

from core.estate.connection import HostKey
from core.hyperv.states import ReplicationAuthentication
from core.jobs.plan import Action, Plan
from core.powershell.command import Switch
from core.powershell.script import script
from core.replication.addresses import AddressBlock, FailoverAddresses
from core.replication.planning import enabling_plan, import_plan
from core.replication.protection import AdapterPlan, CopyMethod, InitialCopy, Link, Points, Protection
from lab.hyperv.replication.states import ReplicationState
from tests.core.moving.hosts import GROUP, inventory, machine_called, run
from tests.lab.cmdlets.administration import Administrator

Golden = Callable[[str, str], None]
FOUR = AddressBlock("192.168.15.10", "255.255.255.0", "192.168.15.1", "192.168.15.2", "192.168.15.3")
SIX = AddressBlock("2001:DB8:15:0:0::10", "64", "fe80::1", "2001:db8:15::2", "")


@pytest.fixture
def admin() -> Administrator:
    return Administrator()


def a_protection(admin: Administrator, name: str = "FILE01", replica: str = "HV-DR", **changes: object) -> Protection:
    read = inventory(admin, "HV-01")
    machine = machine_called(read, name)
    protection = Protection(
        machine=machine,
        primary=HostKey(GROUP, "HV-01"),
        primary_name="HV-01.contoso.example",
        replica=HostKey(GROUP, replica),
        link=Link(f"{replica}.contoso.example", 80, ReplicationAuthentication.KERBEROS),
        disks=read.drives_of(machine.machine_id),
        excluded=(),
        files=(),
        frequency=300,
        points=Points(),
        copy=InitialCopy(),
    )
    return replace(protection, **changes)  # type: ignore[arg-type]


def in_words(plan: Plan, *, with_undo: bool = False) -> str:
    lines = []
    for action in plan.actions:
        lines.append(printed(action))
        lines += [f"# Undo: {printed(undo)}" for undo in action.undos if with_undo]
    assert plan.expectation is not None
    text = "\n".join(lines).replace(str(plan.expectation.machine_id), "ID")
    for mac in {value for action in plan.actions for value in macs(action)}:
        text = text.replace(mac, "MAC")
    return text


def printed(action: Action) -> str:
    return f"# {action.host.name}: {action.title}\n{script(action.pipeline)}"


def macs(action: Action) -> list[str]:
    calls = [call for statement in action.pipeline.statements for call in statement.commands]
    return [str(dict(call.parameters)["Value"]) for call in calls if call.name == "Where-Object"]


def carry_out(admin: Administrator, plan: Plan) -> None:
    for action in plan.actions:
        recording = run(admin, action.host.name, action.pipeline)
        assert recording.errors == [], action.title


def state_of(admin: Administrator, host: str, name: str) -> ReplicationState:
    machine = next(each for each in admin.host(host).machines.values() if each.name == name)
    assert machine.replication is not None
    (side,) = machine.replication.sides
    return side.state


def test_everything_over_the_network_at_once(admin: Administrator, golden: Golden) -> None:
    plan = enabling_plan(a_protection(admin))
    golden("network.ps1", in_words(plan, with_undo=True))
    carry_out(admin, plan)
    assert state_of(admin, "HV-01", "FILE01") is ReplicationState.InitialReplicationInProgress
    admin.estate.clock.advance(3600)
    assert state_of(admin, "HV-01", "FILE01") is ReplicationState.Replicating
    assert state_of(admin, "HV-DR", "FILE01") is ReplicationState.Replicating


def test_with_a_certificate_recovery_points_and_a_disk_left_out_at_a_later_time(
    admin: Administrator, golden: Golden
) -> None:
    store = admin.host("HV-01").replication.store
    thumbprint = next(each.thumbprint for each in store.certificates if each.friendly_name == "Replication")
    link = Link("HV-DR.contoso.example", 443, ReplicationAuthentication.CERTIFICATE, thumbprint, compresses=False)
    protection = a_protection(
        admin,
        link=link,
        frequency=30,
        points=Points(24, 4),
        excluded=(r"D:\VMs\FILE01\Virtual Hard Disks\FILE01-Data.vhdx",),
        copy=InitialCopy(begins=admin.home.local_time() + datetime.timedelta(hours=3)),
    )
    plan = enabling_plan(protection)
    begins = protection.copy.begins
    assert begins is not None
    text = in_words(plan).replace(thumbprint, "THUMBPRINT")
    golden("certificate.ps1", text.replace(f"{begins:%Y-%m-%dT%H:%M:%S}", "TIME"))
    carry_out(admin, plan)
    assert state_of(admin, "HV-01", "FILE01") is ReplicationState.ReadyForInitialReplication
    admin.estate.clock.advance(2.9 * 3600)
    assert state_of(admin, "HV-01", "FILE01") is ReplicationState.ReadyForInitialReplication
    admin.estate.clock.advance(2 * 3600)
    assert state_of(admin, "HV-01", "FILE01") is ReplicationState.Replicating


def test_on_media_and_imported_there(admin: Administrator, golden: Golden) -> None:
    plan = enabling_plan(a_protection(admin, "TEST01", copy=InitialCopy(CopyMethod.MEDIA, r"D:\IR")))
    golden("media.ps1", in_words(plan))
    carry_out(admin, plan)
    admin.estate.clock.advance(600)
    assert state_of(admin, "HV-01", "TEST01") is ReplicationState.InitialReplicationInProgress
    written = admin.host("HV-01").files.volume_of(r"D:\IR").files.values()
    for file in [each for each in written if each.path.startswith("D:\\IR\\")]:
        admin.host("HV-DR").files.add(type(file)(file.path.replace("D:\\IR", "R:\\IR"), file.size))
    machine = machine_called(inventory(admin, "HV-DR"), "TEST01")
    imported = import_plan(HostKey(GROUP, "HV-DR"), machine, r"R:\IR", 14 << 30)
    golden("import.ps1", in_words(imported))
    carry_out(admin, imported)
    assert state_of(admin, "HV-DR", "TEST01") is ReplicationState.Replicating
    admin.estate.clock.advance(600)
    assert state_of(admin, "HV-01", "TEST01") is ReplicationState.Replicating
    assert any("D:\\IR" in sentence for sentence in plan.remains)


def test_on_the_basis_of_a_machine_that_is_there(golden: Golden) -> None:
    admin = Administrator("TR-PRI", "troubled")
    read = inventory(admin, "TR-PRI")
    machine = machine_called(read, "COPY01")
    protection = Protection(
        machine,
        HostKey(GROUP, "TR-PRI"),
        "TR-PRI.troubled.example",
        HostKey(GROUP, "TR-REP"),
        Link("TR-REP.troubled.example", 80, ReplicationAuthentication.KERBEROS),
        read.drives_of(machine.machine_id),
        (),
        (),
        900,
        Points(2),
        InitialCopy(CopyMethod.EXISTING),
    )
    plan = enabling_plan(protection)
    golden("existing.ps1", in_words(plan, with_undo=True))
    carry_out(admin, plan)
    admin.estate.clock.advance(3600)
    assert state_of(admin, "TR-REP", "COPY01") is ReplicationState.Replicating


def test_addresses_of_both_families_on_both_hosts_and_a_network_for_tests(admin: Administrator, golden: Golden) -> None:
    read = inventory(admin, "HV-01")
    (adapter,) = read.adapters_of(machine_called(read, "WEB01").machine_id)
    both, four = FailoverAddresses(FOUR, SIX), FailoverAddresses(FOUR)
    plan = enabling_plan(
        a_protection(admin, "WEB01", adapters=(AdapterPlan(adapter, 0, both, four, "Failover tests"),))
    )
    golden("addresses.ps1", in_words(plan))
    carry_out(admin, plan)
    here = next(each for each in admin.host("HV-01").machines.values() if each.name == "WEB01")
    there = next(each for each in admin.host("HV-DR").machines.values() if each.name == "WEB01")
    assert here.adapters[0].failover["IPv6Address"] == "2001:db8:15::10"
    assert "IPv4AlternateDNSServer" in there.adapters[0].failover
    assert "IPv6Address" not in there.adapters[0].failover
    assert there.adapters[0].test_switch == "Failover tests"


def test_addresses_take_the_place_of_all_former_ones(admin: Administrator) -> None:
    read = inventory(admin, "HV-01")
    (adapter,) = read.adapters_of(machine_called(read, "WEB01").machine_id)
    for addresses in (FailoverAddresses(FOUR, SIX), FailoverAddresses(replace(FOUR, gateway=""))):
        plan = enabling_plan(a_protection(admin, "WEB01", adapters=(AdapterPlan(adapter, 0, addresses),)))
        assert run(admin, "HV-01", plan.actions[1].pipeline).errors == []
    held = admin.machine("WEB01").adapters[0].failover
    assert set(held) == {"IPv4Address", "IPv4SubnetMask", "IPv4PreferredDNSServer", "IPv4AlternateDNSServer"}


def test_an_adapter_without_an_address_is_told_by_its_place(admin: Administrator) -> None:
    read = inventory(admin, "HV-01")
    (adapter,) = read.adapters_of(machine_called(read, "WEB01").machine_id)
    unknown = type(adapter)(adapter.machine_id, adapter.name, "Production", True, "000000000000")
    plan = enabling_plan(a_protection(admin, "WEB01", adapters=(AdapterPlan(unknown, 0, FailoverAddresses(FOUR)),)))
    assert "Select-Object -Skip 0 -First 1" in script(plan.actions[1].pipeline)
    assert run(admin, "HV-01", plan.actions[1].pipeline).errors == []
    assert admin.machine("WEB01").adapters[0].failover["IPv4Address"] == FOUR.address


def test_resynchronisation_is_left_to_nobody(admin: Administrator) -> None:
    call = enabling_plan(a_protection(admin)).actions[0].pipeline.statements[0].commands[1]
    parameters = dict(call.parameters)
    assert parameters["AutoResynchronizeEnabled"] is True
    assert (parameters["AutoResynchronizeIntervalStart"], parameters["AutoResynchronizeIntervalEnd"]) == (
        "18:30:00",
        "06:00:00",
    )
    assert Switch.PRESENT not in parameters.values()
