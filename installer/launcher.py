"""``vmferry.exe``: the program's icon, and a small program that starts Python within itself."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

NATIVE = Path(__file__).parent / "native"
COMPILER, RESOURCES = "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-windres"
ICON = Path(__file__).parent.parent / "resources" / "icons" / "vmferry.svg"
ICON_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
"""Those that Windows asks for at 100, 125, 150 and 200 percent, and for large icons."""

# Drawn in a process of its own, which alone needs Qt.
_DRAW = """
import sys
from PySide6.QtGui import QGuiApplication, QIcon
app = QGuiApplication([])
for size in map(int, sys.argv[3:]):
    QIcon(sys.argv[1]).pixmap(size, size).save(f"{sys.argv[2]}/{size}.png")
"""


def draw_icon(folder: Path) -> Path:
    """The program's icon as Windows takes it, made in ``folder`` from the SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = [str(size) for size in ICON_SIZES]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-c", _DRAW, ICON, folder, *sizes], check=True, env=environment)
    pictures = [(folder / f"{size}.png").read_bytes() for size in ICON_SIZES]
    # ICONDIR, an ICONDIRENTRY for each picture, and the pictures; 0 stands for 256 pixels.
    entries = b""
    place = 6 + 16 * len(pictures)
    for size, picture in zip(ICON_SIZES, pictures, strict=True):
        entries += struct.pack("<4B2H2I", size % 256, size % 256, 0, 0, 1, 32, len(picture), place)
        place += len(picture)
    icon = folder / "vmferry.ico"
    icon.write_bytes(struct.pack("<3H", 0, 1, len(pictures)) + entries + b"".join(pictures))
    return icon


def build(folder: Path, version: str, library: str) -> Path:
    """The program, made in ``folder``; ``library`` is the interpreter's."""
    draw_icon(folder)
    for source in NATIVE.glob("launcher.*"):
        shutil.copy(source, folder)
    numbers = ",".join([*version.split("."), "0", "0", "0"][:4])
    resources, program = folder / "launcher.o", folder / "vmferry.exe"
    _run(
        folder,
        [RESOURCES, f"-DVERSION_NUMBERS={numbers}", f'-DVERSION_TEXT=\\"{version}\\"', "launcher.rc", resources.name],
    )
    _run(
        folder,
        [
            *(COMPILER, "-municode", "-mwindows", "-Os", "-s", "-Wall", "-Wextra", "-Werror", "-static-libgcc"),
            # Without a time stamp, and with what Windows has against broken programs.
            *("-Wl,--no-insert-timestamp", "-Wl,--dynamicbase", "-Wl,--nxcompat", "-Wl,--high-entropy-va"),
            *(f'-DPYTHON_LIBRARY=L"{library}"', "-o", program.name, "launcher.c", resources.name),
        ],
    )
    return program


def build_library(source: Path, target: Path, *libraries: str) -> None:
    """Make a small library for Windows."""
    linked = [f"-l{library}" for library in libraries]
    _run(target.parent, [COMPILER, "-shared", "-Os", "-s", "-o", target.name, str(source), *linked])


def _run(folder: Path, command: list[str]) -> None:
    subprocess.run(command, cwd=folder, check=True)
