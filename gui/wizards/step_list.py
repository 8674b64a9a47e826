"""The list of steps on the left of a wizard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem

from core.language import _
from core.wizards.wizard import Step
from gui import theme

_KEY = Qt.ItemDataRole.UserRole


class StepList(QListWidget):
    """The whole route: the current step bold, those visited can be clicked, later ones are grey."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("steps")
        self.setAccessibleName(_("Steps"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFixedWidth(184)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setStyleSheet(
            "QListWidget { background: #f7f7f7; outline: none; padding-top: 8px; }"
            "QListWidget::item { padding: 0 6px 0 12px; border-left: 3px solid transparent; }"
            f"QListWidget::item:selected {{ background: #cce8ff; color: #000000; border-left-color: {theme.ACCENT}; }}"
        )
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Keep the current step selected, whatever is clicked."""
        return QItemSelectionModel.SelectionFlag.NoUpdate

    def show_route(self, steps: Sequence[Step], current: str, visited: set[str]) -> None:
        """Show ``steps`` with the current one and those that can be gone to."""
        self.clear()
        for step in steps:
            item = QListWidgetItem(step.name)
            item.setData(_KEY, step.key)
            item.setSizeHint(QSize(0, 28))
            if step.key == current:
                item.setFont(theme.text_font(bold=True))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, _("{step}, current step").format(step=step.name))
            elif step.key in visited:
                item.setForeground(QColor("#0b4f8a"))
            else:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setForeground(QColor("#8a8a8a"))
            self.addItem(item)
            if step.key == current:
                self.setCurrentItem(item)
                item.setSelected(True)

    def _choose(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.chosen.emit(item.data(_KEY))
