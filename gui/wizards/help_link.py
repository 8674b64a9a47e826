"""The question at the lower left of a wizard page that opens the user guide where it is answered."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton

from gui import theme


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody may ask at this point; ``heading`` names the heading of the guide, as links do."""

    text: str
    heading: str


class HelpLink(QToolButton):
    """``asked`` is emitted with the heading."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("help")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.look(self, "link")
        self._heading = ""
        self.clicked.connect(self.ask)

    def show_question(self, question: Question | None) -> None:
        """Offer an answer to ``question``."""
        self._heading = question.heading if question is not None else ""
        self.setText(question.text if question is not None else "")
        self.setVisible(question is not None)

    def ask(self) -> None:
        """Open the guide: at the answer, or at its beginning where no question is offered."""
        self.asked.emit(self._heading)
