"""The details tell of the machine, the machines or the host that is selected."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QFrame, QLabel, QTabWidget, QTreeWidget, QWidget

from gui.application import opened
from gui.console import Console
from gui.options import Options
from tests.gui.driving import find, is_all_shown, select_machine, until
from tests.laboratory import RunningLab


@pytest.fixture(scope="module")
def kept(runner: asyncio.Runner, shared_lab: RunningLab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One window for all tests: they only look."""
    stack = contextlib.AsyncExitStack()
    folder = tmp_path_factory.mktemp("data")

    async def begin() -> Console:
        console = await stack.enter_async_context(opened(Options(data=folder, key_store=False)))
        for connection in shared_lab.connections(practice=True):
            console.estate.add(connection)
        await until(lambda: is_all_shown(console))
        await until(lambda: console.window.machines_model.rowCount() > 0)
        return console

    yield runner.run(begin())
    runner.run(stack.aclose())


@pytest.fixture
def tidy() -> None:
    """The tasks of the window that is kept outlive each test."""


def values(console: Console, frame: str) -> dict[str, str]:
    """The names and values of a tab."""
    labels = find(console.window, QFrame, frame).findChildren(QLabel)
    return {label.accessibleName(): label.text() for label in labels if label.accessibleName()}


def asked(lab: RunningLab) -> int:
    """How often a single machine was asked about: the view over all hosts asks for all machines at once."""
    return sum(entry["cmdlet"] == "Get-VM" and "Id" in entry["parameters"] for entry in lab.received())


async def test_a_host_without_a_machine_tells_of_itself(kept: Console) -> None:
    kept.window.machine_list.clearSelection()
    told = values(kept, "host_facts")
    assert find(kept.window, QFrame, "host_facts").isVisible()
    assert told["Computer:"] == "HV-01.contoso.example"
    assert told["Logical processors:"] == "32"
    assert told["Memory:"] == "128 GB"
    assert told["Live migrations:"].endswith("at once, Kerberos")
    assert "D: " in told["Volumes:"]
    assert "free of 1.8 TB" in told["Volumes:"]
    assert told["Virtual switches:"].splitlines() == ["Production", "Management"]


async def test_several_machines_are_counted(kept: Console) -> None:
    kept.window.machine_list.selectAll()
    said = find(kept.window, QLabel, "details_said").text()
    count = len(kept.window.machines)
    assert f"{count} virtual machines are selected" in said
    assert "of assigned memory" in said


async def test_replication_is_asked_for_when_it_is_looked_at(kept: Console, shared_lab: RunningLab) -> None:
    window = kept.window
    tabs = find(window, QTabWidget, "details_tabs")
    select_machine(window, "CRM01")
    assert asked(shared_lab) == 0
    tabs.setCurrentWidget(find(window, QWidget, "replication_tab"))
    await until(lambda: find(window, QFrame, "replication_facts").isVisible())
    told = values(kept, "replication_facts")
    assert told["Mode:"] == "Primary"
    assert told["Health:"] == "Normal"
    assert told["State:"] == "Replication Enabled"
    assert told["Frequency:"] == "Every 5 minutes"
    assert told["Primary server:"].startswith("HV-01")
    assert told["Replica server:"].startswith("HV-DR")
    assert told["Last synchronized:"].endswith("ago")
    assert told["Extended to:"] == "Not extended"
    once = asked(shared_lab)
    assert once > 0
    select_machine(window, "WEB01")
    assert find(window, QLabel, "replication_said").text() == "This virtual machine is not replicated."
    assert asked(shared_lab) == once
    tabs.setCurrentIndex(0)


async def test_a_replica_that_is_extended_tells_of_both_legs(kept: Console) -> None:
    window = kept.window
    window.select_host(next(each.key for each in kept.estate.pictures if each.key.name == "HV-DR"))
    tabs = find(window, QTabWidget, "details_tabs")
    select_machine(window, "WIKI01")
    tabs.setCurrentWidget(find(window, QWidget, "replication_tab"))
    await until(lambda: find(window, QFrame, "replication_facts").isVisible())
    told = values(kept, "replication_facts")
    assert told["Mode:"] == "Replica"
    assert told["Extended to:"].startswith("HV-02")
    tabs.setCurrentIndex(0)
    window.select_host(kept.estate.pictures[0].key)


async def test_a_checkpoint_tells_when_it_was_taken(kept: Console) -> None:
    select_machine(kept.window, "APP01")
    item = find(kept.window, QTreeWidget, "checkpoints").topLevelItem(0)
    assert item is not None
    assert item.text(1).endswith("ago")
    assert ":" in item.toolTip(1)
