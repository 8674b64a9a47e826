"""The jobs of the program: one row for each, with its progress or its outcome."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.jobs.status import JobState, JobStatus
from core.language import _
from gui import theme
from gui.icons import icon
from gui.panels.heading import PaneHeading
from gui.panels.notice import text_label


class JobsPanel(QWidget):
    """All jobs, the latest first.

    ``cancel`` is called with the number of a job that is to be cancelled, ``give_up`` with that of one whose outcome
    is not to be asked for any longer.
    """

    def __init__(self, cancel: Callable[[int], None], give_up: Callable[[int], None]) -> None:
        super().__init__()
        self.setObjectName("jobs")
        self.setAccessibleName(_("Jobs"))
        self._cancel = cancel
        self._give_up = give_up
        self.rows: dict[int, JobRow] = {}
        self._nothing = text_label(_("No job has been started."))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._nothing.setContentsMargins(8, 12, 8, 8)
        content = QWidget()
        content.setObjectName("jobs_content")
        content.setStyleSheet("#jobs_content { background: #ffffff; }")
        self._list = QVBoxLayout(content)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addWidget(self._nothing)
        self._list.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName(_("Jobs"))
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(PaneHeading(_("Jobs")))
        layout.addWidget(scroll)

    def show_status(self, status: JobStatus, *, is_practice: bool) -> None:
        """Show where a job stands."""
        row = self.rows.get(status.number)
        if row is None:
            row = JobRow(status.number, self._cancel, self._give_up, is_practice=is_practice)
            self.rows[status.number] = row
            self._nothing.hide()
            self._list.insertWidget(0, row)
        row.show_status(status)


class JobRow(QFrame):
    """One job."""

    def __init__(
        self, number: int, cancel: Callable[[int], None], give_up: Callable[[int], None], *, is_practice: bool
    ) -> None:
        super().__init__()
        self.setObjectName(f"job_{number}")
        self.setStyleSheet(f"#job_{number} {{ background: #ffffff; border-bottom: 1px solid {theme.LINE}; }}")
        self._icon = QLabel()
        self.icon_name = ""
        self._title = text_label()
        self._title.setFont(theme.text_font(bold=True))
        self._title.setWordWrap(False)
        self._practice = QLabel(_("Practice"))
        self._practice.setStyleSheet(
            f"color: {theme.PRACTICE}; background: {theme.PRACTICE_BACKGROUND}; padding: 0 6px;"
        )
        self._practice.setVisible(is_practice)
        self.state = text_label()
        self.state.setObjectName("job_state")
        self.state.setWordWrap(False)
        self.progress = QProgressBar(minimum=0, maximum=100, textVisible=False)
        self.progress.setObjectName("job_progress")
        self.detail = text_label(selectable=True)
        self.detail.setObjectName("job_detail")
        self.cure = text_label(selectable=True)
        self.cure.setObjectName("job_cure")
        self.cancel = _button("job_cancel", _("Cancel"))
        self.cancel.clicked.connect(lambda: self._ask_for_end(number, cancel))
        self.stop_asking = _button("job_stop_asking", _("Stop Asking"))
        self.stop_asking.clicked.connect(lambda: give_up(number))

        first = QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(self._title)
        first.addWidget(self._practice)
        first.addStretch()
        first.addWidget(self.state)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(first)
        words.addWidget(self.progress)
        words.addWidget(self.detail)
        words.addWidget(self.cure)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(10)
        layout.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        for button in (self.cancel, self.stop_asking):
            layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignVCenter)

    def show_status(self, status: JobStatus) -> None:
        """Show where the job stands."""
        names = {
            JobState.COMPLETED: "completed",
            JobState.FAILED: "error",
            JobState.CANCELLED: "cancelled",
            JobState.UNKNOWN: "warning",
        }
        self.icon_name = names.get(status.state, "move")
        self._icon.setPixmap(icon(self.icon_name).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        self._title.setText(status.title)
        is_running = not status.state.is_final
        state = status.state.word
        if status.state is JobState.RUNNING:
            state = _("{state}, {percent}%").format(state=state, percent=status.percent)
        self.state.setText(state)
        # A bar that moves by itself would claim progress that nobody knows of.
        self.progress.setValue(status.percent)
        self.progress.setVisible(is_running)
        self.progress.setAccessibleName(_("Progress of {job}").format(job=status.title))
        self.detail.setText(status.detail)
        self.detail.setVisible(bool(status.detail))
        self.cure.setText(status.cure)
        self.cure.setVisible(bool(status.cure))
        self.cancel.setVisible(status.state is JobState.RUNNING)
        self.cancel.setAccessibleName(_("Cancel {job}").format(job=status.title))
        self.stop_asking.setVisible(status.state is JobState.FINDING_OUT)
        self.stop_asking.setAccessibleName(_("Stop asking for the outcome of {job}").format(job=status.title))
        self.setAccessibleName(_("{job}: {state}").format(job=status.title, state=state))

    def show_refusal(self, what: str, cure: str) -> None:
        """Show that the job could not be cancelled; it goes on."""
        self.cancel.setEnabled(True)
        self.cancel.setText(_("Cancel"))
        self.detail.setText(what)
        self.cure.setText(cure)
        self.detail.show()
        self.cure.setVisible(bool(cure))

    def _ask_for_end(self, number: int, cancel: Callable[[int], None]) -> None:
        self.cancel.setEnabled(False)
        self.cancel.setText(_("Cancelling..."))
        cancel(number)


def _button(name: str, text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button
