"""Asks before something is done with machines: which, what it comes to, whether it can be undone, who is left out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.language import _
from core.operating.questions import Question
from gui import theme
from gui.form import height_of, line_edit
from gui.icons import icon
from gui.panels.notice import text_label
from gui.plain_text import tip

_WIDTH = 540
_ROWS_SHOWN = 6
_SCRIPT_HEIGHT = 110


class Confirmation(QDialog):
    """``answered`` is emitted with the name of the button that was chosen; the safe answer, Cancel, is the default.

    ``machines`` are named in a list where there are several, ``skipped`` are sentences about those that are left alone.
    ``answers`` are the buttons beside Cancel, by name and text; without any it is the question's own, ``commit``.
    ``typed`` is what has to be typed before any of them counts.
    """

    answered = Signal(str)

    def __init__(
        self,
        question: Question,
        script: str,
        *,
        machines: Sequence[str] = (),
        skipped: Sequence[str] = (),
        answers: Sequence[tuple[str, str]] = (),
        is_practice: bool = False,
        typed: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("confirmation")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(question.title)
        self.script = _script(script)
        self.show_script = QPushButton(_("Show &Script"))
        self.show_script.setObjectName("show_script")
        self.show_script.setCheckable(True)
        self.show_script.setAutoDefault(False)
        self.show_script.toggled.connect(self._show_script)
        if not script:
            self.show_script.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(18, 16, 18, 14)
        self._column.setSpacing(10)
        self._column.addLayout(self._head(question.question, is_practice=is_practice))
        if len(machines) > 1:
            self._column.addWidget(_listed("machines", _("Virtual Machines"), machines))
        for name, text in (("consequence", question.consequence), ("undo", question.undo)):
            label = text_label(text)
            label.setObjectName(name)
            self._column.addWidget(label)
        if skipped:
            self._column.addWidget(text_label(_("These are left as they are:")))
            self._column.addWidget(_listed("skipped", _("Left as they are"), skipped))
        self._typed = typed
        self.typed = line_edit("typed", typed)
        if typed:
            label = QLabel(_("&Type this to confirm: {text}").format(text=typed))
            label.setBuddy(self.typed)
            self._column.addWidget(label)
            self._column.addWidget(self.typed)
        self._column.addStretch()
        self._column.addWidget(self.script)
        self._answers = self._buttons(answers or (("commit", question.commit),))
        self._column.addLayout(self._answers)
        self._fit()

    def _head(self, question: str, *, is_practice: bool) -> QHBoxLayout:
        mark = QLabel()
        mark.setPixmap(icon("warning").pixmap(QSize(24, 24), self.devicePixelRatioF()))
        label = text_label(question)
        label.setObjectName("question")
        label.setFont(theme.text_font(12))
        theme.look(label, "question")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(mark, alignment=Qt.AlignmentFlag.AlignTop)
        head.addWidget(label, 1)
        if is_practice:
            practice = QLabel(_("Practice"))
            theme.look(practice, "practice")
            head.addWidget(practice, alignment=Qt.AlignmentFlag.AlignTop)
        return head

    def _buttons(self, answers: Sequence[tuple[str, str]]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.show_script)
        self._copy = QPushButton(_("Cop&y"))
        self._copy.setObjectName("copy_script")
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.script.toPlainText()))
        self._copy.hide()
        row.addWidget(self._copy)
        row.addStretch()
        for name, text in answers:
            button = QPushButton(text)
            button.setObjectName(name)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, name=name: self._answer(name))
            row.addWidget(button)
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("cancel")
        cancel.setDefault(True)
        cancel.clicked.connect(self.reject)
        row.addWidget(cancel)
        cancel.setFocus()
        return row

    def _answer(self, name: str) -> None:
        if self.typed.text().strip() != self._typed:
            self.typed.setFocus()
            return
        self.answered.emit(name)
        self.accept()

    def _show_script(self, is_shown: bool) -> None:
        self.script.setVisible(is_shown)
        self._copy.setVisible(is_shown)
        self._fit()

    def _fit(self) -> None:
        """Take the height that the texts need at this width."""
        margins = self._column.contentsMargins()
        width = max(_WIDTH, self._answers.sizeHint().width() + margins.left() + margins.right())
        self.resize(width, height_of(self._column, width))


def _script(text: str) -> QPlainTextEdit:
    script = QPlainTextEdit(text, readOnly=True)
    script.setObjectName("script")
    script.setAccessibleName(_("PowerShell script"))
    script.setFont(theme.fixed_font())
    script.setTabChangesFocus(True)
    script.setFixedHeight(_SCRIPT_HEIGHT)
    script.hide()
    return script


def _listed(name: str, accessible_name: str, texts: Sequence[str]) -> QListWidget:
    """Some lines; of many the rest is scrolled to."""
    lines = QListWidget()
    lines.setObjectName(name)
    lines.setAccessibleName(accessible_name)
    lines.setWordWrap(True)
    lines.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    for text in texts:
        lines.addItem(text)
        lines.item(lines.count() - 1).setToolTip(tip(text))
    height = max(lines.sizeHintForRow(0), lines.fontMetrics().height() + 2)
    long = sum(lines.fontMetrics().horizontalAdvance(text) > _WIDTH - 60 for text in texts)
    rows = min(len(texts) + long, _ROWS_SHOWN)
    lines.setFixedHeight(rows * height + 2 * lines.frameWidth() + 4)
    return lines
