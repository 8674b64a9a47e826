"""A recovery plan in the window: put together, kept as a file, tested with clean-up, carried out, reported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QPushButton, QSpinBox

from core.recovery.document import from_file
from core.recovery.status import RunState
from gui.console import Console
from gui.export_dialog import ExportDialog
from gui.machines.confirmation import Confirmation
from gui.recovery.dialog import RecoveryDialog
from gui.recovery.machines_dialog import MachinesDialog
from tests.core.recovery.planning import scenario
from tests.gui.driving import click, dialog, find, retype, until
from tests.laboratory import RunningLab, running_lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, scenario=scenario(tmp_path), speed=100.0) as running:
        yield running


async def opened(console: Console) -> RecoveryDialog:
    console.window.actions_offered.recovery_plan.trigger()
    shown = dialog(RecoveryDialog)
    await until(lambda: console.replication.overview.relationships)
    return shown


async def test_a_plan_is_put_together_kept_tested_and_carried_out(
    practice: Console, lab: RunningLab, tmp_path: Path
) -> None:
    shown = await opened(practice)
    click(shown, "run_test")
    assert "The plan has no virtual machine." in shown.notice.text
    retype(find(shown, QLineEdit, "plan_name"), "Site P is lost")
    for place in range(2):
        click(shown, "add_group")
        click(shown, "add_machines")
        adding = dialog(MachinesDialog)
        adding.list.item(0).setCheckState(Qt.CheckState.Checked)
        click(adding, "add")
        assert len(shown.editor.plan.groups) == place + 1
    assert [[each.name for each in group.members] for group in shown.editor.plan.groups] == [["VM01"], ["VM02"]]
    # VM01 goes down, beyond its group into the next one; the group that is empty then is removed.
    shown.editor.tree.setCurrentItem(shown.editor.tree.topLevelItem(0).child(0))
    find(shown, QCheckBox, "member_starts").click()
    click(shown, "move_down")
    shown.editor.tree.setCurrentItem(shown.editor.tree.topLevelItem(0))
    click(shown, "remove")
    [group] = shown.editor.plan.groups
    assert [(each.name, each.starts) for each in group.members] == [("VM01", False), ("VM02", True)]
    shown.editor.tree.setCurrentItem(shown.editor.tree.topLevelItem(0))
    retype(find(shown, QLineEdit, "message"), "Is the power on?")
    find(shown, QCheckBox, "asks").click()
    find(shown, QSpinBox, "running_within").setValue(90)

    file = tmp_path / "plan.json"
    click(shown, "save_plan")
    saving = find(shown, QFileDialog, "save_recovery_plan")
    saving.fileSelected.emit(str(file))
    await until(lambda: shown.notice.text.startswith("The plan is in"))
    saving.reject()
    assert from_file(file.read_bytes()) == shown.editor.plan
    assert sys.platform == "win32" or not file.stat().st_mode & 0o077
    click(shown, "new_plan")
    assert not shown.editor.plan.groups
    shown.open_file(file)
    await until(lambda: shown.editor.plan.groups)
    assert shown.editor.plan.name == "Site P is lost"
    assert shown.readiness.text().startswith("Never tested")

    click(shown, "run_test")
    click(dialog(Confirmation), "commit")
    await until(lambda: shown.status is not None and shown.status.state is RunState.ASKING)
    assert "Is the power on?" in shown.notice.text
    shown.reject()
    assert shown.isVisible()
    await until(lambda: shown.is_running and find(shown, QPushButton, "go_on").isVisible())
    click(shown, "go_on")
    await until(lambda: not shown.is_running)
    assert shown.status.state is RunState.SUCCEEDED, shown.notice.text
    assert shown.readiness.text().startswith("Tested")
    assert not [name for name in lab.places()["R"] if "Test" in name]

    click(shown, "run_unplanned")
    asked = dialog(Confirmation)
    click(asked, "commit")
    # The plan's name was not typed.
    assert asked.isVisible()
    asked.reject()
    click(shown, "run_planned")
    click(dialog(Confirmation), "commit")
    await until(lambda: shown.status.state is RunState.ASKING)
    click(shown, "go_on")
    await until(lambda: not shown.is_running)
    assert shown.status.state is RunState.SUCCEEDED, shown.notice.text
    click(shown, "run_report")
    report = tmp_path / "report.html"
    writing = dialog(ExportDialog)
    writing.fileSelected.emit(str(report))
    await until(lambda: shown.notice.text.startswith("The report is in"))
    writing.reject()
    assert "<td>VM02</td>" in report.read_text(encoding="utf-8-sig")
    shown.reject()
    assert not shown.isVisible()
