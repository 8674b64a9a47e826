"""Everything with which the program reads a host, called as the window does, and what is then made of the answer."""

from __future__ import annotations

import dataclasses
import datetime
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from core.clusters.picture import read_cluster
from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.estate.folders import folders_in, shares_of, volumes_of
from core.estate.inventory import Inventory, changes
from core.estate.redundancy import read_redundancy
from core.failover.desk import Desk
from core.failover.excluded_disks import read_excluded
from core.failover.recovery_points import loss
from core.failover.steps import premise
from core.hyperv.disks import read_disks, read_disks_apart
from core.hyperv.events import read_events
from core.hyperv.host_details import read_details
from core.hyperv.memory_passes import read_memory_passes
from core.hyperv.records import Machine
from core.jobs.goal import Arrived, Copied, CopyWay, Fact, Facts, Restarted
from core.jobs.leftovers import empty_folders, existing_files
from core.jobs.outlook import look
from core.jobs.plan import Expectation, Folder
from core.jobs.premises import broken_premise
from core.jobs.verification import beats
from core.operating import exporting, host_settings, machine_settings, shutdown
from core.operating.choice import Choice
from core.operating.exporting import Export
from core.operating.questions import ASKED_BEFORE, question
from core.operating.subject import Subject, subjects
from core.operating.verbs import Verb
from core.powershell.command import Statement, command
from core.recovery.document import Group, Member, RecoveryPlan
from core.recovery.readiness import judgement
from core.replicas.attention import side_text, standing, state_text
from core.replicas.drift import differences, read_configuration
from core.replicas.history import History
from core.replicas.offers import Surroundings, offers
from core.replicas.report import csv_report, health_csv, html_report
from core.replicas.rules import verdicts
from core.replicas.side import Side
from core.replicas.survey import Overview, Survey
from core.replication.server import read_server
from core.wizards.enable_replication import EnableWizard
from core.wizards.move import MoveWizard
from core.wizards.move_choices import MoveType
from core.wizards.wizard import Problem, obstacles
from tests.core.estates import key

NOW = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)


@dataclasses.dataclass(frozen=True)
class Truth:
    """What the hosts say when nobody twists it: what the user has before him when the twisted answer comes."""

    estate: Estate
    pictures: tuple[Picture, ...]
    overview: Overview

    def host(self, name: str) -> Picture:
        return next(each for each in self.pictures if each.key.name == name)

    def machine(self, host: str, name: str) -> Machine:
        return next(each for each in self.inventory(host).machines if each.name == name)

    def inventory(self, host: str) -> Inventory:
        found = self.host(host).inventory
        assert found is not None
        return found

    def subject(self, host: str, name: str) -> Subject:
        (found,) = subjects(self.host(host), [self.machine(host, name)], ())
        return found

    def ask(self, host: str) -> Callable[..., Awaitable[Any]]:
        return partial(self.estate.ask, key(host))


Reading = Callable[[Truth], Awaitable[None]]


async def _whole_picture(truth: Truth) -> None:
    for host in ("HV-01", "P"):
        before = truth.inventory(host)
        picture = await truth.estate.reread(key(host))
        looked_at(picture)
        if picture.inventory is not None:
            looked_at(changes(before, picture.inventory))
            inventory = picture.inventory
            for machine in inventory.machines:
                looked_at((inventory.drives_of(machine.machine_id), inventory.adapters_of(machine.machine_id)))
                looked_at((inventory.migration_of(machine.machine_id), inventory.replication_state(machine)))
                looked_at((inventory.disks_of(machine.machine_id), inventory.volume_of(machine.path)))
            found = subjects(picture, inventory.machines, ())
            looked_at(found)
            for verb in Verb:
                looked_at(Choice.of(verb, found))
            for subject in found:
                for checkpoint in subject.checkpoints:
                    subject.below(checkpoint)
        looked_at(volumes_of(truth.estate, key(host)))


async def _glance(truth: Truth) -> None:
    looked_at(await truth.estate.glance(key("HV-01")))


