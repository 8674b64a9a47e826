"""The pages of the Import Wizard for an export that does not fit its host, for tests that look at every window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QRadioButton, QTreeWidget, QWidget

from core.estate.connection import HostKey
from core.powershell.command import Pipeline, Statement, command
from gui.console import Console
from gui.machines.export_dialog import ExportDialog
from gui.wizards.dialog import WizardDialog
from tests.gui.driving import click, dialog, find, go_to, retype, select_machine, until
from tests.laboratory import RunningLab

FOLDER = r"D:\Handed over"


async def look_at_importing(console: Console, lab: RunningLab, visit: Callable[[str, QWidget], None]) -> None:
    """An export to a share, then a machine that is too large for the host that it is imported to."""
    window = console.window
    hosts = {picture.key.name: picture.key for picture in console.estate.pictures}
    window.select_host(hosts["HV-01"])
    await until(lambda: window.machines_model.rowCount() > 1)
    select_machine(window, "TEST01")
    window.actions_offered.machines.export.trigger()
    exporting = dialog(ExportDialog)
    retype(exporting.folder, r"\\FS-01\exports")
    visit("export: to a share", exporting)
    exporting.reject()
    await hand_over(console, lab, hosts["HV-01"])
    window.select_host(hosts["HV-DR"])
    await until(lambda: window.server is not None and window.server.key == hosts["HV-DR"])
    window.actions_offered.import_machine.trigger()
    wizard = dialog(WizardDialog)
    visit("import: before you begin", wizard)
    await go_to(wizard, "locate")
    retype(find(wizard, QLineEdit, "folder"), r"R:\Nothing")
    click(wizard, "next")
    await until(lambda: wizard.notice.text and not wizard.is_waiting)
    visit("import: nothing found", wizard)
    retype(find(wizard, QLineEdit, "folder"), r"R:\Handed over")
    await go_to(wizard, "select")
    assert find(wizard, QTreeWidget, "configurations").topLevelItemCount() == 1
    visit("import: select virtual machine", wizard)
    await go_to(wizard, "import_type")
    visit("import: type", wizard)
    find(wizard.page, QRadioButton, "copy").click()
    for key in ("import_destination", "storage_folders"):
        await go_to(wizard, key)
        visit(f"import: {key}", wizard)
    await go_to(wizard, "memory")
    click(wizard, "next")
    await until(lambda: wizard.notice.text and not wizard.is_waiting)
    visit("import: memory", wizard)
    retype(find(wizard, QLineEdit, "memory"), "4096")
    await go_to(wizard, "processor")
    visit("import: processor", wizard)
    retype(find(wizard, QLineEdit, "processors"), "4")
    await go_to(wizard, "locate_disks")
    visit("import: locate disks", wizard)
    retype(find(wizard, QLineEdit, "disk_folder"), r"R:\Disks")
    await go_to(wizard, next(step.key for step in wizard.wizard.steps() if step.page == "connect_network"))
    visit("import: network", wizard)
    await go_to(wizard, "summary")
    await until(lambda: not wizard.is_waiting)
    visit("import: summary", wizard)
    wizard.reject()


async def hand_over(console: Console, lab: RunningLab, host: HostKey) -> None:
    """Somebody makes TEST01 large, exports it, and copies the export to HV-DR, with its disks elsewhere."""
    picked = Statement((command("Get-VM", Name="TEST01"),))
    before = (
        picked | command("Set-VMProcessor", Count=32),
        picked | command("Set-VMMemory", StartupBytes=200 << 30),
        picked | command("Export-VM", Path=FOLDER),
        picked | command("Set-VMProcessor", Count=2),
        picked | command("Set-VMMemory", StartupBytes=4 << 30),
    )
    exporting = asyncio.ensure_future(console.estate.change(host, Pipeline(before)))
    while not exporting.done():
        lab.advance(60)
        await asyncio.wait([exporting], timeout=0.05)
    exporting.result().raise_for_errors()
    for folder, there in (
        ("Virtual Machines", r"Handed over\TEST01\Virtual Machines"),
        ("Virtual Hard Disks", "Disks"),
    ):
        carried = {"folder": rf"{FOLDER}\TEST01\{folder}", "to": "HV-DR", "there": rf"R:\{there}"}
        lab.control("POST", "/hosts/HV-01/carry", carried)
