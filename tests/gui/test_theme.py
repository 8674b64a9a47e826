"""Light and dark follow the system; every text can be read in both, and every icon seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel

import gui
from gui import theme
from gui.colours import DARK, DISABLED_ON, LIGHT, TEXT_ON, Colours
from gui.icons import FOLDER, icon
from gui.panels.journal_story import JournalStory
from gui.style import sheet
from gui.wizards.step_list import StepList
from tests.gui.journal_samples import ENTRIES

SCHEMES = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|GlobalColor\.(?!transparent)|QColor\([\"'\d]")


def luminance(colour: str) -> float:
    """Relative luminance of a colour, from 0 to 1 (WCAG 2.2, "relative luminance")."""
    parts = QColor(colour).getRgbF()[:3]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How far apart two colours are, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@SCHEMES
def test_every_text_is_readable_where_it_stands(colours: Colours) -> None:
    named = asdict(colours)
    weak = [f"{text} on {back}" for text, back in TEXT_ON if contrast(named[text], named[back]) < 4.5]
    weak += [f"disabled on {back}" for back in DISABLED_ON if contrast(named["disabled_text"], named[back]) < 3]
    weak += [f"indicator on {back}" for back in ("window", "surface") if contrast(named["indicator"], named[back]) < 3]
    assert not weak


@SCHEMES
def test_every_pair_of_text_and_background_of_the_style_is_among_those(colours: Colours) -> None:
    rules = re.findall(r"\{([^{}]*)\}", sheet(colours))
    pairs = set()
    for rule in rules:
        text = re.search(r"(?<![-\w])color: (#\w+)", rule)
        back = re.search(r"background: (#\w+)", rule)
        if text and back and text[1] != colours.disabled_text:
            pairs.add((text[1], back[1]))
    known = {(getattr(colours, text), getattr(colours, back)) for text, back in TEXT_ON}
    assert pairs <= known
    assert len(pairs) > 4


@SCHEMES
@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.svg")))
def test_every_icon_stands_out(colours: Colours, name: str) -> None:
    """A tenth of what is drawn is at least 3 to 1 apart from what is behind it (WCAG 2.2, non-text contrast)."""
    image = icon(name).pixmap(QSize(32, 32)).toImage()
    drawn = [image.pixelColor(x, y) for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() > 200]
    for back in (colours.surface, colours.window):
        seen = sum(contrast(colour.name(), back) >= 3 for colour in drawn)
        assert seen >= len(drawn) / 10, f"{seen} of {len(drawn)} on {back}"


def test_nothing_else_names_a_colour() -> None:
    named = [
        f"{file.name}: {line.strip()}"
        for file in Path(gui.__path__[0]).rglob("*.py")
        if file.name != "colours.py"
        for line in file.read_text(encoding="utf-8").splitlines()
        if COLOUR.search(line)
    ]
    assert not named, "Colours stand in gui/colours.py; a widget gets one of the looks of gui/style.py"


@pytest.fixture
def light_afterwards(qapp: QApplication) -> Iterator[None]:
    yield
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)


@pytest.mark.usefixtures("light_afterwards")
def test_what_is_shown_turns_dark_when_the_system_does(qapp: QApplication) -> None:
    steps, story, label = StepList(), JournalStory(), QLabel("42 GB")
    theme.look(label, "subtle")
    story.show_job(ENTRIES[:2], ENTRIES[0])
    for each in (steps, story, label):
        each.show()
    assert theme.colours() == LIGHT
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.colours() == DARK
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == DARK.subtle_text
    assert story.palette().color(QPalette.ColorRole.Base).name() == DARK.surface
    assert DARK.heading_text in story.toHtml()
    assert LIGHT.heading_text not in story.toHtml()
    assert QColor(DARK.steps) == QColor(steps.grab().toImage().pixelColor(90, 100))
