"""The list of steps on the left of a wizard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem

from core.language import _
from core.wizards.wizard import Step
from gui import theme

_KEY = Qt.ItemDataRole.UserRole
_NARROWEST, _WIDEST = 184, 264
_BESIDE = 34
"""Pixels: what an item has beside its text."""


class StepList(QListWidget):
    """The whole route: the current step bold, those visited can be clicked, later ones are grey."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._route: tuple[Sequence[Step], str, set[str]] = ((), "", set())
        self.setObjectName("steps")
        self.setAccessibleName(_("Steps"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Keep the current step selected, whatever is clicked."""
        return QItemSelectionModel.SelectionFlag.NoUpdate

    def show_route(self, steps: Sequence[Step], current: str, visited: set[str]) -> None:
        """Show ``steps`` with the current one and those that can be gone to."""
        self._route = steps, current, visited
        self.clear()
        bold = QFontMetrics(theme.text_font(bold=True))
        widest = max((bold.horizontalAdvance(step.name) for step in steps), default=0)
        self.setFixedWidth(min(max(widest + _BESIDE, _NARROWEST), _WIDEST))
        for step in steps:
            item = QListWidgetItem(step.name)
            item.setData(_KEY, step.key)
            item.setSizeHint(QSize(0, 28))
            if step.key == current:
                item.setFont(theme.text_font(bold=True))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, _("{step}, current step").format(step=step.name))
            elif step.key in visited:
                item.setForeground(QColor(theme.colours().visited_text))
            else:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setForeground(QColor(theme.colours().disabled_text))
            self.addItem(item)
            if step.key == current:
                self.setCurrentItem(item)
                item.setSelected(True)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of the new palette when the system turns light or dark."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.show_route(*self._route)

    def _choose(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.chosen.emit(item.data(_KEY))
