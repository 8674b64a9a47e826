"""The last page of the Move Wizard: what is about to be done, in words and as PowerShell, and how long it may take."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from core.language import _
from core.wizards.move import MoveWizard
from gui.panels.notice import text_label
from gui.wizards.help_link import Question
from gui.wizards.summary_page import SummaryPage, SummaryTexts

_MEGABYTE = 1 << 20


def move_question() -> Question:
    """What may be asked before something is moved."""
    return Question(_("What happens when I choose Move?"), "what-happens-when-i-choose-move")


class MoveSummaryPage(SummaryPage):
    """Asks every host once more when it opens, the source host with Compare-VM."""

    def __init__(self, wizard: MoveWizard) -> None:
        self._wizard = wizard
        self._assumption = QSpinBox(minimum=1, maximum=100_000)
        self._how = text_label(selectable=True)
        texts = SummaryTexts(
            intro=_("You are about to move the following. Choose Move to start."),
            runs=_("Move runs this, and nothing else. You can run it yourself from another computer:"),
            file="move.ps1",
            question=move_question(),
        )
        super().__init__(wizard, texts)
        self.tabs.addTab(self._duration(), _("Duration"))
        self._assumption.valueChanged.connect(self._assume)

    def describe(self) -> None:
        """Show the lines as the choices stand, and how long that takes."""
        super().describe()
        estimated = self._wizard.estimate()
        self._how.setText("\n".join((estimated.words, *estimated.lines)) if estimated else "")

    def _duration(self) -> QWidget:
        """How the estimate was computed, and what is assumed in it."""
        is_live = self._wizard.is_live
        self._assumption.setObjectName("assumption")
        self._assumption.setSuffix(_(" MB/s"))
        assumed = self._wizard.choices.assumptions
        self._assumption.setValue((assumed.dirty_rate if is_live else assumed.copy_rate) // _MEGABYTE)
        words = _("The &guest modifies:") if is_live else _("The host copies within itsel&f:")
        label = QLabel(words)
        label.setBuddy(self._assumption)
        self._assumption.setAccessibleName(
            _("How fast the guest modifies its memory") if is_live else _("How fast the host copies within itself")
        )
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label)
        row.addWidget(self._assumption)
        row.addStretch()
        self._how.setObjectName("how_computed")
        page = QWidget()
        is_assumed = not self._wizard.ways.is_other
        column = QVBoxLayout(page)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addWidget(self._how)
        if is_assumed:
            column.addLayout(row)
            column.addWidget(text_label(_("No host tells this beforehand: it is an assumption, which you can change.")))
        column.addStretch()
        return page

    def _assume(self, megabytes: int) -> None:
        choices = self._wizard.choices
        name = "dirty_rate" if self._wizard.is_live else "copy_rate"
        choices.assumptions = replace(choices.assumptions, **{name: megabytes * _MEGABYTE})
        self.describe()
        self.edited.emit()
