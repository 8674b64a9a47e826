"""What the program has imported when its window is painted for the first time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LATER = (
    "pypsrp",
    "requests",
    "msgspec",
    "sqlite3",
    "PySide6.QtNetwork",
    "core.estate.estate",
    "core.hyperv.records",
    "core.jobs.plan",
    "core.remoting.workers",
    "gui.console",
    "gui.wizards",
    "gui.settings",
    "gui.profiles",
    "gui.replicas.commands",
)
"""What takes long to import, and what the window does not need to show itself."""
MOST = 75
"""Modules of the program; there were 69 when this was written."""
PROGRAM = """
import sys
from gui.__main__ import import_window, main
import_window()
from gui import application
from PySide6.QtCore import QEvent, QObject
make_window = application.make_window

class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            print(*sys.modules, sep="\\n", flush=True)
            import os
            os._exit(0)
        return False

def watched(preferences):
    window = make_window(preferences)
    window.installEventFilter(Painted(window))
    return window

application.make_window = watched
main()
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The modules of the program as users start it, when its window is painted."""
    data: Path = tmp_path_factory.mktemp("data")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--data", str(data), "--language", "en"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        timeout=60,
    )
    return frozenset(done.stdout.split())


@pytest.mark.parametrize("module", LATER)
def test_the_first_paint_does_not_wait_for(module: str, imported: frozenset[str]) -> None:
    assert module not in imported


def test_the_first_paint_waits_for_few_modules(imported: frozenset[str]) -> None:
    ours = [name for name in imported if name.split(".")[0] in ("core", "gui")]
    assert "gui.main_window" in ours
    assert len(ours) <= MOST


@pytest.mark.parametrize("module", LATER)
def test_what_is_listed_is_there_once_everything_is(module: str) -> None:
    """A module that is renamed would pass for one that comes later."""
    import PySide6.QtNetwork  # noqa: F401

    import gui.console  # noqa: F401

    assert module in sys.modules
