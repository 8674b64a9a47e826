"""Servers are kept from start to start, in groups, and are never changed where they are read-only."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QMessageBox,
    QSpinBox,
)

from core.estate import polling
from core.estate.connection import HostKey
from core.estate.connection_test import Part, Verdict
from core.jobs.status import JobState
from core.remoting.errors import SignInRefused
from gui.application import opened
from gui.connect_dialog import ConnectDialog
from gui.console import Console
from gui.options import Options
from gui.profiles.certificate_question import CertificateQuestion
from gui.profiles.group_dialog import GroupDialog
from gui.profiles.import_dialog import ImportDialog
from gui.profiles.sign_in_dialog import SignInDialog
from tests.gui.driving import (
    click,
    dialog,
    find,
    go_to,
    is_all_shown,
    machine_names,
    open_wizard,
    retype,
    select_machine,
    until,
)
from tests.laboratory import RunningLab


@contextlib.asynccontextmanager
async def program(folder: Path) -> AsyncIterator[Console]:
    async with opened(Options(data=folder, key_store=False)) as console:
        yield console


def open_dialogs() -> list[QDialog]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]


def connect_dialog(console: Console) -> ConnectDialog:
    console.window.actions_offered.connect_to_server.trigger()
    return dialog(ConnectDialog)


def fill_in(connect: ConnectDialog, lab: RunningLab, name: str, *, group: str = "") -> None:
    host = lab.host(name)
    retype(find(connect, QLineEdit, "address"), host["address"])
    find(connect, QSpinBox, "port").setValue(host["port"])
    retype(find(connect, QLineEdit, "user_name"), host["username"])
    retype(find(connect, QLineEdit, "password"), host["password"])
    find(connect, QComboBox, "group").setCurrentText(group)
    find(connect, QLineEdit, "listed_name").setText(name)


async def connect(console: Console, lab: RunningLab, name: str, *, group: str = "") -> HostKey:
    """Connect to a host of the lab through the dialog."""
    fill_in(connecting := connect_dialog(console), lab, name, group=group)
    click(connecting, "connect_now")
    await until(lambda: not open_dialogs())
    key = HostKey("Servers", name)
    assert console.window.host is not None
    assert console.window.host.key == key
    return key


async def sign_in(lab: RunningLab) -> None:
    """Answer the question for the password."""
    await until(lambda: open_dialogs())
    question = dialog(SignInDialog)
    retype(question.password, lab.host("HV-01")["password"])
    click(question, "sign_in_now")


def tree(console: Console) -> dict[str, list[str]]:
    """The groups with the texts of their hosts."""
    model = console.window.tree_model
    groups = [model.root.child(row) for row in range(model.root.rowCount())]
    return {model.name(group.index()): [group.child(row).text() for row in range(group.rowCount())] for group in groups}


async def test_servers_are_there_at_the_next_start_and_read_at_once(lab: RunningLab, tmp_path: Path) -> None:
    async with program(tmp_path) as console:
        await connect(console, lab, "HV-01", group="Site A")
        await connect(console, lab, "HV-02")
        assert tree(console) == {"Servers": ["HV-02"], "Site A": ["HV-01"]}
    assert lab.host("HV-01")["password"] not in (tmp_path / "profiles.json").read_text()
    async with program(tmp_path) as console:
        await until(lambda: open_dialogs())
        question = dialog(SignInDialog)
        needed = {"Servers": ["HV-02 (sign-in needed)"], "Site A": ["HV-01 (sign-in needed)"]}
        await until(lambda: tree(console) == needed)
        # What they told in the run before is shown meanwhile, marked with its age, and nothing can be done with it.
        console.window.select_host(next(each.key for each in console.estate.pictures if each.key.name == "HV-01"))
        await until(lambda: "WEB01" in machine_names(console.window))
        select_machine(console.window, "WEB01")
        assert not console.window.actions_offered.move_machine.isEnabled()
        # One question for both: the user is the same.
        assert "HV-01, HV-02" in find(question, QLabel, "sign_in_question").text()
        await sign_in(lab)
        await until(lambda: all(not picture.is_remembered for picture in console.estate.pictures))
        assert not open_dialogs()
        assert tree(console) == {"Servers": ["HV-02"], "Site A": ["HV-01"]}
        assert len(console.estate.pictures) == 2


async def test_a_password_that_is_known_is_not_asked_for(lab: RunningLab, tmp_path: Path) -> None:
    host = lab.host("HV-01")
    async with program(tmp_path) as console:
        await connect(console, lab, "HV-01")
    async with program(tmp_path) as console:
        console.secrets.remember(host["address"], host["username"], host["password"])
        await until(lambda: machine_names(console.window))
        assert not open_dialogs()


async def test_a_move_left_running_is_found_and_followed_at_the_next_start(lab: RunningLab, tmp_path: Path) -> None:
    async with program(tmp_path) as console:
        await connect(console, lab, "HV-02")
        await connect(console, lab, "HV-01", group="Site A")
        await until(lambda: is_all_shown(console))
        wizard = open_wizard(console, "WEB01")
        await go_to(wizard, "summary")
        click(wizard, "commit")
        await until(lambda: console.window.jobs.rows and console.window.jobs.rows[1].detail.text())
        lab.advance(5)
        console.window.close()
        click(dialog(QMessageBox), "close_anyway")
        assert console.closing.is_set()
    async with program(tmp_path) as console:
        await until(lambda: console.jobs.under_way)
        await sign_in(lab)
        lab.advance(3600)
        await until(lambda: not console.jobs.under_way)
        [status] = [status for status in console.jobs.statuses if status.plan is not None]
        assert status.state is JobState.COMPLETED
        row = console.window.jobs.rows[status.number]
        assert row.detail.text().startswith("WEB01 is on HV-02")
    assert [entry["cmdlet"] for entry in lab.received()].count("Move-VM") == 1
    assert "WEB01" in lab.places()["HV-02"]


async def test_no_change_is_offered_for_a_server_that_is_read_only(
    console: Console, lab: RunningLab, tmp_path: Path
) -> None:
    offered = console.window.actions_offered
    key = await connect(console, lab, "HV-01")
    await until(lambda: machine_names(console.window))
    console.window.machine_list.setCurrentIndex(console.window.machines_model.index(0, 0))
    assert offered.move_machine.isEnabled()
    offered.edit_server.trigger()
    settings = dialog(ConnectDialog)
    assert settings.windowTitle() == "Settings of HV-01"
    assert find(settings, QLineEdit, "password").text() == ""
    find(settings, QCheckBox, "read_only").click()
    click(settings, "save_now")
    await until(lambda: not open_dialogs())
    assert console.estate.picture(key).connection.is_read_only
    assert console.estate.picture(key).failure is None
    assert tree(console) == {"Servers": ["HV-01 - read-only"]}
    console.window.machine_list.setCurrentIndex(console.window.machines_model.index(0, 0))
    assert not offered.move_machine.isEnabled()
    assert offered.move_machine.toolTip() == "HV-01 is read-only here."


async def test_a_changed_address_is_used_at_once_and_the_old_name_is_gone(console: Console, lab: RunningLab) -> None:
    await connect(console, lab, "HV-01")
    console.window.actions_offered.edit_server.trigger()
    settings = dialog(ConnectDialog)
    fill_in(settings, lab, "HV-02")
    find(settings, QLineEdit, "listed_name").setText("Second")
    click(settings, "save_now")
    await until(lambda: {"DC02", "PRINT01"} <= set(machine_names(console.window)))
    assert tree(console) == {"Servers": ["Second"]}
    assert [picture.key.name for picture in console.estate.pictures] == ["Second"]


async def test_a_name_is_listed_once(console: Console, lab: RunningLab) -> None:
    await connect(console, lab, "HV-01")
    await connect(console, lab, "HV-02")
    console.window.actions_offered.edit_server.trigger()
    settings = dialog(ConnectDialog)
    find(settings, QLineEdit, "listed_name").setText("hv-01")
    click(settings, "save_now")
    await until(lambda: "in the list already" in settings.notice.text)
    settings.reject()
    assert tree(console) == {"Servers": ["HV-01", "HV-02"]}


async def test_a_server_that_does_not_answer_can_be_kept_anyway(console: Console, lab: RunningLab) -> None:
    connecting = connect_dialog(console)
    fill_in(connecting, lab, "HV-01")
    retype(find(connecting, QLineEdit, "password"), "wrong")
    click(connecting, "connect_now")
    await until(lambda: connecting.save_anyway.isVisible())
    click(connecting, "save_anyway")
    await until(lambda: not open_dialogs())
    await until(lambda: tree(console) == {"Servers": ["HV-01 (not answering)"]})
    console.window.actions_offered.sign_in.trigger()
    await sign_in(lab)
    await until(lambda: machine_names(console.window))
    await until(lambda: tree(console) == {"Servers": ["HV-01"]})


async def test_a_removed_server_is_forgotten(console: Console, lab: RunningLab, tmp_path: Path) -> None:
    await connect(console, lab, "HV-01")
    await connect(console, lab, "HV-02")
    console.window.actions_offered.remove_server.trigger()
    question = dialog(QMessageBox)
    assert question.text() == "Remove HV-02 from the list?"
    assert question.defaultButton().objectName() == "cancel"
    click(question, "remove_now")
    await until(lambda: tree(console) == {"Servers": ["HV-01"]})
    assert [picture.key.name for picture in console.estate.pictures] == ["HV-01"]
    assert "HV-02" not in (tmp_path / "data" / "profiles.json").read_text()
    assert await console.secrets.read(lab.host("HV-01")["address"], lab.host("HV-01")["username"]) is not None
    # It can be listed anew.
    await connect(console, lab, "HV-02")


async def test_a_server_that_a_job_needs_stays(console: Console, lab: RunningLab) -> None:
    await connect(console, lab, "HV-02")
    await connect(console, lab, "HV-01")
    await until(lambda: is_all_shown(console))
    wizard = open_wizard(console, "WEB01")
    await go_to(wizard, "summary")
    click(wizard, "commit")
    await until(lambda: console.window.jobs.rows and console.window.jobs.rows[1].detail.text())
    console.window.select_host(HostKey("Servers", "HV-02"))
    console.window.actions_offered.remove_server.trigger()
    question = dialog(QMessageBox)
    assert question.text() == "HV-02 cannot be removed now."
    question.reject()
    console.window.actions_offered.edit_server.trigger()
    settings = dialog(ConnectDialog)
    find(settings, QLineEdit, "listed_name").setText("Other")
    click(settings, "save_now")
    await until(lambda: "is needed by a job" in settings.notice.text)
    settings.reject()
    lab.advance(3600)
    await until(lambda: not console.jobs.under_way)


def drag(console: Console, host: QModelIndex, group: QModelIndex) -> bool:
    """Drag a host over a group and let it go there; whether it may be dropped."""
    model, tree = console.window.tree_model, console.window.tree
    data = model.mimeData([host])
    place = tree.visualRect(group).center()
    where = (Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    drop = QDropEvent(place.toPointF(), *where)
    for event in (QDragEnterEvent(place, *where), QDragMoveEvent(place, *where), drop):
        event.ignore()
        QApplication.sendEvent(tree.viewport(), event)
    # What is accepted is removed where it was dragged from; the profiles decide where it is shown.
    assert not drop.isAccepted()
    return model.canDropMimeData(data, Qt.DropAction.MoveAction, -1, -1, group)


async def test_servers_are_dragged_into_groups(practice: Console, lab: RunningLab) -> None:
    model = practice.window.tree_model
    key = await connect(practice, lab, "HV-01")
    session = lab.control("GET", "/hosts/HV-01")["shells"]
    practice.window.actions_offered.new_group.trigger()
    question = dialog(GroupDialog)
    retype(question.name, "practice")
    click(question, "ok")
    assert "taken by the practice lab" in question.notice.text
    retype(question.name, "Site A")
    click(question, "ok")
    await until(lambda: "Site A" in tree(practice))
    assert drag(practice, model.find(key), model.find_group("Site A"))
    await until(lambda: tree(practice)["Site A"] == ["HV-01"])
    assert practice.window.host is not None
    assert practice.window.host.key == key
    assert lab.control("GET", "/hosts/HV-01")["shells"] == session
    # Nothing goes among the simulated hosts, and none of them comes out.
    simulated = practice.estate.pictures[0].key
    assert not drag(practice, model.find(key), model.find(simulated).parent())
    assert not model.flags(model.find(simulated)) & Qt.ItemFlag.ItemIsDragEnabled
    practice.window.tree.setCurrentIndex(model.find_group("Site A"))
    practice.window.actions_offered.rename_group.trigger()
    retype(dialog(GroupDialog).name, "Berlin")
    click(dialog(GroupDialog), "ok")
    await until(lambda: tree(practice).get("Berlin") == ["HV-01"] and "Site A" not in tree(practice))
    assert drag(practice, model.find(key), model.find_group(""))
    await until(lambda: tree(practice)["Servers"] == ["HV-01"])
    practice.window.tree.setCurrentIndex(model.find_group("Berlin"))
    practice.window.actions_offered.remove_group.trigger()
    await until(lambda: "Berlin" not in tree(practice))


async def test_a_list_of_names_is_imported_and_the_list_is_exported(console: Console, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("no-such-host-1.invalid\nno-such-host-2.invalid\nhttp://x\n")
    await console.profiles.import_from(names)
    question = dialog(ImportDialog)
    assert find(question, QListWidget, "found_servers").count() == 2
    assert "http://x is the address of a web page" in question.left_out.text
    click(question, "import_now")
    assert "No user name is given." in question.notice.text
    retype(question.user_name, "CONTOSO\\admin")
    question.group.setCurrentText("Site A")
    click(question, "import_now")
    await until(lambda: len(tree(console).get("Site A", [])) == 2)
    await console.profiles.export_to(tmp_path / "servers.json")
    profiles = json.loads((tmp_path / "servers.json").read_text())["content"]["profiles"]
    assert [profile["address"] for profile in profiles] == ["no-such-host-1.invalid", "no-such-host-2.invalid"]
    async with program(tmp_path / "other") as other:
        await other.profiles.import_from(tmp_path / "servers.json")
        click(dialog(ImportDialog), "import_now")
        await until(lambda: len(tree(other).get("Site A", [])) == 2)
        await other.profiles.import_from(tmp_path / "missing.json")
        assert "cannot be read" in dialog(QMessageBox).text()
        dialog(QMessageBox).reject()
        (tmp_path / "broken.json").write_text("{")
        await other.profiles.import_from(tmp_path / "broken.json")
        assert "cannot be imported" in dialog(QMessageBox).text()


async def test_a_list_of_a_newer_version_is_kept_and_said(lab: RunningLab, tmp_path: Path) -> None:
    newer = b'{"schema": 99, "content": {}}'
    (tmp_path / "profiles.json").write_bytes(newer)
    async with program(tmp_path) as console:
        await until(lambda: open_dialogs())
        assert "written by a newer version of VM Ferry" in dialog(QMessageBox).text()
        dialog(QMessageBox).reject()
        fill_in(connecting := connect_dialog(console), lab, "HV-01")
        click(connecting, "connect_now")
        await until(lambda: not connecting.isVisible() and open_dialogs())
        assert "it holds until VM Ferry is closed" in dialog(QMessageBox).text()
        assert tree(console) == {"Servers": ["HV-01"]}
    assert (tmp_path / "profiles.json").read_bytes() == newer


async def test_a_connection_is_tried_out_and_its_certificate_trusted(console: Console, lab: RunningLab) -> None:
    lab.control("PUT", "/hosts/HV-01/wire", {"scheme": "https"})
    connecting = connect_dialog(console)
    find(connecting, QCheckBox, "https").click()
    fill_in(connecting, lab, "HV-01")
    click(connecting, "test_connection")
    await until(lambda: connecting.steps.trust.isVisible())
    assert [step.verdict for step in connecting.steps.steps.values()] == [Verdict.GOOD, Verdict.GOOD, Verdict.BAD]
    click(connecting, "trust_certificate")
    question = dialog(CertificateQuestion)
    assert ":" in find(question, QLabel, "shown_fingerprint").text()
    click(question, "trust_now")
    assert find(connecting, QComboBox, "trust").currentData() == "fingerprint"
    click(connecting, "test_connection")
    await until(lambda: "Everything that a connection needs works." in connecting.notice.text)
    assert list(connecting.steps.steps) == list(Part)
    click(connecting, "connect_now")
    await until(lambda: machine_names(console.window) and not open_dialogs())
    lab.control("PUT", "/hosts/HV-01/disturbances", [{"kind": "certificate", "certificate": "changed"}])
    # Connections that are open have seen the former one.
    lab.control("POST", "/hosts/HV-01/down", {})
    lab.control("POST", "/hosts/HV-01/up", {})
    console.window.actions_offered.refresh.trigger()
    await until(lambda: "its fingerprint has changed" in console.window.banner.failure.text)


async def test_a_refused_password_is_not_tried_again_by_itself(
    console: Console, lab: RunningLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "CLOSELY", 0.0)
    monkeypatch.setattr(polling, "TICK", 0.01)
    fill_in(connecting := connect_dialog(console), lab, "HV-01")
    retype(find(connecting, QLineEdit, "user_name"), "CONTOSO\\nobody")
    click(connecting, "connect_now")
    await until(lambda: connecting.save_anyway.isVisible())
    click(connecting, "save_anyway")
    await until(lambda: not open_dialogs())
    assert isinstance(console.estate.pictures[0].failure, SignInRefused)
    requests = lab.control("GET", "/hosts/HV-01")["requests"]
    readings: list[object] = []
    await connect(console, lab, "HV-02")

    def is_read_again_and_again() -> bool:
        inventory = console.estate.pictures[1].inventory
        if inventory is not None and (not readings or readings[-1] is not inventory):
            readings.append(inventory)
        return len(readings) > 5

    await until(is_read_again_and_again)
    assert lab.control("GET", "/hosts/HV-01")["requests"] == requests


async def test_this_computer_is_proposed_with_the_account_that_is_signed_in(console: Console) -> None:
    console.profiles.add_this_computer()
    proposed = dialog(ConnectDialog)
    assert find(proposed, QLineEdit, "address").text()
    assert find(proposed, QComboBox, "password_place").currentData() == "account"
    assert not find(proposed, QLineEdit, "password").isEnabled()
    assert "No password is needed" in proposed.general.hint.text()
    proposed.reject()
