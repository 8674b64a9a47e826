"""Any choices give either problems or a plan that the hosts carry out as it was summarised, and that can be undone.

The wizard asks the hosts of a lab in which nothing ever changes. The plan is printed and run in a twin of it in this
process: the same scenario with the same seed, whose clock the test steps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from core.estate.estate import Estate
from core.hyperv.records import Machine
from core.jobs.plan import Plan
from core.moving.placement import items_of
from core.remoting.workers import Workers
from core.wizards.move import MoveWizard
from core.wizards.move_choices import ItemOption, MoveOption, MoveType, StorageOption
from core.wizards.wizard import obstacles
from tests.core.estates import key, read_all
from tests.core.moving.hosts import inventory, machine_called, run
from tests.lab.cmdlets.administration import Administrator
from tests.laboratory import RunningLab, running_lab

SCENARIO = str(Path(__file__).parents[2] / "end_to_end" / "routes.toml")
HOST = "HV-01"
ITEMS = ["disk SCSI 0:0", "disk SCSI 0:1", "configuration", "checkpoints", "smart paging"]
GOOD = [
    "D:\\A",
    "D:\\It's [a] $(test); & {more} ü",
    "E:\\B\\C",
    "E:\\",
    "e:\\b\\c\\",
    "\\\\FS-01\\machines\\x",
    "C:\\Ω",
]
BAD = [
    "",
    " ",
    "A",
    "D:A",
    "Q:\\A",
    "D:\\..\\A",
    "D:\\A \\B",
    "D:\\A|B",
    "\\\\?\\D:\\A",
    "D:\\" + "x" * 250,
    "D:\\A\\\\B",
]

folders = st.one_of(
    st.sampled_from(GOOD), st.sampled_from(GOOD), st.sampled_from(GOOD), st.sampled_from(BAD), st.text(max_size=12)
)
choices = st.fixed_dictionaries(
    {
        "machine": st.sampled_from(["WEB01", "TEST01"]),
        "move_type": st.sampled_from(MoveType),
        "destination": st.sampled_from(["HV-02", "HV-02", "hv-02.CONTOSO.example", HOST, "HV-AMD", "HV-OFF", "", "no"]),
        "option": st.sampled_from(MoveOption),
        "item_option": st.sampled_from(ItemOption),
        "storage_option": st.sampled_from(StorageOption),
        "left_out": st.one_of(st.just(set()), st.sets(st.sampled_from(ITEMS))),
        "location": st.one_of(st.none(), folders),
        "folders": st.dictionaries(st.sampled_from(ITEMS), folders),
        "switch": st.sampled_from(["", "Production", "Test"]),
    }
)


@pytest.fixture(scope="module")
def unchanging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    folder = tmp_path_factory.mktemp("lab")
    with running_lab(folder, scenario=SCENARIO, options=("--seed", "1")) as lab:
        yield lab


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def estate(unchanging: RunningLab, loop: asyncio.Runner) -> Iterator[Estate]:
    workers = Workers(4)
    workers.start()

    async def opened() -> Estate:
        estate = Estate(workers)
        for connection in unchanging.connections(practice=True):
            estate.add(connection)
        await read_all(estate)
        return estate

    async def closed(estate: Estate) -> None:
        await estate.close()
        await workers.close()

    estate = loop.run(opened())
    yield estate
    loop.run(closed(estate))


ANOTHER_SWITCH: dict[str, Any] = {
    "machine": "TEST01",
    "move_type": MoveType.MACHINE,
    "destination": "HV-02",
    "option": MoveOption.SINGLE_LOCATION,
    "item_option": ItemOption.SAME_PATHS,
    "storage_option": StorageOption.SINGLE_LOCATION,
    "left_out": set(),
    "location": None,
    "folders": {},
    "switch": "Test",
}


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # an example takes too long to look for the shortest one
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(ANOTHER_SWITCH)
@given(chosen=choices)
def test_any_choices_are_refused_or_carried_out_as_summarised(
    estate: Estate, loop: asyncio.Runner, chosen: dict[str, Any]
) -> None:
    read = estate.picture(key(HOST)).inventory
    assert read is not None
    wizard = MoveWizard(estate, key(HOST), machine_called(read, chosen["machine"]))
    fill(wizard, chosen)
    summary = list(wizard.steps())[-1]
    problems = obstacles(loop.run(wizard.examine(summary)))
    if problems:
        assert all(problem.what.strip() and problem.cure.strip() for problem in problems)
        return
    plan = loop.run(wizard.plan())
    move = wizard.move()
    assert move is not None
    words = "\n".join(value for _name, value in plan.summary)
    assert all(item.path in words for item in move.placement.after())
    admin = Administrator(HOST, SCENARIO)
    carry_out(admin, plan, wizard, move.placement.after())


def fill(wizard: MoveWizard, chosen: dict[str, Any]) -> None:
    """Choose as somebody would on the pages."""
    for name in ("move_type", "destination", "option", "item_option", "storage_option", "left_out"):
        setattr(wizard.choices, name, chosen[name])
    if chosen["location"] is not None:
        wizard.set_folder(None, chosen["location"])
    for item in wizard.items:
        if item.key in chosen["folders"]:
            wizard.set_folder(item, chosen["folders"][item.key])
    for place, _adapter in wizard.unconnected():
        wizard.set_switch(place, chosen["switch"])


def carry_out(admin: Administrator, plan: Plan, wizard: MoveWizard, after: tuple[Any, ...]) -> None:
    """Run the plan in the twin, compare what is there then, and take it back."""
    assert plan.end is not None
    before = stand(admin, HOST, wizard.machine)
    for action in plan.actions:
        assert run(admin, action.host.name, action.pipeline).errors == []
    there = stand(admin, plan.end.host.name, wizard.machine)
    assert there["items"] == [(item.key, item.path) for item in after]
    assert there["switches"] == [adapter.switch_name for adapter in plan.end.adapters]
    for action in reversed(plan.actions):
        assert action.undo is not None
        assert run(admin, action.undo.host.name, action.undo.pipeline).errors == []
    assert stand(admin, HOST, wizard.machine)["items"] == before["items"]


def stand(admin: Administrator, host: str, machine: Machine) -> dict[str, Any]:
    """Where the machine's items are on a host, and what its adapters are connected to."""
    read = inventory(admin, host)
    found = read.machine(machine.machine_id)
    assert found is not None
    return {
        "items": [(item.key, item.path) for item in items_of(found, read.drives_of(found.machine_id))],
        "switches": [adapter.switch_name or "" for adapter in read.adapters_of(found.machine_id)],
    }
