"""Replicas that differ from their primaries, and plans that make them alike again."""

from __future__ import annotations

import pytest

from core.failover.drift_fixes import bulk_connection, fix
from core.powershell.command import Pipeline
from core.remoting.session import Answer
from core.replicas.drift import Configuration, Part, differences, read_configuration
from core.replicas.side import Side
from lab.powershell.values import display_text
from tests.core.failover.acting import act, carry_out, of, picture
from tests.core.moving.hosts import machine_called, run
from tests.lab.cmdlets.administration import Administrator


@pytest.fixture
def admin() -> Administrator:
    return Administrator(replicated=True)


def configuration(admin: Administrator, side: Side | None) -> Configuration:
    """What the host of ``side`` tells, through a coroutine that never waits."""
    assert side is not None
    inventory = picture(admin, side.host.name).inventory
    assert inventory is not None

    async def asker(question: Pipeline) -> Answer:
        recording = run(admin, side.host.name, question)
        assert not recording.errors
        return Answer(side.host.name, tuple(display_text(value) for value in recording.outputs), (), ())

    machine = machine_called(inventory, side.row.machine_name)
    switches = tuple(switch.name for switch in inventory.switches)
    try:
        read_configuration(asker, side, machine, switches).send(None)
    except StopIteration as told:
        return told.value
    raise AssertionError("it waited")


def both(admin: Administrator, name: str = "CRM01") -> tuple[Configuration, Configuration]:
    found = of(admin, name)
    return configuration(admin, found.sender), configuration(admin, found.receiver)


def parts(admin: Administrator) -> list[Part]:
    return [difference.part for difference in differences(*both(admin))]


def administer(admin: Administrator, host: str, text: str) -> None:
    admin.home = admin.host(host)
    admin.get(text)


def test_each_difference_is_told_and_cured(admin: Administrator) -> None:
    # Replicas are made with their adapters not connected.
    assert parts(admin) == [Part.SWITCH]
    administer(admin, "HV-DR", "Get-VM CRM01 | Set-VMProcessor -Count 2")
    administer(admin, "HV-DR", "Get-VM CRM01 | Set-VMMemory -StartupBytes 2GB")
    administer(admin, "HV-01", "Get-VM CRM01 | Set-VMNetworkAdapterVlan -Access -VlanId 30")
    administer(admin, "HV-DR", "New-VMSwitch Production -SwitchType Private")
    assert parts(admin) == [Part.PROCESSORS, Part.MEMORY, Part.SWITCH, Part.VLAN]
    for _each in range(4):
        primary, replica = both(admin)
        worst = differences(primary, replica)[0]
        plan = fix(worst, primary, replica, of(admin, "CRM01"))
        assert plan is not None, worst
        carry_out(admin, plan)
        undo = plan.actions[0].undo
        assert undo is not None, worst
        act(admin, undo)
        assert worst in differences(*both(admin))
        carry_out(admin, plan)
    assert parts(admin) == []


def test_a_disk_that_is_left_out_is_replicated_too(admin: Administrator) -> None:
    administer(admin, "HV-01", r"New-VHD D:\VMs\CRM01\Late.vhdx -SizeBytes 5GB -Dynamic")
    administer(admin, "HV-01", r"Add-VMHardDiskDrive CRM01 -Path D:\VMs\CRM01\Late.vhdx")
    primary, replica = both(admin)
    found = next(each for each in differences(primary, replica) if each.part is Part.DISK)
    assert found.primary.endswith("Late.vhdx")
    plan = fix(found, primary, replica, of(admin, "CRM01"))
    assert plan is not None
    carry_out(admin, plan)


def test_adapters_of_many_replicas_are_connected_at_once(admin: Administrator) -> None:
    pairs = [both(admin, name) for name in ("CRM01", "WIKI01", "SHOP01")]
    assert bulk_connection(pairs, {}).plans == ()
    batch = bulk_connection(pairs, {"production": "Replica site"})
    assert len(batch.plans) == 3
    for plan in batch.plans:
        carry_out(admin, plan)
    assert bulk_connection([both(admin, "CRM01")], {"production": "Replica site"}).plans == ()
    primary, replica = both(admin)
    assert not [each for each in differences(primary, replica) if each.part is Part.SWITCH]
