"""Replications enabled, copied, extended and changed, and the servers that take them."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import partial

from core.failover import initial
from core.failover.control import control_plan, removal_plan
from core.failover.drift_fixes import fix
from core.failover.link import Link
from core.failover.resynchronization import full_copy_plan, resynchronization_plan
from core.failover.settings import Settings, settings_plan
from core.jobs.plan import Plan
from core.powershell.command import Statement, Switch, command
from core.replicas.drift import Configuration, Part, differences, read_configuration
from core.replicas.side import Side
from core.replicas.verbs import Verb
from core.replication.planning import enabling_plan, import_plan
from core.replication.protection import CopyMethod, InitialCopy
from core.replication.server import AuthorizationEntry, read_server
from core.replication.server_choices import ServerChoices
from core.replication.server_plan import server_plan
from core.wizards.extend_replication import ExtendWizard
from tests.core.estates import key
from tests.core.replication.protecting import protection_of
from tests.kill.kind import Kind
from tests.kill.world import World

SITES, TROUBLED = ("HV-01", "HV-DR"), ("TR-PRI", "TR-REP")
ENABLING, CONTROL = "core.replication.planning.enabling_plan", "core.failover.control.control_plan"
DRIFT = "core.failover.drift_fixes"


async def enabled(world: World, name: str = "TEST01", copy: InitialCopy | None = None) -> Plan:
    return enabling_plan(await protection_of(world.estate, name, "HV-01", "HV-DR", copy=copy or InitialCopy()))


async def enabled_later(world: World) -> Plan:
    picture = await world.estate.refresh(key("HV-01"))
    assert picture.inventory is not None
    return await enabled(world, copy=InitialCopy(begins=picture.inventory.read_at + datetime.timedelta(hours=2)))


async def enabled_by_media(world: World) -> Plan:
    return await enabled(world, copy=InitialCopy(CopyMethod.MEDIA, r"D:\IR"))


async def enabled_on_existing(world: World) -> Plan:
    """The replica is there from a replication that was removed."""
    await world.did(await enabled(world))
    await world.did(removal_plan(await world.leg("TEST01")))
    return await enabled(world, copy=InitialCopy(CopyMethod.EXISTING))


async def _carried(world: World) -> None:
    await world.did(await enabled_by_media(world))
    world.lab.control("POST", "/hosts/HV-01/carry", {"folder": r"D:\IR", "to": "HV-DR", "there": r"R:\IR"})


async def imported(world: World) -> Plan:
    await _carried(world)
    return import_plan(key("HV-DR"), await world.machine("TEST01", "HV-DR"), r"R:\IR", 14 << 30)


async def imported_from_overview(world: World) -> Plan:
    await _carried(world)
    return initial.import_plan(await world.receiver("TEST01"), r"R:\IR")


async def extended(world: World) -> Plan:
    receiver = await world.receiver("CRM01")
    extending = ExtendWizard(world.estate, receiver, await world.machine("CRM01", "HV-DR"))
    extending.choices.server, extending.choices.frequency = "HV-02", 900
    for step in tuple(extending.steps()):
        await extending.examine(step)
    return await extending.plan()


async def copy_started(world: World, method: initial.Method = initial.Method.NETWORK, folder: str = "") -> Plan:
    return initial.start_plan(await world.sender("READY01"), initial.InitialCopy(method, folder))


async def copy_scheduled(world: World) -> Plan:
    sender = await world.sender("READY01")
    begins = sender.read_at + datetime.timedelta(hours=1)
    return initial.start_plan(sender, initial.InitialCopy(begins=begins))


async def controlled(world: World, verb: Verb, name: str, *, receives: bool = False) -> Plan:
    side = await (world.receiver if receives else world.sender)(name)
    if verb is Verb.RESUME:
        await world.did(control_plan(Verb.PAUSE, side))
        side = await (world.receiver if receives else world.sender)(name)
    return control_plan(verb, side)


async def resynchronized(world: World, *, later: bool = False) -> Plan:
    sender = await world.sender("RESYNC01")
    begins = sender.read_at + datetime.timedelta(hours=1) if later else None
    return resynchronization_plan(sender, begins=begins)


async def full_copy(world: World) -> Plan:
    leg = await world.leg("RESYNC01")
    assert leg.sender is not None
    row = leg.sender.row
    return full_copy_plan(leg, Link(row.replica_server_name or "", row.replica_server_port or 0), excluded=())


async def settings(world: World) -> Plan:
    sender = await world.sender("CRM01")
    plan = settings_plan(sender, replace(Settings.of(sender), frequency=900, history=2, consistent_hours=0))
    assert plan is not None
    return plan


async def removed(world: World) -> Plan:
    return removal_plan(await world.leg("CRM01"))


async def server(world: World) -> Plan:
    """The server of HV-DR takes replicas of two hosts alone, and at another port."""
    told = await read_server(partial(world.estate.ask, key("HV-DR")), "HV-DR")
    entry = AuthorizationEntry("hv-03.contoso.example", "R:\\Three", "Three")
    choices = replace(ServerChoices.of(told), allows_any_server=False, entries=(*told.entries, entry))
    plan = server_plan(choices, told, key("HV-DR"))
    assert plan is not None
    return plan


async def _configuration(world: World, side: Side | None) -> Configuration:
    assert side is not None
    machine = await world.machine(side.row.machine_name, side.host.name)
    inventory = world.estate.picture(side.host).inventory
    assert inventory is not None
    switches = tuple(switch.name for switch in inventory.switches)
    return await read_configuration(partial(world.estate.ask, side.host), side, machine, switches)


async def made_alike(world: World, part: Part) -> Plan:
    """What makes a replica like its primary again, after somebody has changed one of them."""
    machine = command("Get-VM", Name="CRM01")
    adapter = machine | command("Get-VMNetworkAdapter")
    vlan = command("Set-VMNetworkAdapterVlan", Access=Switch.PRESENT, VlanId=30)
    disk = r"D:\VMs\CRM01\Late.vhdx"
    making = command("New-VHD", Path=disk, SizeBytes=5 << 30, Dynamic=Switch.PRESENT)
    by_hand: dict[Part, tuple[tuple[str, Statement], ...]] = {
        Part.PROCESSORS: (("HV-DR", machine | command("Set-VMProcessor", Count=2)),),
        Part.MEMORY: (("HV-DR", machine | command("Set-VMMemory", StartupBytes=2 << 30)),),
        Part.VLAN: (("HV-01", adapter | vlan),),
        Part.SWITCH: (("HV-DR", Statement((command("New-VMSwitch", Name="Production", SwitchType="Private"),))),),
        Part.DISK: (
            ("HV-01", Statement((making,))),
            ("HV-01", machine | command("Add-VMHardDiskDrive", Path=disk)),
        ),
    }
    for host, statement in by_hand[part]:
        await world.change(host, statement)
    leg = await world.leg("CRM01")
    primary, replica = await _configuration(world, leg.sender), await _configuration(world, leg.receiver)
    difference = next(each for each in differences(primary, replica) if each.part is part)
    plan = fix(difference, primary, replica, leg)
    assert plan is not None
    return plan


BAD = {"scenario": "troubled", "hosts": TROUBLED}
KINDS = (
    Kind("enable", enabled, 2, (ENABLING,), hosts=SITES),
    Kind("enable, copy later", enabled_later, 2, (ENABLING,), hosts=SITES),
    Kind("enable by media", enabled_by_media, 2, (ENABLING,), hosts=SITES),
    Kind("enable on what is there", enabled_on_existing, 3, (ENABLING,), hosts=SITES),
    Kind("import", imported, 1, ("core.replication.planning.import_plan",), hosts=SITES),
    Kind("import from the overview", imported_from_overview, 1, ("core.failover.initial.import_plan",), hosts=SITES),
    Kind("extend", extended, 2, (ENABLING,)),
    Kind("copy started", copy_started, 1, ("core.failover.initial.start_plan",), **BAD),
    Kind(
        "copy to media",
        partial(copy_started, method=initial.Method.MEDIA, folder=r"D:\IR"),
        1,
        ("core.failover.initial.start_plan",),
        **BAD,
    ),
    Kind("copy scheduled", copy_scheduled, 1, ("core.failover.initial.start_plan",), **BAD),
    Kind("replication paused", partial(controlled, verb=Verb.PAUSE, name="CRM01"), 1, (CONTROL,), hosts=SITES),
    Kind("replication resumed", partial(controlled, verb=Verb.RESUME, name="CRM01"), 1, (CONTROL,), hosts=SITES),
    Kind(
        "replica paused", partial(controlled, verb=Verb.PAUSE, name="CRM01", receives=True), 1, (CONTROL,), hosts=SITES
    ),
    Kind("statistics reset", partial(controlled, verb=Verb.RESET_STATISTICS, name="CRM01"), 1, (CONTROL,), hosts=SITES),
    Kind("copy cancelled", partial(controlled, verb=Verb.CANCEL_INITIAL, name="COPYING01"), 1, (CONTROL,), **BAD),
    Kind(
        "resynchronization cancelled",
        partial(controlled, verb=Verb.CANCEL_RESYNCHRONIZATION, name="RESYNCING01"),
        1,
        (CONTROL,),
        **BAD,
    ),
    Kind(
        "planned failover cancelled",
        partial(controlled, verb=Verb.CANCEL_PLANNED, name="PREPARED01"),
        1,
        (CONTROL,),
        **BAD,
    ),
    Kind("resynchronize", resynchronized, 1, ("core.failover.resynchronization.resynchronization_plan",), **BAD),
    Kind(
        "resynchronize later",
        partial(resynchronized, later=True),
        1,
        ("core.failover.resynchronization.resynchronization_plan",),
        **BAD,
    ),
    Kind("full copy", full_copy, 5, ("core.failover.resynchronization.full_copy_plan",), **BAD),
    Kind("replication settings", settings, 1, ("core.failover.settings.settings_plan",), hosts=SITES),
    Kind("replication removed", removed, 2, ("core.failover.control.removal_plan",), hosts=SITES),
    Kind("Replica server", server, 2, ("core.replication.server_plan.server_plan",), hosts=("HV-DR",)),
    *(
        Kind(f"made alike: {part.value}", partial(made_alike, part=part), 1, (maker,), hosts=SITES)
        for part, maker in (
            (Part.PROCESSORS, f"{DRIFT}._plan"),
            (Part.MEMORY, f"{DRIFT}._plan"),
            (Part.VLAN, f"{DRIFT}._plan"),
            (Part.SWITCH, "core.replication.planning.connecting_plan"),
            (Part.DISK, f"{DRIFT}._disks"),
        )
    ),
)
