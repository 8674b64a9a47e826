"""A clustered machine in the Move Wizard, clicked through to the job that brings it to another node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QRadioButton

from gui.console import Console
from tests.gui.driving import click, find, go_to, is_all_shown, open_wizard, until
from tests.laboratory import RunningLab, running_lab


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab(tmp_path_factory.mktemp("lab"), scenario="cluster", speed=500.0) as running:
        yield running


async def test_a_clustered_machine_goes_to_another_node(console: Console, cluster: RunningLab) -> None:
    for each in cluster.connections(practice=True):
        console.estate.add(replace(each, endpoint=replace(each.endpoint, authentication="credssp")))
    await until(lambda: is_all_shown(console))
    wizard = open_wizard(console, "ERP01")
    await go_to(wizard, "move_type")
    assert find(wizard, QRadioButton, "node").isChecked()
    await go_to(wizard, "node")
    nodes = find(wizard, QComboBox, "node")
    await until(lambda: nodes.count() == 2)
    assert [nodes.itemText(row) for row in range(2)] == ["Best possible node (HV-C2)", "HV-C2 (Up)"]
    assert "of memory free" in find(wizard, QLabel, "node_told").text()
    find(wizard, QRadioButton, "quick").click()
    await go_to(wizard, "summary")
    click(wizard, "commit")
    await until(lambda: "ERP01" in cluster.places()["HV-C2"])
