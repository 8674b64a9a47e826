"""One job: how far it is, what it waits for or came to, and what can be asked of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from core.amounts import duration_text
from core.jobs.status import JobState, JobStatus, Offer
from core.language import _
from gui import theme
from gui.icons import icon
from gui.panels.job_actions import AT_HAND, JobActions
from gui.panels.job_findings import JobFindings
from gui.panels.job_transfer import JobTransfer
from gui.panels.notice import Notice, text_label

_ICONS = {
    JobState.WAITING: "waiting",
    JobState.HELD: "held",
    JobState.PAUSED: "held",
    JobState.SCHEDULED: "waiting",
    JobState.COMPLETED: "completed",
    JobState.FAILED: "error",
    JobState.CANCELLED: "cancelled",
    JobState.UNKNOWN: "warning",
    JobState.INTERRUPTED: "warning",
}


class JobRow(QFrame):
    """The row of the job ``number``; ``ask`` is called with the number and what the user asks of the job.

    ``left`` is emitted with the number and -1 or 1 when the focus is to go to the job above or below, ``explain_asked``
    with the number when the user wants to know why it failed.
    """

    left = Signal(int, int)
    explain_asked = Signal(int)

    def __init__(self, number: int, ask: Callable[[int, Offer], None], *, is_practice: bool) -> None:
        super().__init__()
        self.setObjectName(f"job_{number}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.look(self, "row")
        self._number = number
        self.status: JobStatus | None = None
        self.actions_offered = JobActions(self, lambda offer: self._ask(offer, ask))
        self.explain = _explain_button()
        self.explain.clicked.connect(lambda: self.explain_asked.emit(number))
        self._icon = QLabel()
        self.icon_name = ""
        self._title = text_label()
        self._title.setFont(theme.text_font(bold=True))
        self._title.setWordWrap(False)
        self.practice = _badge(_("Practice"), "practice-badge")
        self.practice.setVisible(is_practice)
        self.others = _badge(_("Begun by others"), "badge")
        self.others.setObjectName("job_others")
        self.others.setToolTip(_("VM Ferry did not begin this, but found it under way on the host."))
        self.state = text_label()
        self.state.setObjectName("job_state")
        self.state.setWordWrap(False)
        self.when = text_label()
        self.when.setObjectName("job_when")
        self.when.setWordWrap(False)
        theme.look(self.when, "subtle")
        self.transfer = JobTransfer()
        self.step = _line("job_step")
        self.detail = _line("job_detail")
        self.cure = _line("job_cure")
        self.findings = JobFindings()
        self.refusal = Notice()
        self._arrange()

    def show_status(self, status: JobStatus) -> None:
        """Show where the job stands."""
        if self.status is not None and self.status.state is not status.state:
            self.refusal.clear()
        self.status = status
        self.icon_name = _ICONS.get(status.state, "move")
        self._icon.setPixmap(icon(self.icon_name).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        self._title.setText(status.title)
        self.others.setVisible(status.plan is None)
        state = status.state.word
        is_at_work = status.state.is_under_way and status.state is not JobState.SCHEDULED
        if status.state is JobState.RUNNING:
            state = _("{state}, {percent}%").format(state=state, percent=status.percent)
        self.state.setText(state)
        self._show_time(status)
        self.transfer.show_status(status)
        self.transfer.setVisible(is_at_work)
        for label, text in ((self.step, _step_text(status)), (self.detail, status.detail), (self.cure, status.cure)):
            label.setText(text)
            label.setVisible(bool(text))
        self.findings.show_findings(status.findings)
        self.actions_offered.offer(status.offers, status.title)
        self.explain.setVisible(status.state is JobState.FAILED and status.plan is not None)
        self.explain.setAccessibleName(_("Explain why {job} failed").format(job=status.title))
        spoken = _("{job}, begun by others: {state}") if status.plan is None else _("{job}: {state}")
        self.setAccessibleName(spoken.format(job=status.title, state=state))
        self.setAccessibleDescription(" ".join(filter(None, (self.step.text(), status.detail, status.cure))))

    def show_pending(self, offer: Offer | None) -> None:
        """Show that ``offer`` has been asked for, or that the answer is there."""
        self.actions_offered.set_pending(offer)

    def show_refusal(self, what: str, cure: str) -> None:
        """Show why what was asked for is not done; the job stands as it stood."""
        self.actions_offered.set_pending(None)
        self.refusal.say("warning", what, cure)

    def focus_chain(self) -> list[QWidget]:
        """What takes the focus in this row, in reading order."""
        buttons = [self.actions_offered.buttons[offer] for offer in AT_HAND]
        return [self, self.explain, *buttons, self.actions_offered.more, self.findings.unfold]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from job to job with the arrow keys."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self.left.emit(self._number, step)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer everything that can be done with the job, at the pointer."""
        menu = QMenu(self)
        menu.setObjectName("job_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.actions_offered.add_to(menu)
        menu.addSeparator()
        menu.addAction(_("Cop&y")).triggered.connect(lambda: QGuiApplication.clipboard().setText(self.words()))
        menu.popup(event.globalPos())

    def words(self) -> str:
        """Everything the row says, line by line."""
        lines = [self.accessibleName(), self.step.text(), self.detail.text(), self.cure.text()]
        if self.status is not None:
            lines += [line for finding in self.status.findings for line in (finding.what, finding.cure)]
        return "\n".join(filter(None, lines))

    def _ask(self, offer: Offer, ask: Callable[[int, Offer], None]) -> None:
        self.refusal.clear()
        ask(self._number, offer)

    def _show_time(self, status: JobStatus) -> None:
        began, ended = status.began_at, status.ended_at
        if ended is None:
            self.when.hide()
            return
        local = ended.astimezone()
        is_today = local.date() == datetime.datetime.now().date()
        self.when.setText(local.strftime("%H:%M") if is_today else local.strftime("%Y-%m-%d %H:%M"))
        exact = {"ended": local.isoformat(" ", "seconds")}
        if began is None:
            self.when.setToolTip(_("Ended {ended}").format(**exact))
        else:
            exact |= {
                "began": began.astimezone().isoformat(" ", "seconds"),
                "span": duration_text((ended - began).total_seconds()),
            }
            self.when.setToolTip(_("Began {began}, ended {ended}: {span}").format(**exact))
        self.when.show()

    def _arrange(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(self._icon)
        first.addWidget(self._title)
        first.addWidget(self.practice)
        first.addWidget(self.others)
        first.addStretch()
        first.addWidget(self.state)
        first.addWidget(self.when)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.explain)
        for offer in AT_HAND:
            buttons.addWidget(self.actions_offered.buttons[offer])
        buttons.addWidget(self.actions_offered.more)
        first.addLayout(buttons)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.setContentsMargins(26, 0, 0, 0)
        for each in (self.step, self.transfer, self.detail, self.cure, self.findings, self.refusal):
            words.addWidget(each)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 5, 10, 6)
        layout.setSpacing(3)
        layout.addLayout(first)
        layout.addLayout(words)


def _explain_button() -> QPushButton:
    button = QPushButton(_("Explain..."))
    button.setObjectName("job_explain")
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    button.setAutoDefault(False)
    return button


def _step_text(status: JobStatus) -> str:
    """Where the job is in a plan of several actions."""
    actions = status.plan.actions if status.plan is not None else ()
    if len(actions) < 2:
        return ""
    if status.state is JobState.INTERRUPTED:
        return _("{done} of {total} steps are done.").format(done=status.step, total=len(actions))
    if not status.state.is_under_way:
        return ""
    number = min(status.step, len(actions) - 1)
    return _("Step {number} of {total}: {title}").format(
        number=number + 1, total=len(actions), title=actions[number].title
    )


def _line(name: str) -> QLabel:
    label = text_label(selectable=True)
    label.setObjectName(name)
    # The menu of the row opens here too, and copies everything that is said.
    label.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    # A screen reader reads these with the row; the keyboard does not have to stop at each.
    label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return label


def _badge(text: str, look: str) -> QLabel:
    badge = QLabel(text)
    theme.look(badge, look)
    badge.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return badge
