"""Asks when a waiting job may start."""

from __future__ import annotations

import datetime

from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtWidgets import (
    QDateTimeEdit,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.amounts import duration_text
from core.language import _
from gui.icons import icon
from gui.panels.notice import Notice, text_label

_HOUR = 3600
_WIDTH = 420


class StartAtDialog(QDialog):
    """``chosen`` is emitted with a time of this computer's zone, or None for as soon as its turn comes."""

    chosen = Signal(object)

    def __init__(self, job: str, start_at: datetime.datetime | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start_at")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Start at"))
        self.setWindowIcon(icon("waiting"))
        self.resize(_WIDTH, 0)
        self.soon = QRadioButton(_("As soon as its &turn comes"))
        self.soon.setObjectName("start_soon")
        self.later = QRadioButton(_("&Not before:"))
        self.later.setObjectName("start_later")
        (self.soon if start_at is None else self.later).setChecked(True)
        proposed = start_at.timestamp() if start_at is not None else _next_full_hour()
        self.moment = QDateTimeEdit(QDateTime.fromSecsSinceEpoch(int(proposed)))
        self.moment.setObjectName("start_moment")
        self.moment.setAccessibleName(_("Date and time of the start"))
        self.moment.setCalendarPopup(True)
        # The month in letters: no two countries take it for different days.
        self.moment.setDisplayFormat("ddd d MMM yyyy  HH:mm")
        self.moment.dateTimeChanged.connect(self._choose_later)
        self.hint = text_label()
        self.hint.setObjectName("start_hint")
        self.notice = Notice()
        self.later.toggled.connect(self._describe)
        self._arrange(job)
        self._describe()

    @property
    def moment_chosen(self) -> datetime.datetime:
        """What stands in the field, with this computer's zone as it will be then."""
        return datetime.datetime.fromtimestamp(self.moment.dateTime().toSecsSinceEpoch()).astimezone()

    def accept(self) -> None:
        """Take the choice, unless its time has passed."""
        if self.later.isChecked() and self.moment_chosen <= _now():
            self.notice.say("warning", _("This time has passed."), _("Choose a later time."))
            self._fit()
            self.moment.setFocus()
            return
        self.chosen.emit(self.moment_chosen if self.later.isChecked() else None)
        super().accept()

    def _choose_later(self) -> None:
        self.later.setChecked(True)
        self._describe()

    def _describe(self) -> None:
        self.notice.clear()
        when = self.moment_chosen
        zone = {"zone": when.tzname(), "offset": when.strftime("%z")[:3] + ":" + when.strftime("%z")[3:5]}
        words = _("Time of this computer: {zone} (UTC{offset}).").format(**zone)
        wait = (when - _now()).total_seconds()
        if self.later.isChecked() and wait > 0:
            words += " " + _("That is in {time}.").format(time=duration_text(wait))
        self.hint.setText(words)
        self._fit()

    def _arrange(self, job: str) -> None:
        start = QPushButton(_("&Set Start"))
        start.setObjectName("set_start")
        start.setDefault(True)
        start.clicked.connect(self.accept)
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self.later)
        line.addWidget(self.moment)
        line.addStretch()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(start)
        buttons.addWidget(cancel)
        question = QLabel(_('When may the job "{job}" start?').format(job=job))
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(18, 16, 18, 14)
        self._column.setSpacing(10)
        for each in (question, self.soon):
            self._column.addWidget(each)
        self._column.addLayout(line)
        self._column.addWidget(self.hint)
        self._column.addWidget(self.notice)
        self._column.addLayout(buttons)

    def _fit(self) -> None:
        """Be as high as the wrapped texts need."""
        width = max(self.width(), _WIDTH)
        self.setMinimumSize(_WIDTH, self._column.totalHeightForWidth(width))
        self.resize(width, self.minimumHeight())


def _now() -> datetime.datetime:
    return datetime.datetime.now().astimezone()


def _next_full_hour() -> float:
    now = _now().timestamp()
    return now - now % _HOUR + _HOUR
