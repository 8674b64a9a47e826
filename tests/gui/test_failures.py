"""What the window does when a move has ended: it follows the machine, or says why it failed and begins anew."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTreeWidget

from core.powershell.command import Pipeline, Switch, command
from gui.console import Console
from gui.failure_dialog import FailureDialog
from gui.wizards.dialog import WizardDialog
from tests.gui.driving import click, dialog, find, go_to, open_wizard, select_machine, until
from tests.laboratory import RunningLab

MEANING = "Something of the same name is at the destination already: a file, or this virtual machine."


async def put_in_the_way(console: Console, host: str, folder: str, name: str) -> None:
    """Leave a file on a host, as somebody else may at any time."""
    make_folder = command("New-Item", Path=folder, ItemType="Directory", Force=Switch.PRESENT)
    make_file = command("New-Item", Path=f"{folder}\\{name}", ItemType="File")
    connection = next(picture.connection for picture in console.estate.pictures if picture.key.name == host)
    session = console.estate.open_session(connection)
    try:
        calls = tuple(make | command("Out-String") for make in (make_folder, make_file))
        (await session.run(Pipeline(calls), changes=True)).raise_for_errors()
    finally:
        await session.close()


async def moved(console: Console, lab: RunningLab) -> None:
    """Let the one job of the window end."""
    await until(lambda: console.window.jobs.rows)
    while console.jobs.under_way:
        lab.advance(60)
        status = console.jobs.statuses[0]
        await until(lambda status=status: console.jobs.statuses[0] != status or not console.jobs.under_way)


async def test_the_selection_follows_a_machine_to_its_new_host(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    wizard = open_wizard(practice, "WEB01")
    machine_id = wizard.wizard.machine.machine_id
    await go_to(wizard, "summary")
    click(wizard, "commit")
    await moved(practice, lab)
    await until(lambda: window.host is not None and window.host.key.name == "HV-02")
    await until(lambda: window.machine is not None)
    assert window.machine is not None
    assert window.machine.machine_id == machine_id


async def test_a_selection_elsewhere_stays(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "summary")
    click(wizard, "commit")
    await until(lambda: window.jobs.rows)
    other = select_machine(window, "SQL01")
    await moved(practice, lab)
    await until(lambda: window.host is not None and "WEB01" not in {m.name for m in window.host.inventory.machines})
    assert window.host is not None
    assert window.host.key.name == "HV-01"
    assert window.machine is not None
    assert window.machine.machine_id == other


async def test_a_failed_move_is_explained_and_begun_anew(practice: Console, lab: RunningLab) -> None:
    window = practice.window
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "summary")
    await put_in_the_way(practice, "HV-02", r"D:\VMs\WEB01\Virtual Hard Disks", "WEB01.vhdx")
    click(wizard, "commit")
    await moved(practice, lab)
    row = window.jobs.rows[1]
    await until(row.explain.isVisible)
    click(row, "job_explain")
    shown = dialog(FailureDialog)
    await until(lambda: shown.events.topLevelItemCount() == 2)
    said = find(shown, QPlainTextEdit, "failure_words").toPlainText()
    assert said.splitlines()[0].startswith("Storage migration for virtual machine 'WEB01'")
    assert "0x80070050" in said
    assert shown.meaning.text() == MEANING
    assert "left over from a move that failed" in shown.cure.text()
    events = find(shown, QTreeWidget, "failure_events")
    source, destination = events.topLevelItem(0), events.topLevelItem(1)
    assert (source.text(0), destination.text(0)) == ("HV-01", "HV-02")
    assert source.childCount() == 1
    assert "0x80070050" in source.child(0).text(2)
    assert destination.text(2) == "Nothing was logged about the machine."
    click(shown, "failure_copy")
    copied = QApplication.clipboard().text()
    assert all(part in copied for part in (said, MEANING, "Events of HV-01:"))
    click(shown, "failure_retry")
    again = dialog(WizardDialog)
    await go_to(again, "destination")
    assert find(again, QLineEdit, "destination").text() == "HV-02"
    again.reject()