async def _replication(truth: Truth) -> None:
    overview = await Survey(truth.estate).read()
    looked_at(overview)
    around = Surroundings.of(truth.estate, overview)
    told = [standing(each) for each in overview.relationships]
    looked_at(told)
    csv_report(told)
    html_report(told, NOW)
    await _noted(truth.estate, overview)
    for relationship in overview.relationships:
        health_csv(relationship)
        state_text(relationship)
        for side in relationship.known:
            looked_at((verdicts(side), side_text(side), offers(relationship, side.host, around)))
    members = tuple(
        Member(each.machine_id, each.machine_name, "P", "R", True, "") for each in truth.overview.relationships
    )
    judgement(RecoveryPlan("All", "Lab", (Group("One", members),)), (), overview, NOW)


async def _noted(estate: Estate, overview: Overview) -> None:
    """Write down what the overview tells, and read it again."""
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder), estate.workers)
        assert not await history.open()
        try:
            await history.note(overview, NOW)
            for relationship in overview.relationships:
                looked_at(await history.samples(relationship.machine_id, NOW - datetime.timedelta(days=1)))
        finally:
            await history.close()


async def _failovers(truth: Truth) -> None:
    survey = Survey(truth.estate)
    desk = Desk(truth.estate, survey)
    relationship = truth.overview.relationships[0]
    receiver, sender = relationship.receiver, relationship.sender
    assert receiver is not None
    assert sender is not None
    looked_at(await desk.points(receiver))
    looked_at([loss(point, receiver, sender) for point in await desk.points(receiver)])
    looked_at(await desk.rehearsal(receiver))
    looked_at(await read_excluded(truth.ask(sender.host.name), sender))
    looked_at(await desk.resynchronization(sender, 1e6))
    looked_at(await desk.planned(relationship))
    looked_at(await desk.unplanned(relationship))
    journey = await desk.journey(relationship)
    if journey is not None:
        looked_at(await desk.way_back(journey))


async def _drift(truth: Truth) -> None:
    relationship = truth.overview.relationships[0]
    sides: list[Side] = list(relationship.known)
    found = []
    for side in sides:
        inventory = truth.inventory(side.host.name)
        machine = inventory.machine(side.machine_id)
        assert machine is not None
        names = tuple(switch.name for switch in inventory.switches)
        found.append(await read_configuration(truth.ask(side.host.name), side, machine, names))
    if len(found) == 2:
        looked_at(differences(*found))


async def _host(truth: Truth) -> None:
    ask = truth.ask("HV-01")
    looked_at(await read_details(ask))
    looked_at(await read_redundancy(ask, key("HV-01")))
    before = await host_settings.read_settings(ask)
    looked_at((before, host_settings.problems(before)))
    host_settings.plan_of(key("HV-01"), before, dataclasses.replace(before, live=7))
    looked_at(await read_cluster(truth.ask("HV-C1"), "HV-C1"))


async def _server(truth: Truth) -> None:
    looked_at(await read_server(truth.ask("P"), "P"))


async def _machine(truth: Truth) -> None:
    ask, subject = truth.ask("HV-01"), truth.subject("HV-01", "WEB01")
    settings = await machine_settings.read_settings(ask, subject, truth.inventory("HV-01"))
    looked_at((settings, machine_settings.problems(settings, settings, subject)))
    machine = subject.machine.machine_id
    looked_at(await read_disks(ask, machine))
    looked_at(await read_disks_apart(ask, {machine: subject.disks}))
    looked_at(await read_events(ask, "HV-01", machine, NOW))
    looked_at(await read_memory_passes(ask, subject.machine.name))
    looked_at(await shutdown.why_not_shut_down(ask, [subject]))
    looked_at(await beats(truth.estate, key("HV-01"), machine))
    looked_at(await exporting.examine(Export((subject,), "D:\\Exports"), truth.inventory("HV-01"), ask))
    for verb in ASKED_BEFORE:
        looked_at(question(Choice.of(verb, (subject,))))


async def _folders(truth: Truth) -> None:
    looked_at(await folders_in(truth.estate, key("HV-01"), "D:\\"))
    looked_at(await shares_of(truth.estate, key("HV-01")))
    looked_at(await existing_files(truth.estate, key("HV-01"), ("D:\\VMs\\WEB01\\WEB01.vhdx",)))
    looked_at(await empty_folders(truth.estate, Folder(key("HV-01"), "D:\\VMs\\WEB01")))


