"""The last page of the Move Wizard: what is about to be done, in words and as PowerShell."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.jobs.plan import Plan
from core.language import _
from core.powershell.script import script
from core.wizards.move import MoveWizard
from core.wizards.wizard import Problem
from gui import theme
from gui.panels.notice import text_label
from gui.wizards.page import Page


class SummaryPage(Page):
    """Asks every host once more when it opens, the source host with Compare-VM."""

    examines_on_entry = True

    def __init__(self, wizard: MoveWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._words = QWidget()
        self._words.setObjectName("summary")
        self._words.setStyleSheet("#summary { background: #ffffff; }")
        self._lines = QGridLayout(self._words)
        self._lines.setContentsMargins(14, 12, 14, 12)
        self._lines.setHorizontalSpacing(18)
        self._lines.setVerticalSpacing(7)
        self._lines.setColumnStretch(1, 1)
        self._labels: list[QLabel] = []
        self._script = QPlainTextEdit(readOnly=True)
        self._script.setObjectName("script")
        self._script.setAccessibleName(_("PowerShell script"))
        self._script.setFont(theme.fixed_font())
        self._script.setTabChangesFocus(True)
        copy = QPushButton(_("&Copy"))
        copy.setObjectName("copy_script")
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._script.toPlainText()))
        powershell = QWidget()
        column = QVBoxLayout(powershell)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        self._runs_on = text_label()
        column.addWidget(self._runs_on)
        column.addWidget(self._script)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(copy)
        column.addLayout(row)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("summary_tabs")
        self.tabs.setAccessibleName(_("Description"))
        self.tabs.addTab(self._words, _("Description"))
        self.tabs.addTab(powershell, _("PowerShell"))
        self._undo = text_label()
        self.column.addWidget(text_label(_("You are about to move the virtual machine. Choose Move to start.")))
        self.column.addWidget(self.tabs, 1)
        self.column.addWidget(self._undo)

    def enter(self) -> None:
        """Describe the choices."""
        self._describe()
        self._script.clear()
        self._runs_on.setText(_("The script is shown when the hosts have been asked."))
        names = {"machine": self._wizard.machine.name, "host": self._wizard.source.name}
        self._undo.setText(
            _(
                "If the move fails or is cancelled, {machine} stays on {host}. To undo a completed move, move"
                " the machine back."
            ).format(**names)
        )

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Describe the choices with what the hosts have told."""
        self._describe()

    def show_plan(self, plan: Plan) -> None:
        """Show the plan as PowerShell."""
        self._runs_on.setText(_("This is what runs on {host}:").format(host=plan.actions[0].host.name))
        self._script.setPlainText("\n".join(script(action.pipeline) for action in plan.actions))

    def _describe(self) -> None:
        for label in self._labels:
            label.deleteLater()
        self._labels.clear()
        lines = self._wizard.summary()
        for row, (name, value) in enumerate(lines):
            field = text_label(value, selectable=True)
            field.setAccessibleName(name)
            self._labels += [QLabel(name), field]
            self._lines.addWidget(self._labels[-2], row, 0, alignment=Qt.AlignmentFlag.AlignTop)
            self._lines.addWidget(field, row, 1)
        self._lines.setRowStretch(len(lines), 1)
