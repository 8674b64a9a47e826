"""Windows as far as Wine is it: a folder with a C: drive of its own, made anew, in which programs are run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path, PureWindowsPath

from installer.computer import Computer
from installer.launcher import NATIVE, build_library

_SCREEN = "1400x900x24"
_ENDS_WITHIN = 30
"""Seconds that Wine may take to end what is left over."""
_FOREIGN = ("PYTHON", "QT_")
"""Beginnings of variables that are meant for programs here."""


class Wine(Computer):
    """One prefix in ``folder``. With ``for_qt`` it has the libraries that Qt needs and Wine 8 lacks."""

    def __init__(self, folder: Path, *, for_qt: bool = False) -> None:
        super().__init__()
        self._folder = folder
        self._starter = ("wine",)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        # A screen that nobody sees.
        self._screen = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", _SCREEN, "-nolisten", "tcp"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        display = self._screen.stdout.readline().strip() if self._screen.stdout else ""
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        self._environment |= {
            "DISPLAY": f":{display}",
            "WINEPREFIX": str(folder.absolute()),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            # No dialogs that offer Mono and Gecko; Wine's answer to a query of _wmi never comes.
            "WINEDLLOVERRIDES": "mscoree,mshtml=;_wmi.pyd=",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
        self.run(["wineboot", "-i"])
        self.run(["winecfg", "-v", "win10"])
        # As long as one program runs, its services do too, and no other has to wait for them.
        self._resident = subprocess.Popen(
            ["wine", "cmd", "/k", "echo ready"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment,
            text=True,
        )
        for line in self._resident.stdout or ():
            if line.startswith("ready"):
                break
        # Wine leads the user's own folders to those of whoever runs it.
        for link in [path for path in (self.drive / "users").glob("*/*") if path.is_symlink()]:
            link.unlink()
            link.mkdir()
        if for_qt:
            system = self.path(r"C:\windows\system32")
            build_library(NATIVE / "icuuc.c", system / "icuuc.dll")
            build_library(NATIVE / "bcryptprimitives.c", system / "bcryptprimitives.dll", "advapi32")

    def path(self, path: str) -> Path:
        """Where a file of the C: drive lies here."""
        return self._folder / "drive_c" / Path(*PureWindowsPath(path).parts[1:])

    def seen(self, path: Path) -> str:
        """The path of a file of this computer as Windows sees it."""
        return "Z:" + str(path.absolute()).replace("/", "\\")

    def close(self) -> None:
        """End what still runs in the prefix, and the screen."""
        with self._resident:
            pass
        subprocess.run(["wineserver", "-k"], env=self._environment, check=False, timeout=_ENDS_WITHIN)
        self._screen.terminate()
        with self._screen:
            pass
