"""Connect to Server: real sign-ins, and failures that say what to do."""

from __future__ import annotations

import socket

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QSpinBox

from gui.connect_dialog import ConnectDialog
from gui.console import Console
from tests.gui.driving import click, dialog, find, machine_names, retype, until
from tests.laboratory import RunningLab


def fill_in(connect: ConnectDialog, host: dict[str, object], password: str) -> None:
    retype(find(connect, QLineEdit, "address"), str(host["address"]))
    find(connect, QSpinBox, "port").setValue(int(str(host["port"])))
    retype(find(connect, QLineEdit, "user_name"), str(host["username"]))
    retype(find(connect, QLineEdit, "password"), password)


def opened(console: Console) -> ConnectDialog:
    console.window.actions_offered.connect_to_server.trigger()
    return dialog(ConnectDialog)


def open_dialogs() -> list[ConnectDialog]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, ConnectDialog) and each.isVisible()]


async def test_a_host_that_answers_is_listed_as_a_real_one(console: Console, lab: RunningLab) -> None:
    connect, host = opened(console), lab.host("HV-01")
    fill_in(connect, host, host["password"])
    QTest.keyClick(connect, Qt.Key.Key_Return)
    await until(lambda: machine_names(console.window) and not open_dialogs())
    assert "WEB01" in machine_names(console.window)
    assert console.window.windowTitle() == "VM Ferry - 127.0.0.1"
    assert console.window.tree_model.root.child(0).text() == "Servers"
    assert console.window.banner.practice.text == ""


async def test_a_refused_password_is_said_on_the_dialog(console: Console, lab: RunningLab) -> None:
    connect = opened(console)
    fill_in(connect, lab.host("HV-01"), "wrong")
    click(connect, "connect_now")
    await until(lambda: "refused the sign-in" in connect.notice.text)
    assert connect.isVisible()
    assert find(connect, QLineEdit, "user_name").text() == lab.host("HV-01")["username"]
    assert console.estate.pictures == ()


async def test_a_port_on_which_nothing_listens_is_said_with_the_cure(console: Console) -> None:
    connect = opened(console)
    with socket.socket() as taken:
        # Bound without listening: nobody else takes the port, and connections are refused.
        taken.bind(("127.0.0.1", 0))
        host = {"address": "127.0.0.1", "port": taken.getsockname()[1], "username": "CONTOSO\\nobody"}
        fill_in(connect, host, "x")
        click(connect, "connect_now")
        await until(lambda: "refused the connection" in connect.notice.text)
    assert "Windows Remote Management" in connect.notice.text


async def test_what_is_missing_is_named(console: Console) -> None:
    connect = opened(console)
    click(connect, "connect_now")
    assert "No server is named." in connect.notice.text
    retype(find(connect, QLineEdit, "address"), "server")
    click(connect, "connect_now")
    assert "No user name is given." in connect.notice.text


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("http://hv01", "http://hv01 is the address of a web page"),
        ("\\\\HV-02", "cannot contain the character"),
        ("HV 02", "cannot contain the character ' '"),
        ("hv01:5985", "cannot contain the character ':'"),
    ],
)
async def test_what_is_no_name_is_refused_where_it_was_typed(console: Console, name: str, what: str) -> None:
    connect = opened(console)
    retype(find(connect, QLineEdit, "user_name"), "CONTOSO\\nobody")
    retype(find(connect, QLineEdit, "address"), name)
    click(connect, "connect_now")
    assert what in connect.notice.text
    assert "Type a name such as HV01" in connect.notice.text
    assert connect.focusWidget() is find(connect, QLineEdit, "address")


async def test_https_chooses_its_port_and_the_password_is_hidden(console: Console) -> None:
    connect = opened(console)
    port = find(connect, QSpinBox, "port")
    assert port.value() == 5985
    find(connect, QCheckBox, "https").click()
    assert port.value() == 5986
    assert find(connect, QLineEdit, "password").echoMode() == QLineEdit.EchoMode.Password


async def test_escape_stops_the_attempt_before_it_closes_the_dialog(console: Console) -> None:
    connect = opened(console)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = {"address": "127.0.0.1", "port": silent.getsockname()[1], "username": "CONTOSO\\nobody"}
        fill_in(connect, host, "x")
        click(connect, "connect_now")
        await until(lambda: "Connecting to 127.0.0.1" in connect.notice.text)
        QTest.keyClick(connect, Qt.Key.Key_Escape)
        assert connect.isVisible()
        assert connect.notice.text == ""
        QTest.keyClick(connect, Qt.Key.Key_Escape)
        assert not connect.isVisible()
