"""Two machines are selected together and moved through one grid, by a rule for their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabWidget, QTreeWidget, QWidget

from tests.end_to_end.hands import row_called

if TYPE_CHECKING:
    from tests.end_to_end.tour import Tour

MACHINES = ("TEST01", "DC01")


async def walk_many(tour: Tour, source: str, destination: str) -> None:
    """Move MACHINES from ``source`` to ``destination``, and see both arrive."""
    hands = tour.hands
    await tour.select_host(source, MACHINES[-1])
    hands.click_row(tour.machines, tour.row(tour.machines, MACHINES[0]))
    for name in MACHINES[1:]:
        row = tour.row(tour.machines, name)
        tour.machines.scrollTo(row)
        place = tour.machines.visualRect(row)
        QTest.mouseClick(
            tour.machines.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.ControlModifier,
            QPoint(place.left() + 20, place.center().y()),
        )
    hands.click("action_move")
    wizard = await hands.dialog("wizard")
    grid = hands.find(QTreeWidget, "machines_grid", wizard)
    await hands.until(lambda: grid.topLevelItem(0).text(1), "the sizes in the grid")
    hands.write("destination", destination, wizard)
    for rule, folder in (("disks_rule", r"D:\Together\{vm}\Disks"), ("others_rule", r"D:\Together\{vm}")):
        hands.write(rule, folder, wizard)
    await hands.until(lambda: grid.topLevelItem(0).text(4) == "Fits.", "the rating of the destination")
    hands.picture("several-machines", wizard)
    hands.click("next", wizard)
    await tour.page_becomes(wizard, "Completing Move Wizard")
    await tour.summary_is_ready(wizard)
    hands.picture("several-machines-summary", wizard)
    hands.find(QTabWidget, "summary_tabs", wizard).setCurrentIndex(1)
    hands.picture("several-machines-script", wizard)
    hands.click("commit", wizard)
    await hands.until(lambda: not any(w.isVisible() for w in hands.window.findChildren(QWidget, "wizard")), "its end")
    for name in MACHINES:
        await hands.until(lambda name=name: row_called(tour.machines, name) is None, f"{name} to leave {source}")
    await tour.select_host(destination, MACHINES[0])
    tour.say(f"{' and '.join(MACHINES)} have moved together to {destination}")
