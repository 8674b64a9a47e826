"""The Python packages of the program for Windows: fetched by hash, unpacked as files, and read for their licences."""

from __future__ import annotations

import email
import hashlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

LOCK = Path(__file__).parent / "requirements" / "windows.txt"
_LICENCE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wheel:
    """One package as it was fetched."""

    file: Path
    name: str
    version: str
    licence: str
    sha256: str

    @property
    def description(self) -> str:
        """The name of the folder in which it describes itself."""
        with zipfile.ZipFile(self.file) as archive:
            return next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA")).partition("/")[0]

    def members(self) -> Iterator[tuple[PurePosixPath, bytes]]:
        """Its files, by the path that they get under site-packages."""
        with zipfile.ZipFile(self.file) as archive:
            for name in sorted(archive.namelist()):
                path = PurePosixPath(name)
                # Scripts and headers have no place in the program.
                if not name.endswith("/") and not path.parts[0].endswith(".data"):
                    yield path, archive.read(name)

    def licence_texts(self) -> Iterator[tuple[str, bytes]]:
        """The texts of its licences, by a name that tells them apart."""
        for path, content in self.members():
            if path.parts[0].endswith(".dist-info") and _LICENCE.search(path.name):
                yield path.name, content


def fetch(folder: Path, python: str) -> tuple[Wheel, ...]:
    """The locked packages for the Python version ``python`` (``3.13``), in the order of their names.

    The lock was resolved for Windows, so that nothing is left to decide here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "download", "--no-deps"),
            *("--platform", "win_amd64", "--python-version", python, "--implementation", "cp"),
            *("--only-binary", ":all:", "--require-hashes", "-d", folder, "-r", LOCK),
        ],
        check=True,
    )
    wanted = re.findall(r"^([a-z0-9.-]+)==(\S+)", LOCK.read_text("utf-8"), re.MULTILINE)
    wheels = [_read(file) for file in sorted(folder.glob("*.whl"))]
    by_name = {(re.sub(r"[-_.]+", "-", wheel.name).lower(), wheel.version): wheel for wheel in wheels}
    return tuple(by_name[each] for each in sorted(wanted))


def _read(file: Path) -> Wheel:
    with zipfile.ZipFile(file) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
    licence = metadata["License-Expression"] or ""
    if not licence:
        classified = [each.rpartition(":: ")[2] for each in metadata.get_all("Classifier", []) if "License ::" in each]
        licence = " / ".join(classified) or (metadata["License"] or "").partition("\n")[0]
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    return Wheel(file, metadata["Name"], metadata["Version"], licence, sha256)
