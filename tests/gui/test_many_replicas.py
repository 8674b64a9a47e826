"""Replications in estates of other sizes: a disk that takes too long to compare, and a thousand relationships."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from core.failover.control import control_plan
from core.hyperv.replication_states import ReplicationState as State
from core.replicas.verbs import Verb
from gui.console import Console
from gui.replicas.overview_dialog import OverviewDialog
from gui.replicas.resynchronize_dialog import ResynchronizeDialog
from tests.core.recovery.planning import scenario
from tests.gui.driving import click, dialog, is_all_shown, select_machine, until
from tests.gui.replica_samples import choose, leg
from tests.laboratory import RunningLab, running_lab

LEFT_OUT = "D:\\VMs\\VM01\\Virtual Hard Disks\\page.vhdx"
MANY = tuple(f"VM{number:04}" for number in range(1, 1001))


@pytest.fixture
def vast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    """VM01 has a disk of 20 TB, of which little is used, and one that is not replicated; VM02 has a small one."""
    folder = tmp_path_factory.mktemp("lab")
    file = Path(scenario(folder, ("VM01", "VM02")))
    text = file.read_text(encoding="utf-8")
    vast_disks = 'size = "20 TB", used = "1 GB" }, { name = "page.vhdx", size = "4 GB" }'
    text = text.replace('size = "4 GB", used = "1 GB" }', vast_disks, 1)
    text = text.replace('machine = "VM01"', f"machine = 'VM01'\nexcluded = ['{LEFT_OUT}']", 1)
    file.write_text(text, encoding="utf-8")
    with running_lab(folder, scenario=str(file), speed=100.0) as running:
        yield running


@pytest.fixture
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    folder = tmp_path_factory.mktemp("lab")
    with running_lab(folder, scenario=scenario(folder, MANY)) as running:
        yield running


async def show(console: Console, lab: RunningLab) -> None:
    for connection in lab.connections(practice=True):
        console.estate.add(connection)
    await until(lambda: is_all_shown(console))


async def paused(console: Console, name: str) -> None:
    """A machine whose replication is paused, selected."""
    select_machine(console.window, name)
    await until(lambda: leg(console, name) is not None and len(leg(console, name).known) == 2)
    await console.carry_out_fix(control_plan(Verb.PAUSE, leg(console, name).sender))
    await until(lambda: leg(console, name).sender.state is State.SUSPENDED)


async def opened(console: Console) -> ResynchronizeDialog:
    choose(console, Verb.RESYNCHRONIZE)
    asked = dialog(ResynchronizeDialog)
    await until(lambda: not asked.is_waiting)
    return asked


async def test_a_resynchronisation_is_scheduled_and_left_to_the_host(console: Console, vast: RunningLab) -> None:
    await show(console, vast)
    await paused(console, "VM02")
    asked = await opened(console)
    assert asked.now.isChecked()
    asked.later.click()
    click(asked, "commit")
    await until(lambda: bool(leg(console, "VM02").sender.row.resynchronize_start_time))
    await until(lambda: not console.jobs.under_way)
    asked = await opened(console)
    # The hours are those that the relationship has.
    assert (asked.earliest.time().hour(), asked.latest.time().hour()) == (18, 6)
    asked.by_itself.click()
    asked.earliest.setTime(asked.earliest.time().addSecs(3 * 3600))
    click(asked, "commit")
    begins = datetime.timedelta(hours=21, minutes=30).total_seconds()
    await until(lambda: leg(console, "VM02").sender.row.auto_resynchronize_interval_start.seconds == begins)
    await until(lambda: not console.jobs.under_way)


async def test_beyond_six_hours_a_full_copy_is_proposed_and_made(console: Console, vast: RunningLab) -> None:
    await show(console, vast)
    await paused(console, "VM01")
    asked = await opened(console)
    assert asked.full.isChecked()
    assert "more than six hours" in asked.cost.text()
    click(asked, "commit")
    await until(lambda: not console.jobs.under_way and leg(console, "VM01").sender.state is State.REPLICATING)
    assert leg(console, "VM01").receiver.state is State.REPLICATING
    titles = [status.title for status in console.jobs.statuses]
    assert "Full initial replication of VM01 to R.contoso.example" in titles
    (enabled,) = [
        entry for entry in vast.received() if entry["cmdlet"] == "Enable-VMReplication" and entry["host"] == "P"
    ]
    assert enabled["parameters"]["ExcludedVhdPath"] == [LEFT_OUT]


async def test_a_thousand_relationships_are_listed_sorted_and_filtered(console: Console, many: RunningLab) -> None:
    await show(console, many)
    console.window.actions_offered.show_replications.trigger()
    view = dialog(OverviewDialog)
    await until(lambda: view.model.rowCount() == 1000 and not view.notice.text)
    for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder):
        view.model.sort(0, order)
        first = "VM1000" if order is Qt.SortOrder.DescendingOrder else "VM0001"
        assert view.model.index(0, 0).data() == first
    view.needy.click()
    assert view.count.text() == "0 of 1000 replications"
    view.needy.click()
    assert view.model.rowCount() == 1000
