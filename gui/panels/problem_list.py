"""What keeps the user on a page, or should be known: each problem with its cure, and a button where it can be cured."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.language import _
from core.wizards.wizard import Problem
from gui import theme
from gui.icons import icon
from gui.panels.notice import Notice, text_label

_HIGHEST = 230
"""Pixels that the problems may take of a page; what does not fit is scrolled to."""


class ProblemNotice(Notice):
    """A notice that can also list problems, those that keep the user first.

    ``fix_asked`` is emitted with the problem whose cure the user asks the program for.
    """

    fix_asked = Signal(object)

    def __init__(self, *, offers_fixes: bool) -> None:
        super().__init__()
        self._offers_fixes = offers_fixes
        self._shown: tuple[Problem, ...] = ()
        self._list = _Entries()
        self._list.hide()
        self._words.addWidget(self._list)

    def say(self, kind: str, what: str, cure: str = "") -> None:
        """Show one message, as any notice does."""
        self._shown = ()
        self._list.show_entries(())
        self._list.hide()
        self._icon.show()
        self._what.show()
        super().say(kind, what, cure)

    def say_problems(self, problems: tuple[Problem, ...]) -> None:
        """List problems. Warnings come last, and alone they are shown as a remark."""
        ordered = tuple(sorted(problems, key=lambda problem: problem.is_warning))
        what = "\n".join(problem.what for problem in ordered)
        super().say("info" if ordered[0].is_warning else "warning", what)
        self._shown = ordered
        self._icon.hide()
        self._what.hide()
        self._list.show_entries(
            _Entry(problem, self.fix_asked.emit if self._offers_fixes else None) for problem in ordered
        )
        self._list.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    @property
    def text(self) -> str:
        """What is said at present; empty when nothing is."""
        if self.isHidden() or not self._shown:
            return super().text
        return "\n".join(f"{problem.what}\n{problem.cure}" for problem in self._shown)


class _Entries(QScrollArea):
    """Entries below each other; as high as they need, up to a limit."""

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(_("Problems"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.look(self, "clear")
        self._content = QWidget()
        self._content.setObjectName("problem_entries")
        theme.look(self._content, "clear")
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.setWidget(self._content)
        self._entries: list[_Entry] = []

    def show_entries(self, entries: Iterable[_Entry]) -> None:
        """Show these in place of the former ones."""
        for former in self._entries:
            self._column.removeWidget(former)
            former.hide()
            former.deleteLater()
        self._entries = list(entries)
        for entry in self._entries:
            self._column.addWidget(entry)
            # At once, not when the loop comes to it: what is hidden counts for nothing in the height.
            entry.show()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height that the entries need at this width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        needed = self._column.totalHeightForWidth(self.viewport().width())
        self.setFixedHeight(min(max(needed, 0), _HIGHEST))


class _Entry(QWidget):
    """One problem."""

    def __init__(self, problem: Problem, ask_to_fix: Callable[[Problem], None] | None) -> None:
        super().__init__()
        self.setObjectName("problem")
        self.setAccessibleName(problem.what)
        picture = QLabel()
        name = "info" if problem.is_warning else "warning"
        picture.setPixmap(icon(name).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        what = text_label(problem.what, selectable=True)
        what.setObjectName("problem_what")
        cure = text_label(problem.cure, selectable=True)
        cure.setObjectName("problem_cure")
        theme.look(cure, "subtle")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(what)
        if problem.cure:
            words.addWidget(cure)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(picture, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        if problem.fix is not None and ask_to_fix is not None:
            fix = _button("fix", _("Fix..."), _("Fix: {problem}").format(problem=problem.what))
            fix.clicked.connect(lambda: ask_to_fix(problem))
            row.addWidget(fix, alignment=Qt.AlignmentFlag.AlignTop)
        if problem.script:
            copy = _button(
                "copy_cure", _("Copy Script"), _("Copy the script for: {problem}").format(problem=problem.what)
            )
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(problem.script))
            row.addWidget(copy, alignment=Qt.AlignmentFlag.AlignTop)


def _button(name: str, text: str, accessible: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(accessible)
    button.setAutoDefault(False)
    return button
