"""Every window of the program, one after the other, for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox, QRadioButton, QWidget

from core.estate.connection import HostKey
from core.hyperv.events import HostEvents
from core.hyperv.failure_codes import explain
from core.hyperv.records import Machine
from core.language import _
from core.moving.fixes import enable_migrations
from core.remoting.records import ErrorRecord
from core.wizards.move import MoveWizard
from core.wizards.wizard import Problem
from gui.close_question import CloseQuestion
from gui.connect_dialog import ConnectDialog
from gui.console import Console
from gui.credentials_dialog import CredentialsDialog
from gui.failure_dialog import FailureDialog
from gui.folder_dialog import FolderDialog
from gui.job_commands import clean_up_texts, undo_plan, undo_texts
from gui.journal_dialog import JournalDialog
from gui.panels.jobs import JobsPanel
from gui.plan_question import PlanQuestion
from gui.start_at_dialog import StartAtDialog
from gui.tasks import Tasks
from gui.wizards.dialog import WizardDialog
from gui.wizards.fix_dialog import FixDialog
from gui.wizards.move_pages import move_page
from tests.gui.driving import click, dialog, find, go_to, open_wizard, retype, select_machine, until
from tests.gui.job_samples import EVERY, FAILED, INTERRUPTED, LEFTOVERS, WAITING
from tests.laboratory import RunningLab


async def walk(console: Console, lab: RunningLab, visit: Callable[[str, QWidget], None]) -> None:
    """Open what there is, from the empty window to a host that does not answer, and ``visit`` each by name."""
    window = console.window
    visit("start page", window)
    window.actions_offered.connect_to_server.trigger()
    connect = dialog(ConnectDialog)
    click(connect, "connect_now")
    visit("connect to server", connect)
    connect.reject()
    for connection in lab.connections(practice=True):
        console.estate.add(connection)
    await until(lambda: all(picture.inventory for picture in console.estate.pictures))
    await until(lambda: window.machines_model.rowCount() > 0)
    visit("host", window)
    select_machine(window, "WEB01")
    visit("machine", window)
    wizard = open_wizard(console, "WEB01")
    visit("wizard: before you begin", wizard)
    for key in ("move_type", "destination", "options", "location", "summary"):
        await go_to(wizard, key)
        visit(f"wizard: {key}", wizard)
        if key == "destination":
            retype(find(wizard, QLineEdit, "destination"), "HV-DR")
            click(wizard, "next")
            await until(lambda: wizard.notice.text and not wizard.is_waiting)
            visit("wizard: destination with a problem", wizard)
    for number, name in ((2, "duration"), (1, "script")):
        wizard.page.tabs.setCurrentIndex(number)
        visit(f"wizard: {name}", wizard)
    await look_at_items(console, visit)
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
    window.actions_offered.show_journal.trigger()
    journal = dialog(JournalDialog)
    await until(lambda: journal.model.rowCount() > 0)
    journal.table.selectRow(0)
    visit("journal", journal)
    journal.close()
    window.actions_offered.about.trigger()
    about = dialog(QMessageBox)
    visit("about", about)
    about.reject()
    lab.process.kill()
    lab.process.wait()
    window.actions_offered.refresh.trigger()
    await until(lambda: window.banner.failure.text)
    visit("host that does not answer", window)


async def look_at_items(console: Console, visit: Callable[[str, QWidget], None]) -> None:
    """The pages of the Move Wizard for single items and adapters, and the dialogs that they open."""
    select_machine(console.window, "APP01")
    console.window.actions_offered.move_machine.trigger()
    wizard = next(each for each in dialogs(WizardDialog) if "APP01" in each.windowTitle())
    await go_to(wizard, "destination")
    click(wizard, "other_credentials")  # without a name there is nobody to ask about
    retype(find(wizard, QLineEdit, "destination"), "HV-02")
    click(wizard, "other_credentials")
    credentials = dialog(CredentialsDialog)
    visit("credentials", credentials)
    credentials.reject()
    await go_to(wizard, "options")
    for way, key in (("each_item", "item_options"), ("items", "items"), ("", "item disk SCSI 0:0")):
        if way:
            find(wizard, QRadioButton, way).click()
        await go_to(wizard, key)
        visit(f"wizard: {key}", wizard)
    click(wizard, "browse")
    folders = dialog(FolderDialog)
    await until(lambda: not folders.is_waiting)
    visit("folders", folders)
    click(folders, "create_folder")
    visit("folders: a name is missing", folders)
    folders.reject()
    wizard.close()
    select_machine(console.window, "WEB01")
    network = MoveWizard(console.estate, console.estate.pictures[0].key, machine_of(console, "APP01"))
    network.choices.destination = "HV-DR"
    step = next(step for step in network.steps() if step.page == network.NETWORK)
    page = move_page(network, Tasks(), step)
    page.enter()
    page.show()
    visit("wizard: network", page)
    page.close()
    page.deleteLater()


def machine_of(console: Console, name: str) -> Machine:
    inventory = console.estate.pictures[0].inventory
    assert inventory is not None
    return next(machine for machine in inventory.machines if machine.name == name)


def dialogs(kind: type[WizardDialog]) -> list[WizardDialog]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]


async def nothing_logged() -> tuple[HostEvents, ...]:
    return (HostEvents("HV-01"), HostEvents("HV-02", reason="Access is denied."))


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
