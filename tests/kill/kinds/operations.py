"""Everyday actions: power, checkpoints, names, exports, settings."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import partial
from pathlib import Path

from core.importing.imported import ImportType
from core.jobs.plan import Plan
from core.operating import checkpoints, exporting, host_settings, identity, machine_settings
from core.operating.exporting import Captured, Export
from core.operating.plans import plan_of
from core.operating.verbs import Verb
from core.powershell.command import command
from core.wizards.import_machine import ImportWizard
from core.wizards.wizard import obstacles
from tests.core.estates import key
from tests.kill.kind import Kind
from tests.kill.world import World

HOST, HOME = key("HV-01"), ("HV-01",)
NOON = datetime.datetime(2026, 5, 1, 12, 0, 0, tzinfo=datetime.UTC)
POWER, POINTS, NAMES = "core.operating.power.power_plan", "core.operating.checkpoints", "core.operating.identity"
BEFORE = {Verb.RESUME: Verb.PAUSE, Verb.DELETE_SAVED_STATE: Verb.SAVE}
"""What has to be done before something else makes sense."""


async def power(world: World, verb: Verb, name: str = "WEB01") -> Plan:
    if verb in BEFORE:
        await world.did(plan_of(BEFORE[verb], await world.subject(name), NOON))
    return plan_of(verb, await world.subject(name), NOON)


async def taken(world: World) -> Plan:
    return checkpoints.take(await world.subject("WEB01"), "Before the night")


async def applied(world: World, first: str = "") -> Plan:
    subject = await world.subject("APP01")
    return checkpoints.apply(subject, subject.checkpoints[0], first=first)


async def checkpoint_renamed(world: World) -> Plan:
    subject = await world.subject("APP01")
    return checkpoints.rename(subject, subject.checkpoints[0], "Another name")


async def checkpoint_deleted(world: World, *, with_subtree: bool) -> Plan:
    await world.did(checkpoints.take(await world.subject("APP01"), "Second"))
    subject = await world.subject("APP01")
    first = next(each for each in subject.checkpoints if each.name != "Second")
    return checkpoints.delete(subject, first, with_subtree=with_subtree)


async def renamed(world: World) -> Plan:
    return identity.rename(await world.subject("TEST01"), "TEST02")


async def deleted(world: World) -> Plan:
    return identity.delete(await world.subject("TEST01"))


async def exported(world: World, name: str, captured: Captured | None = None) -> Plan:
    export = Export((await world.subject(name),), r"D:\Out", captured)
    return await _examined(world, export)


async def checkpoint_exported(world: World) -> Plan:
    subject = await world.subject("APP01")
    return await _examined(world, Export((subject,), r"D:\Out", checkpoint=subject.checkpoints[0]))


async def _examined(world: World, export: Export) -> Plan:
    inventory = world.estate.picture(HOST).inventory
    assert inventory is not None
    found = await exporting.examine(export, inventory, partial(world.estate.ask, HOST))
    assert isinstance(found, tuple), found
    return found[0]


async def imported(world: World) -> Plan:
    """A copy of a machine, from its export."""
    exporting_it = command("Get-VM", Name="PLAIN01") | command("Export-VM", Path=r"D:\Out")
    await world.change("HV-01", exporting_it)
    await world.estate.refresh(HOST)
    importing = ImportWizard(world.estate, HOST, is_introduced=False)
    choices = importing.choices
    choices.folder = r"D:\Out"
    await _gone_through(importing, importing.LOCATE)
    importing.take(next(each for each in importing.contents.configurations if each.machine is not None))
    await _gone_through(importing, importing.SELECT)
    choices.kind, choices.disks_folder = ImportType.COPY, r"D:\Twin\Disks"
    choices.machine_folder = choices.checkpoint_folder = choices.paging_folder = r"D:\Twin"
    await _gone_through(importing, importing.SUMMARY)
    return await importing.plan()


async def _gone_through(importing: ImportWizard, page: str) -> None:
    step = next(step for step in importing.steps() if step.page == page)
    assert obstacles(await importing.examine(step)) == ()


async def host_changed(world: World) -> Plan:
    before = await host_settings.read_settings(partial(world.estate.ask, HOST))
    after = replace(before, live=4, any_network=False, networks=("10.22.101.0/24",), machine_folder=r"D:\Machines")
    plan = host_settings.plan_of(HOST, before, after)
    assert plan is not None
    return plan


async def machine_changed(world: World) -> Plan:
    subject = await world.subject("TEST01")
    inventory = world.estate.picture(HOST).inventory
    assert inventory is not None
    before = await machine_settings.read_settings(partial(world.estate.ask, HOST), subject, inventory)
    [adapter] = before.adapters
    changed = replace(adapter, switch="Production", vlan=42, test_switch="Management")
    plan = machine_settings.plan_of(subject, before, replace(before, other_processors=True, adapters=(changed,)))
    assert plan is not None
    return plan


KINDS = (
    *(
        Kind(f"power: {verb.value}", partial(power, verb=verb, name=name), 1, (POWER,), hosts=HOME)
        for verb, name in (
            (Verb.START, "TEST01"),
            (Verb.SHUT_DOWN, "WEB01"),
            (Verb.TURN_OFF, "WEB01"),
            (Verb.SAVE, "WEB01"),
            (Verb.DELETE_SAVED_STATE, "WEB01"),
            (Verb.PAUSE, "WEB01"),
            (Verb.RESUME, "WEB01"),
            (Verb.RESET, "WEB01"),
        )
    ),
    Kind("checkpoint taken", taken, 1, (f"{POINTS}._plan",), hosts=HOME),
    Kind("checkpoint applied", partial(applied, first="Saved before"), 2, (f"{POINTS}._plan",), hosts=HOME),
    Kind("machine reverted", applied, 1, (f"{POINTS}._plan",), hosts=HOME),
    Kind("checkpoint renamed", checkpoint_renamed, 1, (f"{POINTS}._plan",), hosts=HOME),
    Kind("checkpoint deleted", partial(checkpoint_deleted, with_subtree=False), 1, (f"{POINTS}._plan",), hosts=HOME),
    Kind("checkpoints deleted", partial(checkpoint_deleted, with_subtree=True), 1, (f"{POINTS}._plan",), hosts=HOME),
    Kind("machine renamed", renamed, 1, (f"{NAMES}._plan",), hosts=HOME),
    Kind("machine deleted", deleted, 1, (f"{NAMES}._plan",), hosts=HOME),
    Kind("export of a machine", partial(exported, name="TEST01"), 1, ("core.operating.exporting._plan",), hosts=HOME),
    Kind(
        "export of a running machine",
        partial(exported, name="WEB01", captured=Captured.CRASH),
        1,
        ("core.operating.exporting._plan",),
        hosts=HOME,
    ),
    Kind("export of a checkpoint", checkpoint_exported, 1, ("core.operating.exporting._plan",), hosts=HOME),
    Kind(
        "import of a machine",
        imported,
        1,
        ("core.importing.planning.import_plan",),
        scenario=str(Path(__file__).parents[2] / "end_to_end" / "importing.toml"),
        hosts=HOME,
    ),
    Kind("host settings", host_changed, 2, ("core.operating.host_settings.plan_of",), hosts=HOME),
    Kind("machine settings", machine_changed, 4, ("core.operating.machine_settings.plan_of",), hosts=HOME),
)
