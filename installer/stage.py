"""The folder that is installed, file by file."""

from __future__ import annotations

import os
import shutil
import tomllib
from pathlib import Path

from installer import bytecode, launcher, licences, trimming
from installer.runtime import LEFT_OUT, Runtime
from installer.wheels import Wheel
from installer.windows_file import version_of

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("core", "gui", "lab", "resources")
GUIDE = ("README.md", "CHANGELOG.md", "LICENSE")
_NEVER = shutil.ignore_patterns("__pycache__", "*.pyc", "*.pyo")

RUNTIME, PACKAGES, PROGRAM, DOCS, LICENCES = "runtime", "site-packages", "program", "docs", "licences"


class Stage:
    """What comes to lie in the program's folder; ``folder`` is made anew."""

    def __init__(self, folder: Path, runtime: Runtime, wheels: tuple[Wheel, ...], version: str) -> None:
        self.folder = folder
        self._runtime = runtime
        self._wheels = wheels
        self._version = version

    @property
    def python(self) -> str:
        """The version of CPython, such as ``3.13.2``."""
        library = self.folder / RUNTIME / self._runtime.library
        major, minor, third, _fourth = version_of(library).split(".")
        # It is counted as 3.13.2150: the micro version, its level (15 is final), and its serial.
        return f"{major}.{minor}.{int(third) // 1000}"

    def make(self, work: Path, moment: int) -> None:
        """Lay everything out. ``work`` is for what is made on the way; all files get the time ``moment`` (seconds)."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lay_runtime()
        self._lay_packages()
        self._lay_program()
        self._lay_guide()
        licences.write(self.folder / LICENCES, self._wheels, self._runtime, self.python)
        compiled = [self.folder / PROGRAM, self.folder / RUNTIME / PACKAGES]
        bytecode.compile_modules(compiled, self.folder, self._runtime, work / "compiling")
        program = launcher.build(work / "launcher", self._version, self._runtime.library)
        shutil.copy(program, self.folder / program.name)
        for path in self.folder.rglob("*"):
            os.utime(path, (moment, moment))

    def _lay_runtime(self) -> None:
        folder = self.folder / RUNTIME
        folder.mkdir(parents=True)
        for name, content in self._runtime.files.items():
            if name not in LEFT_OUT:
                (folder / name).write_bytes(content)
        # Where this Python looks for modules, and nowhere else.
        places = (".", f"{self._runtime.stem}.zip", PACKAGES, f"..\\{PROGRAM}")
        (folder / f"{self._runtime.stem}._pth").write_text("\n".join(places) + "\n", newline="\r\n")

    def _lay_packages(self) -> None:
        for wheel in self._wheels:
            for path, content in wheel.members():
                if trimming.is_needed(path):
                    target = self.folder / RUNTIME / PACKAGES / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
            _record(self.folder / RUNTIME / PACKAGES / wheel.description)

    def _lay_program(self) -> None:
        folder = self.folder / PROGRAM
        for layer in LAYERS:
            shutil.copytree(ROOT / layer, folder / layer, ignore=_NEVER)
        # By which the program finds its own version.
        described = folder / f"vmferry-{self._version}.dist-info"
        described.mkdir()
        # What it needs: About lists the packages by it, with their licences.
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        needs = "".join(f"Requires-Dist: {each}\n" for each in project["dependencies"])
        head = f"Metadata-Version: 2.4\nName: vmferry\nVersion: {self._version}\n"
        licence = f"License-Expression: {project['license']}\nLicense-File: LICENSE\n"
        (described / "METADATA").write_text(head + licence + needs)
        (described / "licenses").mkdir()
        shutil.copy(ROOT / "LICENSE", described / "licenses" / "LICENSE")
        _record(described)

    def _lay_guide(self) -> None:
        for name in GUIDE:
            shutil.copy(ROOT / name, self.folder / name)
        # Where the Help menu looks for it.
        shutil.copytree(ROOT / "docs", self.folder / PROGRAM / DOCS)


def _record(description: Path) -> None:
    """List the files of a package's description that are there: its licences are found by that list."""
    files = sorted(path for path in description.rglob("*") if path.is_file())
    lines = [f"{path.relative_to(description.parent).as_posix()},," for path in files]
    (description / "RECORD").write_text("\n".join(lines) + "\n", newline="\n")


def size(folder: Path) -> int:
    """The bytes of all files in ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
