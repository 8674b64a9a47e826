"""What holds for every window: names for screen readers, own access keys, nothing clipped, every text translated."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QGroupBox,
    QLabel,
    QMenuBar,
    QTabWidget,
    QWidget,
)

from core import language
from gui.application import opened
from gui.console import Console
from gui.options import Options
from tests.gui.job_samples import words_of_core
from tests.gui.walking import walk
from tests.laboratory import RunningLab

NAMED_ROLES = {
    QAccessible.Role.PushButton,
    QAccessible.Role.RadioButton,
    QAccessible.Role.CheckBox,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.SpinBox,
    QAccessible.Role.List,
    QAccessible.Role.Tree,
    QAccessible.Role.Table,
    QAccessible.Role.ProgressBar,
    QAccessible.Role.PageTab,
    QAccessible.Role.ButtonMenu,
}


def accessible(root: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    yield root
    for number in range(root.childCount()):
        child = root.child(number)
        if child is not None and child.isValid():
            yield from accessible(child)


def visible(root: QWidget) -> list[QWidget]:
    return [each for each in (root, *root.findChildren(QWidget)) if each.isVisible()]


async def test_every_control_has_a_name_for_screen_readers(console: Console, lab: RunningLab) -> None:
    nameless: list[str] = []
    named = collections.Counter[str]()

    def visit(place: str, window: QWidget) -> None:
        for each in accessible(QAccessible.queryAccessibleInterface(window)):
            if each.role() not in NAMED_ROLES or each.state().invisible:
                continue
            if each.text(QAccessible.Text.Name).strip():
                named[place] += 1
            else:
                nameless.append(f"{place}: {each.role()} {each.object()}")

    await walk(console, lab, visit)
    assert not nameless, "\n".join(nameless)
    assert min(named.values()) > 0


async def test_access_keys_are_unique_in_a_window(console: Console, lab: RunningLab) -> None:
    twice: list[str] = []

    def visit(place: str, window: QWidget) -> None:
        texts = [
            each.text()
            for each in visible(window)
            if isinstance(each, QAbstractButton) or (isinstance(each, QLabel) and each.buddy())
        ]
        if isinstance(window, QWidget) and (bar := window.findChild(QMenuBar)):
            texts += [action.text() for action in bar.actions()]
        keys = collections.Counter(
            key.lower() for text in texts for key in re.findall(r"&([^&\s])", text.replace("&&", ""))
        )
        twice.extend(f"{place}: {key}" for key, count in keys.items() if count > 1)

    await walk(console, lab, visit)
    assert not twice


async def test_no_text_is_clipped_and_no_two_controls_overlap(console: Console, lab: RunningLab) -> None:
    faults: list[str] = []

    def visit(place: str, window: QWidget) -> None:
        layout_now(window)
        faults.extend(f"{place}: clipped: {text}" for text in clipped(window))
        faults.extend(f"{place}: overlap: {pair}" for pair in overlapping(window))

    await walk(console, lab, visit)
    assert not faults, "\n".join(faults)


def layout_now(window: QWidget) -> None:
    window.grab()


def clipped(window: QWidget) -> Iterator[str]:
    for each in visible(window):
        if isinstance(each, QLabel) and each.text():
            room = each.contentsRect().size()
            metrics = QFontMetrics(each.font())
            needed = each.heightForWidth(each.width()) if each.wordWrap() else each.sizeHint().height()
            if needed > each.height():
                yield f"{each.text()!r} needs {needed} of {each.height()} pixels height"
            elif not each.wordWrap() and metrics.horizontalAdvance(each.text().replace("&", "")) > room.width():
                yield f"{each.text()!r} needs more than {room.width()} pixels width"
        elif isinstance(each, QAbstractButton) and each.text():
            wanted = each.minimumSizeHint()
            if wanted.width() > each.width() or wanted.height() > each.height():
                yield f"{each.text()!r}: {each.size()} of {wanted}"


def seen(each: QWidget, window: QWidget) -> QRect:
    """Where a control is seen in its window: of what is scrolled, only the part within the frame."""
    place = QRect(each.mapTo(window, QPoint(0, 0)), each.size())
    around = each.parentWidget()
    while around is not None and around is not window:
        frame = around.parentWidget()
        if isinstance(frame, QAbstractScrollArea) and frame.viewport() is around:
            place &= QRect(around.mapTo(window, QPoint(0, 0)), around.size())
        around = frame
    return place


def overlapping(window: QWidget) -> Iterator[str]:
    shown = [
        each
        for each in visible(window)
        if isinstance(each, QLabel | QAbstractButton | QComboBox) and not isinstance(each.parent(), QComboBox)
    ]
    places = [(each, place) for each in shown if each is not window and not (place := seen(each, window)).isEmpty()]
    for number, (one, place) in enumerate(places):
        for other, other_place in places[number + 1 :]:
            is_within = one.isAncestorOf(other) or other.isAncestorOf(one)
            if not is_within and place.intersects(other_place):
                yield f"{one.objectName() or one} and {other.objectName() or other}"


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
    r"^(WEB01|HV-01|HV-02|HV-DR|Get-VM .*|\d+(\.\d+)? (GB|TB)|[A-Z]:\\.*|[0-9a-f-]{36}|Public web site"
    r"|Network Adapter|Production|127\.0\.0\.1|No|APP01|BRANCH01|CRM01|DC01|FILE01|SQL01|TEST01|WIKI01"
    r"|Starting|[^A-Za-z]*)$"
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
