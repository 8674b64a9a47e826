"""What the window is made of before it is painted for the first time."""

from __future__ import annotations

import subprocess
import sys

import pytest

LATER = ("pypsrp", "requests", "msgspec", "sqlite3", "filelock", "PySide6.QtNetwork", "core.jobs.plan")
"""What takes long to import, and what the window does not need to show itself."""


@pytest.fixture(scope="module")
def imported() -> frozenset[str]:
    """The modules that the window without anything behind it imports."""
    listing = "import gui.application, sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True, timeout=60)
    return frozenset(done.stdout.split())


@pytest.mark.parametrize("module", LATER)
def test_the_first_paint_does_not_wait_for(module: str, imported: frozenset[str]) -> None:
    assert module not in imported


def test_what_is_listed_is_there_once_everything_is(imported: frozenset[str]) -> None:
    """A module that is renamed would pass for one that comes later."""
    assert "gui.main_window" in imported
    import gui.console
    import gui.one_program  # noqa: F401

    loaded = frozenset(sys.modules)
    missing = [module for module in LATER if module not in loaded and module != "PySide6.QtNetwork"]
    assert not missing
