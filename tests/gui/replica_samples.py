"""Replications in the window: what is offered, chosen and shown, also for tests that look at every window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from core.failover.link import back_link
from core.replicas.relationship import Relationship
from core.replicas.verbs import Verb
from gui.console import Console
from gui.machines.confirmation import Confirmation
from gui.recovery.dialog import RecoveryDialog
from gui.recovery.machines_dialog import MachinesDialog
from gui.replicas.drift_dialog import DriftDialog
from gui.replicas.events_dialog import EventsDialog
from gui.replicas.health_dialog import HealthDialog
from gui.replicas.initial_dialog import InitialDialog
from gui.replicas.overview_dialog import OverviewDialog
from gui.replicas.planned_dialog import PlannedDialog
from gui.replicas.rehearsal_dialog import RehearsalDialog
from gui.replicas.resynchronize_dialog import ResynchronizeDialog
from gui.replicas.settings_dialog import SettingsDialog
from gui.replicas.switches_dialog import SwitchesDialog
from gui.replicas.unplanned_dialog import UnplannedDialog
from gui.replicas.way_back_dialog import WayBackDialog
from gui.wizards.dialog import WizardDialog
from tests.gui.driving import click, dialog, find, go_to, retype, select_machine, until


def leg(console: Console, name: str) -> Relationship:
    """The first leg of a machine's replication, as it was read last."""
    overview = console.replication.overview
    return next((each for each in overview.relationships if each.machine_name == name and not each.is_extension), None)


def offered(console: Console) -> set[Verb]:
    """What the menu offers when it opens."""
    actions = console.window.actions_offered.machines.replication
    actions.menu.aboutToShow.emit()
    return {verb for verb, action in actions.verbs.items() if action.isEnabled()}


def choose(console: Console, verb: Verb) -> None:
    """Choose an entry of the menu, which has to be offered."""
    assert verb in offered(console), console.window.actions_offered.machines.replication.verbs[verb].toolTip()
    console.window.actions_offered.machines.replication.verbs[verb].trigger()


async def look_at_replicas(console: Console, visit: Callable[[str, QWidget], None]) -> None:
    """The menu of a replicated machine, and each of its dialogs."""
    window = console.window
    window.select_host(next(each.key for each in console.estate.pictures if each.key.name == "HV-01"))
    await until(lambda: window.machines_model.rowCount() > 1)
    select_machine(window, "WIKI01")
    await until(lambda: leg(console, "WIKI01") and len(leg(console, "WIKI01").known) == 2)
    choose(console, Verb.VIEW_HEALTH)
    health = dialog(HealthDialog)
    await until(lambda: not health.notice.text)
    visit("replication health", health)
    click(health, "health_events")
    events = dialog(EventsDialog)
    await until(lambda: not events.notice.text)
    visit("replication events", events)
    events.reject()
    health.reject()
    choose(console, Verb.REMOVE)
    asked = dialog(Confirmation)
    visit("confirmation: remove replication", asked)
    asked.reject()
    for verb, kind in (
        (Verb.PLANNED_FAILOVER, PlannedDialog),
        (Verb.TEST_FAILOVER, RehearsalDialog),
        (Verb.FAILOVER, UnplannedDialog),
    ):
        choose(console, verb)
        opened = dialog(kind)
        await until(lambda opened=opened: not opened.is_waiting)
        click(opened, "show_script")
        visit(verb.word.lower(), opened)
        opened.reject()
    await look_at_dialogs(console, leg(console, "WIKI01"), visit)


async def look_at_dialogs(console: Console, relationship: Relationship, visit: Callable[[str, QWidget], None]) -> None:
    """The dialogs that states offer which the machine is not in."""
    bench, window = console.replication.bench, console.window
    sender, receiver = relationship.sender, relationship.receiver
    assert sender is not None
    assert receiver is not None
    dialogs = {
        "resynchronize": ResynchronizeDialog((relationship,), (), bench, window),
        "start initial replication": InitialDialog(sender, bench, window),
        "replication settings": SettingsDialog(sender, bench, window),
    }
    for place, opened in dialogs.items():
        opened.show()
        await until(lambda opened=opened: not opened.is_waiting)
        visit(place, opened)
        opened.reject()
    await look_at_wizards(console, visit)
    journey = await bench.desk.journey(relationship)
    assert journey is not None
    way_back = WayBackDialog(journey, bench, window)
    way_back.show()
    await until(lambda: way_back.waypoint is not None)
    visit("way back", way_back)
    way_back.reject()
    window.actions_offered.show_replications.trigger()
    replications = dialog(OverviewDialog)
    await until(lambda: not replications.notice.text and replications.samples)
    visit("replications", replications)
    replications.reject()
    drift = DriftDialog((relationship,), bench, window)
    drift.show()
    await until(lambda: not drift.is_waiting)
    visit("compare with replica", drift)
    click(drift, "connect_all")
    switches = dialog(SwitchesDialog)
    visit("connect all adapters", switches)
    switches.reject()
    drift.reject()
    window.actions_offered.show_redundancy.trigger()
    redundancy = window.details.host.redundancy
    await until(lambda: redundancy.isVisible() and not redundancy.notice.text)
    visit("redundancy", window)
    window.actions_offered.recovery_plan.trigger()
    recovery = dialog(RecoveryDialog)
    visit("recovery plan", recovery)
    click(recovery, "add_group")
    click(recovery, "add_machines")
    machines = dialog(MachinesDialog)
    visit("recovery plan: machines", machines)
    machines.list.item(0).setCheckState(Qt.CheckState.Checked)
    click(machines, "add")
    visit("recovery plan: group", recovery)
    recovery.editor.tree.setCurrentItem(recovery.editor.tree.topLevelItem(0).child(0))
    visit("recovery plan: machine", recovery)
    click(recovery, "run_unplanned")
    asked = dialog(Confirmation)
    visit("recovery plan: confirmation", asked)
    asked.reject()
    recovery.reject()


async def look_at_wizards(console: Console, visit: Callable[[str, QWidget], None]) -> None:
    """The wizards that reverse and extend a replication, page by page; nothing is sent."""
    relationship = leg(console, "CRM01")
    receiver = relationship.receiver
    assert receiver is not None
    inventory = console.estate.picture(receiver.host).inventory
    assert inventory is not None
    machine = inventory.machine(receiver.machine_id)
    assert machine is not None
    wizards = console.replication.wizards
    wizards.open_reversal(relationship, receiver, machine, back_link(receiver))
    await look_at_pages("reverse replication", dialog(WizardDialog), "HV-01", visit)
    wizards.open_extension(receiver, machine)
    await look_at_pages("extend replication", dialog(WizardDialog), "HV-02", visit)


async def look_at_pages(name: str, wizard: WizardDialog, server: str, visit: Callable[[str, QWidget], None]) -> None:
    """Every page of a wizard."""
    visit(f"{name}: before you begin", wizard)
    await go_to(wizard, "server")
    retype(find(wizard, QComboBox, "server").lineEdit(), server)
    for page in ("server", "connection", "frequency", "points", "copy", "summary"):
        await go_to(wizard, page)
        visit(f"{name}: {page}", wizard)
    wizard.close()
