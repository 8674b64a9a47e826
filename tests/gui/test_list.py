"""The list of machines as a person uses it: groups, filter, columns, copying and exporting."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import dataclasses
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QListWidget, QMenu, QMessageBox, QPushButton

from gui.application import opened
from gui.column_chooser import ColumnChooser
from gui.console import Console
from gui.options import Options
from gui.preferences import Preferences
from tests.gui.driving import click, dialog, find, is_all_shown, machine_names, select_machine, until
from tests.laboratory import RunningLab

OF_ONE_HOST = ["name", "state", "usage", "memory", "uptime", "status"]


@contextlib.contextmanager
def console_in(runner: asyncio.Runner, lab: RunningLab, folder: Path) -> Iterator[Console]:
    stack = contextlib.AsyncExitStack()

    async def begin() -> Console:
        console = await stack.enter_async_context(opened(Options(data=folder, key_store=False)))
        for connection in lab.connections(practice=True):
            console.estate.add(connection)
        await until(lambda: is_all_shown(console))
        await until(lambda: console.window.machines_model.rowCount() > 0)
        return console

    yield runner.run(begin())
    runner.run(stack.aclose())


@pytest.fixture(scope="module")
def kept(runner: asyncio.Runner, shared_lab: RunningLab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One window for all tests that leave it as they found it."""
    with console_in(runner, shared_lab, tmp_path_factory.mktemp("data")) as console:
        yield console


@pytest.fixture
def tidy() -> None:
    """The tasks of the window that is kept outlive each test."""


@pytest.fixture
def all_hosts(kept: Console) -> Iterator[Console]:
    """The group with all hosts is selected, and HV-01 again afterwards."""
    window = kept.window
    window.tree.setCurrentIndex(window.tree_model.root.child(0).index())
    yield kept
    window.machine_list.clearSelection()
    window.select_host(kept.estate.pictures[0].key)


def shown(console: Console) -> list[str]:
    return list(console.window.machine_list.layout_now().columns)


async def test_a_group_lists_the_machines_of_its_hosts(all_hosts: Console) -> None:
    window = all_hosts.window
    assert len(machine_names(window)) == sum(len(each.inventory.machines) for each in all_hosts.estate.pictures)
    assert shown(all_hosts)[:2] == ["name", "host"]
    assert window.windowTitle() == "VM Ferry - Practice (simulated hosts)"
    assert "these hosts are simulated" in window.banner.practice.text
    assert window.host is None
    select_machine(window, "SHOP01")
    assert window.host is not None
    assert window.host.key.name == "HV-02"
    assert window.actions_offered.move_machine.isEnabled()
    window.tree.setCurrentIndex(window.tree_model.root.index())
    assert window.machine is not None
    assert window.machine.name == "SHOP01"


async def test_machines_of_several_hosts_are_not_moved_together(all_hosts: Console) -> None:
    window = all_hosts.window
    window.machine_list.selectAll()
    assert window.host is None
    assert not window.actions_offered.move_machine.isEnabled()
    assert window.actions_offered.move_machine.toolTip() == "The selected virtual machines are on several hosts."
    assert window.machine_pane.heading.text() == f"Virtual Machines: {len(window.machines)} selected"


