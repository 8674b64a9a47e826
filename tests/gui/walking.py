"""Every window of the program, one after the other, for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QComboBox, QLineEdit, QMessageBox, QRadioButton, QTreeWidget, QWidget

from core.estate.connection import HostKey
from core.hyperv.events import HostEvents
from core.hyperv.failure_codes import explain
from core.language import _
from core.moving.fixes import enable_migrations
from core.remoting.records import ErrorRecord
from core.wizards.wizard import Problem
from gui.close_question import CloseQuestion
from gui.connect_dialog import ConnectDialog
from gui.console import Console
from gui.failure_dialog import FailureDialog
from gui.help.about import AboutDialog
from gui.help.bundle_dialog import BundleDialog
from gui.help.guide import GuideWindow
from gui.job_commands import clean_up_texts, undo_plan, undo_texts
from gui.journal_dialog import JournalDialog
from gui.main_window import MainWindow
from gui.panels.jobs import JobsPanel
from gui.plan_question import PlanQuestion
from gui.replication.certificate_dialog import CertificateDialog
from gui.replication.entry_dialog import EntryDialog
from gui.replication.server_dialog import ServerDialog
from gui.start_at_dialog import StartAtDialog
from gui.tasks import Tasks
from gui.wizards.dialog import WizardDialog
from gui.wizards.fix_dialog import FixDialog
from tests.gui.cluster_samples import look_at_cluster
from tests.gui.driving import click, dialog, find, go_to, is_all_shown, open_wizard, retype, select_machine, until
from tests.gui.evacuation_samples import look_at_evacuation
from tests.gui.import_samples import look_at_importing
from tests.gui.job_samples import EVERY, FAILED, INTERRUPTED, LEFTOVERS, WAITING
from tests.gui.list_samples import look_at_list
from tests.gui.machine_samples import look_at_questions, look_at_settings
from tests.gui.profile_samples import look_at_listed_server, look_at_profiles
from tests.gui.replica_samples import look_at_replicas
from tests.gui.replication_samples import look_at_enabling
from tests.gui.wizard_samples import look_at_folders, look_at_routes
from tests.laboratory import RunningLab

REPLICATED = ("BRANCH01", "CRM01", "WIKI01")
"""The machines of HV-01 that are replicated."""


async def walk(console: Console, lab: RunningLab, visit: Callable[[str, QWidget], None]) -> None:
    """Open what there is, from the empty window to a host that does not answer, and ``visit`` each by name."""
    window = console.window
    visit("start page", window)
    window.actions_offered.connect_to_server.trigger()
    connect = dialog(ConnectDialog)
    click(connect, "connect_now")
    visit("connect to server", connect)
    connect.reject()
    look_at_profiles(console, visit)
    for connection in lab.connections(practice=True):
        console.estate.add(connection)
    await until(lambda: is_all_shown(console))
    await until(lambda: window.machines_model.rowCount() > 0)
    visit("host", window)
    await look_at_list(console, visit)
    look_at_questions(console, visit)
    select_machine(window, "WEB01")
    await look_at_settings(console, visit)
    visit("machine", window)
    look_at_cluster(window, visit)
    wizard = open_wizard(console, "WEB01")
    visit("wizard: before you begin", wizard)
    for key in ("move_type", "destination", "options", "location", "summary"):
        await go_to(wizard, key)
        visit(f"wizard: {key}", wizard)
        if key == "destination":
            retype(find(wizard, QLineEdit, "destination"), "HV-01")
            click(wizard, "next")
            await until(lambda: wizard.notice.text and not wizard.is_waiting)
            visit("wizard: destination with a problem", wizard)
        if key == "options":
            await look_at_routes(wizard, visit)
        if key == "location":
            await look_at_folders(wizard, visit)
    wizard.page.tabs.setCurrentIndex(1)
    visit("wizard: script", wizard)
    click(wizard, "commit")
    await until(lambda: window.jobs.rows and window.jobs.rows[1].detail.text())
    visit("running job", window)
    window.close()
    question = dialog(QMessageBox)
    visit("question before closing", question)
    question.reject()
    lab.advance(3600)
    await until(lambda: not console.jobs.under_way)
    visit("finished job", window)
    look_at_jobs(console, visit)
    await look_at_many(console, visit)
    await look_at_evacuation(console, visit)
    await look_at_replica_server(console, visit)
    await look_at_enabling(console, visit)
    await look_at_replicas(console, visit)
    await look_at_importing(console, lab, visit)
    window.actions_offered.show_journal.trigger()
    journal = dialog(JournalDialog)
    await until(lambda: journal.model.rowCount() > 0)
    journal.table.selectRow(0)
    visit("journal", journal)
    journal.close()
    window.actions_offered.about.trigger()
    about = dialog(AboutDialog)
    visit("about", about)
    about.reject()
    look_at_help(console, visit)
    lab.process.kill()
    lab.process.wait()
    window.actions_offered.refresh.trigger()
    await until(lambda: window.banner.failure.text)
    visit("host that does not answer", window)
    await look_at_listed_server(console, lab, visit)


def look_at_help(console: Console, visit: Callable[[str, QWidget], None]) -> None:
    """The user guide, and what is asked before a support bundle is saved."""
    console.window.actions_offered.show_guide.trigger()
    guide = dialog(GuideWindow)
    visit("guide", guide)
    guide.close()
    console.window.actions_offered.save_bundle.trigger()
    bundle = dialog(BundleDialog)
    visit("support bundle", bundle)
    bundle.say("error", _("None."), _("Choose another folder."))
    visit("support bundle: a fault", bundle)
    bundle.reject()


async def nothing_logged() -> tuple[HostEvents, ...]:
    return (HostEvents("HV-01"), HostEvents("HV-02", reason="Access is denied."))


async def look_at_many(console: Console, visit: Callable[[str, QWidget], None]) -> None:
    """The wizard for several machines, at a destination that lacks their switches."""
    console.window.select_host(next(each.key for each in console.estate.pictures if each.key.name == "HV-01"))
    await until(lambda: console.window.machines_model.rowCount() > 1)
    console.window.machine_list.selectAll()
    deselect_replicated(console.window)
    console.window.actions_offered.move_machine.trigger()
    wizard = dialog(WizardDialog)
    await until(lambda: find(wizard, QTreeWidget, "machines_grid").topLevelItem(0).text(1))
    visit("several machines: grid", wizard)
    retype(find(wizard, QComboBox, "destination").lineEdit(), "HV-DR")
    for rule in ("disks_rule", "others_rule"):
        retype(find(wizard, QLineEdit, rule), r"R:\VMs\{vm}")
    visit("several machines: a destination that does not fit", wizard)
    retype(find(wizard, QComboBox, "destination").lineEdit(), "HV-02")
    for rule in ("disks_rule", "others_rule"):
        retype(find(wizard, QLineEdit, rule), r"D:\Moved\{vm}")
    click(wizard, "next")
    await until(lambda: wizard.current.key == "summary" and not wizard.is_waiting)
    visit("several machines: summary", wizard)
    wizard.close()


async def look_at_replica_server(console: Console, visit: Callable[[str, QWidget], None]) -> None:
    """The replication configuration of the replica site, with what is asked for on its page."""
    console.window.select_host(next(each.key for each in console.estate.pictures if each.key.name == "HV-DR"))
    console.window.actions_offered.configure_replication.trigger()
    shown = dialog(ServerDialog)
    visit("replication configuration: reading", shown)
    await until(lambda: not shown.page.is_waiting)
    visit("replication configuration", shown)
    click(shown, "select_certificate")
    certificates = dialog(CertificateDialog)
    visit("select certificate", certificates)
    certificates.reject()
    find(shown, QRadioButton, "listed_servers").click()
    click(shown, "add_entry")
    entry = dialog(EntryDialog)
    click(entry, "ok")
    visit("authorization entry", entry)
    entry.reject()
    retype(find(shown, QLineEdit, "kerberos_port"), "0")
    click(shown, "configure")
    visit("replication configuration: problems", shown)
    shown.reject()


def deselect_replicated(window: MainWindow) -> None:
    """Leave out the machines with replicas: at the hosts of these there is a machine of that ID already."""
    model, selection = window.machines_model, window.machine_list.selectionModel()
    rows = QItemSelectionModel.SelectionFlag.Deselect | QItemSelectionModel.SelectionFlag.Rows
    for row in range(model.rowCount()):
        if model.index(row, 0).data() in REPLICATED:
            selection.select(model.index(row, 0), rows)


def look_at_jobs(console: Console, visit: Callable[[str, QWidget], None]) -> None:
    """Jobs in every state, in a panel that has the room, and what is asked before something is done with them."""
    panel = JobsPanel(lambda _number, _offer: None)
    panel.resize(820, 1200)
    panel.show_jobs(EVERY, lambda status: status.number % 2 == 0)
    panel.rows[FAILED.number].show_refusal(WAITING.detail, FAILED.cure)
    panel.show()
    visit("jobs of every kind", panel)
    panel.close()
    panel.deleteLater()
    dialogs = {
        "start at": StartAtDialog(WAITING.title, None, console.window),
        "undo": PlanQuestion(undo_texts(INTERRUPTED), undo_plan(INTERRUPTED), is_practice=True),
        "clean up": PlanQuestion(clean_up_texts(LEFTOVERS), LEFTOVERS.clean_up, is_practice=False),
        "leave": CloseQuestion(EVERY[:6], lambda status: status.number == 2, console.window),
        "failure": FailureDialog(
            FAILED, explain(ErrorRecord("(0x80070050)")), nothing_logged, lambda: None, Tasks(), console.window
        ),
        "fix": FixDialog(
            Problem("", _("Live migrations are not enabled on {host}.").format(host="HV-DR"), ""),
            enable_migrations(HostKey("Lab", "HV-DR")),
            console.carry_out_fix,
            Tasks(),
            console.window,
        ),
    }
    for place, opened in dialogs.items():
        opened.show()
        visit(place, opened)
        opened.close()
