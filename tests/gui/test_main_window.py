"""The main window shows what the hosts tell, and offers what can be done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QTreeWidget

from core.estate import polling
from gui.application import opened, run
from gui.console import Console
from gui.main_window import MainWindow
from gui.options import Options
from tests.gui.driving import (
    PATIENCE,
    click,
    dialog,
    find,
    go_to,
    machine_names,
    open_wizard,
    select_machine,
    until,
)
from tests.laboratory import RunningLab


def test_without_hosts_two_ways_to_begin_are_offered(console: Console) -> None:
    window = console.window
    assert window.windowTitle() == "VM Ferry"
    for name in ("start_connect", "start_open_practice"):
        button = find(window, QPushButton, name)
        assert button.isVisible()
        assert button.isEnabled()
    assert not window.actions_offered.refresh.isEnabled()
    assert not window.actions_offered.move_machine.isEnabled()


async def test_a_host_is_listed_as_in_hyper_v_manager(practice: Console) -> None:
    window = practice.window
    headings = [
        window.machines_model.headerData(column, Qt.Orientation.Horizontal) for column in window.machine_list.columns
    ]
    assert headings == ["Name", "State", "CPU Usage", "Assigned Memory", "Uptime", "Status"]
    assert machine_names(window) == [
        "APP01",
        "BRANCH01",
        "CRM01",
        "DC01",
        "FILE01",
        "SQL01",
        "TEST01",
        "WEB01",
        "WIKI01",
    ]
    row = machine_names(window).index("WEB01")
    cells = [window.machines_model.index(row, column).data() for column in range(4)]
    assert cells == ["WEB01", "Running", "12%", "4 GB"]
    assert find(window, QLabel, "status").text().startswith("Read at ")


async def test_a_practice_host_is_never_taken_for_a_real_one(practice: Console) -> None:
    window = practice.window
    assert window.windowTitle() == "VM Ferry - HV-01 (practice)"
    assert "simulated" in window.banner.practice.text
    group = window.tree_model.root.child(0)
    assert group.text() == "Practice (simulated hosts)"
    assert group.child(0).icon().cacheKey() != window.tree_model.root.icon().cacheKey()


async def test_details_follow_the_selection(practice: Console) -> None:
    window = practice.window
    assert window.machine is None
    select_machine(window, "WEB01")
    drives = find(window, QTreeWidget, "drives").topLevelItem(0)
    assert drives is not None
    assert drives.text(1) == "D:\\VMs\\WEB01\\Virtual Hard Disks\\WEB01.vhdx"
    adapter = find(window, QTreeWidget, "adapters").topLevelItem(0)
    assert adapter is not None
    assert adapter.text(1) == "Production"
    select_machine(window, "APP01")
    checkpoint = find(window, QTreeWidget, "checkpoints").topLevelItem(0)
    assert checkpoint is not None
    assert checkpoint.text(0) == "Before update 4.2"


async def test_selection_and_order_survive_a_refresh(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    window.machine_list.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    before = machine_names(window)
    assert before[0] == "DC01"
    chosen = select_machine(window, "SQL01")
    uptime = window.machines_model.index(before.index("SQL01"), 4).data()
    lab.advance(60)
    QTest.keyClick(window, Qt.Key.Key_F5)
    await until(lambda: window.machines_model.index(before.index("SQL01"), 4).data() != uptime)
    assert machine_names(window) == before
    assert window.machine is not None
    assert window.machine.machine_id == chosen


async def test_each_host_remembers_its_machine(practice: Console) -> None:
    window = practice.window
    first, second = (picture.key for picture in practice.estate.pictures[:2])
    chosen = select_machine(window, "DC01")
    window.select_host(second)
    assert machine_names(window) == ["DC02", "PRINT01", "SHOP01", "WIKI01"]
    assert window.machine is None
    window.select_host(first)
    assert window.machine is not None
    assert window.machine.machine_id == chosen


async def test_a_host_that_falls_silent_keeps_its_list_and_says_why(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    select_machine(window, "WEB01")
    lab.process.kill()
    lab.process.wait()
    window.actions_offered.refresh.trigger()
    await until(lambda: window.banner.failure.text)
    assert "HV-01" in window.banner.failure.text
    assert "The list shows what was read at" in window.banner.failure.text
    assert "WEB01" in machine_names(window)
    assert window.tree.currentIndex().data() == "HV-01 (not answering)"
    assert not window.actions_offered.move_machine.isEnabled()


async def test_a_move_changes_both_lists_by_itself(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "summary")
    click(wizard, "commit")
    await until(lambda: window.jobs.rows)
    assert not window.actions_offered.move_machine.isEnabled()
    await until(lambda: window.jobs.rows[1].detail.text())
    lab.advance(3600)
    await until(lambda: not practice.jobs.under_way)
    await until(lambda: machine_names(window) == ["DC02", "PRINT01", "SHOP01", "WEB01", "WIKI01"])
    assert window.machine is not None
    assert window.machine.name == "WEB01"
    await until(lambda: window.jobs.rows[1].detail.text() == "WEB01 is on HV-02: Running, as before.")
    window.select_host(practice.estate.pictures[0].key)
    assert "WEB01" not in machine_names(window)
    assert window.machine is None
    assert lab.places()["HV-02"] == ["DC02", "PRINT01", "SHOP01", "WIKI01", "WEB01"]


@pytest.fixture
def seldom_polled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts are read when something happens, and not because their turn has come."""
    monkeypatch.setattr(polling, "DURING_JOB", 3600.0)


