"""A long job that ends while the user looks elsewhere is notified; nothing else is."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from core.jobs.status import JobStatus
from gui.notifier import Notifier
from tests.gui.driving import until
from tests.gui.job_samples import COMPLETED, FAILED, MOVING, NOON

LONG = replace(COMPLETED, number=1)


class Heard(list[tuple[str, str]]):
    """Every notification."""

    def take(self, title: str, words: str) -> None:
        self.append((title, words))


@pytest.fixture
def window(qapp: QApplication) -> Iterator[QWidget]:
    window = QWidget()
    window.show()
    window.activateWindow()
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def notifier(window: QWidget, heard: Heard) -> Notifier:
    notifier = Notifier(window)
    notifier.notified.connect(heard.take)
    return notifier


async def look_elsewhere(window: QWidget) -> None:
    window.hide()
    await until(lambda: QApplication.activeWindow() is None)


async def test_a_long_job_that_ends_unseen_is_notified_once(window: QWidget, notifier: Notifier, heard: Heard) -> None:
    await look_elsewhere(window)
    notifier.note(MOVING)
    notifier.note(LONG)
    notifier.note(LONG)
    assert heard == [("Move WEB01 to HV-02: Completed", "WEB01 is on HV-02.")]


async def test_a_failure_is_notified_too(window: QWidget, notifier: Notifier, heard: Heard) -> None:
    await look_elsewhere(window)
    notifier.note(replace(MOVING, number=9))
    notifier.note(FAILED)
    [(title, words)] = heard
    assert title == "Move WEB01 to HV-02: Failed"
    assert "cannot be moved" in words


@pytest.mark.parametrize(
    "status",
    [
        replace(LONG, ended_at=NOON + datetime.timedelta(minutes=2)),
        replace(LONG, began_at=None),
        MOVING,
    ],
)
async def test_what_is_short_or_not_over_is_not(
    window: QWidget, notifier: Notifier, heard: Heard, status: JobStatus
) -> None:
    await look_elsewhere(window)
    notifier.note(MOVING)
    notifier.note(status)
    assert heard == []


async def test_a_job_that_had_ended_before_the_program_began_is_not(
    window: QWidget, notifier: Notifier, heard: Heard
) -> None:
    await look_elsewhere(window)
    notifier.note(LONG)
    assert heard == []


async def test_who_looks_at_the_window_is_left_alone(window: QWidget, notifier: Notifier, heard: Heard) -> None:
    await until(lambda: QApplication.activeWindow() is window)
    notifier.note(MOVING)
    notifier.note(LONG)
    assert heard == []
