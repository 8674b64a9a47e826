"""Names and values in two columns, as Hyper-V Manager has them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea

from gui import theme
from gui.panels.notice import text_label
from gui.plain_text import tip

_TOP = Qt.AlignmentFlag.AlignTop


class Facts(QFrame):
    """A row for each pair of ``names``; ``below`` is the grid's first row that is free."""

    def __init__(self, object_name: str, names: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setObjectName(object_name)
        theme.look(self, "surface")
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(12, 10, 12, 10)
        self.grid.setHorizontalSpacing(10)
        self.grid.setVerticalSpacing(5)
        self.below = len(names)
        self._values: list[QLabel] = []
        for row, pair in enumerate(names):
            for column, name in enumerate(pair):
                value = text_label(selectable=True)
                value.setAccessibleName(name)
                value.setAlignment(_TOP | Qt.AlignmentFlag.AlignLeft)
                self._values.append(value)
                self.grid.addWidget(QLabel(name), row, 2 * column, alignment=_TOP)
                self.grid.addWidget(value, row, 2 * column + 1)
        self.grid.setColumnStretch(1, 2)
        self.grid.setColumnStretch(3, 3)
        self.grid.setRowStretch(self.below + 1, 1)

    def show_values(self, values: Sequence[str], tips: dict[int, str] | None = None) -> None:
        """Show the values, row by row; ``tips`` tell more of some, by their places."""
        for place, (label, text) in enumerate(zip(self._values, values, strict=True)):
            if label.text() != text:
                label.setText(text)
            label.setToolTip(tip((tips or {}).get(place, "")))


def scrolled(facts: Facts, accessible_name: str) -> QScrollArea:
    """``facts`` in an area that scrolls where they have no room."""
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setAccessibleName(accessible_name)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(facts)
    return area