async def test_a_move_under_way_shows_in_the_list(seldom_polled: None, practice: Console, lab: RunningLab) -> None:
    model = practice.window.machines_model
    row = machine_names(practice.window).index("WEB01")
    assert model.index(row, 5).data() == "Operating normally"
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "summary")
    click(wizard, "commit")
    await until(lambda: model.index(row, 5).data() != "Operating normally")
    assert practice.jobs.under_way


async def test_closing_during_a_job_asks_first(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "summary")
    click(wizard, "commit")
    await until(lambda: practice.jobs.under_way)
    window.close()
    question = dialog(QMessageBox)
    assert "Move WEB01 to HV-02" in question.informativeText()
    assert "The practice lab closes with the window" in question.informativeText()
    assert question.defaultButton() is find(question, QPushButton, "keep_running")
    QTest.keyClick(question, Qt.Key.Key_Return)
    await until(lambda: not question.isVisible())
    assert not practice.closing.is_set()
    assert window.isVisible()
    window.close()
    click(dialog(QMessageBox), "close_anyway")
    assert practice.closing.is_set()


async def test_a_move_goes_on_when_the_window_is_closed(lab: RunningLab, tmp_path: Path) -> None:
    async with opened(Options(data=tmp_path / "data", key_store=False)) as console:
        for connection in lab.connections(practice=True):
            console.estate.add(connection)
        await until(lambda: machine_names(console.window))
        wizard = open_wizard(console, "WEB01")
        await go_to(wizard, "summary")
        click(wizard, "commit")
        await until(lambda: console.window.jobs.rows and console.window.jobs.rows[1].detail.text())
    lab.advance(3600)
    places = lab.places()
    assert "WEB01" not in places["HV-01"]
    assert "WEB01" in places["HV-02"]
    assert [entry["cmdlet"] for entry in lab.received()].count("Move-VM") <= 1


async def test_a_window_can_be_closed_before_it_is_ready(tmp_path: Path) -> None:
    shown: list[bool] = []

    def close() -> None:
        [window] = [
            each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow) and each.isVisible()
        ]
        shown.append(window.actions_offered.connect_to_server.isEnabled())
        window.close()

    # It comes right after the first step of the program, which shows the window.
    program = asyncio.create_task(run(Options(data=tmp_path / "data", key_store=False)))
    asyncio.get_running_loop().call_soon(close)
    async with asyncio.timeout(PATIENCE):
        await program
    assert shown == [False]


async def test_a_job_whose_outcome_nobody_tells_can_be_left_alone(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "summary")
    click(wizard, "commit")
    await until(lambda: window.jobs.rows and window.jobs.rows[1].detail.text())
    row = window.jobs.rows[1]
    stop_asking = find(row, QPushButton, "job_stop_asking")
    assert stop_asking.isHidden()
    lab.control("POST", "/hosts/HV-01/down", {})
    await until(lambda: row.state.text() == "Asking the hosts")
    assert find(row, QPushButton, "job_cancel").isHidden()
    click(window, "job_stop_asking")
    await until(lambda: row.state.text() == "Outcome unknown")
    assert stop_asking.isHidden()
    assert row.icon_name == "warning"
    assert not practice.jobs.under_way


async def test_a_cancelled_job_says_where_the_machine_is(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "summary")
    click(wizard, "commit")
    await until(lambda: window.jobs.rows and window.jobs.rows[1].detail.text())
    click(window, "job_cancel")
    await until(lambda: not practice.jobs.under_way)
    await until(lambda: window.jobs.rows[1].state.text() == "Cancelled")
    assert "HV-01 had WEB01 as before." in window.jobs.rows[1].detail.text()
    assert "WEB01" in lab.places()["HV-01"]
