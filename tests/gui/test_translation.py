"""The window speaks the user's language, as far as there is a catalogue; else English."""

from __future__ import annotations

import gettext
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication, QLabel

from core import language
from gui.actions import Actions
from gui.panels.start_page import StartPage
from gui.translation import translate

GERMAN = """
msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Welcome to VM Ferry"
msgstr "Willkommen bei VM Ferry"
"""
PROGRAM = """
import sys
from pathlib import Path
from core import language
language.CATALOGUES = Path(sys.argv.pop(1))
from PySide6.QtCore import QCoreApplication
import gui.__main__
import gui.application

async def run(options, program):
    print(language._("Welcome to VM Ferry"), QCoreApplication.translate("QPlatformTheme", "Cancel"), sep="; ")

gui.application.run = run
gui.__main__.main()
"""


@pytest.fixture
def catalogues(tmp_path: Path) -> Path:
    (tmp_path / "de.po").write_text(GERMAN, encoding="utf-8")
    return tmp_path


@pytest.fixture
def english_afterwards(qapp: QApplication) -> Iterator[None]:
    before = set(qapp.findChildren(QTranslator))
    yield
    language.install(gettext.NullTranslations())
    for translator in set(qapp.findChildren(QTranslator)) - before:
        qapp.removeTranslator(translator)


def cancel_of_qt() -> str:
    return QApplication.translate("QPlatformTheme", "Cancel")


@pytest.mark.usefixtures("english_afterwards")
@pytest.mark.parametrize("wanted", ["de", "de-DE", "de_AT"])
def test_a_catalogue_translates_the_pages_and_qt_follows(qapp: QApplication, catalogues: Path, wanted: str) -> None:
    assert cancel_of_qt() == "Cancel"
    translate(qapp, wanted, catalogues)
    actions = Actions(qapp)
    page = StartPage(actions.connect_to_server, actions.open_practice)
    texts = [label.text() for label in page.findChildren(QLabel)]
    assert "Willkommen bei VM Ferry" in texts
    assert cancel_of_qt() == "Abbrechen"


@pytest.mark.usefixtures("english_afterwards")
@pytest.mark.parametrize("wanted", ["fr", "en-GB", "nonsense"])
def test_without_a_catalogue_everything_is_english(qapp: QApplication, catalogues: Path, wanted: str) -> None:
    translate(qapp, wanted, catalogues)
    assert language._("Welcome to VM Ferry") == "Welcome to VM Ferry"
    assert cancel_of_qt() == "Cancel"


@pytest.mark.usefixtures("english_afterwards")
@pytest.mark.parametrize(
    ("languages", "chosen"),
    [(["fr-FR", "de-Latn-AT", "de"], "de-Latn-AT"), (["en-US", "de"], "en"), (["en", "de"], "en"), ([], "en")],
)
def test_the_first_language_that_is_there_is_chosen(catalogues: Path, languages: list[str], chosen: str) -> None:
    assert language.choose(languages, catalogues) == chosen


def started(catalogues: Path, *arguments: str, **environment: str) -> str:
    """What the program, started with ``arguments``, says in place of its window."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(catalogues), "--data", str(catalogues / "data"), *arguments],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"} | environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout.strip()


def test_the_program_takes_the_language_it_is_told(catalogues: Path) -> None:
    assert started(catalogues, "--language", "de") == "Willkommen bei VM Ferry; Abbrechen"
    assert started(catalogues, "--language", "en") == "Welcome to VM Ferry; Cancel"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the user's language is no environment variable there")
def test_the_program_takes_the_language_of_the_user(catalogues: Path) -> None:
    assert started(catalogues, LC_ALL="de_AT.UTF-8", LANGUAGE="de") == "Willkommen bei VM Ferry; Abbrechen"
    assert started(catalogues, LC_ALL="en_GB.UTF-8", LANGUAGE="en") == "Welcome to VM Ferry; Cancel"
