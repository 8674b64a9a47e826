"""10,000 machines in the list: how long the window freezes while it sorts, filters and takes in changes."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from core.estate.connection import HostKey
from core.estate.inventory import Inventory
from core.hyperv.states import MachineState
from gui.application import make_application
from gui.models.machine_columns import COLUMNS
from gui.panels.machine_pane import MachinePane
from gui.preferences import Preferences
from tests.bench.estate import bench_lab, estate_of
from tests.bench.row import Row
from tests.core.estates import read_all

HOSTS, MACHINES, CHANGED = 100, 100, 500


def measure(*, quick: bool) -> list[Row]:
    """In a process of its own, with a window that paints."""
    del quick
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        timeout=300,
    )
    freezes: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return [Row(f"10,000 machines: {what}", seconds * 1000, "ms", most=50) for what, seconds in freezes.items()]


async def _one_host() -> Inventory:
    with bench_lab(f"scale:1x{MACHINES}") as lab:
        async with estate_of(lab.connections) as estate:
            await read_all(estate)
            (picture,) = estate.pictures
            assert picture.inventory is not None
            return picture.inventory


def _like(inventory: Inventory, host: str) -> Inventory:
    """The same machines on another host."""
    machines = tuple(
        msgspec.structs.replace(each, machine_id=uuid.uuid4(), name=f"{host}-{each.name}")
        for each in inventory.machines
    )
    return dataclasses.replace(inventory, machines=machines)


def main(folder: Path) -> None:
    """Write the freezes in seconds, by what was done, as the last line of standard output."""
    app = make_application("en")
    one = asyncio.run(_one_host())
    pane = MachinePane(Preferences(folder))
    keys = [HostKey("Bench", f"HV-{number:03d}") for number in range(HOSTS)]
    known = {key: _like(one, key.name) for key in keys}
    pane.model.show_all(known)
    pane.list_hosts(keys, are_several=True)
    pane.resize(1200, 700)
    pane.show()
    app.processEvents()

    def took(action: Callable[[], Any]) -> float:
        began = time.perf_counter()
        action()
        app.processEvents()
        return time.perf_counter() - began

    def change() -> None:
        inventories = {}
        for key in keys[: CHANGED // MACHINES]:
            machines = tuple(
                msgspec.structs.replace(machine, state=MachineState.PAUSED) for machine in known[key].machines
            )
            inventories[key] = dataclasses.replace(known[key], machines=machines)
        pane.model.show_all(inventories)

    freezes = {
        "sort": max(took(lambda column=column: pane.model.sort(column)) for column in range(len(COLUMNS))),
        "filter": max(took(lambda words=words: pane.model.filter(words)) for words in ("VM01", "5", "nothing", "")),
        f"apply {CHANGED} changes": took(change),
    }
    print(json.dumps(freezes), flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as kept:
        main(Path(kept))
