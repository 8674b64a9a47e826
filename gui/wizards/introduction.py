"""The first page of a wizard: what it does, and what has to be in place; it can be left out from the next time on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox

from core.language import _
from gui.panels.notice import text_label
from gui.wizards.help_link import Question
from gui.wizards.page import Page


@dataclass(frozen=True, slots=True)
class IntroductionTexts:
    """What the page says; the ``paragraphs`` lead to the ``conditions``, and ``safe`` says when nothing is changed."""

    paragraphs: tuple[str, ...]
    conditions: tuple[str, ...]
    safe: str
    question: Question


class IntroductionPage(Page):
    """``is_shown`` is whether the page is shown the next time; ``show_again`` is told when that is chosen anew."""

    def __init__(self, texts: IntroductionTexts, *, is_shown: bool, show_again: Callable[[bool], None]) -> None:
        super().__init__()
        self._question = texts.question
        for paragraph in texts.paragraphs:
            self.column.addWidget(text_label(paragraph))
        for condition in texts.conditions:
            label = text_label(_("\u2022  {condition}").format(condition=condition))
            label.setIndent(14)
            self.column.addWidget(label)
        self.column.addWidget(text_label(texts.safe))
        self.column.addStretch()
        never_again = QCheckBox(_("&Do not show this page again"))
        never_again.setObjectName("never_again")
        never_again.setChecked(not is_shown)
        never_again.toggled.connect(lambda is_on: show_again(not is_on))
        self.column.addWidget(never_again)

    def question(self) -> Question:
        """What may be asked here."""
        return self._question
