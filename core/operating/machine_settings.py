"""The settings of a machine that matter every day: as read, as chosen, and the plan that makes one the other."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import msgspec
from msgspec import field

from core.estate.inventory import Inventory
from core.hyperv.computers import DvdDrive, ProcessorSettings
from core.hyperv.query import Question, Reading, RowQuestion, UnexpectedAnswer, ask
from core.hyperv.records import NetworkAdapter
from core.hyperv.states import MachineState
from core.jobs.goal import Fact, Facts
from core.jobs.plan import Action, Plan
from core.language import _
from core.moving.networks import picked
from core.operating.power import expectation
from core.operating.subject import Subject
from core.powershell.command import Command, ParameterValue, Pipeline, Statement, Switch, command
from core.remoting.session import Answer
from core.wizards.wizard import Problem

LEAST_VLAN, MOST_VLAN = 1, 4094
"""The IDs that IEEE 802.1Q leaves for use."""
_ISO = re.compile(r"^([A-Za-z]:\\|\\\\[^\\]+\\[^\\]+\\).+\.iso$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AdapterSettings:
    """``switch`` and ``test_switch`` are empty where the adapter is not connected.

    ``vlan`` is 0 for none, and None for one of the kinds that are only shown, such as a trunk.
    """

    adapter: NetworkAdapter
    switch: str
    vlan: int | None
    test_switch: str


@dataclass(frozen=True, slots=True)
class DriveSettings:
    """A DVD drive by its place, and the ISO file in it; empty when there is none."""

    controller_number: int
    controller_location: int
    path: str


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """``other_processors``: whether the machine may go to other processors; None where the host does not say it."""

    other_processors: bool | None
    drives: tuple[DriveSettings, ...]
    adapters: tuple[AdapterSettings, ...]


class _TestSwitch(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMNetworkAdapter."""

    name: str
    mac_address: str
    switch_name: str | None = None
    test_switch: str | None = field(name="TestReplicaSwitchName", default=None)


async def read_settings(
    asker: Callable[[Pipeline], Awaitable[Answer]], subject: Subject, inventory: Inventory
) -> MachineSettings:
    """The settings of a machine, from its host. Raises RemotingError and UnexpectedAnswer."""
    machine = command("Get-VM", Id=subject.machine.machine_id)
    processor = Question("processor", machine | command("Get-VMProcessor"), ProcessorSettings)
    drives = Question("drives", machine | command("Get-VMDvdDrive"), DvdDrive)
    adapters = inventory.adapters_of(subject.machine.machine_id)
    details = [
        Question(f"adapter {number}", picked(machine | command("Get-VMNetworkAdapter"), adapter), _TestSwitch)
        for number, adapter in enumerate(adapters)
    ]
    vlans = [
        RowQuestion(
            f"vlan {number}",
            picked(machine | command("Get-VMNetworkAdapter"), adapter) | command("Get-VMNetworkAdapterVlan"),
            ("OperationMode", "AccessVlanId"),
        )
        for number, adapter in enumerate(adapters)
    ]
    reading = Reading.of((await asker(ask((processor, drives, *details, *vlans)))).output)
    processors = reading.records(processor)
    found: list[AdapterSettings] = []
    for adapter, detail, vlan in zip(adapters, details, vlans, strict=True):
        told = next(iter(reading.records(detail)), None)
        if told is None:
            raise UnexpectedAnswer(_("It does not have the network adapter {name} any more.").format(name=adapter.name))
        row = next(iter(reading.rows(vlan)), {})
        found.append(AdapterSettings(adapter, told.switch_name or "", _vlan(row), told.test_switch or ""))
    return MachineSettings(
        processors[0].compatibility_for_migration_enabled if processors else None,
        tuple(
            DriveSettings(each.controller_number, each.controller_location, each.path or "")
            for each in reading.records(drives)
        ),
        tuple(found),
    )


def problems(settings: MachineSettings, before: MachineSettings, subject: Subject) -> tuple[Problem, ...]:
    """What is wrong with what was chosen."""
    found: list[Problem] = []
    names = {"machine": subject.machine.name, "state": subject.machine.state.word}
    if settings.other_processors != before.other_processors and subject.machine.state is not MachineState.OFF:
        what = _("{machine} is {state}: its processor can be changed when it is off.").format(**names)
        found.append(Problem("other_processors", what, _("Shut it down first, or leave the setting as it was.")))
    for number, drive in enumerate(settings.drives):
        if drive.path and not _ISO.match(drive.path):
            what = _("{path} is not the full path of an ISO file.").format(path=drive.path)
            found.append(Problem(f"drive {number}", what, _("Type a path such as D:\\ISO\\setup.iso.")))
    for number, adapter in enumerate(settings.adapters):
        if adapter.vlan is not None and adapter.vlan and not LEAST_VLAN <= adapter.vlan <= MOST_VLAN:
            what = _("A VLAN has a number from {least} to {most}.").format(least=LEAST_VLAN, most=MOST_VLAN)
            found.append(Problem(f"adapter {number}", what, _("Type another number.")))
    return tuple(found)


