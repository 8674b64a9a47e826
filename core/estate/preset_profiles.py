"""Profiles that an administrator gives to everybody on this computer: a file, taken in once for each user."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import msgspec
import platformdirs

from core.estate.profile_exchange import MOST_BYTES, added, read_file
from core.estate.profile_store import ProfileStore
from core.estate.profiles import Profile
from core.kept_file import KeptFile, NotKept, Schema, Unreadable
from core.language import _
from core.remoting.workers import Workers

POLICY, SETTINGS, VALUE = r"Software\Policies\VM Ferry", r"Software\VM Ferry", "PresetProfiles"
"""Where the registry of Windows names the file, for the whole computer; the policy comes first."""

_OF_A_NAME = Profile(address="localhost", password_place="account")
"""How a host is reached of which the file has only the name: by the account that is signed in."""


class _Taken(msgspec.Struct, frozen=True):
    fingerprint: str


def preset_file() -> Path:
    """The file that this computer's administrator has named, else the one in the settings of all users."""
    if sys.platform == "win32":
        import winreg

        for key in (POLICY, SETTINGS):
            try:
                with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
                    named, _kind = winreg.QueryValueEx(opened, VALUE)
            except OSError:
                continue
            if isinstance(named, str) and named:
                return Path(os.path.expandvars(named))
    return platformdirs.site_config_path("VM Ferry", appauthor=False) / "profiles.json"


class PresetProfiles:
    """The profiles in ``file``, if there is one. What has been taken in is noted in ``folder``.

    What the user has changed or removed since stays as it is, until the file changes: then servers that are new or were
    removed are listed again.
    """

    def __init__(self, file: Path | None, folder: Path, workers: Workers) -> None:
        self._file = file
        self._noted = KeptFile(folder / "preset-profiles.json", Schema(_Taken))
        self._workers = workers

    async def take_in(self, store: ProfileStore) -> tuple[str, ...]:
        """Add what is new in the file to the profiles. Returns what went wrong, in sentences."""
        if self._file is None:
            return ()
        noted = (await self._workers.run(self._noted.read)).content
        try:
            content = await self._workers.run(_read, self._file)
        except FileNotFoundError:
            return ()
        except OSError as error:
            # A share may be out of reach: whoever has the profiles already needs no telling at each start.
            if noted is not None:
                return ()
            reason = error.strerror or error
            return (_("{file} cannot be read: {reason}.").format(file=self._file, reason=reason),)
        taken = _Taken(hashlib.sha256(content).hexdigest())
        if noted == taken:
            return ()
        try:
            found = read_file(content, store.current)
            await store.update(lambda kept: added(kept, found, _OF_A_NAME))
            await self._workers.run(self._noted.update, lambda _former: taken)
        except Unreadable as error:
            return (_("{file} cannot be imported. {reason}").format(file=self._file, reason=error),)
        except (NotKept, ValueError) as error:
            what = _("The list of servers could not be saved; it holds until VM Ferry is closed. {reason}")
            return (what.format(reason=error),)
        return ()


def _read(file: Path) -> bytes:
    """The beginning of a file: one byte more than is taken, so that a longer one is noticed."""
    with file.open("rb") as stream:
        return stream.read(MOST_BYTES + 1)
