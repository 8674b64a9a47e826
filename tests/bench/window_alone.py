"""The program's window as it is before anything is behind it; ends at its first paint."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from gui.application import make_application, make_runner, make_window
from gui.preferences import Preferences
from tests.bench.painted import FirstPaint


async def _show(folder: Path) -> None:
    window = make_window(Preferences(folder))
    FirstPaint(window)
    window.show()
    await asyncio.Event().wait()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, make_runner(make_application("en")) as runner:
        runner.run(_show(Path(folder)))
