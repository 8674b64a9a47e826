"""The menu bar, and the context menus of the tree and the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractItemView, QMainWindow, QMenu

from core.language import _

if TYPE_CHECKING:
    from gui.actions import Actions


class Menus:
    """Every menu of ``window``; ``host`` and ``machine`` are those of the tree and the list."""

    def __init__(self, window: QMainWindow, offered: Actions) -> None:
        self._offered = offered
        self.host, self.machine = QMenu(window), QMenu(window)
        bar = window.menuBar()
        self._fill_file(bar.addMenu(_("&File")))
        self._fill_action(bar.addMenu(_("&Action")))
        self._fill_view(bar.addMenu(_("&View")))
        self._fill_help(bar.addMenu(_("&Help")))
        self._fill_host()
        self._fill_machine()

    @staticmethod
    def pop_up(menu: QMenu, view: QAbstractItemView, place: QPoint) -> None:
        """Open a context menu at a place in a view; a place that is scrolled out of sight gives way to the nearest."""
        seen = view.viewport().rect()
        x, y = min(max(place.x(), 0), seen.right()), min(max(place.y(), 0), seen.bottom())
        menu.popup(view.viewport().mapToGlobal(QPoint(x, y)))

    def _fill_file(self, menu: QMenu) -> None:
        offered = self._offered
        menu.addActions((offered.connect_to_server, offered.add_this_computer, offered.open_practice))
        menu.addSeparator()
        menu.addActions((offered.import_servers, offered.export_servers))
        menu.addSeparator()
        menu.addAction(offered.exit)

    def _fill_action(self, menu: QMenu) -> None:
        menu.setToolTipsVisible(True)
        offered = self._offered
        menu.addActions((offered.refresh, offered.import_machine, offered.host_settings, offered.configure_replication))
        menu.addActions((offered.evacuate_host, offered.return_machines))
        menu.addSeparator()
        self._offered.machines.add_to(menu)
        menu.addActions((self._offered.copy_rows, self._offered.export_list))

    def _fill_view(self, menu: QMenu) -> None:
        offered = self._offered
        menu.addActions((offered.choose_columns, offered.filter_list))
        menu.addSeparator()
        menu.addActions((offered.show_actions_pane, offered.show_jobs))
        menu.addSeparator()
        menu.addActions(
            (offered.show_replications, offered.recovery_plan, offered.show_redundancy, offered.show_journal)
        )

    def _fill_help(self, menu: QMenu) -> None:
        offered = self._offered
        menu.addAction(offered.show_guide)
        menu.addSeparator()
        menu.addActions((offered.open_log, offered.save_bundle))
        menu.addSeparator()
        menu.addAction(offered.about)

    def _fill_host(self) -> None:
        offered = self._offered
        self.host.addActions((offered.connect_to_server, offered.open_practice, offered.refresh))
        self.host.addSeparator()
        self.host.addAction(offered.import_machine)
        self.host.addActions((offered.host_settings, offered.configure_replication, offered.show_redundancy))
        self.host.addActions((offered.evacuate_host, offered.return_machines))
        self.host.addSeparator()
        self.host.addActions((offered.edit_server, offered.sign_in, offered.remove_server))
        self.host.addSeparator()
        self.host.addActions((offered.new_group, offered.rename_group, offered.remove_group))

    def _fill_machine(self) -> None:
        self.machine.setToolTipsVisible(True)
        self._offered.machines.add_to(self.machine)
        self.machine.addAction(self._offered.refresh)
        self.machine.addSeparator()
        self.machine.addAction(self._offered.copy_rows)