async def _move(truth: Truth) -> None:
    wizard = MoveWizard(truth.estate, key("HV-01"), truth.machine("HV-01", "WEB01"))
    wizard.choices.destination = "HV-02"
    await wizard.read_sizes()
    looked_at(wizard.items)
    problems: tuple[Problem, ...] = ()
    for step in wizard.steps():
        looked_at(problems := await wizard.examine(step))
    if not obstacles(problems):
        looked_at(await wizard.plan())


async def _move_of_storage(truth: Truth) -> None:
    wizard = MoveWizard(truth.estate, key("HV-01"), truth.machine("HV-01", "SQL01"))
    wizard.choices.move_type = MoveType.STORAGE
    for step in wizard.steps():
        looked_at(await wizard.examine(step))


async def _move_to_a_node(truth: Truth) -> None:
    wizard = MoveWizard(truth.estate, key("HV-C1"), truth.machine("HV-C1", "ERP01"))
    await wizard.nodes.read()
    looked_at(wizard.nodes.offers)
    for step in wizard.steps():
        looked_at(await wizard.examine(step))


async def _enable(truth: Truth) -> None:
    wizard = EnableWizard(truth.estate, key("HV-01"), truth.machine("HV-01", "WEB01"))
    wizard.choices.server = "HV-DR"
    await wizard.read_disks()
    problems: tuple[Problem, ...] = ()
    for step in wizard.steps():
        looked_at(problems := await wizard.examine(step))
    if not obstacles(problems):
        looked_at(await wizard.plan())


async def _goals(truth: Truth) -> None:
    """What a job asks before and after each step, and while it looks for an answer that never came."""
    estate, machine = truth.estate, truth.machine("HV-01", "WEB01")
    expected = Expectation(key("HV-01"), machine.machine_id, machine.name, machine.state)
    picked = command("Get-VM", Id=machine.machine_id)
    facts = Facts(
        key("HV-01"),
        (
            Fact(Statement((picked,)), (("Notes", ""), ("State", 2), ("Path", machine.path))),
            Fact(picked | command("Get-VMSnapshot"), (("Name", "none"),), is_absent=True),
        ),
    )
    looked_at(await look(facts, expected, estate))
    looked_at(await look(Arrived(machine.machine_id, key("HV-01"), key("HV-02")), expected, estate))
    looked_at(await look(Restarted(machine.machine_id, key("HV-01"), 0), expected, estate))
    side = truth.overview.relationships[0].side
    looked_at(await look(Copied(side.machine_id, side.host, CopyWay.SENT), None, estate))
    await broken_premise([premise(side)], estate)


READINGS: dict[str, Reading] = {
    "whole picture": _whole_picture,
    "glance": _glance,
    "replication": _replication,
    "failovers": _failovers,
    "drift": _drift,
    "host": _host,
    "Replica server": _server,
    "machine": _machine,
    "folders": _folders,
    "move": _move,
    "move of storage": _move_of_storage,
    "move to a node": _move_to_a_node,
    "enable": _enable,
    "goals": _goals,
}


def looked_at(told: object) -> None:
    """Read every property of ``told`` and of what it is made of, as the views of the window do."""
    if isinstance(told, HostKey | str | bytes):
        return
    if isinstance(told, dict):
        looked_at(told.values())
    elif isinstance(told, Iterable):
        for each in told:
            looked_at(each)
    names: Iterable[str] = ()
    if isinstance(told, msgspec.Struct):
        names = told.__struct_fields__
    elif dataclasses.is_dataclass(told):
        names = (each.name for each in dataclasses.fields(told) if not each.name.startswith("_"))
    else:
        return
    for name in names:
        looked_at(getattr(told, name))
    for name, member in vars(type(told)).items():
        if isinstance(member, property) and not name.startswith("_"):
            value = getattr(told, name)
            if not isinstance(value, msgspec.Struct) and not dataclasses.is_dataclass(value):
                str(value)
