"""What was found when a job had ended: what is as it should be, and what is not, with its cure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from core.language import _
from gui import theme
from gui.icons import icon
from gui.panels.notice import text_label

if TYPE_CHECKING:
    from core.jobs.status import Finding


class JobFindings(QWidget):
    """A line that counts the findings and unfolds them. It is unfolded from the start where something is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self._findings: tuple[Finding, ...] = ()
        self.unfold = QToolButton(checkable=True, autoRaise=True)
        self.unfold.setObjectName("job_findings")
        self.unfold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.unfold.setIconSize(QSize(10, 10))
        theme.look(self.unfold, "unfold")
        self.unfold.toggled.connect(self._unfold)
        self._lines = QWidget()
        self._grid = QGridLayout(self._lines)
        self._grid.setContentsMargins(2, 0, 0, 2)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.unfold)
        column.addWidget(self._lines)
        self._unfold(False)
        self.hide()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show ``findings``; what is wrong comes first."""
        if self._findings == tuple(findings):
            return
        self._findings = tuple(findings)
        while (item := self._grid.takeAt(0)) is not None:
            item.widget().deleteLater()
        ordered = sorted(findings, key=lambda finding: finding.is_good)
        for row, finding in enumerate(ordered):
            self._grid.addWidget(_mark(finding), row, 0, alignment=Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(_words(finding), row, 1)
        good = sum(finding.is_good for finding in findings)
        self.unfold.setText(
            _("{good} of {total} checks are as they should be").format(good=good, total=len(self._findings))
        )
        self.unfold.setChecked(good < len(self._findings))
        self.setVisible(bool(findings))

    def _unfold(self, is_open: bool) -> None:
        self.unfold.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._lines.setVisible(is_open)


def _mark(finding: Finding) -> QLabel:
    mark = QLabel()
    mark.setPixmap(icon("completed" if finding.is_good else "warning").pixmap(QSize(14, 14), mark.devicePixelRatioF()))
    mark.setAccessibleName(_("As it should be") if finding.is_good else _("Not as it should be"))
    return mark


def _words(finding: Finding) -> QLabel:
    words = text_label("\n".join(filter(None, (finding.what, finding.cure))), selectable=True)
    words.setObjectName("job_finding")
    words.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    return words
