"""What comes from hosts is shown as it is, and never as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox, QTabWidget, QTextEdit, QToolTip

from core.operating.verbs import Verb
from gui.console import Console
from gui.journal_dialog import JournalDialog
from gui.machines.confirmation import Confirmation
from gui.panels.heading import PaneHeading
from gui.plain_text import tip
from tests.core.recovery.planning import scenario
from tests.gui.driving import click, dialog, find, go_to, is_all_shown, open_wizard, retype, select_machine, until
from tests.gui.machine_samples import look_at_settings
from tests.laboratory import RunningLab, running_lab

HOSTILE = "<img src='file:&sol;&sol;leak.example'> <b>VM</b>"
GUI = Path(__file__).parents[2] / "gui"
PLAIN = re.compile(r"setToolTip\((?:[\w_]+, )?(?:tip\(|_\(|f?\"|\"\")|setToolTipsVisible\(")
"""A tool tip that is a text of the program's own, or goes through ``tip``."""


@pytest.fixture
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    folder = tmp_path_factory.mktemp("lab")
    file = Path(scenario(folder, ("VM01",)))
    text = file.read_text(encoding="utf-8").replace('name = "VM01"', f'name = "{HOSTILE}"', 1)
    for before, after in (
        ('machine = "VM01"', f'machine = "{HOSTILE}"'),
        ('"LAN"', f'"{HOSTILE}"'),
        ('label = "Machines"', f'label = "{HOSTILE}"'),
        ('memory = "1 GB"', f'memory = "1 GB"\nnotes = "{HOSTILE}"\ncheckpoints = ["{HOSTILE}"]'),
    ):
        assert before in text
        text = text.replace(before, after)
    file.write_text(text, encoding="utf-8")
    with running_lab(folder, scenario=str(file), speed=60.0) as running:
        yield running


@pytest.mark.parametrize("text", [HOSTILE, "<u>a</u>\n& b", "a < b > c", "plain", ""])
def test_a_tool_tip_shows_its_text(text: str) -> None:
    shown = tip(text)
    document = QTextDocument()
    if shown.startswith("<qt>"):
        document.setHtml(shown)
    else:
        document.setPlainText(shown)
    assert document.toPlainText() == text


def test_a_tool_tip_is_shown_as_such(qapp: QApplication) -> None:
    anchor = QLabel("anchor")
    anchor.show()
    QToolTip.showText(anchor.mapToGlobal(QPoint()), tip(HOSTILE), anchor)
    [shown] = [each for each in QApplication.topLevelWidgets() if each.metaObject().className() == "QTipLabel"]
    assert isinstance(shown, QLabel)
    assert shown.textFormat() is Qt.TextFormat.AutoText
    shown.close()


@pytest.mark.parametrize("kind", [QLabel, PaneHeading])
def test_a_label_shows_its_text(qapp: QApplication, kind: type[QLabel]) -> None:
    label = kind(HOSTILE)
    plain = kind("m" * len(HOSTILE))
    for each in (label, plain):
        each.show()
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.sizeHint().height() == plain.sizeHint().height()


def test_a_message_shows_its_text(qapp: QApplication) -> None:
    box = QMessageBox()
    box.setText(HOSTILE)
    box.setInformativeText(HOSTILE)
    box.show()
    labels = [each for each in box.findChildren(QLabel) if each.text() == HOSTILE]
    assert {each.textFormat() for each in labels} == {Qt.TextFormat.PlainText}
    assert len(labels) == 2
    box.close()


def test_every_tool_tip_with_words_of_others_goes_through_tip() -> None:
    lines = [
        f"{file.name}: {line.strip()}"
        for file in sorted(GUI.rglob("*.py"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if "setToolTip" in line and not PLAIN.search(line) and '"" if' not in line
    ]
    assert not lines


def misread() -> list[str]:
    """The labels and texts in which the hostile name is taken for markup."""
    windows = QApplication.topLevelWidgets()
    labels = [each for window in windows for each in window.findChildren(QLabel) if "<b>" in each.text()]
    texts = [each for window in windows for each in window.findChildren(QTextEdit)]
    found = [each.text() for each in labels if each.textFormat() is not Qt.TextFormat.PlainText]
    return found + [each.objectName() for each in texts if "<img" in each.toHtml() or "\ufffc" in each.toPlainText()]


async def test_a_machine_is_called_what_it_is_called(console: Console, hostile: RunningLab) -> None:
    for connection in hostile.connections(practice=True):
        console.estate.add(connection)
    await until(lambda: is_all_shown(console))
    window = console.window
    select_machine(window, HOSTILE)
    assert window.machine.name == HOSTILE
    await until(lambda: any("<b>" in each.text() for each in window.findChildren(QLabel)))
    assert not misread()
    tabs = find(window, QTabWidget, "details_tabs")
    for tab in range(tabs.count()):
        tabs.setCurrentIndex(tab)
        await until(lambda: not window.details.grab().isNull())
        assert not misread()
    shown: list[str] = []
    await look_at_settings(console, lambda place, _window: shown.extend(f"{place}: {text}" for text in misread()))
    assert not shown
    window.actions_offered.machines.verbs[Verb.PAUSE].trigger()
    await until(lambda: console.jobs.statuses and not console.jobs.under_way)
    assert not misread()
    window.actions_offered.machines.verbs[Verb.TURN_OFF].trigger()
    asked = dialog(Confirmation)
    assert not misread()
    asked.reject()
    wizard = open_wizard(console, HOSTILE)
    await go_to(wizard, "destination")
    assert not misread()
    # The host that has its replica cannot take it, and says so with its name.
    retype(find(wizard, QLineEdit, "destination"), "R")
    click(wizard, "next")
    await until(lambda: wizard.notice.text and not wizard.is_waiting)
    assert not misread()
    wizard.close()
    window.actions_offered.show_journal.trigger()
    journal = dialog(JournalDialog)
    await until(lambda: journal.model.rowCount() > 0)
    journal.table.selectRow(0)
    assert HOSTILE in journal.story.toPlainText()
    assert not misread()
    journal.close()
