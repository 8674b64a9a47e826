"""The tree of hosts in their groups, on which machines can be dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTreeView

from core.language import _

if TYPE_CHECKING:
    from core.estate.connection import HostKey
    from gui.models.host_tree import HostTreeModel

_MACHINES = "application/x-vmferry-machines"


def dragged_machines() -> QMimeData:
    """What is dragged when it is the selected machines: which ones they are, the list knows."""
    data = QMimeData()
    data.setData(_MACHINES, b"selected")
    return data


class HostTree(QTreeView):
    """Shows ``model``; hosts can be dragged to groups, and machines to hosts.

    ``machines_over`` is emitted with the host that machines are dragged over, None where there is none or they have
    left; whoever hears it calls ``judge``. ``machines_dropped`` is emitted with the host that they were dropped on.
    """

    machines_over = Signal(object)
    machines_dropped = Signal(object)

    def __init__(self, model: HostTreeModel) -> None:
        super().__init__()
        self._hosts = model
        self._over: HostKey | None = None
        self._fits = False
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

    def judge(self, *, fits: bool) -> None:
        """Say whether machines may be dropped on the host that they are over."""
        self._fits = fits

    def dragEnterEvent(self, event: QDragMoveEvent) -> None:
        """Let machines in."""
        if event.mimeData().hasFormat(_MACHINES):
            self._over = None
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take machines only over a host that they can go to."""
        if not event.mimeData().hasFormat(_MACHINES):
            super().dragMoveEvent(event)
            return
        over = self._hosts.key(self.indexAt(event.position().toPoint()))
        if over != self._over or over is None:
            self._over, self._fits = over, False
            self.machines_over.emit(over)
        if self._fits and over is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget what was over the tree."""
        self._over = None
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell of machines that were dropped."""
        if not event.mimeData().hasFormat(_MACHINES):
            super().dropEvent(event)
            return
        over, self._over = self._over, None
        if self._fits and over is not None:
            event.acceptProposedAction()
            self.machines_dropped.emit(over)
        else:
            event.ignore()
