"""A clustered machine in the Move Wizard, clicked through to the job that brings it to another node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QRadioButton

from core.estate.connection import HostKey
from gui.console import Console
from gui.panels.role_tab import RoleTab
from tests.gui.driving import (
    click,
    find,
    go_to,
    is_all_shown,
    machine_names,
    open_wizard,
    select_machine,
    until,
)
from tests.laboratory import GROUP, RunningLab, running_lab


def texts_of(tab: RoleTab) -> set[str]:
    """Everything that the tab says."""
    return {label.text() for label in tab.findChildren(QLabel)}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab(tmp_path_factory.mktemp("lab"), scenario="cluster", speed=500.0) as running:
        yield running


async def test_a_clustered_machine_goes_to_another_node(console: Console, cluster: RunningLab) -> None:
    for each in cluster.connections(practice=True):
        console.estate.add(replace(each, endpoint=replace(each.endpoint, authentication="credssp")))
    await until(lambda: is_all_shown(console))
    window = console.window
    tree, node = window.tree_model, HostKey(GROUP, "HV-C1")
    await until(lambda: tree.name(tree.find(node).parent()) == "HV-CLU")
    above = tree.find(node).parent()
    assert [key.name for key in tree.hosts(above)] == ["HV-C1", "HV-C2"]
    window.tree.setCurrentIndex(above)
    names = machine_names(window)
    assert {"ERP01", "FILE02"} <= set(names)
    assert "SHOP02" not in names

    window.select_host(node)
    host = window.details.host
    host.setCurrentWidget(host.cluster)
    parts = host.cluster.parts
    heads = [parts.topLevelItem(row) for row in range(parts.topLevelItemCount())]
    assert [each.text(0) for each in heads] == ["Nodes", "Roles", "Hyper-V Replica Broker", "Cluster Shared Volumes"]
    assert [heads[0].child(row).text(1) for row in range(2)] == ["Up", "Up"]
    assert (heads[2].child(0).text(0), heads[2].child(0).text(1)) == ("HV-BROKER", "Online")
    assert "free of 2 TB" in heads[3].child(0).text(0)

    cluster.control("POST", "/clusters/HV-CLU", {"preferred_owners": {"ERP01": ["HV-C1"]}})
    select_machine(window, "ERP01")
    [role] = window.details.findChildren(RoleTab)
    window.details.show_tab(role)
    await until(lambda: "HV-C1" in texts_of(role))
    assert {"ERP01", "HV-CLU", "Online", "HV-C1", "HV-C1, HV-C2"} <= texts_of(role)
    # Hosts that show no cluster are not asked, and one node is asked for all.
    asked = {each["host"] for each in cluster.received() if each["cmdlet"] == "Get-Cluster"}
    assert len(asked & {"HV-C1", "HV-C2"}) >= 1
    assert not asked & {"HV-03", "HV-DR"}

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
