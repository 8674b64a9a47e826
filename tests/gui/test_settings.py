"""The settings of hosts and machines by mouse and keys, and what the hosts have afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QPushButton, QRadioButton, QSpinBox

from core.operating.host_settings import read_settings
from gui.console import Console
from gui.machines.name_dialog import NameDialog
from gui.settings.host_dialog import HostSettingsDialog
from gui.settings.machine_dialog import MachineSettingsDialog
from tests.core.estates import key
from tests.core.jobs.working import sent
from tests.gui.driving import click, dialog, find, retype, select_machine, until
from tests.laboratory import RunningLab, running_lab

HOST = key("HV-01")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, speed=50.0) as running:
        yield running


async def test_a_host_gets_networks_in_order(practice: Console, lab: RunningLab) -> None:
    before = await read_settings(lambda question: practice.estate.ask(HOST, question))
    practice.window.actions_offered.host_settings.trigger()
    settings = dialog(HostSettingsDialog)
    await until(lambda: not settings.is_waiting and settings.ok.isEnabled())
    assert not settings.apply.isEnabled()
    find(settings, QRadioButton, "these_networks").click()
    click(settings, "ok")
    assert "No network is listed for live migrations." in settings.notice.text
    assert not sent(lab, "Set-VMHost")
    for typed, wrong in (("10.22.101.0/24", "10.22.101"), ("10.22.100.2", "")):
        click(settings, "add_network")
        naming = dialog(NameDialog)
        if wrong:
            retype(naming.name, wrong)
            click(naming, "rename")
            assert "is neither a network" in naming.notice.text
        retype(naming.name, typed)
        QTest.keyClick(naming.name, Qt.Key.Key_Return)
        assert not naming.isVisible()
    click(settings, "network_up")
    listed = find(settings, QListWidget, "networks")
    assert [listed.item(row).text() for row in range(2)] == ["10.22.100.2", "10.22.101.0/24"]
    settings.pages.setCurrentRow(3)
    retype(find(settings, QSpinBox, "storage").lineEdit(), "5")
    click(settings, "show_script")
    assert "Add-VMMigrationNetwork -Subnet '10.22.100.2' -Priority 1" in settings.script.toPlainText()
    click(settings, "ok")
    await until(lambda: not settings.isVisible())
    after = await read_settings(lambda question: practice.estate.ask(HOST, question))
    assert after.networks == ("10.22.100.2", "10.22.101.0/24")
    assert (after.any_network, after.storage, after.live) == (False, 5, before.live)
    [job] = practice.jobs.statuses
    assert job.plan is not None
    assert all(action.undo is not None for action in job.plan.actions)


async def test_a_machine_is_connected_to_another_switch(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    select_machine(window, "WEB01")
    window.activateWindow()
    window.machine_list.setFocus()
    await until(window.machine_list.hasFocus)
    QTest.keyClick(window.machine_list, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    settings = dialog(MachineSettingsDialog)
    await until(lambda: settings.adapters and not settings.is_waiting)
    assert not settings.processor.allowed.isEnabled()
    settings.pages.setCurrentRow(settings.pages.count() - 1)
    page = settings.adapters[0]
    QTest.keyClicks(find(page, QComboBox, "switch"), "Man")
    page.tagged.setChecked(True)
    retype(find(page, QSpinBox, "vlan").lineEdit(), "42")
    click(settings, "apply")
    await until(lambda: not settings.is_waiting and not settings.apply.isEnabled())
    assert settings.isVisible()
    read = (await practice.estate.reread(HOST)).inventory
    assert read is not None
    machine = next(each for each in read.machines if each.name == "WEB01")
    assert read.adapters_of(machine.machine_id)[0].switch_name == "Management"
    assert sent(lab, "Set-VMNetworkAdapterVlan") == 1
    settings.reject()


async def test_on_a_read_only_host_settings_are_only_shown(practice: Console, lab: RunningLab) -> None:
    picture = practice.estate.picture(HOST)
    practice.estate.reconnect(replace(picture.connection, is_read_only=True))
    practice.window.actions_offered.host_settings.trigger()
    settings = dialog(HostSettingsDialog)
    await until(lambda: not settings.is_waiting)
    assert settings.notice.text == "HV-01 is read-only here."
    assert not settings.stack.isEnabled()
    assert not find(settings, QPushButton, "ok").isEnabled()
    assert find(settings, QLineEdit, "disk_folder").text()
    settings.reject()
    select_machine(practice.window, "WEB01")
    verbs = practice.window.actions_offered.machines.verbs.values()
    assert {action.toolTip() for action in verbs if action.isVisible() and not action.isEnabled()} >= {
        "HV-01 is read-only here."
    }
    assert not any(action.isEnabled() for action in verbs)
