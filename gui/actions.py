"""What the user can ask for. Menus, context menus and the Actions pane show the same objects."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from core.language import _
from gui.icons import icon


class Actions(QObject):
    """Every action of the main window."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.connect_to_server = self._action("connect", _("&Connect to Server..."), "connect")
        self.open_practice = self._action("open_practice", _("Open the &Practice Lab"), "practice")
        self.refresh = self._action("refresh", _("&Refresh"), "refresh")
        self.refresh.setShortcut(QKeySequence.StandardKey.Refresh)
        self.move_machine = self._action("move", _("&Move..."), "move")
        self.exit = self._action("exit", _("E&xit"), None)
        self.show_actions_pane = self._action("show_actions_pane", _("&Actions Pane"), None)
        self.show_jobs = self._action("show_jobs", _("&Jobs"), None)
        for action in (self.show_actions_pane, self.show_jobs):
            action.setCheckable(True)
            action.setChecked(True)
        self.show_journal = self._action("journal", _("J&ournal..."), "journal")
        self.about = self._action("about", _("&About VM Ferry"), "info")

    def offer(self, *, is_ready: bool, has_practice: bool, has_host: bool, can_move: bool) -> None:
        """Offer what can be done now, and nothing else."""
        self.connect_to_server.setEnabled(is_ready)
        self.show_journal.setEnabled(is_ready)
        self.open_practice.setEnabled(is_ready and not has_practice)
        self.open_practice.setVisible(not has_practice)
        self.refresh.setEnabled(has_host)
        self.move_machine.setEnabled(can_move)

    def _action(self, name: str, text: str, icon_name: str | None) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        # A tool button would drop the dots.
        action.setIconText(text.replace("&", ""))
        if icon_name is not None:
            action.setIcon(icon(icon_name))
        return action
