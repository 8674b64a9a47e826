"""Names and folders that are easy to get wrong reach the host exactly as they were chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.estate.estate import Estate
from core.hyperv.records import Machine
from core.wizards.move import MoveWizard
from core.wizards.move_choices import MoveType
from core.wizards.wizard import obstacles
from tests.core.estates import key, managed, read_all
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import running_lab

FAST = 5000.0
"""Simulated seconds per second: nobody waits for a move."""
NAMES = "It's [a] test; $(x) * ü"


async def carry_out(estate: Estate, wizard: MoveWizard) -> None:
    """Send the plan as it is, each call once."""
    plan = await wizard.plan()
    for action in plan.actions:
        session = estate.open_session(estate.picture(action.host).connection)
        try:
            (await session.run(action.pipeline, changes=True)).raise_for_errors()
        finally:
            await session.close()


def machines_called(estate: Estate, host: str, name: str) -> list[Machine]:
    read = estate.picture(key(host)).inventory
    assert read is not None
    return [machine for machine in read.machines if machine.name == name]


@pytest.mark.parametrize(
    "folder",
    [
        "D:\\It's [a] $(test); & {more} `so` ü",
        "D:\\VMs\\\u201cquoted\u201d \u2019too\u2019",
        "D:\\Ω\\Äpfel, Birnen",
        "D:\\%TEMP%\\$env\\@(1)",
    ],
)
def test_a_folder_arrives_as_it_was_typed(tmp_path: Path, folder: str) -> None:
    @on_a_loop
    async def move() -> None:
        async with managed([lab.connection("TR-01"), lab.connection("TR-02")]) as estate:
            await read_all(estate)
            (machine,) = machines_called(estate, "TR-01", NAMES)
            wizard = MoveWizard(estate, key("TR-01"), machine)
            wizard.choices.destination = "TR-02"
            wizard.set_folder(None, folder)
            assert obstacles(await wizard.examine(list(wizard.steps())[-1])) == ()
            await carry_out(estate, wizard)
            await read_all(estate)
            (arrived,) = machines_called(estate, "TR-02", NAMES)
            assert (arrived.machine_id, arrived.path) == (machine.machine_id, folder)

    with running_lab(tmp_path, scenario="troubled", speed=FAST) as lab:
        move()
        (call,) = [entry for entry in lab.received() if entry["cmdlet"] == "Move-VM"]
    assert call["parameters"] == {
        "DestinationHost": "TR-02.troubled.example",
        "IncludeStorage": True,
        "DestinationStoragePath": folder,
    }


def test_of_two_machines_with_one_name_the_chosen_one_moves(tmp_path: Path) -> None:
    @on_a_loop
    async def move() -> None:
        async with managed([lab.connection("TR-01")]) as estate:
            await read_all(estate)
            other, chosen = machines_called(estate, "TR-01", "TWIN")
            wizard = MoveWizard(estate, key("TR-01"), chosen)
            wizard.choices.move_type = MoveType.STORAGE
            wizard.set_folder(None, "C:\\Moved")
            assert obstacles(await wizard.examine(list(wizard.steps())[-1])) == ()
            await carry_out(estate, wizard)
            await read_all(estate)
            paths = {machine.machine_id: machine.path for machine in machines_called(estate, "TR-01", "TWIN")}
            assert paths == {other.machine_id: other.path, chosen.machine_id: "C:\\Moved"}

    with running_lab(tmp_path, scenario="troubled", speed=FAST) as lab:
        move()
