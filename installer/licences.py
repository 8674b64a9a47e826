"""The licences of everything that comes with the program."""

from __future__ import annotations

import shutil
from pathlib import Path

from installer.runtime import Runtime
from installer.wheels import Wheel

_NOTICE = """\
VM Ferry comes with the software of others, which is listed here. Each has a folder of its own with its licence.

Qt and PySide6 (Qt for Python) are used under the GNU Lesser General Public License, version 3. Its text is in
the folder Qt, with that of the GNU General Public License, version 3, which it refers to. They are libraries
of their own, unchanged, in the folders PySide6 and shiboken6 of runtime\\site-packages beside the program:
you may replace them by builds of your own with the same interface, and the program will use those. Their
sources are published by The Qt Company; the versions are in the list. Nothing in the terms of VM Ferry keeps
you from changing these libraries for your own use, or from taking the program apart to mend such a change.

"""


# Qt's packages name them without their text.
_OF_QT = Path(__file__).parent.parent / "resources" / "licences"


def write(folder: Path, wheels: tuple[Wheel, ...], runtime: Runtime, python: str) -> None:
    """Put the licences into ``folder``, with a list. ``python`` is the version of CPython."""
    lines = [f"CPython {python}: Python Software Foundation License"]
    (folder / "CPython").mkdir(parents=True)
    (folder / "CPython" / "LICENSE.txt").write_bytes(runtime.files["LICENSE.txt"])
    shutil.copytree(_OF_QT, folder / "Qt")
    for wheel in wheels:
        lines.append(f"{wheel.name} {wheel.version}: {wheel.licence or 'see its folder'}")
        for name, content in wheel.licence_texts():
            (folder / wheel.name).mkdir(exist_ok=True)
            (folder / wheel.name / name).write_bytes(content)
    (folder / "THIRD-PARTY.txt").write_text(_NOTICE + "\n".join(lines) + "\n", "utf-8", newline="\r\n")
