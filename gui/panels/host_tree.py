"""The tree of hosts in their groups."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTreeView

from core.language import _
from gui.models.host_tree import HostTreeModel


class HostTree(QTreeView):
    """Shows ``model``; hosts can be dragged to groups."""

    def __init__(self, model: HostTreeModel) -> None:
        super().__init__()
        self.setObjectName("host_tree")
        self.setAccessibleName(_("Hosts"))
        self.setModel(model)
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setIconSize(QSize(16, 16))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.expandAll()
        self.setCurrentIndex(model.root.index())
