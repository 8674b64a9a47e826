"""A page that lets the user choose one of several ways."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtWidgets import QLabel, QRadioButton, QStyle, QVBoxLayout, QWidget

from gui.panels.notice import text_label
from gui.wizards.page import Page

_ChoiceT = TypeVar("_ChoiceT", bound=enum.Enum)


@dataclass(frozen=True, slots=True)
class Choice(Generic[_ChoiceT]):
    """One way, and what it means; one that is not possible is shown, and cannot be chosen."""

    value: _ChoiceT
    text: str
    explanation: str
    is_possible: bool = True


class ChoicePage(Page, Generic[_ChoiceT]):
    """One of several ways, each explained."""

    def __init__(
        self,
        question: str,
        choices: tuple[Choice[_ChoiceT], ...],
        chosen: _ChoiceT,
        choose: Callable[[_ChoiceT], None],
    ) -> None:
        super().__init__()
        self._buttons: list[QRadioButton] = []
        self._explained: dict[_ChoiceT, tuple[QRadioButton, QLabel]] = {}
        self.column.addWidget(text_label(question))
        for choice in choices:
            self._add(choice, choice.value == chosen, choose)
        self.column.addStretch()

    def first_field(self) -> QWidget | None:
        """The way that is chosen."""
        return next((button for button in self._buttons if button.isChecked()), None)

    def explain(self, choice: Choice[_ChoiceT]) -> None:
        """Say anew what a way means, and whether it can be chosen."""
        button, explanation = self._explained[choice.value]
        button.setEnabled(choice.is_possible)
        button.setAccessibleDescription(choice.explanation)
        explanation.setText(choice.explanation)

    def _add(
        self,
        choice: Choice[_ChoiceT],
        is_chosen: bool,
        choose: Callable[[_ChoiceT], None],
    ) -> None:
        button = QRadioButton(choice.text)
        button.setObjectName(choice.value.name.lower())
        button.setChecked(is_chosen)
        explanation = text_label()
        self._explained[choice.value] = (button, explanation)
        self.explain(choice)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.setContentsMargins(0, 4, 0, 0)
        lines.addWidget(button)
        below = QVBoxLayout()
        below.setContentsMargins(_text_offset(button), 0, 0, 0)
        below.setSpacing(2)
        below.addWidget(explanation)
        lines.addLayout(below)
        self.column.addLayout(lines)
        button.clicked.connect(lambda: self._chosen(choice.value, choose))
        self._buttons.append(button)

    def _chosen(self, value: _ChoiceT, choose: Callable[[_ChoiceT], None]) -> None:
        choose(value)
        self.edited.emit()


def _text_offset(button: QRadioButton) -> int:
    """Where the text of ``button`` begins."""
    metric, style = QStyle.PixelMetric, button.style()
    return style.pixelMetric(metric.PM_ExclusiveIndicatorWidth) + style.pixelMetric(metric.PM_RadioButtonLabelSpacing)
