"""The windows in which a host is emptied and filled again, opened for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtWidgets import QMessageBox, QTreeWidget, QWidget

from core.evacuation.record import Evacuated
from core.hyperv.states import MachineState
from gui.console import Console
from gui.wizards.dialog import WizardDialog
from tests.gui.driving import click, dialog, find, is_open, until

MOVED = "WEB01"
"""The machine that was moved from HV-01 to HV-02."""


async def look_at_evacuation(console: Console, visit: Callable[[str, QWidget], None]) -> None:
    """A host whose machines are to go; machines that return; and one of which nothing is known any more."""
    keys = {picture.key.name: picture.key for picture in console.estate.pictures}
    console.window.select_host(keys["HV-02"])
    console.window.actions_offered.evacuate_host.trigger()
    await until(lambda: is_open(WizardDialog))
    wizard = dialog(WizardDialog)
    grid = find(wizard, QTreeWidget, "machines_grid")
    await until(lambda: grid.topLevelItem(0).text(3) == "HV-01")
    visit("evacuate host: grid", wizard)
    click(wizard, "next")
    await until(lambda: wizard.current.key == "summary" and not wizard.is_waiting)
    visit("evacuate host: summary", wizard)
    wizard.close()
    moved = next(each for each in console.estate.picture(keys["HV-02"]).inventory.machines if each.name == MOVED)
    taken = Evacuated(moved.machine_id, MOVED, keys["HV-01"], MachineState.RUNNING, (), ("Production",))
    lost = Evacuated(UUID(int=1), "OLD01", keys["HV-01"], MachineState.OFF, (), ())
    await console.evacuated.begin([taken, lost])
    console.window.select_host(keys["HV-01"])
    console.window.actions_offered.return_machines.trigger()
    await until(lambda: is_open(WizardDialog))
    wizard = dialog(WizardDialog)
    grid = find(wizard, QTreeWidget, "machines_grid")
    await until(lambda: grid.topLevelItem(0).text(1) and "HV-02" in grid.topLevelItem(0).text(4))
    visit("return machines", wizard)
    wizard.close()
    await console.evacuated.end([taken])
    console.window.actions_offered.return_machines.trigger()
    await until(lambda: is_open(QMessageBox))
    box = dialog(QMessageBox)
    visit("return machines: one is lost", box)
    click(box, "forget")
    await until(lambda: not is_open(QMessageBox))
