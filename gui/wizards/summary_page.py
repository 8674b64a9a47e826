"""The last page of a wizard: what is about to be done, in words and as PowerShell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

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
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.estate.estate import Estate
from core.estate.plan_script import plan_script
from core.jobs.plan import Batch, Plan
from core.language import _
from core.own_files import write_file
from core.wizards.wizard import Problem
from gui import theme
from gui.panels.notice import Notice, text_label
from gui.wizards.help_link import Question
from gui.wizards.page import Page


class Summarized(Protocol):
    """A wizard that tells in lines what its choices come to."""

    estate: Estate

    def summary(self) -> Iterable[tuple[str, str]]:
        """Name and value of each line."""
        ...


@dataclass(frozen=True, slots=True)
class SummaryTexts:
    """What the page says of itself: above the lines, above the script, the name of its file, and its question."""

    intro: str
    runs: str
    file: str
    question: Question


class SummaryPage(Page):
    """Asks every host once more when it opens, and shows one summary and one script."""

    examines_on_entry = True

    def __init__(self, wizard: Summarized, texts: SummaryTexts) -> None:
        super().__init__()
        self._summarized = wizard
        self._texts = texts
        self._labels: list[QLabel] = []
        self._lines = QGridLayout()
        self._script = QPlainTextEdit(readOnly=True)
        self._runs_on = text_label()
        self._saved = Notice()
        self.tabs = QTabWidget()
        self.tabs.setObjectName("summary_tabs")
        self.tabs.setAccessibleName(_("Description"))
        self.tabs.addTab(self._description(), _("Description"))
        self.tabs.addTab(self._powershell(), _("PowerShell"))
        self.column.addWidget(text_label(texts.intro))
        self.column.addWidget(self.tabs, 1)

    def question(self) -> Question:
        """What may be asked here."""
        return self._texts.question

    def enter(self) -> None:
        """Describe the choices."""
        self.describe()
        self._script.clear()
        self._saved.clear()
        self._runs_on.setText(_("The script is shown when the hosts have been asked."))

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Describe the choices with what the hosts have told."""
        self.describe()

    def show_plan(self, plan: Plan | Batch) -> None:
        """Show the plan, or those of several machines, as PowerShell."""
        plans = plan.plans if isinstance(plan, Batch) else (plan,)
        self._runs_on.setText(self._texts.runs)
        self._script.setPlainText("\n\n".join(plan_script(each, self._summarized.estate) for each in plans))

    def describe(self) -> None:
        """Show the lines as the choices stand."""
        for label in self._labels:
            label.hide()
            label.deleteLater()
        self._labels.clear()
        lines = tuple(self._summarized.summary())
        for row, (name, value) in enumerate(lines):
            title, field = text_label(name), text_label(value, selectable=True)
            title.setWordWrap(False)
            field.setAccessibleName(name)
            self._labels += [title, field]
            self._lines.addWidget(title, row, 0, alignment=Qt.AlignmentFlag.AlignTop)
            self._lines.addWidget(field, row, 1)
        self._lines.setRowStretch(len(lines), 1)

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

    def _save_as(self) -> None:
        dialog = QFileDialog(self, _("Save the Script"))
        dialog.setObjectName("save_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("ps1")
        dialog.setNameFilter(_("PowerShell scripts (*.ps1)"))
        dialog.selectFile(self._texts.file)
        dialog.fileSelected.connect(self._save)
        dialog.open()

    def _save(self, name: str) -> None:
        try:
            # Windows PowerShell takes a file without a mark for one in the code page of its system.
            text = self._script.toPlainText() + "\n"
            write_file(Path(name), text.replace("\n", "\r\n").encode("utf-8-sig"))
        except OSError as error:
            self._saved.say("error", _("The script was not saved: {reason}").format(reason=error.strerror), name)
        else:
            self._saved.say("info", _("Saved as {name}.").format(name=name))
