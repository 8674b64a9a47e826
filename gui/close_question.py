"""Asks before the window is closed while jobs are under way, and says of each what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from core.jobs.status import JobState, JobStatus
from core.language import _

_SHOWN = 6
"""Jobs that are named under each sentence; of more, their number is said."""


class CloseQuestion(QMessageBox):
    """The safe answer, to stay, is the default; ``leave`` is the button of the other."""

    def __init__(
        self, statuses: Sequence[JobStatus], is_practice: Callable[[JobStatus], bool], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("close_question")
        self.setIcon(QMessageBox.Icon.Warning)
        self.setWindowTitle(_("VM Ferry"))
        self.setStyleSheet("QLabel#qt_msgbox_informativelabel { min-width: 440px; }")
        self.setText(_("Close VM Ferry while jobs are under way?"))
        fates: dict[str, list[str]] = {}
        for status in statuses:
            fates.setdefault(_fate(status, is_practice=is_practice(status)), []).append(status.title)
        self.setInformativeText("\n\n".join("\n".join((fate, *_named(jobs))) for fate, jobs in fates.items()))
        self.keep: QPushButton = self.addButton(_("&Keep running"), QMessageBox.ButtonRole.RejectRole)
        self.leave: QPushButton = self.addButton(_("&Close anyway"), QMessageBox.ButtonRole.AcceptRole)
        self.keep.setObjectName("keep_running")
        self.leave.setObjectName("close_anyway")
        self.setDefaultButton(self.keep)
        self.setEscapeButton(self.keep)


def _fate(status: JobStatus, *, is_practice: bool) -> str:
    """What becomes of a job when the program ends."""
    if is_practice:
        return _("The practice lab closes with the window, and ends this unfinished:")
    is_at_work = status.state.is_under_way and status.state is not JobState.FINDING_OUT
    if is_at_work and status.plan is not None and status.step + 1 < len(status.plan.actions):
        return _(
            "The step under way goes on at the host, and is found again at the next start. The steps after it are kept,"
            " and can be resumed then:"
        )
    if is_at_work:
        return _("This goes on at the host, and is found again at the next start:")
    if status.state is JobState.FINDING_OUT:
        return _("The hosts are asked for the outcome of this at the next start:")
    return _("This does not start meanwhile. It is kept, and can be resumed at the next start:")


def _named(jobs: list[str]) -> list[str]:
    lines = [f"    {job}" for job in jobs[:_SHOWN]]
    if len(jobs) > _SHOWN:
        lines.append("    " + _("and {count} more").format(count=len(jobs) - _SHOWN))
    return lines
