"""The headings of panes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from gui import theme


class PaneHeading(QLabel):
    """The strip with a pane's name."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.text_font(bold=True))
        theme.look(self, "pane-heading")