def plan_of(subject: Subject, before: MachineSettings, after: MachineSettings) -> Plan | None:
    """What makes ``before`` into ``after``: only what differs; None when nothing does."""
    actions: list[Action] = []
    if after.other_processors != before.other_processors and after.other_processors is not None:
        back = _processors(subject, not after.other_processors)
        actions.append(replace(_processors(subject, after.other_processors), undo=back))
    for old_drive, drive in zip(before.drives, after.drives, strict=True):
        if drive != old_drive:
            actions.append(replace(_medium(subject, drive), undo=_medium(subject, old_drive)))
    for old, new in zip(before.adapters, after.adapters, strict=True):
        if new.switch != old.switch:
            actions.append(replace(_switch(subject, new), undo=_switch(subject, old)))
        if new.vlan != old.vlan and new.vlan is not None and old.vlan is not None:
            actions.append(replace(_tag(subject, new, new.vlan), undo=_tag(subject, old, old.vlan)))
        if new.test_switch != old.test_switch:
            actions.append(replace(_test(subject, new), undo=_test(subject, old)))
    if not actions:
        return None
    title = _("Change the settings of {machine}").format(machine=subject.machine.name)
    return Plan(title, subject.host, tuple(actions), expectation=expectation(subject))


def _vlan(row: dict[str, object]) -> int | None:
    """The access VLAN; 0 is none. The numbers of VMNetworkAdapterVlanMode are assumed: Untagged 0, Access 1."""
    number = row.get("AccessVlanId")
    match row.get("OperationMode"):
        case 0:
            return 0
        case 1 if isinstance(number, int):
            return number
    return None


def _machine(subject: Subject) -> Command:
    return command("Get-VM", Id=subject.machine.machine_id)


def _processors(subject: Subject, allowed: bool) -> Action:
    setting: tuple[str, ParameterValue] = ("CompatibilityForMigrationEnabled", allowed)
    title = _("Let {machine} go to other processors") if allowed else _("Keep {machine} to processors like this one")
    return Action(
        title.format(machine=subject.machine.name),
        subject.host,
        Pipeline((_machine(subject) | Command("Set-VMProcessor", (setting,)),)),
        Facts(subject.host, (Fact(_machine(subject) | command("Get-VMProcessor"), (setting,)),)),
        _("Setting it back, while the machine is off, undoes it."),
    )


def _medium(subject: Subject, drive: DriveSettings) -> Action:
    place: tuple[tuple[str, ParameterValue], ...] = (
        ("ControllerNumber", drive.controller_number),
        ("ControllerLocation", drive.controller_location),
    )
    one = _machine(subject) | Command("Get-VMDvdDrive", place)
    title = _("Insert {path} into the DVD drive of {machine}") if drive.path else _("Empty the DVD drive of {machine}")
    return Action(
        title.format(path=drive.path, machine=subject.machine.name),
        subject.host,
        Pipeline((one | command("Set-VMDvdDrive", Path=drive.path or None),)),
        Facts(subject.host, (Fact(_machine(subject) | command("Get-VMDvdDrive"), (*place, ("Path", drive.path))),)),
        _("Putting in what was in it undoes it."),
    )


def _adapter(subject: Subject, settings: AdapterSettings) -> Statement:
    return picked(_machine(subject) | command("Get-VMNetworkAdapter"), settings.adapter)


def _names(subject: Subject, settings: AdapterSettings) -> dict[str, object]:
    return {"machine": subject.machine.name, "adapter": settings.adapter.name}


def _switch(subject: Subject, settings: AdapterSettings) -> Action:
    one = _adapter(subject, settings)
    title = (
        _("Connect {adapter} of {machine} to {switch}") if settings.switch else _("Disconnect {adapter} of {machine}")
    )
    call = command("Connect-VMNetworkAdapter", SwitchName=settings.switch)
    return Action(
        title.format(switch=settings.switch, **_names(subject, settings)),
        subject.host,
        Pipeline((one | (call if settings.switch else command("Disconnect-VMNetworkAdapter")),)),
        Facts(subject.host, (Fact(one, (("SwitchName", settings.switch),)),)),
        _("Connecting it as it was undoes it."),
    )


def _tag(subject: Subject, settings: AdapterSettings, vlan: int) -> Action:
    one = _adapter(subject, settings)
    title = (
        _("Put {adapter} of {machine} into VLAN {vlan}") if vlan else _("Take {adapter} of {machine} out of its VLAN")
    )
    call = command("Set-VMNetworkAdapterVlan", Untagged=Switch.PRESENT)
    wanted: tuple[tuple[str, ParameterValue], ...] = (("OperationMode", 0),)
    if vlan:
        call = command("Set-VMNetworkAdapterVlan", Access=Switch.PRESENT, VlanId=vlan)
        wanted = (("OperationMode", 1), ("AccessVlanId", vlan))
    return Action(
        title.format(vlan=vlan, **_names(subject, settings)),
        subject.host,
        Pipeline((one | call,)),
        Facts(subject.host, (Fact(one | command("Get-VMNetworkAdapterVlan"), wanted),)),
        _("Setting the former VLAN undoes it."),
    )


def _test(subject: Subject, settings: AdapterSettings) -> Action:
    one = _adapter(subject, settings)
    title = _("Connect {adapter} of {machine} to {switch} in test failovers")
    if not settings.test_switch:
        title = _("Connect {adapter} of {machine} to nothing in test failovers")
    return Action(
        title.format(switch=settings.test_switch, **_names(subject, settings)),
        subject.host,
        Pipeline((one | command("Set-VMNetworkAdapter", TestReplicaSwitchName=settings.test_switch),)),
        Facts(subject.host, (Fact(one, (("TestReplicaSwitchName", settings.test_switch),)),)),
        _("Choosing the former switch undoes it."),
    )
