"""Where windows and their panes stood, from start to start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QMainWindow, QSplitter

if TYPE_CHECKING:
    from gui.preferences import Preferences


class WindowMemory:
    """Gives windows the place and size that they had last, and keeps them."""

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences

    def restore(self, window: QMainWindow, splitters: Mapping[str, QSplitter]) -> None:
        """Put a window, and its panes by name, where they were. One that would be off the screen, Qt brings back."""
        window.restoreGeometry(self._preferences.state(window.objectName()))
        for name, splitter in splitters.items():
            collapsible = splitter.childrenCollapsible()
            splitter.restoreState(self._preferences.state(name))
            # What is kept says this too, perhaps as an older version meant it.
            splitter.setChildrenCollapsible(collapsible)

    def keep(self, window: QMainWindow, splitters: Mapping[str, QSplitter]) -> None:
        """Keep where a window and its panes are."""
        self._preferences.keep_state(window.objectName(), window.saveGeometry())
        for name, splitter in splitters.items():
            self._preferences.keep_state(name, splitter.saveState())

    def size(self, dialog: QDialog, name: str) -> None:
        """Give a dialog the size that the last one called ``name`` had, as far as the screen has room, and keep it."""
        kept = self._preferences.size(name)
        if kept.isValid():
            dialog.resize(kept.boundedTo(dialog.screen().availableSize()).expandedTo(dialog.minimumSize()))
        dialog.finished.connect(lambda _result: self._preferences.keep_size(name, dialog.size()))
