"""The last page of the Move Wizard: what is about to be done, in words and as PowerShell, and how long it may take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.estate.plan_script import plan_script
from core.jobs.plan import Plan
from core.language import _
from core.wizards.move import MoveWizard
from core.wizards.wizard import Problem
from gui import theme
from gui.panels.notice import Notice, text_label
from gui.wizards.help_link import Question
from gui.wizards.page import Page

_MEGABYTE = 1 << 20


class SummaryPage(Page):
    """Asks every host once more when it opens, the source host with Compare-VM."""

    examines_on_entry = True

    def __init__(self, wizard: MoveWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._labels: list[QLabel] = []
        self._lines = QGridLayout()
        self._script = QPlainTextEdit(readOnly=True)
        self._runs_on = text_label()
        self._saved = Notice()
        self._assumption = QSpinBox(minimum=1, maximum=100_000)
        self._how = text_label(selectable=True)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("summary_tabs")
        self.tabs.setAccessibleName(_("Description"))
        self.tabs.addTab(self._description(), _("Description"))
        self.tabs.addTab(self._powershell(), _("PowerShell"))
        self.tabs.addTab(self._duration(), _("Duration"))
        self.column.addWidget(text_label(_("You are about to move the following. Choose Move to start.")))
        self.column.addWidget(self.tabs, 1)
        self._assumption.valueChanged.connect(self._assume)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("What happens when I choose Move?"), "what-happens-when-i-choose-move")

    def enter(self) -> None:
        """Describe the choices."""
        self._describe()
        self._script.clear()
        self._saved.clear()
        self._runs_on.setText(_("The script is shown when the hosts have been asked."))

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Describe the choices with what the hosts have told."""
        self._describe()

    def show_plan(self, plan: Plan) -> None:
        """Show the plan as PowerShell."""
        self._runs_on.setText(_("Move runs this, and nothing else. You can run it yourself from another computer:"))
        self._script.setPlainText(plan_script(plan, self._wizard.estate))

    def _description(self) -> QWidget:
        words = QWidget()
        words.setObjectName("summary")
        theme.look(words, "surface")
        words.setLayout(self._lines)
        self._lines.setContentsMargins(14, 12, 14, 12)
        self._lines.setHorizontalSpacing(18)
        self._lines.setVerticalSpacing(7)
        self._lines.setColumnStretch(1, 1)
        area = QScrollArea()
        area.setObjectName("description")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(words)
        return area

    def _powershell(self) -> QWidget:
        self._script.setObjectName("script")
        self._script.setAccessibleName(_("PowerShell script"))
        self._script.setFont(theme.fixed_font())
        self._script.setTabChangesFocus(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        for name, text, action in (
            ("copy_script", _("&Copy"), lambda: QGuiApplication.clipboard().setText(self._script.toPlainText())),
            ("save_script", _("Save &As..."), self._save_as),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setAutoDefault(False)
            button.clicked.connect(action)
            row.addWidget(button)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        column.addWidget(self._runs_on)
        column.addWidget(self._script)
        column.addWidget(self._saved)
        column.addLayout(row)
        return page

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
        column = QVBoxLayout(page)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addWidget(self._how)
        column.addLayout(row)
        column.addWidget(text_label(_("No host tells this beforehand: it is an assumption, which you can change.")))
        column.addStretch()
        return page

    def _describe(self) -> None:
        for label in self._labels:
            label.hide()
            label.deleteLater()
        self._labels.clear()
        lines = self._wizard.summary()
        for row, (name, value) in enumerate(lines):
            title, field = text_label(name), text_label(value, selectable=True)
            title.setWordWrap(False)
            field.setAccessibleName(name)
            self._labels += [title, field]
            self._lines.addWidget(title, row, 0, alignment=Qt.AlignmentFlag.AlignTop)
            self._lines.addWidget(field, row, 1)
        self._lines.setRowStretch(len(lines), 1)
        estimated = self._wizard.estimate()
        self._how.setText("\n".join((estimated.words, *estimated.lines)) if estimated else "")

    def _assume(self, megabytes: int) -> None:
        choices = self._wizard.choices
        name = "dirty_rate" if self._wizard.is_live else "copy_rate"
        choices.assumptions = replace(choices.assumptions, **{name: megabytes * _MEGABYTE})
        self._describe()
        self.edited.emit()

    def _save_as(self) -> None:
        dialog = QFileDialog(self, _("Save the Script"))
        dialog.setObjectName("save_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("ps1")
        dialog.setNameFilter(_("PowerShell scripts (*.ps1)"))
        dialog.selectFile("move.ps1")
        dialog.fileSelected.connect(self._save)
        dialog.open()

    def _save(self, name: str) -> None:
        try:
            # Windows PowerShell takes a file without a mark for one in the code page of its system.
            Path(name).write_text(self._script.toPlainText() + "\n", encoding="utf-8-sig", newline="\r\n")
        except OSError as error:
            self._saved.say("error", _("The script was not saved: {reason}").format(reason=error.strerror), name)
        else:
            self._saved.say("info", _("Saved as {name}.").format(name=name))
