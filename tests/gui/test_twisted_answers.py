"""What a host says of itself and can be read, the window shows: no name, number or date is too much for a view."""

from __future__ import annotations

import random
from dataclasses import replace

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QTabWidget

from core.estate.inventory import INVENTORY_QUERY, Inventory
from core.hyperv.query import UnexpectedAnswer
from core.remoting.values import readable
from gui.console import Console
from tests.core.estates import key
from tests.fuzz.twisting import Twister
from tests.gui.driving import find

CASES = 60


def twisted(seed: int, output: tuple[object, ...]) -> Inventory | None:
    """The host as it says itself this time; None where nobody can read it."""
    twister = Twister(random.Random(f"window:{seed}"))
    try:
        return Inventory.of([readable(twister.text(str(each))) for each in output], ())
    except UnexpectedAnswer:
        return None


async def test_the_window_shows_whatever_can_be_read(practice: Console) -> None:
    window, host = practice.window, key("HV-01")
    answer = await practice.estate.ask(host, INVENTORY_QUERY)
    picture = practice.estate.picture(host)
    tabs = find(window, QTabWidget, "details_tabs")
    shown = 0
    for seed in range(CASES):
        inventory = twisted(seed, answer.output)
        if inventory is None:
            continue
        shown += 1
        window.show_pictures([replace(picture, inventory=inventory)])
        window.select_host(host)
        model, view = window.machines_model, window.machine_list
        for column in range(model.columnCount()):
            model.sort(column)
        for row in range(min(model.rowCount(), 3)):
            view.selectRow(row)
            tabs.setCurrentIndex((seed + row) % tabs.count())
            QCoreApplication.processEvents()
            window.grab()
    assert shown > CASES // 4
    window.show_pictures([picture])
    view.clearSelection()
