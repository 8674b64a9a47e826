"""What belongs to the list of machines, for tests that look at every window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QTabWidget, QWidget

from gui.column_chooser import ColumnChooser
from gui.console import Console
from tests.gui.driving import dialog, find, select_machine, until


async def look_at_list(console: Console, visit: Callable[[str, QWidget], None]) -> None:
    """The dialog for columns, the filter with several machines of a group selected, and the details of replication."""
    window = console.window
    window.actions_offered.choose_columns.trigger()
    chooser = dialog(ColumnChooser)
    visit("columns", chooser)
    chooser.reject()
    host = window.tree.currentIndex()
    window.tree.setCurrentIndex(host.parent())
    window.actions_offered.filter_list.trigger()
    window.machine_list.selectAll()
    visit("group: filter and several machines", window)
    window.machine_pane.end_filter()
    window.machine_list.clearSelection()
    window.tree.setCurrentIndex(host)
    tabs = find(window, QTabWidget, "details_tabs")
    select_machine(window, "CRM01")
    tabs.setCurrentIndex(tabs.count() - 1)
    await until(lambda: find(window, QFrame, "replication_facts").isVisible())
    visit("machine: replication", window)
    tabs.setCurrentIndex(0)
    window.machine_list.clearSelection()
