"""What a failover needs, ticked one by one; what is not met says how it is cured, by a button where the program can."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.failover.prerequisites import Prerequisite
from core.language import _
from gui import theme
from gui.form import push_button
from gui.panels.notice import text_label
from gui.replicas.action_dialog import icon_label

_HIGHEST = 260


class PrerequisiteList(QScrollArea):
    """``fix_asked`` is emitted with the problem that the user asks the program to cure."""

    fix_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        self.setObjectName("prerequisites")
        self.setAccessibleName(_("What it needs"))
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(120)
        self.rows: list[QWidget] = []
        self._show_content(())

    def show_prerequisites(self, found: Sequence[Prerequisite]) -> None:
        """Show these in place of the former ones."""
        self._show_content(found)

    def _show_content(self, found: Sequence[Prerequisite]) -> None:
        content = QWidget()
        content.setObjectName("prerequisite_rows")
        theme.look(content, "surface")
        column = QVBoxLayout(content)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(7)
        self.rows = [self._row(each) for each in found]
        for row in self.rows:
            column.addWidget(row)
        column.addStretch()
        self.setWidget(content)
        needed = column.totalSizeHint().height() + 2 * self.frameWidth()
        self.setMinimumHeight(min(max(needed, 60), _HIGHEST))
        self.setMaximumHeight(max(needed + 30, 60))

    def _row(self, each: Prerequisite) -> QWidget:
        problem = each.problem
        name = "completed" if problem is None else "warning" if problem.is_warning else "error"
        what = text_label(each.what if problem is None else problem.what, selectable=True)
        what.setObjectName("prerequisite")
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(what)
        row = QWidget()
        row.setAccessibleName(what.text())
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(9)
        line.addWidget(icon_label(name, self), alignment=Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        if problem is not None:
            if problem.cure:
                cure = text_label(problem.cure, selectable=True)
                theme.look(cure, "subtle")
                words.addWidget(cure)
            if problem.fix is not None:
                fix = push_button("fix", _("Fix..."), lambda: self.fix_asked.emit(problem))
                fix.setAccessibleName(_("Fix: {problem}").format(problem=problem.what))
                line.addWidget(fix, alignment=Qt.AlignmentFlag.AlignTop)
        return row
