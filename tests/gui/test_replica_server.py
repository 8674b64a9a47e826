"""The replication configuration of a host, with mouse and keys: what is read, refused, asked, sent and done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QTreeWidget

from gui.console import Console
from gui.plan_question import PlanQuestion
from gui.replication.certificate_dialog import CertificateDialog
from gui.replication.entry_dialog import EntryDialog
from gui.replication.server_dialog import ServerDialog
from tests.gui.driving import click, dialog, find, retype, until
from tests.laboratory import RunningLab, running_lab


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab(tmp_path_factory.mktemp("lab"), scenario="troubled") as running:
        yield running


async def opened(console: Console, lab: RunningLab, host: str, *, is_read_only: bool = False) -> ServerDialog:
    """The dialog of a host, which is the first in the list, as soon as it has been read."""
    console.estate.add(replace(lab.connection(host, practice=True), is_read_only=is_read_only))
    await until(lambda: console.window.host is not None and console.window.host.inventory is not None)
    console.window.actions_offered.configure_replication.trigger()
    shown = dialog(ServerDialog)
    await until(lambda: not shown.page.is_waiting)
    return shown


def tick(shown: ServerDialog, name: str) -> None:
    """Click a box or a choice at its left end, where it is drawn."""
    box = find(shown, QAbstractButton, name)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().topLeft() + box.rect().center() / 8)


def paste(field: QLineEdit, text: str) -> None:
    """Replace what is in a field by the clipboard's text, which may hold what no key types."""
    QGuiApplication.clipboard().setText(text)
    field.setFocus()
    field.selectAll()
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))


def sent(lab: RunningLab) -> list[str]:
    """The changes that the hosts were sent."""
    return [entry["cmdlet"] for entry in lab.received() if entry["cmdlet"].startswith(("Set-", "New-", "Enable-"))]


async def test_a_host_becomes_a_replica_server(console: Console, troubled: RunningLab) -> None:
    before = len(sent(troubled))
    shown = await opened(console, troubled, "TR-OFF")
    port, location = find(shown, QLineEdit, "kerberos_port"), find(shown, QLineEdit, "storage_location")
    assert not port.isEnabled()
    tick(shown, "replica_enabled")
    assert "Hyper-V Replica HTTP Listener (TCP-In)" in find(shown, QLabel, "firewall_note").text()
    retype(port, "8o")
    retype(location, "Replicas")
    click(shown, "configure")
    assert "“8o” is not a port." in shown.page.notice.text
    assert "Replicas is not a full path." in shown.page.notice.text
    assert port.hasFocus()
    retype(port, "80")
    retype(location, "C:\\Replicas")
    assert shown.page.notice.text == ""
    QTest.keyClick(location, Qt.Key.Key_Return)
    await until(lambda: not shown.page.is_waiting)
    question = dialog(PlanQuestion)
    question.reject()
    assert len(sent(troubled)) == before
    click(shown, "configure")
    await until(lambda: not shown.page.is_waiting)
    question = dialog(PlanQuestion)
    assert find(question, QPlainTextEdit, "script").toPlainText().splitlines()[1:] == [
        "Set-VMReplicationServer -ReplicationEnabled $true -ReplicationAllowedFromAnyServer $true"
        " -DefaultStorageLocation 'C:\\Replicas' -Force",
        "Enable-NetFirewallRule -Name VIRT-HVRHTTPL-In-TCP-NoScope",
    ]
    ended: list[bool] = []
    shown.finished.connect(lambda _result: ended.append(shown.was_changed))
    click(question, "commit")
    await until(lambda: ended)
    assert ended == [True]
    assert sent(troubled)[before:] == ["Set-VMReplicationServer", "Enable-NetFirewallRule"]
    assert console.jobs.statuses[0].title == "Configure TR-OFF as a Replica server"


