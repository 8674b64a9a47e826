"""What every page of a wizard is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.jobs.plan import Plan
from core.wizards.wizard import Problem
from gui.wizards.help_link import Question


class Page(QWidget):
    """One page. It writes every input into the wizard's choices at once and emits ``edited`` then."""

    edited = Signal()
    examines_on_entry = False
    """Whether the hosts are asked as soon as the page opens, and not only by Next."""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(10)

    def enter(self) -> None:
        """Show the choices as they stand; called whenever the page opens."""

    async def load(self) -> None:
        """Read what the page shows and nobody has read so far; begun when the page opens, ended when it is left."""

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Show what the hosts have told; called whenever an examination of this page has ended."""

    def show_plan(self, plan: Plan) -> None:
        """Show what is about to be done; called on the last page, when nothing is wrong."""

    def question(self) -> Question | None:
        """What somebody may ask on this page, and where the user guide answers it."""
        return None

    def first_field(self) -> QWidget | None:
        """The control that gets the focus when the page opens."""
        return None

    def field(self, name: str) -> QWidget | None:
        """The control that a problem's ``field`` means, or None."""
        return None
