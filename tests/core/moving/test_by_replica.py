"""A machine moved by replica between hosts that cannot migrate live, over the wire."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

from core.estate.estate import Estate
from core.hyperv.replication_states import ReplicationMode
from core.hyperv.states import MachineState
from core.jobs.plan import Plan
from core.jobs.status import JobState
from core.moving.ways import Way
from core.powershell.command import Pipeline, Switch, command
from core.powershell.script import script
from core.wizards.move import MoveWizard
from core.wizards.wizard import obstacles
from tests.core.estates import key, machine_on, read_all
from tests.core.jobs.working import a_program, carried_out, undone
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

Golden: TypeAlias = Callable[[str, str], None]

FAST = 3000.0
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MAC = re.compile(r"\b00155D[0-9A-F]{6}\b")


async def examined(wizard: MoveWizard, page: str) -> tuple[str, ...]:
    step = next(step for step in wizard.steps() if step.page == page)
    return tuple(problem.what for problem in obstacles(await wizard.examine(step)))


async def plan_for(estate: Estate, machine: str) -> tuple[MoveWizard, Plan]:
    wizard = MoveWizard(estate, key("HV-01"), await machine_on(estate, "HV-01", machine), is_introduced=False)
    wizard.choices.destination = "HV-DR"
    assert await examined(wizard, wizard.DESTINATION) == ()
    for place, _adapter in wizard.unconnected():
        wizard.set_switch(place, "Replica site")
    assert await examined(wizard, wizard.WAY) == ()
    assert await examined(wizard, wizard.SUMMARY) == ()
    return wizard, await wizard.plan()


def printed(plan: Plan) -> str:
    """The plan as PowerShell, without what is another in every run."""
    lines = [f"# {action.host.name}: {action.title}\n{script(action.pipeline)}" for action in plan.actions]
    return _MAC.sub("MAC", _ID.sub("ID", "\n".join(lines)))


async def states(estate: Estate, machine: str) -> dict[str, MachineState]:
    await read_all(estate)
    return {
        picture.key.name: each.state
        for picture in estate.pictures
        if picture.inventory is not None
        for each in picture.inventory.machines
        if each.name == machine
    }


@on_a_loop
async def test_a_machine_moves_by_replica_and_runs_on_one_host_only(tmp_path: Path, golden: Golden) -> None:
    with running_lab(tmp_path, speed=FAST) as lab:
        await _move_by_replica(lab, tmp_path, golden)


async def _move_by_replica(lab: RunningLab, folder: Path, golden: Golden) -> None:
    async with a_program(lab.connections(), folder) as (estate, jobs):
        await read_all(estate)
        wizard, plan = await plan_for(estate, "WEB01")
        golden("by-replica.ps1", printed(plan))
        assert wizard.ways.chosen is Way.REPLICA
        live, replica, _export = wizard.ways.offers
        assert not live.is_open
        assert live.is_possible, "migrations can be enabled from here"
        assert replica.down_time.seconds > 0
        summary = dict(plan.summary)
        assert summary["Why:"] == "Live migrations are not enabled on HV-DR."
        assert summary["Down time:"].startswith("About ")
        done = await carried_out(jobs, plan)
        assert done.state is JobState.COMPLETED, (done.detail, done.cure, done.step)
        assert await states(estate, "WEB01") == {"HV-01": MachineState.OFF, "HV-DR": MachineState.RUNNING}
        there = estate.picture(key("HV-DR")).inventory
        assert there is not None
        (adapter,) = there.adapters_of(wizard.machine.machine_id)
        assert adapter.switch_name == "Replica site"
        assert "delete it on HV-01" in plan.remains[0]

        # Off, it stays off and costs nothing; a failover that fails is taken back, and the source runs on.
        _wizard, plan = await plan_for(estate, "TEST01")
        assert dict(plan.summary)["Down time:"] == "None: the machine does not run."
        assert not any("Start-VM " in script(action.pipeline) + " " for action in plan.actions)

        _wizard, plan = await plan_for(estate, "APP01")
        place = next(n for n, action in enumerate(plan.actions) if action.title == "Fail APP01 over on HV-DR")
        nobody = Pipeline((command("Get-VM", Id=UUID(int=0)) | command("Start-VMFailover", Confirm=Switch.ABSENT),))
        refused = replace(plan.actions[place], pipeline=nobody)
        plan = replace(plan, actions=(*plan.actions[:place], refused, *plan.actions[place + 1 :]))
        failed = await carried_out(jobs, plan)
        assert failed.state is JobState.FAILED, failed.detail
        assert await states(estate, "APP01") == {"HV-01": MachineState.OFF, "HV-DR": MachineState.OFF}
        back = await undone(jobs, failed)
        assert back.state is JobState.COMPLETED, (back.detail, back.cure)
        assert await states(estate, "APP01") == {"HV-01": MachineState.RUNNING, "HV-DR": MachineState.OFF}
        again = estate.picture(key("HV-01")).inventory
        assert again is not None
        assert next(each for each in again.machines if each.name == "APP01").replication_mode is ReplicationMode.NONE
