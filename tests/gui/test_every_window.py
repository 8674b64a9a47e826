"""What holds for every window, in each language, light and dark, at 100 and 150 %; tests/gui/inspection.py lists it."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import gettext
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QGroupBox, QLabel, QMenuBar, QTabWidget, QWidget

from core import language
from gui.application import opened
from gui.console import Console
from gui.options import Options
from tests.gui.inspection import faults, named, visible
from tests.gui.job_samples import words_of_core
from tests.gui.walking import walk
from tests.laboratory import RunningLab


async def test_nothing_is_wrong_with_any_window(console: Console, lab: RunningLab) -> None:
    found: list[str] = []
    controls = collections.Counter[str]()

    def visit(place: str, window: QWidget) -> None:
        found.extend(f"{place}: {fault}" for fault in faults(window))
        controls[place] += len(named(window))

    await walk(console, lab, visit)
    assert not found, "\n".join(found)
    # The guide is a text and nothing else.
    assert [place for place, count in controls.items() if not count] == ["guide"]


@pytest.mark.long
def test_nothing_is_wrong_with_any_window_at_150_percent() -> None:
    assert not taken_shots("--scale", "1.5")


def test_nothing_is_wrong_with_any_window_in_german_dark_at_150_percent(tmp_path: Path) -> None:
    assert not taken_shots("--scale", "1.5", "--language", "de", "--dark", "--out", str(tmp_path))
    pictures = {file.stem: QImage(str(file)) for file in tmp_path.glob("*.png")}
    assert len(pictures) > 45
    window = pictures["start-page"]
    assert window.pixelColor(window.width() // 2, window.height() // 3).lightness() < 64


def taken_shots(*arguments: str) -> str:
    """What is wrong with the windows, as told by a process of its own: Qt scales all windows or none."""
    taken = subprocess.run(
        [sys.executable, "-m", "tests.gui.shots", *arguments],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return taken.stdout + taken.stderr if taken.returncode else ""


class Marked(gettext.NullTranslations):
    """Wraps every text that goes through the catalogue."""

    def gettext(self, message: str) -> str:
        return f"«{message}»"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"«{msgid1 if n == 1 else msgid2}»"


@pytest.fixture
def marked() -> Iterator[None]:
    language.install(Marked())
    yield
    language.install(gettext.NullTranslations())


# Names and amounts of the lab, and what a host says itself.
DATA = re.compile(
    r"^(WEB01|HV-01|HV-02|HV-DR|Get-VM .*|\d+(\.\d+)? (GB|TB)|[A-Z]:\\.*|[0-9A-Fa-f-]{36}(\.vmcx)?|Public web site"
    r"|Network Adapter|Production|127\.0\.0\.1|No|APP01|BRANCH01|CRM01|DC01|FILE01|SQL01|TEST01|WIKI01"
    r"|HV-CLU|HV-01, HV-02"
    r"|Starting|HV-\w+\.contoso\.example|Production\nManagement|Replica site\nFailover tests|[^A-Za-z]*)$"
)

TRANSLATED = re.compile(r"(\s*«.*»)*\s*", re.DOTALL)


def without_core(text: str) -> str:
    """``text`` without what core or a host says of the jobs that are made up to be looked at."""
    for said in sorted(words_of_core(), key=len, reverse=True):
        text = text.replace(said, "")
    return text


def test_every_text_goes_through_the_catalogue(
    runner: asyncio.Runner, lab: RunningLab, tmp_path: Path, marked: None
) -> None:
    bare: list[str] = []
    seen = 0

    def visit(place: str, window: QWidget) -> None:
        nonlocal seen
        for text in texts(window):
            seen += 1
            if not DATA.fullmatch(text) and not TRANSLATED.fullmatch(without_core(text)):
                bare.append(f"{place}: {text}")

    async def look() -> None:
        async with opened(Options(data=tmp_path, key_store=False)) as console:
            await walk(console, lab, visit)

    runner.run(look())
    assert not bare, "\n".join(bare)
    assert seen > 200


def texts(window: QWidget) -> Iterator[str]:
    """Every text that ``window`` shows."""
    yield window.windowTitle()
    for each in visible(window):
        yield each.toolTip()
        yield each.accessibleName()
        yield each.accessibleDescription()
        if isinstance(each, QLabel | QAbstractButton):
            yield each.text().replace("&", "")
        elif isinstance(each, QGroupBox):
            yield each.title()
        elif isinstance(each, QTabWidget):
            yield from (each.tabText(number) for number in range(each.count()))
        elif isinstance(each, QMenuBar):
            for action in each.actions():
                yield action.text().replace("&", "")
                with contextlib.suppress(AttributeError):
                    yield from (inner.text().replace("&", "") for inner in action.menu().actions())
