"""What the program does about a problem cures it on the hosts, and its undo brings the problem back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.estate.estate import Estate
from core.hyperv.states import MachineState
from core.jobs.plan import Action
from core.jobs.status import JobState
from core.moving.fixes import allow_other_processors
from core.moving.move import Move
from core.powershell.script import script
from core.wizards.wizard import Problem
from tests.core.estates import key, machine_on, managed
from tests.core.jobs.working import a_program, carried_out, undone
from tests.core.moving.examining import connections, examination, move_of
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

Golden = Callable[[str, str], None]
QUICK = 200.0
"""Simulated seconds per second: a guest shuts down in a moment."""


@pytest.fixture
def troubled(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, scenario="troubled", speed=QUICK) as running:
        yield running


def printed(actions: tuple[Action, ...], move: Move) -> str:
    """The actions as PowerShell, without the ID of the machine, which is another in every run."""
    lines = [f"# {action.title}\n{script(action.pipeline)}" for action in actions]
    return "\n".join(lines).replace(str(move.machine.machine_id), "ID")


async def curable(estate: Estate, move: Move) -> list[Problem]:
    others = (move,) if move.machine.name == "PRIVATE01" else ()
    return [problem for problem in (await examination(estate, move, others)).problems if problem.fix is not None]


@pytest.mark.parametrize(
    ("name", "source", "destination", "folder", "file"),
    [
        ("ISO01", "TR-01", "TR-02", r"D:\VMs\ISO01", "fix-eject.ps1"),
        ("DIRTY01", "TR-01", "TR-DE", r"D:\VMs\DIRTY01", "fix-processor.ps1"),
        ("DIRTY01", "TR-01", "TR-OFF", r"C:\VMs\DIRTY01", "fix-enable.ps1"),
        ("CREDSSP01", "TR-CRED", "TR-02", r"D:\VMs\CREDSSP01", "fix-kerberos.ps1"),
        ("PRIVATE01", "TR-01", "TR-02", r"D:\VMs\PRIVATE01", "fix-limit.ps1"),
    ],
)
def test_a_fix_cures_and_its_undo_brings_the_problem_back(
    troubled: RunningLab,
    tmp_path: Path,
    golden: Golden,
    name: str,
    source: str,
    destination: str,
    folder: str,
    file: str,
) -> None:
    @on_a_loop
    async def fixed() -> None:
        async with a_program(connections(troubled, source, destination), tmp_path) as (estate, jobs):
            move = await move_of(estate, name, source, destination, folder)
            before, *others = await curable(estate, move)
            assert before.fix is not None
            backwards = tuple(action.undo for action in reversed(before.fix.actions) if action.undo is not None)
            golden(file, printed(before.fix.actions, move) + "\n\n# Undo\n" + printed(backwards, move))
            done = await carried_out(jobs, before.fix)
            assert (done.state, done.detail) == (JobState.COMPLETED, done.detail)
            cured = await move_of(estate, name, source, destination, folder)
            assert await curable(estate, cured) == others
            assert cured.machine.state is move.machine.state
            assert (await undone(jobs, done)).state is JobState.COMPLETED
            again = await curable(estate, await move_of(estate, name, source, destination, folder))
            assert again == [before, *others]

    fixed()


@on_a_loop
async def test_a_machine_that_is_off_is_changed_without_being_started(troubled: RunningLab, tmp_path: Path) -> None:
    async with a_program(connections(troubled, "TR-01"), tmp_path) as (estate, jobs):
        await machine_on(estate, "TR-01", "TWIN")
        inventory = estate.picture(key("TR-01")).inventory
        assert inventory is not None
        (off,) = [each for each in inventory.machines if each.state is MachineState.OFF]
        plan = allow_other_processors(key("TR-01"), off)
        assert plan is not None
        assert len(plan.actions) == 1
        assert (await carried_out(jobs, plan)).state is JobState.COMPLETED
        after = estate.picture(key("TR-01")).inventory
        assert after is not None
        assert after.machine(off.machine_id) is not None


@on_a_loop
async def test_a_saved_machine_is_left_to_the_administrator(lab: RunningLab) -> None:
    async with managed(lab.connections()) as estate:
        for host in ("HV-01", "HV-02", "HV-DR"):
            await estate.refresh(key(host))
        saved = [
            (picture.key, machine)
            for picture in estate.pictures
            if picture.inventory is not None
            for machine in picture.inventory.machines
            if machine.state in (MachineState.SAVED, MachineState.PAUSED)
        ]
        assert saved
        assert [allow_other_processors(host, machine) for host, machine in saved] == [None] * len(saved)
