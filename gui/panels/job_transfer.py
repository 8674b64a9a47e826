"""How far a migration has come: one bar, and what has been copied, how fast, and for how long it will go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from core.amounts import duration_text, line_rate_text, rate_text, size_text
from core.language import _
from gui.panels.notice import text_label
from gui.plain_text import tip

if TYPE_CHECKING:
    from core.jobs.status import JobStatus, Transfer


class JobTransfer(QWidget):
    """The bar of a job, with a line of amounts where something is copied."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = QProgressBar(minimum=0, maximum=100, textVisible=False)
        self.bar.setObjectName("job_progress")
        self.copied = _amount("job_copied")
        self.rate = _amount("job_rate")
        self.left = _amount("job_time_left")
        self.remark = text_label()
        self.remark.setObjectName("job_remark")
        amounts = QHBoxLayout()
        amounts.setSpacing(18)
        for label in (self.copied, self.rate, self.left):
            amounts.addWidget(label)
        amounts.addWidget(self.remark, 1)
        amounts.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.bar)
        column.addLayout(amounts)

    def show_status(self, status: JobStatus) -> None:
        """Show how far the job has come."""
        # A bar that moves by itself would claim progress that nobody knows of.
        self.bar.setValue(status.percent)
        self.bar.setAccessibleName(_("Progress of {job}").format(job=status.title))
        transfer = status.transfer
        if transfer is None:
            for label in (self.copied, self.rate, self.left, self.remark):
                label.hide()
            return
        _say(self.copied, _copied_text(transfer))
        _say(self.rate, "" if transfer.rate is None else rate_text(transfer.rate))
        line_rate = "" if transfer.rate is None else line_rate_text(transfer.rate)
        self.rate.setToolTip(tip(line_rate))
        self.rate.setAccessibleDescription(line_rate)
        known = transfer.seconds_left is not None
        _say(self.left, _("{time} left").format(time=duration_text(transfer.seconds_left or 0)) if known else "")
        _say(self.remark, "" if known else transfer.remark)


def _copied_text(transfer: Transfer) -> str:
    return _("{done} of {total} copied").format(done=size_text(transfer.done), total=size_text(transfer.total))


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _amount(name: str) -> QLabel:
    label = text_label()
    label.setObjectName(name)
    label.setWordWrap(False)
    return label
