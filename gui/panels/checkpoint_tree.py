"""The checkpoints of a machine as a tree, with what can be done with each, and where the machine stands now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QMenu, QTreeWidget, QTreeWidgetItem

from core.language import _
from core.times import ago_text, exact_text
from gui.action import make_action, offer_action
from gui.icons import icon
from gui.plain_text import tip

if TYPE_CHECKING:
    from core.estate.inventory import Inventory
    from core.hyperv.records import Machine

_ID = Qt.ItemDataRole.UserRole
_NAME_WIDTH = 260


class CheckpointTree(QTreeWidget):
    """``asked`` is emitted with the name of an action and the ID of the checkpoint that it is for."""

    asked = Signal(str, UUID)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("checkpoints")
        self.setAccessibleName(_("Checkpoints"))
        self.setHeaderLabels((_("Name"), _("Created")))
        self.setRootIsDecorated(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.apply = make_action(self, "apply_checkpoint", _("&Apply..."), "revert")
        self.export = make_action(self, "export_checkpoint", _("E&xport..."), "folder")
        self.rename = make_action(self, "rename_checkpoint", _("&Rename..."), "rename")
        self.delete = make_action(self, "delete_checkpoint", _("&Delete Checkpoint..."), "delete")
        self.delete_subtree = make_action(self, "delete_subtree", _("Delete Checkpoint &Subtree..."), None)
        self.rename.setShortcut(QKeySequence(Qt.Key.Key_F2))
        self.delete.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        for action in self.all_actions:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setShortcutVisibleInContextMenu(False)
            action.triggered.connect(partial(self._ask, action.objectName()))
        self.addActions(self.all_actions)
        self._obstacle = ""
        self._shown: tuple[object, ...] | None = None
        self.currentItemChanged.connect(lambda: self._offer())
        self.customContextMenuRequested.connect(self._pop_up)
        self._offer()

    @property
    def all_actions(self) -> tuple[QAction, ...]:
        """What can be done with a checkpoint."""
        return (self.apply, self.export, self.rename, self.delete, self.delete_subtree)

    def show_machine(self, inventory: Inventory, machine: Machine) -> None:
        """Show the checkpoints of ``machine``; the one that was selected stays so."""
        checkpoints = inventory.checkpoints_of(machine.machine_id)
        shown = (machine.machine_id, machine.current_checkpoint_id, checkpoints)
        if shown == self._shown:
            return
        self._shown = shown
        selected = self._selected()
        self.clear()
        items = {each.checkpoint_id: QTreeWidgetItem([each.name]) for each in checkpoints}
        for checkpoint in checkpoints:
            item = items[checkpoint.checkpoint_id]
            item.setIcon(0, icon("checkpoint"))
            if (created := checkpoint.created) is not None:
                item.setText(1, ago_text(created, inventory.read_at))
                item.setToolTip(1, tip(exact_text(created)))
            if not checkpoint.is_recovery_point:
                item.setData(0, _ID, checkpoint.checkpoint_id)
            self._place(item, items.get(checkpoint.parent_id) if checkpoint.parent_id else None)
        if not items:
            none = QTreeWidgetItem([_("None")])
            none.setFlags(Qt.ItemFlag.NoItemFlags)
            self.addTopLevelItem(none)
        elif (current := machine.current_checkpoint_id) in items:
            now = QTreeWidgetItem([_("Now")])
            now.setIcon(0, icon("start"))
            self._place(now, items[current])
        self.expandAll()
        self.setColumnWidth(0, max(_NAME_WIDTH, self.sizeHintForColumn(0) + 16))
        if selected in items:
            self.setCurrentItem(items[selected])
        self._offer()

    def forbid(self, obstacle: str) -> None:
        """Say why nothing can be done with the checkpoints at present; an empty ``obstacle`` lets it be done."""
        self._obstacle = obstacle
        self._offer()

    def _place(self, item: QTreeWidgetItem, parent: QTreeWidgetItem | None) -> None:
        if parent is None:
            self.addTopLevelItem(item)
        else:
            parent.addChild(item)

    def _selected(self) -> UUID | None:
        item = self.currentItem()
        found = item.data(0, _ID) if item is not None else None
        return found if isinstance(found, UUID) else None

    def _offer(self) -> None:
        is_offered = self._selected() is not None and not self._obstacle
        for action in self.all_actions:
            offer_action(action, is_offered, self._obstacle)

    def _ask(self, name: str, _checked: bool = False) -> None:
        if (checkpoint_id := self._selected()) is not None:
            self.asked.emit(name, checkpoint_id)

    def _pop_up(self, place: QPoint) -> None:
        if self._selected() is None:
            return
        menu = QMenu(self)
        menu.setObjectName("checkpoint_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        menu.addActions(self.all_actions)
        menu.popup(self.viewport().mapToGlobal(place))
