"""What is asked before machines and checkpoints are changed, for tests that look at every window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from core.language import _
from core.operating.verbs import Verb
from gui.console import Console
from gui.machines.confirmation import Confirmation
from gui.machines.export_dialog import ExportDialog
from gui.machines.name_dialog import NameDialog
from gui.settings.host_dialog import HostSettingsDialog
from gui.settings.machine_dialog import MachineSettingsDialog
from gui.settings.pages_dialog import PagesDialog
from tests.gui.driving import click, dialog, retype, select_machine, until


def look_at_questions(console: Console, visit: Callable[[str, QWidget], None]) -> None:
    """Confirmations for one and for several machines, with their script, and a name that is taken."""
    window = console.window
    verbs = window.actions_offered.machines.verbs
    select_machine(window, "APP01")
    checkpoints = window.details.checkpoints
    window.details.show_tab(checkpoints)
    checkpoints.setCurrentItem(checkpoints.topLevelItem(0))
    visit("checkpoints", window)
    checkpoints.apply.trigger()
    visit_and_close("confirmation: apply", visit)
    checkpoints.delete_subtree.trigger()
    visit_and_close("confirmation: delete a subtree", visit)
    for verb in (Verb.TURN_OFF, Verb.RESET, Verb.REVERT):
        verbs[verb].trigger()
        visit_and_close(f"confirmation: {verb.value}", visit)
    verbs[Verb.RENAME].trigger()
    naming = dialog(NameDialog)
    retype(naming.name, "SQL01")
    click(naming, "rename")
    visit("rename", naming)
    naming.reject()
    window.actions_offered.machines.export.trigger()
    exporting = dialog(ExportDialog)
    exporting.notice.say("warning", _("None."), _("Choose another folder."))
    visit("export", exporting)
    exporting.reject()
    window.machine_list.selectAll()
    visit("several machines", window)
    verbs[Verb.DELETE].trigger()
    visit_and_close("confirmation: several", visit)
    select_machine(window, "WEB01")


async def look_at_settings(console: Console, visit: Callable[[str, QWidget], None]) -> None:
    """Every page of a host's and of a machine's settings, with what is wrong and the script."""
    offered = console.window.actions_offered
    offered.host_settings.trigger()
    host = dialog(HostSettingsDialog)
    await until(lambda: host.live.isEnabled())
    look_at_pages("host settings", host, visit)
    host.pages.setCurrentRow(2)
    host.live.these_networks.setChecked(True)
    click(host, "add_network")
    naming = dialog(NameDialog)
    retype(naming.name, "10.0.0.300")
    click(naming, "rename")
    visit("host settings: a network", naming)
    naming.reject()
    click(host, "ok")
    visit("host settings: what is wrong", host)
    host.reject()
    offered.machines.settings.trigger()
    machine = dialog(MachineSettingsDialog)
    await until(lambda: machine.adapters)
    look_at_pages("machine settings", machine, visit)
    machine.reject()


def look_at_pages(place: str, settings: PagesDialog, visit: Callable[[str, QWidget], None]) -> None:
    for row in range(settings.pages.count()):
        settings.pages.setCurrentRow(row)
        visit(f"{place}: {settings.pages.item(row).text()}", settings)
    click(settings, "show_script")
    visit(f"{place}: script", settings)


def visit_and_close(place: str, visit: Callable[[str, QWidget], None]) -> None:
    asked = dialog(Confirmation)
    visit(place, asked)
    click(asked, "show_script")
    visit(f"{place}, with script", asked)
    asked.reject()
