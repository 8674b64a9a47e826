"""The actions for machines, with the words, the order and the keys of Hyper-V Manager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from core.language import _
from core.operating.choice import Choice, why_not, why_not_export
from core.operating.verbs import FOLLOWS_STATE, Verb, fits
from gui.action import make_action, offer_action
from gui.replicas.actions import ReplicationActions

if TYPE_CHECKING:
    from core.operating.subject import Subject

_MOST_REASONS = 50
_MOST_NAMES = 4


class MachineActions(QObject):
    """One action for each verb, beside those that open dialogs; menus and the Actions pane show the same objects."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.settings = make_action(self, "machine_settings", _("Settin&gs..."), "settings")
        self.move = make_action(self, "move", _("&Move..."), "move")
        self.export = make_action(self, "export_machine", _("E&xport..."), "folder")
        self.enable_replication = make_action(self, "enable_replication", _("Ena&ble Replication..."), "replicate")
        self.replication = ReplicationActions(self)
        self.verbs: dict[Verb, QAction] = {
            Verb.START: make_action(self, "start", _("&Start"), "start"),
            Verb.TURN_OFF: make_action(self, "turn_off", _("Turn O&ff..."), "turn-off"),
            Verb.SHUT_DOWN: make_action(self, "shut_down", _("Shut Do&wn..."), "shut-down"),
            Verb.SAVE: make_action(self, "save", _("S&ave"), "save"),
            Verb.DELETE_SAVED_STATE: make_action(
                self, "delete_saved_state", _("Delete Saved S&tate..."), "delete-saved-state"
            ),
            Verb.PAUSE: make_action(self, "pause", _("&Pause"), "pause"),
            Verb.RESUME: make_action(self, "resume", _("Res&ume"), "resume"),
            Verb.RESET: make_action(self, "reset", _("R&eset..."), "reset"),
            Verb.CHECKPOINT: make_action(self, "checkpoint", _("Chec&kpoint"), "checkpoint"),
            Verb.REVERT: make_action(self, "revert", _("Re&vert..."), "revert"),
            Verb.RENAME: make_action(self, "rename", _("Re&name..."), "rename"),
            Verb.DELETE: make_action(self, "delete", _("&Delete..."), "delete"),
        }
        self._use_keys()
        self.offer(())

    @property
    def sections(self) -> tuple[tuple[QAction, ...], ...]:
        """All actions in their order; lines go between the sections."""
        verbs = self.verbs
        return (
            (self.settings,),
            tuple(verbs[verb] for verb in Verb if verb not in (Verb.CHECKPOINT, Verb.REVERT, Verb.RENAME, Verb.DELETE)),
            (verbs[Verb.CHECKPOINT], verbs[Verb.REVERT]),
            (self.move, self.export, self.enable_replication, self.replication.entry),
            (verbs[Verb.RENAME], verbs[Verb.DELETE]),
        )

    @property
    def everything(self) -> tuple[QAction, ...]:
        """All actions in their order."""
        return tuple(action for section in self.sections for action in section)

    def add_to(self, menu: QMenu) -> None:
        """Show all actions in a menu."""
        for section in self.sections:
            menu.addActions(section)
            menu.addSeparator()

    def offer(self, selected: Sequence[Subject]) -> None:
        """Offer what can be done with the selected machines, and say why the rest cannot.

        What changes a machine's state is there only where the state fits, as in Hyper-V Manager.
        """
        for verb, action in self.verbs.items():
            action.setVisible(verb not in FOLLOWS_STATE or any(fits(verb, each.machine) for each in selected))
            is_offered = any(not why_not(verb, each) for each in selected)
            if verb is Verb.RENAME and len(selected) > 1:
                is_offered = False
            # Nobody reads the reasons of thousands.
            reasons = "" if is_offered else Choice.of(verb, selected[:_MOST_REASONS]).why_not
            offer_action(action, is_offered, reasons)
        obstacle = "\n".join(dict.fromkeys(each.obstacle for each in selected if each.obstacle))
        if len({each.host for each in selected}) > 1:
            obstacle = _("The selected virtual machines are on several hosts.")
        offer_action(self.move, bool(selected) and not obstacle, obstacle)
        unfit = next(filter(None, (why_not_export(each) for each in selected)), "")
        offer_action(self.export, bool(selected) and not obstacle and not unfit, obstacle or unfit)
        self._offer_replication(selected, obstacle)
        several = _("Settings are those of one virtual machine: select just one.")
        offer_action(self.settings, len(selected) == 1, several if len(selected) > 1 else "")

    def _offer_replication(self, selected: Sequence[Subject], obstacle: str) -> None:
        replicated = [each.machine.name for each in selected if each.machine.replication_mode]
        if replicated and not obstacle:
            names = ", ".join(replicated[:_MOST_NAMES])
            obstacle = _("These are replicated already: {machines}.").format(machines=names)
        self.replication.entry.setEnabled(bool(selected))
        offer_action(self.enable_replication, bool(selected) and not obstacle, obstacle)

    def _use_keys(self) -> None:
        self.settings.setShortcut(QKeySequence("Alt+Return"))
        self.verbs[Verb.RENAME].setShortcut(QKeySequence(Qt.Key.Key_F2))
        self.verbs[Verb.DELETE].setShortcut(QKeySequence(Qt.Key.Key_Delete))
        for action in self.everything:
            # The keys are about what is selected in the list, and mean something else elsewhere.
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setShortcutVisibleInContextMenu(False)
