"""The submenu Replication of a machine, with the words of Hyper-V Manager; what is not offered says why."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from core.language import _
from core.replicas.verbs import Verb
from gui.action import make_action, offer_action
from gui.icons import icon

SECTIONS = (
    (Verb.VIEW_HEALTH, Verb.RESET_STATISTICS),
    (Verb.START_INITIAL, Verb.IMPORT_INITIAL, Verb.CANCEL_INITIAL),
    (Verb.PAUSE, Verb.RESUME, Verb.RESYNCHRONIZE, Verb.CANCEL_RESYNCHRONIZATION),
    (Verb.PLANNED_FAILOVER, Verb.CANCEL_PLANNED),
    (Verb.TEST_FAILOVER, Verb.STOP_TEST),
    (Verb.FAILOVER, Verb.CANCEL_FAILOVER, Verb.REMOVE_POINTS, Verb.REVERSE),
    (Verb.EXTEND, Verb.CHANGE_SETTINGS, Verb.REMOVE),
)
"""The entries in their order; lines go between the sections."""
_NOT_OF_EXTENSIONS = frozenset({Verb.VIEW_HEALTH, Verb.PLANNED_FAILOVER, Verb.CANCEL_PLANNED, Verb.EXTEND})
"""What the menu of an extension lacks: its health is a tab, and a replica is prepared for nothing."""
_ICONS = {
    Verb.VIEW_HEALTH: "info",
    Verb.PAUSE: "pause",
    Verb.RESUME: "resume",
    Verb.REMOVE: "delete",
    Verb.IMPORT_INITIAL: "disk",
    Verb.CHANGE_SETTINGS: "settings",
}


class ReplicationActions(QObject):
    """``entry`` opens the menu; ``about_to_show`` is called then, and gives each action its offer.

    ``verbs`` are the actions for the leg that is looked at, ``extended`` those for the leg on which it is sent on.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.menu = QMenu(_("Repl&ication"))
        self.menu.setObjectName("replication_menu")
        self.menu.setToolTipsVisible(True)
        self.entry = self.menu.menuAction()
        self.entry.setObjectName("replication")
        self.entry.setIconText(_("Replication"))
        self.entry.setIcon(icon("replica"))
        self.verbs = self._filled(self.menu, "", lambda verb: True)
        self.menu.addSeparator()
        self.way_back = make_action(self, "replication_way_back", _("Way &Back..."), "revert")
        self.compare = make_action(self, "replication_compare", _("Compare &with Replica..."), None)
        self.menu.addActions((self.way_back, self.compare))
        self._extended_menu = QMenu(_("E&xtended Replication"), self.menu)
        self._extended_menu.setToolTipsVisible(True)
        self.extended = self._filled(self._extended_menu, "extended_", lambda verb: verb not in _NOT_OF_EXTENSIONS)
        self.menu.addMenu(self._extended_menu)

    def show_extended(self, *, is_extended: bool) -> None:
        """Show the entries about an extension, or none of them."""
        self._extended_menu.menuAction().setVisible(is_extended)

    def offer_way_back(self, why_not: str) -> None:
        """Offer the way back, or say why not."""
        offer_action(self.way_back, not why_not, why_not)

    def offer_comparison(self, why_not: str) -> None:
        """Offer the comparison of both sides, or say why not."""
        offer_action(self.compare, not why_not, why_not)

    def offer(self, verb: Verb, why_not: str, *, extension: bool = False) -> None:
        """Offer an action, or say why not."""
        action = (self.extended if extension else self.verbs).get(verb)
        if action is not None:
            offer_action(action, not why_not, why_not)

    def _filled(self, menu: QMenu, prefix: str, is_there: Callable[[Verb], bool]) -> dict[Verb, QAction]:
        found: dict[Verb, QAction] = {}
        for number, section in enumerate(SECTIONS):
            if number:
                menu.addSeparator()
            for verb in filter(is_there, section):
                name = prefix + verb.name.lower()
                found[verb] = make_action(self, f"replication_{name}", _text(verb), _ICONS.get(verb))
                menu.addAction(found[verb])
        return found


def _text(verb: Verb) -> str:
    return {
        Verb.VIEW_HEALTH: _("&View Replication Health..."),
        Verb.RESET_STATISTICS: _("Reset Statisti&cs"),
        Verb.PAUSE: _("Pa&use Replication"),
        Verb.RESUME: _("R&esume Replication"),
        Verb.START_INITIAL: _("&Start Initial Replication..."),
        Verb.CANCEL_INITIAL: _("Cancel &Initial Replication..."),
        Verb.IMPORT_INITIAL: _("I&mport Initial Replica..."),
        Verb.PLANNED_FAILOVER: _("P&lanned Failover..."),
        Verb.CANCEL_PLANNED: _("Cancel Pla&nned Failover..."),
        Verb.FAILOVER: _("&Failover..."),
        Verb.TEST_FAILOVER: _("&Test Failover..."),
        Verb.STOP_TEST: _("St&op Test Failover..."),
        Verb.CANCEL_FAILOVER: _("C&ancel Failover..."),
        Verb.REMOVE_POINTS: _("Remove Recover&y Points..."),
        Verb.REVERSE: _("&Reverse Replication..."),
        Verb.EXTEND: _("Exten&d Replication..."),
        Verb.RESYNCHRONIZE: _("Resync&hronize..."),
        Verb.CANCEL_RESYNCHRONIZATION: _("Cancel Resynchroni&zation..."),
        Verb.CHANGE_SETTINGS: _("Replication Settin&gs..."),
        Verb.REMOVE: _("Remove Re&plication..."),
    }[verb]
