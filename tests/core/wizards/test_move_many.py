"""Several machines at once: rules and exceptions, checks for all together, one plan each, within the limits."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.jobs.admission import PlanOutdated
from core.jobs.plan import Batch
from core.jobs.queue import Jobs
from core.jobs.status import JobState
from core.moving.move import MoveKind
from core.moving.placement import ItemKind
from core.moving.rules import FolderRules
from core.wizards.move_choices import MoveType
from core.wizards.move_many import MoveManyWizard
from core.wizards.wizard import Problem, Step, obstacles
from tests.core.estates import key, read_all
from tests.core.jobs.working import a_program, sent
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab


@contextlib.asynccontextmanager
async def wizard_for(
    lab: RunningLab, folder: Path, *names: str, source: str = "HV-01"
) -> AsyncIterator[tuple[MoveManyWizard, Jobs]]:
    async with a_program(lab.connections(), folder) as (estate, jobs):
        await read_all(estate)
        inventory = estate.picture(key(source)).inventory
        assert inventory is not None
        machines = [next(machine for machine in inventory.machines if machine.name == name) for name in names]
        yield MoveManyWizard(estate, key(source), machines), jobs


def grid(wizard: MoveManyWizard) -> Step:
    return next(iter(wizard.steps()))


def words(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.what for problem in problems]


async def passes(wizard: MoveManyWizard) -> Batch:
    """Every step, as the dialog goes through them, and the plans in the end."""
    for step in wizard.steps():
        assert obstacles(await wizard.examine(step)) == ()
    return await wizard.plan()


@on_a_loop
async def test_four_machines_move_by_one_rule_two_at_a_time(lab: RunningLab, tmp_path: Path) -> None:
    names = ("WEB01", "APP01", "TEST01", "DC01")
    async with wizard_for(lab, tmp_path, *names) as (wizard, jobs):
        wizard.choices.destination = "HV-02"
        wizard.choices.rules = FolderRules(r"D:\Moved\{vm}\Disks", r"D:\Moved\{vm}")
        batch = await passes(wizard)
        assert [plan.title for plan in batch.plans] == [f"Move {name} to HV-02" for name in names]
        assert dict(wizard.summary())["WEB01:"] == "to HV-02\n→ D:\\Moved\\WEB01\\Disks\n→ D:\\Moved\\WEB01"
        watched = jobs.watch()
        started = await jobs.start_all(batch)
        assert [status.state for status in started] == [JobState.RUNNING] * 2 + [JobState.WAITING] * 2
        while jobs.under_way:
            lab.advance(30)
            await anext(watched)
        assert {status.state for status in jobs.statuses if status.plan} == {JobState.COMPLETED}
    assert sent(lab, "Move-VM") == 4
    assert set(names) <= set(lab.places()["HV-02"])


@on_a_loop
async def test_exceptions_go_before_the_rules(lab: RunningLab, tmp_path: Path) -> None:
    async with wizard_for(lab, tmp_path, "WEB01", "FILE01") as (wizard, _jobs):
        wizard.choices.destination = "HV-02"
        web, file = wizard.rows
        disk = next(item for item in web.items if item.kind is ItemKind.DISK)
        wizard.apply()
        assert wizard.folder(web, disk) == wizard.ruled_folder(web, disk)
        wizard.set_folder(web, disk, r"C:\Fast")
        wizard.apply()
        assert wizard.folder(web, disk) == r"C:\Fast"
        wizard.set_folder(web, disk, "")
        assert wizard.folder(web, disk) == wizard.ruled_folder(web, disk)
        wizard.set_destination(file, "HV-DR")
        wizard.apply()
        assert [row.target_name for row in wizard.rows] == ["HV-02", "HV-DR"]
        assert words(await wizard.examine(grid(wizard))) == ["FILE01: HV-DR has no drive D:."]
        wizard.choices.rules = FolderRules(r"R:\{vm}", r"R:\{vm}")
        wizard.set_destination(web, "HV-DR")
        found = words(await wizard.examine(grid(wizard)))
        assert "Live migrations are not enabled on HV-DR." in found
        wizard.set_destination(file, "HV-02")
        wizard.set_destination(web, "HV-02")
        assert wizard.choices.destinations == {}


@on_a_loop
async def test_what_is_typed_wrong_is_said_with_the_machine(lab: RunningLab, tmp_path: Path) -> None:
    async with wizard_for(lab, tmp_path, "WEB01", "APP01") as (wizard, _jobs):
        assert words(wizard.problems(grid(wizard)))[0] == "WEB01: No destination computer is named."
        wizard.choices.destination = "HV-02"
        wizard.choices.rules = FolderRules(r"D:\{nothing}", r"D:\{vm}")
        [problem] = wizard.problems(grid(wizard))
        assert (problem.field, problem.what[:31]) == ("disks_rule", "{nothing} stands for nothing. T")
        wizard.choices.rules = FolderRules("Moved", r"D:\{vm}")
        assert words(wizard.problems(grid(wizard)))[0] == "WEB01: Moved is not a full path."
        with pytest.raises(ValueError, match="Moved is not a full path"):
            await wizard.plan()


@on_a_loop
async def test_room_is_looked_at_for_all_together(lab: RunningLab, tmp_path: Path) -> None:
    async with wizard_for(lab, tmp_path, "WEB01", "FILE01", "SQL01", "APP01") as (wizard, _jobs):
        wizard.choices.destination = "HV-02"
        wizard.choices.rules = FolderRules(r"E:\{vm}", r"D:\{vm}")
        found = words(await wizard.examine(grid(wizard)))
        assert any(text.startswith("Drive E: of HV-02 has 10 GB free, but all disks together need") for text in found)
        [forecast] = wizard.forecast()
        assert (forecast.host, forecast.drive) == ("HV-02", "E:")
        assert forecast.left < 0


@on_a_loop
async def test_two_disks_of_two_machines_never_become_one_file(lab: RunningLab, tmp_path: Path) -> None:
    async with wizard_for(lab, tmp_path, "WEB01", "APP01") as (wizard, _jobs):
        wizard.choices.destination = "HV-02"
        wizard.choices.rules = FolderRules(r"D:\Disks", r"D:\{vm}")
        assert not obstacles(wizard.problems(grid(wizard)))
        inventory = wizard.rows[0].source_picture.inventory
        assert inventory is not None
        # A machine twice stands for two machines whose disks have one name.
        twice = MoveManyWizard(wizard.estate, wizard.source, (inventory.machines[0], inventory.machines[0]))
        twice.choices = wizard.choices
        assert any("would become one file" in text for text in words(twice.problems(grid(twice))))


@on_a_loop
async def test_switches_that_are_missing_are_chosen_once_for_all(lab: RunningLab, tmp_path: Path) -> None:
    async with wizard_for(lab, tmp_path, "TEST01", "DC01") as (wizard, _jobs):
        wizard.choices.destination = "HV-DR"
        wizard.apply()
        assert wizard.missing_switches() == (("HV-DR", "Management"), ("HV-DR", "Production"))
        assert [step.key for step in wizard.steps()] == ["grid", "networks", "summary"]
        wizard.choices.switches["HV-DR", "Production"] = "Replica site"
        wizard.apply()
        moves = wizard.moves()
        assert [[choice.switch_name for choice in move.networks] for move in moves] == [[""], ["Replica site"]]


@on_a_loop
async def test_only_storage_moves_within_the_host(lab: RunningLab, tmp_path: Path) -> None:
    async with wizard_for(lab, tmp_path, "DC02", "PRINT01", source="HV-02") as (wizard, jobs):
        wizard.choices.move_type = MoveType.STORAGE
        wizard.choices.rules = FolderRules(r"D:\New\{vm}\{item}", r"D:\New\{vm}")
        batch = await passes(wizard)
        watched = jobs.watch()
        await jobs.start_all(batch)
        while jobs.under_way:
            lab.advance(30)
            await anext(watched)
        assert {status.state for status in jobs.statuses if status.plan} == {JobState.COMPLETED}
    assert sent(lab, "Move-VMStorage") == 2


@on_a_loop
async def test_either_all_of_them_begin_or_none(lab: RunningLab, tmp_path: Path) -> None:
    async with wizard_for(lab, tmp_path, "TEST01", "APP01") as (wizard, jobs):
        wizard.choices.destination = "HV-02"
        batch = await passes(wizard)
        await jobs.start(batch.plans[1], hold=True)
        with pytest.raises(PlanOutdated, match="A job for APP01 is under way"):
            await jobs.start_all(batch)
        assert [status.title for status in jobs.statuses] == ["Move APP01 to HV-02"]
    assert not sent(lab, "Move-VM")


@on_a_loop
async def test_without_a_rule_everything_goes_to_the_same_paths(lab: RunningLab, tmp_path: Path) -> None:
    async with wizard_for(lab, tmp_path, "TEST01", "FILE01") as (wizard, _jobs):
        wizard.choices.destination = "HV-02"
        batch = await passes(wizard)
        assert [[item.folder for item in move.placement.after()] for move in wizard.moves()] == [
            [item.folder for item in row.items] for row in wizard.rows
        ]
        assert len(batch.plans) == 2


@pytest.fixture
def workgroup(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, scenario="workgroup") as running:
        yield running


@on_a_loop
async def test_what_lies_on_a_share_stays_there(workgroup: RunningLab, tmp_path: Path) -> None:
    async with a_program(workgroup.connections(), tmp_path) as (estate, _jobs):
        await read_all(estate)
        for picture in estate.pictures:
            inventory = picture.inventory
            assert inventory is not None
            shared = [machine for machine in inventory.machines if machine.path.startswith("\\\\")]
            if shared:
                break
        wizard = MoveManyWizard(estate, picture.key, shared[:1])
        [destination] = wizard.destinations()
        wizard.choices.destination = destination.key.name
        wizard.apply()
        [move] = wizard.moves()
        assert move.kind is MoveKind.MACHINE_ONLY
        assert move.placement.moved == ()
