"""The Enable Replication Wizard with every page, for one machine and for several, and the dialogs around it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QTabWidget,
    QTreeWidget,
    QWidget,
)

from core.estate.connection import HostKey
from gui.console import Console
from gui.main_window import MainWindow
from gui.replication.certificate_dialog import CertificateDialog
from gui.replication.connect_dialog import ReplicaNetworkDialog
from gui.replication.enabled_dialog import EnabledDialog
from gui.replication.import_dialog import ImportDialog
from gui.tasks import Tasks
from gui.wizards.dialog import WizardDialog
from gui.wizards.enable_addresses import AddressesPage
from tests.gui.driving import click, dialog, find, go_to, machine_names, retype, select_machine, until

Visit = Callable[[str, QWidget], None]


async def look_at_enabling(console: Console, visit: Visit) -> None:
    """Every page for a machine of HV-01, with a certificate, a schedule and addresses; nothing is enabled."""
    window = console.window
    window.select_host(host(console, "HV-01"))
    await until(lambda: window.machines_model.rowCount() > 1)
    select_machine(window, "WEB01" if shows(console, "WEB01") else "DC01")
    window.actions_offered.machines.enable_replication.trigger()
    wizard = dialog(WizardDialog)
    visit("replication: before you begin", wizard)
    await go_on(wizard, "server")
    retype(find(wizard, QComboBox, "server").lineEdit(), "no name")
    click(wizard, "next")
    await until(lambda: wizard.notice.text and not wizard.is_waiting)
    visit("replication: server with a problem", wizard)
    retype(find(wizard, QComboBox, "server").lineEdit(), "HV-DR")
    await go_on(wizard, "connection")
    click(wizard, "test_connection")
    await until(lambda: wizard.page.result.kind == "info")
    find(wizard.page, QRadioButton, "certificate").click()
    click(wizard, "select_certificate")
    await until(lambda: opened(CertificateDialog))
    dialog(CertificateDialog).reject()
    visit("replication: connection", wizard)
    find(wizard.page, QRadioButton, "kerberos").click()
    await go_on(wizard, "disks")
    await until(lambda: find(wizard, QTreeWidget, "disks").topLevelItem(0).text(2))
    visit("replication: disks", wizard)
    await go_on(wizard, "frequency")
    visit("replication: frequency", wizard)
    await go_on(wizard, "points")
    find(wizard.page, QRadioButton, "hourly").click()
    find(wizard.page, QCheckBox, "consistent").click()
    visit("replication: recovery points", wizard)
    await go_on(wizard, "copy")
    find(wizard.page, QRadioButton, "start_later").click()
    visit("replication: initial copy", wizard)
    await go_on(wizard, "addresses 0")
    fill_addresses(wizard, "192.168.16.1")
    click(wizard, "next")
    await until(lambda: wizard.notice.text and not wizard.is_waiting)
    visit("replication: addresses with a problem", wizard)
    fill_addresses(wizard, "192.168.15.1")
    await go_on(wizard, "summary")
    await until(lambda: not wizard.is_waiting)
    visit("replication: summary", wizard)
    find(wizard, QTabWidget, "summary_tabs").setCurrentIndex(1)
    visit("replication: script", wizard)
    wizard.close()
    look_at_dialogs(console, visit)
    await look_at_several(console, visit)


def look_at_dialogs(console: Console, visit: Visit) -> None:
    """What follows when a replication is enabled."""
    replica = host(console, "HV-DR")
    inventory = console.estate.picture(replica).inventory
    assert inventory is not None
    switches = [switch.name for switch in inventory.switches]
    dialogs: dict[str, QDialog] = {
        "enabled": EnabledDialog("WEB01", "HV-DR", can_connect=True, parent=console.window),
        "network": ReplicaNetworkDialog("CRM01", "HV-DR", inventory.adapters[:2], switches, console.window),
        "import": ImportDialog(console.estate, replica, "CRM01", Tasks(), console.window),
    }
    for place, shown in dialogs.items():
        shown.show()
        if isinstance(shown, ImportDialog):
            find(shown, QPushButton, "complete").click()
        visit(f"replication: {place}", shown)
        shown.close()


async def look_at_several(console: Console, visit: Visit) -> None:
    """The grid of several machines, and their summary."""
    select_machine(console.window, "TEST01")
    add_to_selection(console.window, "DC01")
    console.window.actions_offered.machines.enable_replication.trigger()
    wizard = dialog(WizardDialog)
    retype(find(wizard, QComboBox, "server").lineEdit(), "HV-DR")
    await go_on(wizard, "grid")
    grid = find(wizard, QTreeWidget, "machines_grid")
    await until(lambda: grid.topLevelItem(0).text(1))
    visit("replication of several: grid", wizard)
    await go_on(wizard, "summary")
    await until(lambda: not wizard.is_waiting)
    visit("replication of several: summary", wizard)
    wizard.close()


async def go_on(wizard: WizardDialog, key: str) -> None:
    """Next, until the page ``key`` is shown."""
    await go_to(wizard, key)


def fill_addresses(wizard: WizardDialog, gateway: str) -> None:
    """Addresses of the replica in both families."""
    assert isinstance(wizard.page, AddressesPage)
    tick = find(wizard.page, QCheckBox, "sets_replica")
    if not tick.isChecked():
        tick.click()
    for name, text in (
        ("4_address", "192.168.15.10"),
        ("4_mask", "255.255.255.0"),
        ("4_gateway", gateway),
        ("6_address", "2001:db8:15::10"),
        ("6_mask", "64"),
    ):
        retype(find(wizard.page, QLineEdit, f"replica_{name}"), text)


def host(console: Console, name: str) -> HostKey:
    return next(picture.key for picture in console.estate.pictures if picture.key.name == name)


def shows(console: Console, name: str) -> bool:
    inventory = console.estate.picture(host(console, "HV-01")).inventory
    return inventory is not None and any(machine.name == name for machine in inventory.machines)


def add_to_selection(window: MainWindow, name: str) -> None:
    model, selection = window.machines_model, window.machine_list.selectionModel()
    row = machine_names(window).index(name)
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    selection.select(model.index(row, 0), flags)


def opened(kind: type[QWidget]) -> bool:
    return any(isinstance(each, kind) and each.isVisible() for each in QApplication.topLevelWidgets())
