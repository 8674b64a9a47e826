"""What comes from hosts is shown as it is, and never as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QLabel

from core.operating.verbs import Verb
from gui.console import Console
from gui.machines.confirmation import Confirmation
from gui.plain_text import tip
from tests.core.recovery.planning import scenario
from tests.gui.driving import dialog, go_to, is_all_shown, open_wizard, select_machine, until
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
    file.write_text(text.replace('machine = "VM01"', f'machine = "{HOSTILE}"'), encoding="utf-8")
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


def test_every_tool_tip_with_words_of_others_goes_through_tip() -> None:
    lines = [
        f"{file.name}: {line.strip()}"
        for file in sorted(GUI.rglob("*.py"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if "setToolTip" in line and not PLAIN.search(line) and '"" if' not in line
    ]
    assert not lines


def misread() -> list[str]:
    """The labels in which the hostile name would be taken for markup."""
    labels = [each for window in QApplication.topLevelWidgets() for each in window.findChildren(QLabel)]
    return [each.text() for each in labels if "<b>" in each.text() and each.textFormat() is not Qt.TextFormat.PlainText]


async def test_a_machine_is_called_what_it_is_called(console: Console, hostile: RunningLab) -> None:
    for connection in hostile.connections(practice=True):
        console.estate.add(connection)
    await until(lambda: is_all_shown(console))
    window = console.window
    select_machine(window, HOSTILE)
    assert window.machine.name == HOSTILE
    await until(lambda: any("<b>" in each.text() for each in window.findChildren(QLabel)))
    assert not misread()
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
    wizard.close()