async def test_the_filter_is_typed_and_left_with_keys(kept: Console) -> None:
    window = kept.window
    everything = machine_names(window)
    field = window.machine_pane.filter
    assert not field.isVisible()
    QTest.keyClick(window.machine_list, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert field.hasFocus()
    QTest.keyClicks(field, "RUN web")
    assert machine_names(window) == ["WEB01"]
    assert find(window, QLabel, "machine_count").text() == f"1 of {len(everything)} shown"
    QTest.keyClicks(field, "x")
    nothing = find(window, QLabel, "no_machine")
    assert nothing.isVisible()
    assert nothing.text() == "No virtual machine matches the filter."
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert machine_names(window) == everything
    assert not field.isVisible()
    assert not nothing.isVisible()
    assert window.machine_list.hasFocus()


async def test_keys_go_through_whole_rows(kept: Console) -> None:
    window = kept.window
    select_machine(window, "DC01")
    QTest.keyClick(window.machine_list, Qt.Key.Key_End)
    assert [each.name for each in window.machines] == ["WIKI01"]
    QTest.keyClick(window.machine_list, Qt.Key.Key_Home)
    assert [each.name for each in window.machines] == ["APP01"]
    QTest.keyClick(window.machine_list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert [each.name for each in window.machines] == machine_names(window)
    window.machine_list.clearSelection()


@pytest.mark.parametrize(
    ("key", "held"),
    [(Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)],
)
async def test_keys_open_the_context_menu_at_the_selection(
    kept: Console, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    window, view = kept.window, kept.window.machine_list
    select_machine(window, "WEB01")
    QTest.keyClick(view, key, held)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert window.actions_offered.move_machine in menu.actions()
    place = view.viewport().mapFromGlobal(menu.pos())
    assert view.visualRect(view.currentIndex()).adjusted(0, -1, 0, 1).contains(place)
    menu.close()
    view.clearSelection()


async def test_selected_rows_are_copied_as_they_are_shown(kept: Console) -> None:
    window, model = kept.window, kept.window.machines_model
    names = machine_names(window)
    for name in ("APP01", "WEB01"):
        rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        window.machine_list.selectionModel().select(model.index(names.index(name), 0), rows)
    window.machine_list.setFocus()
    QTest.keyClick(window.machine_list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["Name", "State", "CPU Usage", "Assigned Memory", "Uptime", "Status"]
    assert [line.split("\t")[:4] for line in lines[1:]] == [
        ["APP01", "Running", "9%", "8 GB"],
        ["WEB01", "Running", "12%", "4 GB"],
    ]
    assert find(window, QLabel, "status").text() == "2 rows were copied."
    window.machine_list.clearSelection()


async def test_the_list_is_exported_as_it_is_shown(kept: Console, tmp_path: Path) -> None:
    window = kept.window
    window.machine_list.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    window.machine_pane.filter.setText("running")
    window.actions_offered.export_list.trigger()
    file = tmp_path / "list.csv"
    chooser = dialog(QFileDialog)
    chooser.fileSelected.emit(str(file))
    chooser.reject()
    await until(lambda: "is in" in find(window, QLabel, "status").text())
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    assert rows[0] == ["Name", "State", "CPU Usage", "Assigned Memory", "Uptime", "Status"]
    assert [row[0] for row in rows[1:]] == machine_names(window)
    assert rows[1][:4] == ["SQL01", "Running", "38%", "32 GB"]
    window.machine_pane.end_filter()
    window.machine_list.sortByColumn(0, Qt.SortOrder.AscendingOrder)


async def test_a_file_that_cannot_be_written_is_told_in_words(kept: Console, tmp_path: Path) -> None:
    kept.window.actions_offered.export_list.trigger()
    chooser = dialog(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "no folder" / "list.csv"))
    chooser.reject()
    await until(lambda: any(isinstance(each, QMessageBox) for each in QApplication.topLevelWidgets()))
    told = dialog(QMessageBox)
    assert "list.csv cannot be written: No such file or directory." in told.text()
    assert told.informativeText() == "Choose another folder."
    told.reject()


async def test_columns_are_chosen_in_the_dialog_and_restored(kept: Console) -> None:
    window = kept.window
    window.actions_offered.choose_columns.trigger()
    chooser = dialog(ColumnChooser)
    available = find(chooser, QListWidget, "available_columns")
    available.setCurrentItem(available.findItems("Generation", Qt.MatchFlag.MatchExactly)[0])
    click(chooser, "add_column")
    click(chooser, "column_up")
    displayed = find(chooser, QListWidget, "shown_columns")
    displayed.setCurrentItem(displayed.findItems("State", Qt.MatchFlag.MatchExactly)[0])
    click(chooser, "remove_column")
    displayed.setCurrentItem(displayed.findItems("Name", Qt.MatchFlag.MatchExactly)[0])
    assert not find(chooser, QPushButton, "remove_column").isEnabled()
    click(chooser, "choose_columns")
    assert shown(kept) == ["generation", "name", "usage", "memory", "uptime", "status"]
    window.actions_offered.choose_columns.trigger()
    chooser = dialog(ColumnChooser)
    click(chooser, "restore_columns")
    click(chooser, "choose_columns")
    assert shown(kept) == OF_ONE_HOST


async def test_a_click_on_the_headings_offers_the_columns(kept: Console) -> None:
    view = kept.window.machine_list
    header = view.horizontalHeader()
    view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    for expected in (["name", "usage", "memory", "uptime", "status"], [*OF_ONE_HOST[:1], *OF_ONE_HOST[2:], "state"]):
        header.customContextMenuRequested.emit(QPoint(20, 5))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        [state] = [action for action in menu.actions() if action.text() == "State"]
        state.trigger()
        menu.close()
        assert shown(kept) == expected
        # What is sorted by something hidden would seem to have no order.
        assert header.sortIndicatorSection() == 0
    view.show_columns(OF_ONE_HOST)


def test_columns_are_as_they_were_at_the_next_start(
    runner: asyncio.Runner, shared_lab: RunningLab, tmp_path: Path
) -> None:
    with console_in(runner, shared_lab, tmp_path) as console:
        view = console.window.machine_list
        view.show_columns(["name", "notes", "memory", "state"])
        view.setColumnWidth(view.columns[1], 213)
        view.sortByColumn(3, Qt.SortOrder.DescendingOrder)
        names = machine_names(console.window)
    # A column of a later version is nothing to stumble over.
    preferences = Preferences(tmp_path)
    layout = preferences.list_layout("machines_host")
    assert layout is not None
    preferences.keep_list_layout("machines_host", dataclasses.replace(layout, columns=("later", *layout.columns)))
    del preferences
    with console_in(runner, shared_lab, tmp_path) as console:
        view = console.window.machine_list
        assert shown(console) == ["name", "notes", "memory", "state"]
        assert view.columnWidth(view.columns[1]) == 213
        assert machine_names(console.window) == names
        console.window.tree.setCurrentIndex(console.window.tree_model.root.index())
        assert shown(console) == ["name", "host", "state", "usage", "memory", "uptime", "status"]
