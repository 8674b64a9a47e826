"""Every window of the program, one after the other, for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QMessageBox, QWidget

from gui.connect_dialog import ConnectDialog
from gui.console import Console
from tests.gui.driving import click, dialog, find, go_to, open_wizard, retype, select_machine, until
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
            retype(find(wizard, QLineEdit, "destination_name"), "HV-DR")
            click(wizard, "next")
            await until(lambda: wizard.notice.text and not wizard.is_waiting)
            visit("wizard: destination with a problem", wizard)
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
    window.actions_offered.about.trigger()
    about = dialog(QMessageBox)
    visit("about", about)
    about.reject()
    lab.process.kill()
    lab.process.wait()
    window.actions_offered.refresh.trigger()
    await until(lambda: window.banner.failure.text)
    visit("host that does not answer", window)
