"""Pictures of every window, dialog and page, and what is wrong with them: ``python3 dev.py shots``.

``--language de``, ``--dark`` and ``--scale 1.5`` change how they look; ``--keep`` leaves small ones for the guide.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.application import make_application, make_runner, opened
from gui.options import Options
from tests.gui.inspection import faults
from tests.gui.walking import walk
from tests.laboratory import running_lab

ROOT = Path(__file__).resolve().parent.parent.parent
WIDEST = 900
"""Pixels of a picture of the guide."""
COLOURS = 64
"""Of a picture of the guide: enough for flat surfaces and smoothed letters."""


def take(out: Path | None, *, language: str, is_dark: bool, keep: Path | None = None) -> list[str]:
    """Walk through all windows, leave a picture of each in ``out``; what is wrong with them, in words.

    Those pictures that ``keep`` has already are made anew, and none is added.
    """
    app = make_application(language)
    theme.apply(app, Qt.ColorScheme.Dark if is_dark else Qt.ColorScheme.Light)
    kept = {file.stem for file in keep.glob("*.png")} if keep is not None else set()
    found: list[str] = []

    def visit(place: str, window: QWidget) -> None:
        found.extend(f"{place}: {fault}" for fault in faults(window))
        picture = window.grab().toImage()
        name = file_name(place)
        if out is not None and not picture.save(str(out / f"{name}.png")):
            raise OSError(f"{name}.png cannot be written")
        if keep is not None and name in kept:
            small(picture).save(str(keep / f"{name}.png"), "PNG", 0)

    async def look(folder: Path) -> None:
        with running_lab(folder) as lab:
            async with opened(Options(data=folder / "data", key_store=False)) as console:
                await walk(console, lab, visit)

    with make_runner(app) as runner, tempfile.TemporaryDirectory() as folder:
        runner.run(look(Path(folder)))
    return found


def file_name(place: str) -> str:
    """The name of a place of the walk as the name of a file."""
    return re.sub(r"[^a-z0-9]+", "-", place.lower()).strip("-")


def small(picture: QImage) -> QImage:
    """A picture of few colours, so that its file is small."""
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    if picture.width() > WIDEST:
        picture = picture.scaledToWidth(WIDEST, Qt.TransformationMode.SmoothTransformation)
    return picture.convertToFormat(QImage.Format.Format_Indexed8, palette(picture))


def palette(picture: QImage) -> list[int]:
    """The colours that occur most, no two of them nearly alike."""
    counted: dict[int, int] = {}
    for y in range(picture.height()):
        for x in range(picture.width()):
            colour = picture.pixel(x, y)
            counted[colour] = counted.get(colour, 0) + 1
    chosen: list[int] = []
    for colour in sorted(counted, key=counted.__getitem__, reverse=True):
        if all(distance(colour, other) > 24 for other in chosen):
            chosen.append(colour)
        if len(chosen) == COLOURS:
            break
    return chosen


def distance(one: int, other: int) -> int:
    """How unlike two colours are."""
    return sum(abs((one >> shift & 255) - (other >> shift & 255)) for shift in (0, 8, 16))


def main(arguments: list[str]) -> int:
    """Take the pictures; 1 where something is wrong with a window."""
    parser = argparse.ArgumentParser(prog="tests.gui.shots")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args(arguments)
    # Qt reads it once, when the application is made.
    os.environ["QT_SCALE_FACTOR"] = given.scale
    if given.out is not None:
        given.out.mkdir(parents=True, exist_ok=True)
    found = take(given.out, language=given.language, is_dark=given.dark, keep=given.keep)
    print("\n".join(found) or "Nothing is wrong with any window.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
