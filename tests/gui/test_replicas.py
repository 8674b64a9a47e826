"""Replications by the menu of a machine: what is offered from either side, health, tests and failovers."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QTreeWidget,
)

from core.failover.control import control_plan
from core.failover.way_back import Stage
from core.hyperv.replication_states import ReplicationState as State
from core.operating.verbs import Verb as Power
from core.powershell.command import Pipeline, Switch, command
from core.replicas.relationship import Relationship
from core.replicas.verbs import Verb
from gui.console import Console
from gui.export_dialog import ExportDialog
from gui.form import choose as choose_in
from gui.machines.confirmation import Confirmation
from gui.plan_question import PlanQuestion
from gui.replicas.drift_dialog import DriftDialog
from gui.replicas.events_dialog import EventsDialog
from gui.replicas.health_dialog import HealthDialog
from gui.replicas.overview_dialog import OverviewDialog
from gui.replicas.planned_dialog import PlannedDialog
from gui.replicas.rehearsal_dialog import RehearsalDialog
from gui.replicas.settings_dialog import SettingsDialog
from gui.replicas.switches_dialog import SwitchesDialog
from gui.replicas.unplanned_dialog import UnplannedDialog
from gui.replicas.way_back_dialog import WayBackDialog
from gui.wizards.dialog import WizardDialog
from gui.wizards.fix_dialog import FixDialog
from tests.core.estates import key
from tests.gui.driving import click, dialog, find, go_to, machine_names, retype, select_machine, until
from tests.gui.replica_samples import choose, leg, offered
from tests.laboratory import RunningLab, running_lab


@pytest.fixture
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab(tmp_path_factory.mktemp("lab"), speed=100.0) as running:
        yield running


def states(console: Console, name: str) -> list[State]:
    return [side.state for side in leg(console, name).known]


async def shows(kind: type[QDialog]) -> None:
    """Wait until a dialog of this kind is in front."""
    opened = QApplication.topLevelWidgets
    await until(lambda: any(isinstance(each, kind) and each.isVisible() for each in opened()))


async def shown(console: Console, name: str) -> Relationship:
    """The leg of a machine that is selected, once both hosts have told of it."""
    select_machine(console.window, name)
    await until(lambda: leg(console, name) is not None and len(leg(console, name).known) == 2)
    return leg(console, name)


async def test_the_menu_says_what_can_be_done_and_why_not(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    await shown(practice, "CRM01")
    assert {Verb.VIEW_HEALTH, Verb.PAUSE, Verb.PLANNED_FAILOVER, Verb.TEST_FAILOVER} <= offered(practice)
    resume = window.actions_offered.machines.replication.verbs[Verb.RESUME]
    assert resume.statusTip() == (
        "Replication of CRM01 can be resumed when it is paused or has failed. Replication Enabled."
    )
    select_machine(window, "DC01")
    assert not offered(practice)
    assert resume.toolTip() == "DC01 is not replicated."
    # Two replicated ones and one that is not: the two are paused, and the third is named.
    await shown(practice, "WIKI01")
    for name in ("CRM01", "DC01"):
        row = window.machines_model.index(machine_names(window).index(name), 0)
        place = window.machine_list.visualRect(row).center()
        control = Qt.KeyboardModifier.ControlModifier
        QTest.mouseClick(window.machine_list.viewport(), Qt.MouseButton.LeftButton, control, place)
    assert Verb.PLANNED_FAILOVER not in offered(practice)
    choose(practice, Verb.PAUSE)
    await until(lambda: states(practice, "CRM01")[0] is states(practice, "WIKI01")[0] is State.SUSPENDED)
    assert window.jobs.remark.text.startswith("DC01 is not replicated.")
    await until(lambda: not practice.jobs.under_way)
    choose(practice, Verb.RESUME)
    await until(lambda: states(practice, "CRM01")[0] is states(practice, "WIKI01")[0] is State.REPLICATING)
    await until(lambda: not practice.jobs.under_way)
    choose(practice, Verb.REMOVE)
    asked = dialog(Confirmation)
    assert find(asked, QLabel, "question").text() == "Remove the replication of 2 virtual machines?"
    left = find(asked, QListWidget, "skipped")
    assert [left.item(row).text() for row in range(left.count())] == ["DC01 is not replicated."]
    asked.reject()


async def test_the_health_of_both_sides_and_both_legs_is_shown(practice: Console, lab: RunningLab) -> None:
    await shown(practice, "WIKI01")
    choose(practice, Verb.VIEW_HEALTH)
    health = dialog(HealthDialog)
    await until(lambda: not health.notice.text and health.tabs.isTabVisible(1))
    values = health.page.values
    assert [values["host", column].text() for column in (0, 1)] == ["HV-01", "HV-DR"]
    assert values["type", 1].text() == "Replica"
    assert health.page.health.text() == "Normal: Replication Enabled"
    before = [values["from", column].text() for column in (0, 1)]
    click(health, "health_reset")
    await until(lambda: all(values["from", column].text() != before[column] for column in (0, 1)))
    await until(lambda: not health.notice.text)
    health.tabs.setCurrentIndex(1)
    assert [health.page.values["host", column].text() for column in (0, 1)] == ["HV-DR", "HV-02"]
    click(health, "health_events")
    events = dialog(EventsDialog)
    await until(lambda: events.events.topLevelItemCount() == 2)
    events.reject()
    health.reject()


async def test_a_failover_is_tested_planned_and_not_begun_unasked(practice: Console, lab: RunningLab) -> None:
    await shown(practice, "CRM01")
    choose(practice, Verb.TEST_FAILOVER)
    testing = dialog(RehearsalDialog)
    await until(lambda: not testing.is_waiting)
    testing.all_switches.setCurrentIndex(testing.all_switches.findData("Failover tests"))
    testing.starts.click()
    assert "with the addresses of the original, on: Failover tests" in testing.notice.text
    click(testing, "commit")
    await until(lambda: leg(practice, "CRM01").receiver.has_test)
    await until(lambda: not practice.jobs.under_way)
    assert "CRM01 - Test" in lab.places()["HV-DR"]
    # It ends by itself after a working day, also when the program does not run then.
    (end,) = practice.replication.bench.ends.current
    hours = (end.at - datetime.datetime.now().astimezone()).total_seconds() / 3600
    assert (end.machine_name, end.host.name, round(hours)) == ("CRM01", "HV-DR", 8)
    choose(practice, Verb.STOP_TEST)
    click(dialog(Confirmation), "commit")
    await until(lambda: not leg(practice, "CRM01").receiver.has_test)
    await until(lambda: not practice.jobs.under_way)
    assert "CRM01 - Test" not in lab.places()["HV-DR"]

    choose(practice, Verb.FAILOVER)
    unplanned = dialog(UnplannedDialog)
    await until(lambda: not unplanned.is_waiting)
    assert "is lost, about" in unplanned.loss.text()
    assert find(unplanned, QTreeWidget, "recovery_points").topLevelItemCount() > 2
    retype(find(unplanned, QLineEdit, "typed"), "CRM01")
    click(unplanned, "commit")
    # It still runs on its primary.
    assert "Something that the failover needs is not met." in unplanned.notice.text
    unplanned.reject()

    choose(practice, Verb.PLANNED_FAILOVER)
    planned = dialog(PlannedDialog)
    await until(lambda: not planned.is_waiting)
    planned.shuts_down.click()
    click(planned, "commit")
    assert "is not met" in planned.notice.text
    planned.shuts_down.click()
    click(planned, "commit")
    await until(lambda: [side.host.name for side in leg(practice, "CRM01").known] == ["HV-DR", "HV-01"])
    await until(lambda: not practice.jobs.under_way)
    assert states(practice, "CRM01") == [State.REPLICATING, State.REPLICATING]


async def walked(way_back: WayBackDialog, lab: RunningLab, most: int) -> list[Stage]:
    """Take the steps of the way back, at most so many; the stages on the way."""
    stages: list[Stage] = []
    seen: list[object] = []

    def is_new(waypoint: object) -> bool:
        # Another look may tell the same.
        return all(waypoint is not each for each in seen)

    while len(stages) < most and not (stages and stages[-1].is_done):
        await until(lambda: way_back.waypoint is not None and is_new(way_back.waypoint) and not way_back.is_busy)
        seen.append(way_back.waypoint)
        stages.append(way_back.waypoint.stage)
        if way_back.waypoint.plan is not None:
            click(way_back, "forward")
        elif not stages[-1].is_done:
            lab.advance(300)
            way_back.look()
    await until(lambda: not way_back.is_busy)
    return stages


async def test_an_unplanned_failover_and_the_whole_way_back(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    await shown(practice, "CRM01")
    window.actions_offered.machines.verbs[Power.TURN_OFF].trigger()
    click(dialog(Confirmation), "commit")
    await until(lambda: practice.jobs.statuses and not practice.jobs.under_way)
    menu = window.actions_offered.machines.replication
    offered(practice)
    assert menu.way_back.statusTip() == "CRM01 is at home: no failover of it is remembered here."
    choose(practice, Verb.FAILOVER)
    unplanned = dialog(UnplannedDialog)
    await until(lambda: not unplanned.is_waiting)
    click(unplanned, "commit")
    # The name was not typed.
    assert unplanned.notice.text.startswith("The name of the virtual machine has to be typed first: CRM01")
    assert not practice.jobs.under_way
    retype(find(unplanned, QLineEdit, "typed"), "CRM01")
    click(unplanned, "commit")
    await shows(WayBackDialog)
    way_back = dialog(WayBackDialog)
    stages = await walked(way_back, lab, 3)
    # It is left and taken up again: what is true on both hosts tells where.
    way_back.reject()
    offered(practice)
    menu.way_back.trigger()
    await shows(WayBackDialog)
    resumed = dialog(WayBackDialog)
    stages += await walked(resumed, lab, 50)
    order = list(dict.fromkeys(stages))
    assert order[:4] == [Stage.COMPLETE, Stage.AS_REPLICA, Stage.REVERSE, Stage.START_COPY]
    assert order[-2:] == [Stage.IN_STEP, Stage.AT_HOME]
    await until(lambda: not practice.replication.bench.journeys.current)
    resumed.reject()
    assert [side.host.name for side in leg(practice, "CRM01").known] == ["HV-01", "HV-DR"]


async def test_settings_are_changed_and_a_replica_is_extended(practice: Console, lab: RunningLab) -> None:
    await shown(practice, "CRM01")
    choose(practice, Verb.CHANGE_SETTINGS)
    settings = dialog(SettingsDialog)
    await until(lambda: not settings.is_waiting)
    settings.history.setValue(0)
    assert "need additional recovery points" in settings.notice.text
    settings.consistent.setValue(0)
    assert not settings.notice.text
    click(settings, "show_script")
    script = find(settings, QPlainTextEdit, "script").toPlainText()
    assert "-RecoveryHistory 0 -DisableVSSSnapshotReplication" in script
    click(settings, "commit")
    await until(lambda: leg(practice, "CRM01").sender.row.recovery_history == 0)
    await until(lambda: not practice.jobs.under_way)
    choose(practice, Verb.EXTEND)
    extending = dialog(WizardDialog)
    await go_to(extending, "server")
    click(extending, "next")
    await until(lambda: "No Replica server is named." in extending.notice.text)
    find(extending, QComboBox, "server").setEditText("HV-02")
    await go_to(extending, "frequency")
    offers = find(extending, QComboBox, "frequency")
    assert [offers.itemText(place) for place in range(offers.count())] == ["5 minutes", "15 minutes"]
    await go_to(extending, "points")
    assert not find(extending, QCheckBox, "consistent").isVisible()
    await go_to(extending, "summary")
    await until(lambda: extending.commit.isEnabled() and not extending.is_waiting)
    click(extending, "commit")
    machine_id = leg(practice, "CRM01").machine_id
    await until(lambda: any(each.is_extension for each in practice.replication.overview.of_machine(machine_id)))
    await until(lambda: not practice.jobs.under_way)
    offered(practice)
    assert practice.window.actions_offered.machines.replication.extended[Verb.REMOVE].isEnabled()


async def test_an_extension_fails_over_to_its_third_host(practice: Console, lab: RunningLab) -> None:
    relationship = await shown(practice, "WIKI01")
    off = command("Stop-VM", TurnOff=Switch.PRESENT, Force=Switch.PRESENT)
    await practice.estate.change(key("HV-01"), Pipeline((command("Get-VM", Id=relationship.machine_id) | off,)))
    await practice.estate.reread(key("HV-01"))

    def extension() -> Relationship:
        legs = practice.replication.overview.of_machine(relationship.machine_id)
        return next(each for each in legs if each.is_extension)

    action = practice.window.actions_offered.machines.replication.extended[Verb.FAILOVER]

    def is_offered() -> bool:
        offered(practice)
        return action.isEnabled()

    await until(is_offered)
    action.trigger()
    unplanned = dialog(UnplannedDialog)
    await until(lambda: not unplanned.is_waiting)
    retype(find(unplanned, QLineEdit, "typed"), "WIKI01")
    click(unplanned, "commit")
    await until(lambda: extension().receiver.state is State.FAILED_OVER_WAITING)
    await until(lambda: not practice.jobs.under_way)
    assert extension().receiver.host.name == "HV-02"
    # The replica in the middle has not failed over: nobody asked for that.
    assert leg(practice, "WIKI01").receiver.state is State.REPLICATING


async def test_all_replications_are_listed_filtered_and_reported(
    practice: Console, lab: RunningLab, tmp_path: Path
) -> None:
    practice.window.actions_offered.show_replications.trigger()
    view = dialog(OverviewDialog)
    await until(lambda: not view.notice.text and len(view.samples) == 5)
    names = [view.model.index(row, 0).data() for row in range(view.model.rowCount())]
    assert names == ["BRANCH01", "CRM01", "SHOP01", "WIKI01", "WIKI01 (extension)"]
    view.needy.click()
    assert view.count.text() == "0 of 5 replications"
    pausing = leg(practice, "CRM01").receiver
    plan = control_plan(Verb.PAUSE, pausing)
    await practice.carry_out_fix(plan)
    await until(lambda: view.model.rowCount() == 1)
    assert view.model.index(0, 4).data() == "Critical"
    assert "is paused on the Replica server" in view.reasons.text()
    assert view.availability.text().startswith("Protected ")
    for button, suffix, told in (
        ("replications_csv", "csv", "CRM01,HV-01,HV-DR"),
        ("replications_html", "html", "<td>CRM01</td>"),
    ):
        click(view, button)
        file = tmp_path / f"report.{suffix}"
        await shows(ExportDialog)
        exporting = dialog(ExportDialog)
        exporting.fileSelected.emit(str(file))
        await until(lambda: view.notice.kind == "info" and view.notice.text)
        exporting.reject()
        assert told in file.read_text(encoding="utf-8-sig")
        view.notice.clear()
    view.needy.click()
    retype(view.filter, "shop")
    assert view.count.text() == "1 of 5 replications"
    view.reject()


async def test_what_differs_is_made_alike_and_redundancy_is_told(practice: Console, lab: RunningLab) -> None:
    await shown(practice, "CRM01")
    processors = command("Get-VM", Name="CRM01") | command("Set-VMProcessor", Count=2)
    (await practice.estate.change(key("HV-DR"), Pipeline((processors,)))).raise_for_errors()
    offered(practice)
    practice.window.actions_offered.machines.replication.compare.trigger()
    drift = dialog(DriftDialog)
    await until(lambda: not drift.is_waiting)
    before = drift.rows.topLevelItemCount()
    values = [drift.rows.topLevelItem(0).text(column) for column in range(4)]
    assert values[0] == "CRM01"
    assert values[2:] == ["4", "2"]
    click(drift, "fix_drift")
    fixing = dialog(FixDialog)
    click(fixing, "fix_now")
    await until(lambda: drift.rows.topLevelItemCount() == before - 1 and not drift.is_waiting)
    click(drift, "connect_all")
    switches = dialog(SwitchesDialog)
    choose_in(switches.boxes["Production"], "Replica site")
    click(switches, "connect")
    click(dialog(PlanQuestion), "commit")
    await until(lambda: drift.rows.topLevelItemCount() < before - 1 and not drift.is_waiting)
    drift.reject()
    practice.window.actions_offered.show_redundancy.trigger()
    told = practice.window.details.host.redundancy
    await until(lambda: told.isVisible() and not told.notice.text and told.layers.topLevelItemCount() > 2)
    layers = [told.layers.topLevelItem(row).text(0) for row in range(told.layers.topLevelItemCount())]
    assert "The site (Hyper-V Replica)" in layers
