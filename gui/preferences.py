"""What the user has chosen about the window itself; nothing is lost when the file is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

_INTRODUCES_MOVES = "wizards/move/before_you_begin"


class Preferences:
    """Choices that are kept in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._kept = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)

    @property
    def introduces_moves(self) -> bool:
        """Whether the Move Wizard begins with the page that says what has to be in place."""
        return bool(self._kept.value(_INTRODUCES_MOVES, True, type=bool))

    @introduces_moves.setter
    def introduces_moves(self, wanted: bool) -> None:
        self._kept.setValue(_INTRODUCES_MOVES, wanted)
        self._kept.sync()