async def test_a_certificate_is_pasted_and_servers_are_listed(console: Console, troubled: RunningLab) -> None:
    shown = await opened(console, troubled, "TR-CERT")
    assert "It expired on 2025-02-28." in shown.page.notice.text
    click(shown, "select_certificate")
    select = dialog(CertificateDialog)
    table = find(select, QTreeWidget, "certificates")
    rows = [table.topLevelItem(number) for number in range(table.topLevelItemCount())]
    verdicts = {row.text(0): (row.data(0, Qt.ItemDataRole.UserRole), row.text(4)) for row in rows}
    assert verdicts["Wildcard"][1] == "Yes"
    field = find(select, QLineEdit, "thumbprint")
    retype(field, "12")
    click(select, "ok")
    assert "12 is not a thumbprint" in select.notice.text
    retype(field, f" {verdicts['Unknown Issuer'][0]}")
    click(select, "ok")
    assert "does not trust the authority" in select.notice.text
    paste(field, f"\u200e{verdicts['Wildcard'][0].lower()} ")
    assert field.text() == verdicts["Wildcard"][0]
    click(select, "ok")
    assert not shown.page.notice.text
    tick(shown, "listed_servers")
    assert "the list is empty" in shown.page.notice.text
    click(shown, "add_entry")
    entry = dialog(EntryDialog)
    for name, text in (("primary", "tr-01"), ("storage", "C:\\One"), ("trust_group", "One")):
        retype(find(entry, QLineEdit, name), text)
    click(entry, "ok")
    assert "its domain is missing" in entry.notice.text
    retype(find(entry, QLineEdit, "primary"), "tr-01.troubled.example")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    assert find(shown, QTreeWidget, "authorization_entries").topLevelItemCount() == 1
    assert not shown.page.notice.text
    click(shown, "configure")
    await until(lambda: not shown.page.is_waiting)
    lines = find(dialog(PlanQuestion), QPlainTextEdit, "script").toPlainText().splitlines()
    assert lines[1:] == [
        "Set-VMReplicationServer -ReplicationAllowedFromAnyServer $false"
        f" -CertificateThumbprint {quoted(verdicts['Wildcard'][0])} -Force",
        "New-VMReplicationAuthorizationEntry -AllowedPrimaryServer 'tr-01.troubled.example'"
        " -ReplicaStorageLocation 'C:\\One' -TrustGroup One",
    ]
    dialog(PlanQuestion).reject()
    click(shown, "edit_entry")
    assert find(dialog(EntryDialog), QLineEdit, "trust_group").text() == "One"
    dialog(EntryDialog).reject()
    click(shown, "remove_entry")
    assert "the list is empty" in shown.page.notice.text
    shown.reject()


def quoted(thumbprint: str) -> str:
    """As PowerShell needs it: what begins with a digit is no plain word."""
    return thumbprint if thumbprint[0].isalpha() else f"'{thumbprint}'"


async def test_a_read_only_host_is_shown_greyed_with_the_reason(console: Console, troubled: RunningLab) -> None:
    shown = await opened(console, troubled, "TR-REP", is_read_only=True)
    assert "TR-REP is read-only here." in shown.page.notice.text
    assert find(shown, QLineEdit, "certificate_name").text() == "Good"
    assert not find(shown, QAbstractButton, "replica_enabled").isEnabled()
    assert not find(shown, QPushButton, "configure").isEnabled()
    shown.page.apply()
    assert not shown.page.is_waiting
    shown.reject()


async def test_what_the_host_refuses_is_told_and_the_choices_stay(console: Console, troubled: RunningLab) -> None:
    shown = await opened(console, troubled, "TR-SPN")
    location = find(shown, QLineEdit, "storage_location")
    retype(location, "\\\\files\\replicas")
    assert "lies on a share" in shown.page.notice.text
    click(shown, "configure")
    await until(lambda: not shown.page.is_waiting)
    click(dialog(PlanQuestion), "commit")
    await until(lambda: "Failed" in shown.page.notice.text)
    assert location.text() == "\\\\files\\replicas"
    assert location.isEnabled()
    assert find(shown, QPushButton, "configure").isEnabled()
    shown.reject()
