"""What is chosen when the program is started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Options:
    """``practice`` names a scenario of the practice lab that is opened at once.

    ``speed`` is simulated seconds per second; what travels over the wire is written to ``transcript``. The practice
    hosts are reached through the session configuration ``configuration``, None means the one of every Windows host.
    ``data`` is the folder for what the program keeps, None means the user's own. Without ``key_store`` passwords are
    kept in memory only. ``presets`` is a file with profiles to take in, None means the one of this computer for users
    of it, and none where ``data`` is given.
    """

    practice: str | None = None
    speed: float = 1.0
    transcript: Path | None = None
    configuration: str | None = None
    data: Path | None = None
    key_store: bool = True
    presets: Path | None = None

    @property
    def folder(self) -> Path:
        """The folder for what the program keeps."""
        return self.data or platformdirs.user_data_path("VM Ferry", appauthor=False)
