"""The Move Wizard without widgets: its route, what it refuses and why, and the plan it makes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.estate.connection import Connection
from core.estate.estate import Estate
from core.powershell.command import Pipeline, command
from core.powershell.script import script
from core.remoting.endpoint import Credential
from core.wizards.move import MoveWizard
from core.wizards.wizard import Problem
from tests.core.estates import key, machine_on, managed, read_all
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab

GOLDEN = Path(__file__).parent / "move_single_location.ps1"


async def wizard_for(estate: Estate, machine: str = "WEB01", host: str = "HV-01") -> MoveWizard:
    await read_all(estate)
    return MoveWizard(estate, key(host), await machine_on(estate, host, machine))


async def examine(wizard: MoveWizard, step_key: str) -> tuple[Problem, ...]:
    step = next(step for step in wizard.steps() if step.key == step_key)
    return await wizard.examine(step)


async def change(estate: Estate, host: str, cmdlet: str) -> None:
    session = estate.open_session(estate.picture(key(host)).connection)
    try:
        answer = await session.run(Pipeline((command(cmdlet) | command("Out-String"),)), changes=True)
        answer.raise_for_errors()
    finally:
        await session.close()


@on_a_loop
async def test_the_route_is_that_of_hyper_v_manager(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections()) as estate:
        wizard = await wizard_for(estate)
        assert wizard.title == 'Move "WEB01" Wizard'
        assert [step.name for step in wizard.steps()] == [
            "Before You Begin",
            "Choose Move Type",
            "Specify Destination",
            "Choose Move Options",
            "Virtual Machine",
            "Summary",
        ]
        assert {picture.key.name for picture in wizard.destinations()} == {"HV-02", "HV-DR"}


@on_a_loop
async def test_good_choices_become_a_plan_that_says_what_it_does(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections()) as estate:
        wizard = await wizard_for(estate)
        wizard.choices.destination = "hv-02"
        assert await examine(wizard, MoveWizard.DESTINATION) == ()
        assert wizard.proposed_folder() == r"D:\VMs\WEB01"
        wizard.choices.folder = r"D:\It's here\WEB01"
        assert await examine(wizard, MoveWizard.LOCATION) == ()
        assert await examine(wizard, MoveWizard.SUMMARY) == ()
        plan = await wizard.plan()
    assert plan.title == "Move WEB01 to HV-02"
    assert plan.hosts == (key("HV-01"), key("HV-02"))
    summary = dict(plan.summary)
    assert summary["Destination computer:"] == "HV-02"
    assert summary["Size of the disks:"] == "27.5 GB"
    assert summary["Free space after the move:"] == "1.73 TB on D:"
    (action,) = plan.actions
    machine_id = str(wizard.machine.machine_id)
    assert script(action.pipeline).replace(machine_id, "ID") == GOLDEN.read_text(encoding="utf-8").rstrip("\n")


@on_a_loop
async def test_parents_of_a_checkpoint_count_as_well(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections()) as estate:
        wizard = await wizard_for(estate, "APP01")
        wizard.choices.destination = "HV-02"
        wizard.choices.folder = r"D:\VMs\APP01"
        assert await examine(wizard, MoveWizard.LOCATION) == ()
        assert len(wizard.disks) == 2
        assert wizard.size == (58 + 1) << 30


@pytest.mark.parametrize(
    ("typed", "what", "cure"),
    [
        ("", "No destination computer is named.", "Choose or type one."),
        ("HV-01", "WEB01 is on HV-01 already.", "Choose another computer."),
        ("hv-01.CONTOSO.example", "WEB01 is on HV-01 already.", "Choose another computer."),
        ("HV-DR", "Live migrations are not enabled on HV-DR.", "Hyper-V settings of HV-DR"),
    ],
)
def test_a_destination_that_cannot_be_is_refused(shared_lab: RunningLab, typed: str, what: str, cure: str) -> None:
    @on_a_loop
    async def refused() -> None:
        async with managed(shared_lab.connections()) as estate:
            wizard = await wizard_for(estate)
            wizard.choices.destination = typed
            (problem,) = await examine(wizard, MoveWizard.DESTINATION)
            assert problem.what == what
            assert cure in problem.cure
            assert wizard.choices.destination == typed

    before = len(shared_lab.received())
    refused()
    assert not any(entry["cmdlet"] in ("Move-VM", "Compare-VM") for entry in shared_lab.received()[before:])


@on_a_loop
async def test_a_name_that_does_not_exist_is_a_problem(shared_lab: RunningLab) -> None:
    async with managed([shared_lab.connection("HV-01")]) as estate:
        wizard = await wizard_for(estate)
        wizard.choices.destination = "no-such-host.invalid"
        (problem,) = await examine(wizard, MoveWizard.DESTINATION)
    assert problem.what.startswith("no-such-host.invalid cannot be found.")
    assert problem.cure


@on_a_loop
async def test_a_practice_machine_never_goes_to_another_host(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections(practice=True)) as estate:
        wizard = await wizard_for(estate)
        wizard.choices.destination = "no-such-host.invalid"
        (problem,) = await examine(wizard, MoveWizard.DESTINATION)
    assert problem.what == "There is no practice host called no-such-host.invalid."


@on_a_loop
async def test_a_host_that_refuses_the_sign_in_is_a_problem(shared_lab: RunningLab) -> None:
    def refuse(connection: Connection) -> Connection:
        if connection.endpoint.name != "HV-02":
            return connection
        return replace(connection, credential=Credential(connection.credential.user_name, "wrong"))

    async with managed(map(refuse, shared_lab.connections())) as estate:
        wizard = await wizard_for(estate)
        wizard.choices.destination = "HV-02"
        (problem,) = await examine(wizard, MoveWizard.DESTINATION)
    assert problem.what.startswith("HV-02 refused the sign-in.")


@on_a_loop
async def test_a_host_that_does_not_answer_is_a_problem(shared_lab: RunningLab) -> None:
    unused = replace(shared_lab.connection("HV-02"), endpoint=replace(shared_lab.connection("HV-02").endpoint, port=1))
    async with managed([shared_lab.connection("HV-01"), unused]) as estate:
        wizard = await wizard_for(estate)
        wizard.choices.destination = "HV-02"
        (problem,) = await examine(wizard, MoveWizard.DESTINATION)
    assert problem.what.startswith("HV-02 refused the connection.")


@on_a_loop
async def test_migration_switched_off_at_the_source_is_a_problem(lab: RunningLab) -> None:
    async with managed(lab.connections()) as estate:
        wizard = await wizard_for(estate)
        await change(estate, "HV-01", "Disable-VMMigration")
        wizard.choices.destination = "HV-02"
        (problem,) = await examine(wizard, MoveWizard.DESTINATION)
    assert problem.what == "Live migrations are not enabled on HV-01."


@pytest.mark.parametrize(
    ("folder", "what"),
    [
        ("", "No folder is named."),
        ("Machines", "Machines is not a full path."),
        (r"Q:\Machines", "HV-02 has no drive Q:."),
        (r"D:\VMs\..\..\Windows", "The path must not contain . or .. as a folder."),
        (r"E:\Machines", "Drive E: of HV-02 has 10 GB free, but the disks need 27.5 GB."),
    ],
)
def test_a_folder_that_cannot_be_is_refused(shared_lab: RunningLab, folder: str, what: str) -> None:
    @on_a_loop
    async def refused() -> None:
        async with managed(shared_lab.connections()) as estate:
            wizard = await wizard_for(estate)
            wizard.choices.destination = "HV-02"
            wizard.choices.folder = folder
            (problem,) = await examine(wizard, MoveWizard.LOCATION)
            assert problem.what == what
            assert problem.cure
            assert await examine(wizard, MoveWizard.SUMMARY) == (problem,)

    before = len(shared_lab.received())
    refused()
    assert not any(entry["cmdlet"] in ("Move-VM", "Compare-VM") for entry in shared_lab.received()[before:])


@on_a_loop
async def test_what_the_host_itself_objects_to_stands_on_the_summary(lab: RunningLab) -> None:
    async with managed(lab.connections()) as estate:
        await read_all(estate)
        wizard = await wizard_for(estate, "SQL01")
        wizard.choices.destination = "HV-DR"
        wizard.choices.folder = r"R:\Replica\SQL01"
        await change(estate, "HV-DR", "Enable-VMMigration")
        (problem,) = await examine(wizard, MoveWizard.SUMMARY)
    assert problem.what == "Could not find Ethernet switch 'Production'."


@on_a_loop
async def test_a_plan_is_not_made_from_choices_with_problems(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections()) as estate:
        wizard = await wizard_for(estate)
        with pytest.raises(ValueError, match="No destination computer is named"):
            await wizard.plan()
