"""The window stands at the next start as it stood at the last."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QSplitter

from gui.application import opened
from gui.console import Console
from gui.journal_dialog import JournalDialog
from gui.options import Options
from tests.gui.driving import dialog, find, until


@contextlib.contextmanager
def started(runner: asyncio.Runner, folder: Path) -> Iterator[Console]:
    stack = contextlib.AsyncExitStack()
    yield runner.run(stack.enter_async_context(opened(Options(data=folder, key_store=False))))
    runner.run(stack.aclose())


def test_panes_and_dialogs_are_as_they_were(runner: asyncio.Runner, tmp_path: Path) -> None:
    with started(runner, tmp_path) as console:
        window = console.window
        window.resize(790, 640)
        find(window, QSplitter, "host_and_jobs").setSizes([300, 250])
        window.actions_offered.show_actions_pane.trigger()
        expected = find(window, QSplitter, "host_and_jobs").sizes()
        runner.run(size_of_the_journal(console, change=True))
    with started(runner, tmp_path) as console:
        window = console.window
        assert (window.width(), window.height()) == (790, 640)
        assert find(window, QSplitter, "host_and_jobs").sizes() == expected
        assert not window.actions_pane.isVisible()
        assert window.jobs.isVisible()
        assert runner.run(size_of_the_journal(console, change=False)) == (780, 540)


async def size_of_the_journal(console: Console, *, change: bool) -> tuple[int, int]:
    console.show_journal()
    journal = dialog(JournalDialog)
    if change:
        journal.resize(780, 540)
    await until(lambda: journal.model.total == 0 and journal.count.text())
    journal.close()
    return journal.width(), journal.height()


def test_a_window_that_would_be_off_the_screen_is_brought_back(runner: asyncio.Runner, tmp_path: Path) -> None:
    with started(runner, tmp_path) as console:
        console.window.resize(700, 600)
        console.window.move(9000, 9000)
    with started(runner, tmp_path) as console:
        window = console.window
        assert window.screen().availableGeometry().intersects(window.frameGeometry())
        assert window.pos().x() < 9000
