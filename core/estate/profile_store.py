"""Keeps the connection profiles from run to run."""

from __future__ import annotations

from pathlib import Path

from core.estate.profiles import Profiles
from core.kept_content import KeptContent
from core.kept_file import KeptFile, Schema
from core.remoting.workers import Workers

PROFILES_SCHEMA = Schema(Profiles)
"""The form of the file, and of what is exported."""


class ProfileStore(KeptContent[Profiles]):
    """The profiles in ``folder``."""

    def __init__(self, folder: Path, workers: Workers) -> None:
        super().__init__(KeptFile(folder / "profiles.json", PROFILES_SCHEMA), Profiles(), workers)
