"""The time and the memory until the window is painted, against the same empty panes on a qasync loop."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from tests.bench.row import Row


def measure(*, quick: bool) -> list[Row]:
    """Both are started in turn; the first start of each warms the caches and does not count."""
    rounds = 3 if quick else 9
    ours: list[tuple[float, int]] = []
    bare: list[tuple[float, int]] = []
    with tempfile.TemporaryDirectory() as bytecode:
        for _round in range(rounds + 1):
            ours.append(_start("tests.bench.window_start", bytecode))
            bare.append(_start("tests.bench.empty_panes", bytecode))
    times = statistics.median(one[0] / other[0] for one, other in zip(ours[1:], bare[1:], strict=True))
    memory = statistics.median(one[1] / other[1] for one, other in zip(ours[1:], bare[1:], strict=True))
    return [
        Row("first paint of the main window", statistics.median(each[0] for each in ours[1:]), "s"),
        Row("first paint: time against the same empty panes", times, "x", most=1.6),
        Row("first paint: memory against the same empty panes", memory, "x", most=1.5),
    ]


def _start(module: str, bytecode: str) -> tuple[float, int]:
    """Seconds from the start of a program with no data yet to its first paint, and its bytes of memory then.

    Compiled modules are kept in the folder ``bytecode``, as an installed program has them.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as data:
        began = time.time()
        done = subprocess.run(
            [sys.executable, "-m", module, "--data", data, "--language", "en"],
            capture_output=True,
            text=True,
            check=True,
            env={**environment, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": bytecode},
            timeout=60,
        )
    painted = json.loads(done.stdout)
    return painted["at"] - began, painted["memory"]
