"""The pages for the frequency and for recovery points."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QRadioButton, QSpinBox, QWidget

from core.language import _
from core.replication.estimate import points_words
from core.replication.protection import MOST_CONSISTENT_HOURS
from core.replication.summary import frequency_word
from core.wizards.enable_replication import EnableWizard
from gui.panels.notice import text_label
from gui.wizards.help_link import Question
from gui.wizards.page import Page

_INDENT = 22


class FrequencyPage(Page):
    """How often changes are sent."""

    def __init__(self, wizard: EnableWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._frequency = QComboBox()
        self._frequency.setObjectName("frequency")
        self._frequency.setAccessibleName(_("Replication frequency"))
        for seconds in wizard.frequencies:
            self._frequency.addItem(frequency_word(seconds), seconds)
        label = QLabel(_("&Frequency:"))
        label.setBuddy(self._frequency)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label)
        row.addWidget(self._frequency)
        row.addStretch()
        self.column.addWidget(text_label(_("How often are changes to be sent to the Replica server?")))
        self.column.addLayout(row)
        self.column.addWidget(
            text_label(
                _(
                    "What was changed since the last time is lost when the primary server fails. The link has to carry"
                    " within that time what the virtual machine writes."
                )
            )
        )
        self.column.addStretch()
        self._frequency.currentIndexChanged.connect(self._choose)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which frequency is the right one?"), "which-frequency-is-the-right-one")

    def enter(self) -> None:
        """Show the choice."""
        self._frequency.setCurrentIndex(max(0, self._frequency.findData(self._wizard.choices.frequency)))

    def first_field(self) -> QWidget:
        """The frequency."""
        return self._frequency

    def field(self, name: str) -> QWidget | None:
        """The frequency."""
        return self._frequency if name == "frequency" else None

    def _choose(self) -> None:
        self._wizard.choices.frequency = self._frequency.currentData()
        self.edited.emit()


class PointsPage(Page):
    """Whether earlier states are kept, and what they occupy."""

    def __init__(self, wizard: EnableWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._latest = QRadioButton(_("&Maintain only the latest recovery point"))
        self._latest.setObjectName("latest")
        self._hourly = QRadioButton(_("Create &additional hourly recovery points"))
        self._hourly.setObjectName("hourly")
        self._hours = QSpinBox(minimum=1, maximum=wizard.most_points)
        self._hours.setObjectName("hours")
        self._consistent = QCheckBox(_("&Volume Shadow Copy Service (VSS) snapshot frequency (in hours):"))
        self._consistent.setObjectName("consistent")
        self._consistent_hours = QSpinBox(minimum=1, maximum=MOST_CONSISTENT_HOURS)
        self._consistent_hours.setObjectName("consistent_hours")
        self._consistent_hours.setAccessibleName(_("Hours between application-consistent recovery points"))
        if not wizard.OFFERS_CONSISTENT:
            self._consistent.hide()
            self._consistent_hours.hide()
        self._needs = text_label()
        self._needs.setObjectName("points_need")
        coverage = QLabel(_("C&overage provided by additional recovery points (in hours):"))
        coverage.setBuddy(self._hours)
        self._hours.setAccessibleName(_("Hours covered by additional recovery points"))
        grid = QGridLayout()
        grid.setContentsMargins(_INDENT, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(coverage, 0, 0)
        grid.addWidget(self._hours, 0, 1)
        grid.addWidget(self._consistent, 1, 0)
        grid.addWidget(self._consistent_hours, 1, 1)
        grid.setColumnStretch(2, 1)
        self.column.addWidget(text_label(_("To which points in time shall the replica be able to return?")))
        self.column.addWidget(self._latest)
        self.column.addWidget(self._hourly)
        self.column.addLayout(grid)
        self.column.addWidget(self._needs)
        self.column.addStretch()
        self._latest.clicked.connect(lambda: self._choose("keeps_points", False))
        self._hourly.clicked.connect(lambda: self._choose("keeps_points", True))
        self._hours.valueChanged.connect(lambda value: self._choose("hours", value))
        self._consistent.clicked.connect(lambda: self._choose("is_consistent", self._consistent.isChecked()))
        self._consistent_hours.valueChanged.connect(lambda value: self._choose("consistent_hours", value))

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("What are recovery points for?"), "what-are-recovery-points-for")

    def enter(self) -> None:
        """Show the choices."""
        choices = self._wizard.choices
        (self._hourly if choices.keeps_points else self._latest).setChecked(True)
        self._hours.setValue(choices.hours)
        self._consistent.setChecked(choices.is_consistent)
        self._consistent_hours.setValue(choices.consistent_hours)
        self._show()

    def first_field(self) -> QWidget:
        """The way that is chosen."""
        return self._hourly if self._hourly.isChecked() else self._latest

    def field(self, name: str) -> QWidget | None:
        """The control that a problem means."""
        return {"hours": self._hours, "consistent_hours": self._consistent_hours}.get(name)

    def _choose(self, name: str, value: object) -> None:
        choices = self._wizard.choices
        if getattr(choices, name) == value:
            return
        setattr(choices, name, value)
        if name == "keeps_points" and not value:
            # Only what an hourly point is made of can be application-consistent.
            choices.is_consistent = False
            self._consistent.setChecked(False)
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        choices = self._wizard.choices
        for field in (self._hours, self._consistent):
            field.setEnabled(choices.keeps_points)
        self._consistent_hours.setEnabled(choices.keeps_points and choices.is_consistent)
        self._needs.setText(points_words(choices.points.history, self._wizard.rates.writes))
