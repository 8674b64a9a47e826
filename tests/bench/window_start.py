"""The program as users start it, but for an eye on its window; ends at its first paint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.__main__ import import_window, main

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from gui.preferences import Preferences


def _watch() -> None:
    """Let the window that the program makes report its first paint."""
    from gui import application
    from tests.bench.painted import FirstPaint

    make_window = application.make_window

    def watched(preferences: Preferences) -> MainWindow:
        window = make_window(preferences)
        FirstPaint(window)
        return window

    application.make_window = watched


if __name__ == "__main__":
    import_window()
    _watch()
    main()
