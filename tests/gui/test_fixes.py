"""A problem of a page is cured from the page: the dialog shows what is done, does it as a job, and the page goes on."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QRadioButton

from gui.console import Console
from gui.wizards.fix_dialog import FixDialog
from tests.gui.driving import click, dialog, find, go_to, open_wizard, retype, until
from tests.laboratory import RunningLab


def choose(button: QRadioButton) -> None:
    """Click the circle: beyond its text a radio button takes no click."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(10, button.rect().center().y()))


async def test_live_migrations_are_enabled_from_the_page_that_misses_them(practice: Console, lab: RunningLab) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "destination")
    retype(find(wizard, QLineEdit, "destination"), "HV-DR")
    click(wizard, "next")
    await until(lambda: wizard.current.key == "way")
    assert find(wizard, QRadioButton, "replica").isChecked()
    choose(find(wizard, QRadioButton, "live"))
    click(wizard, "next")
    await until(lambda: "Live migrations are not enabled on HV-DR." in wizard.notice.text)
    click(wizard, "fix")
    shown = dialog(FixDialog)
    assert find(shown, QPlainTextEdit, "fix_script").toPlainText().endswith("Enable-VMMigration")
    assert not any(entry["cmdlet"] == "Enable-VMMigration" for entry in lab.received())
    click(shown, "fix_now")
    await until(lambda: "Live migrations are not enabled" not in wizard.notice.text and not wizard.is_waiting)
    assert [entry["cmdlet"] for entry in lab.received()].count("Enable-VMMigration") == 1
    assert practice.jobs.statuses[0].title == "Enable live migrations on HV-DR"
    click(wizard, "next")
    await until(lambda: wizard.current.key == "options")
    wizard.reject()
