"""The page that shows how a connection is tried out, each step as it comes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.estate.connection_test import Part, Step, Verdict
from core.language import _
from core.remoting.certificates import Certificate
from gui import theme
from gui.icons import icon
from gui.panels.notice import text_label

_ICONS = {Verdict.RUNNING: "waiting", Verdict.GOOD: "completed", Verdict.BAD: "error"}


class StepsView(QScrollArea):
    """``trust_asked`` is emitted with the certificate that the user wants to trust."""

    trust_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        self.setObjectName("test_page")
        self.setAccessibleName(_("Steps of the test"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.steps: dict[Part, Step] = {}
        self._icons: dict[Part, QLabel] = {}
        self._words: dict[Part, QLabel] = {}
        self._certificate: Certificate | None = None
        self.trust = QPushButton(_("&Trust This Certificate..."))
        self.trust.setObjectName("trust_certificate")
        self.trust.setAutoDefault(False)
        self.trust.clicked.connect(lambda: self.trust_asked.emit(self._certificate))
        self._empty = text_label(_("Test Connection tries out, step by step, what a connection needs."))
        self._empty.setObjectName("test_empty")
        content = QWidget()
        grid = self._grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(2, 1)
        for row, part in enumerate(Part):
            self._add(row, part)
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(10)
        column.addWidget(self._empty)
        column.addLayout(grid)
        column.addWidget(self.trust, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        self.setWidget(content)
        # The page of the tab shows through.
        for each in (content, self.viewport()):
            each.setAutoFillBackground(False)
        self.clear()

    def clear(self) -> None:
        """Show no step."""
        self.steps.clear()
        self._certificate = None
        self.trust.hide()
        self._empty.show()
        for part in Part:
            self._show_row(part, is_visible=False)

    def show_step(self, step: Step) -> None:
        """Show what a step has found, or that it runs."""
        self._empty.hide()
        self.steps[step.part] = step
        label, words = self._icons[step.part], self._words[step.part]
        label.setPixmap(icon(_ICONS[step.verdict]).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        label.setAccessibleName(step.verdict.word)
        lines = [step.found or _("Testing..."), *(f"\u2022 {cure}" for cure in step.cures)]
        words.setText("\n".join(lines))
        words.setAccessibleName(f"{step.part.title}, {step.verdict.word}: {words.text()}")
        self._show_row(step.part, is_visible=True)
        if step.verdict is Verdict.BAD and step.certificate is not None:
            self._certificate = step.certificate
            self.trust.show()
        self._fit()
        self.ensureWidgetVisible(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the words anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the words the height that they need at this width: a scroll area asks nobody for it."""
        content = self.widget()
        layout = content.layout() if content is not None else None
        if content is not None and layout is not None:
            content.setMinimumHeight(layout.heightForWidth(self.viewport().width()))

    def _add(self, row: int, part: Part) -> None:
        self._icons[part] = QLabel()
        words = self._words[part] = text_label(selectable=True)
        words.setObjectName(f"test_{part.value}")
        title = QLabel(part.title)
        title.setFont(theme.text_font(bold=True))
        for column, widget in enumerate((self._icons[part], title, words)):
            self._grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignTop if column < 2 else Qt.AlignmentFlag(0))

    def _show_row(self, part: Part, *, is_visible: bool) -> None:
        row = list(Part).index(part)
        for column in range(3):
            item = self._grid.itemAtPosition(row, column)
            if item is not None and (widget := item.widget()) is not None:
                widget.setVisible(is_visible)
