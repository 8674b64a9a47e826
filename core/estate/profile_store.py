"""Keeps the connection profiles from run to run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.estate.profiles import Profiles
from core.kept_file import KeptFile, NotKept, Schema
from core.remoting.workers import Workers

PROFILES_SCHEMA = Schema(Profiles)
"""The form of the file, and of what is exported."""


class ProfileStore:
    """The profiles in ``folder``; several programs may use it at once.

    ``current`` is what holds in this run, also where it could not be saved.
    """

    def __init__(self, folder: Path, workers: Workers) -> None:
        self.current = Profiles()
        self._file = KeptFile(folder / "profiles.json", PROFILES_SCHEMA)
        self._workers = workers

    async def load(self) -> tuple[str, ...]:
        """Read what is kept. Returns what was wrong with it, in sentences."""
        reading = await self._workers.run(self._file.read)
        self.current = reading.content or Profiles()
        return reading.notes

    async def update(self, change: Callable[[Profiles], Profiles]) -> None:
        """Change the profiles and save them, with what another program has saved meanwhile.

        Raises NotKept when they cannot be saved: the change holds for this run only, then. Raises what ``change``
        raises.
        """
        changed = change(self.current)
        try:
            self.current = await self._workers.run(self._file.update, lambda kept: change(kept or Profiles()))
        except NotKept:
            self.current = changed
            raise
