"""Asks before a plan is carried out that no wizard has shown: what it does step by step, and as PowerShell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.jobs.plan import Action, Plan
from core.language import _
from gui import theme
from gui.form import push_button
from gui.icons import icon
from gui.panels.notice import text_label
from gui.plain_text import tip
from gui.wizards.fix_dialog import script_of

_ROWS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class PlanTexts:
    """What is asked: the ``question``, what answering it with ``commit`` comes to, and the ``title`` of the dialog."""

    title: str
    question: str
    consequence: str
    commit: str


class PlanQuestion(QDialog):
    """Shows the steps of ``plan``. Accepted means: carry them out; the safe answer is the default."""

    def __init__(self, texts: PlanTexts, plan: Plan, *, is_practice: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan_question")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(texts.title)
        self.resize(640, 420)
        question = text_label(texts.question)
        question.setObjectName("question")
        question.setFont(theme.text_font(12))
        theme.look(question, "question")
        mark = QLabel()
        mark.setPixmap(icon("warning").pixmap(QSize(24, 24), self.devicePixelRatioF()))
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(mark, alignment=Qt.AlignmentFlag.AlignTop)
        head.addWidget(question, 1)
        if is_practice:
            practice = QLabel(_("Practice"))
            theme.look(practice, "practice")
            head.addWidget(practice, alignment=Qt.AlignmentFlag.AlignTop)
        self.steps = _steps(plan.actions)
        self.script = QPlainTextEdit(script_of(plan), readOnly=True)
        self.script.setObjectName("script")
        self.script.setAccessibleName(_("PowerShell script"))
        self.script.setFont(theme.fixed_font())
        self.script.setTabChangesFocus(True)
        script_label = QLabel(_("As &PowerShell:"))
        script_label.setBuddy(self.script)
        copy = push_button("copy_script", _("C&opy"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.script.toPlainText()))
        commit = push_button("commit", texts.commit)
        commit.clicked.connect(self.accept)
        cancel = push_button("cancel", _("Cancel"))
        cancel.clicked.connect(self.reject)
        cancel.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(copy)
        buttons.addStretch()
        buttons.addWidget(commit)
        buttons.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(text_label(texts.consequence))
        layout.addWidget(self.steps)
        layout.addWidget(script_label)
        layout.addWidget(self.script, 1)
        layout.addLayout(buttons)
        cancel.setFocus()


def _steps(actions: Sequence[Action]) -> QTreeWidget:
    steps = QTreeWidget()
    steps.setObjectName("plan_steps")
    steps.setAccessibleName(_("What is done"))
    steps.setHeaderLabels((_("Step"), _("What is done"), _("On")))
    steps.setRootIsDecorated(False)
    steps.setUniformRowHeights(True)
    for number, action in enumerate(actions, 1):
        item = QTreeWidgetItem([str(number), action.title, action.host.name])
        item.setToolTip(1, tip(action.title))
        steps.addTopLevelItem(item)
    steps.header().setStretchLastSection(False)
    steps.header().setSectionResizeMode(1, steps.header().ResizeMode.Stretch)
    steps.setColumnWidth(0, max(48, steps.header().sectionSizeHint(0)))
    steps.setColumnWidth(2, 110)
    rows = min(max(len(actions), 1), _ROWS_SHOWN)
    steps.setFixedHeight(steps.header().sizeHint().height() + rows * (steps.sizeHintForRow(0) + 1) + 6)
    return steps
