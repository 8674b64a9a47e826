"""One leg of a machine's replication: what both hosts say of it, side by side, and the rules it does not keep."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.amounts import duration_text, size_text
from core.hyperv.replication_states import ReplicationHealth
from core.language import _
from core.replicas.attention import standing
from core.replicas.records import StatisticsRow, moment
from core.replicas.relationship import Relationship
from core.replicas.side import Side
from gui import theme
from gui.icons import icon
from gui.panels.notice import text_label

ICONS = {
    ReplicationHealth.NORMAL: "completed",
    ReplicationHealth.WARNING: "warning",
    ReplicationHealth.CRITICAL: "error",
}


class HealthPage(QWidget):
    """Everything is text that can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = QLabel()
        self.health = text_label(selectable=True)
        self.health.setObjectName("health_word")
        self.health.setFont(theme.text_font(12))
        theme.look(self.health, "question")
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._mark, alignment=Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.health, 1)
        self.reasons = text_label(selectable=True)
        self.reasons.setObjectName("health_reasons")
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self.values: dict[tuple[str, int], QLabel] = {}
        for row, (name, text, _value) in enumerate(_ROWS):
            label = QLabel(text())
            theme.look(label, "subtle")
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            for column in (0, 1):
                value = text_label(selectable=True)
                value.setObjectName(f"health_{name}_{column}")
                self.values[name, column] = value
                self._grid.addWidget(value, row, column + 1, Qt.AlignmentFlag.AlignTop)
        column_of_all = QVBoxLayout(self)
        column_of_all.setSpacing(8)
        column_of_all.addLayout(head)
        column_of_all.addWidget(self.reasons)
        column_of_all.addWidget(line)
        column_of_all.addLayout(self._grid)
        column_of_all.addStretch()

    def show_relationship(self, relationship: Relationship) -> None:
        """Show what was read last."""
        stands = standing(relationship)
        name = ICONS.get(stands.health, "info")
        self._mark.setPixmap(icon(name).pixmap(QSize(24, 24), self.devicePixelRatioF()))
        text = _("{health}: {state}")
        self.health.setText(text.format(health=stands.health.word, state=stands.state))
        self.reasons.setText(
            "\n".join(stands.reasons) or _("No rule is broken. {recovery}").format(recovery=stands.recovery)
        )
        for column, side in enumerate((relationship.sender, relationship.receiver)):
            for name, _text, value in _ROWS:
                self.values[name, column].setText(value(side, relationship) if side is not None else _ABSENT)


_ABSENT = "-"
_Value = Callable[[Side, Relationship], str]


def _told(value: Callable[[StatisticsRow], str]) -> _Value:
    return lambda side, _leg: value(side.statistics) if side.statistics is not None else _ABSENT


def _time(text: str | None) -> str:
    when = moment(text)
    return _ABSENT if when is None else f"{when.astimezone():%Y-%m-%d %H:%M:%S}"


def _span(side: Side, _leg: Relationship) -> str:
    return duration_text(side.latency) if side.latency is not None else _ABSENT


def _last(side: Side, _leg: Relationship) -> str:
    last = side.last_synchronised
    return _ABSENT if last is None else f"{last.astimezone():%Y-%m-%d %H:%M:%S}"


def _cycles(told: StatisticsRow) -> str:
    text = _("{successes} out of {cycles}")
    return text.format(successes=told.successes, cycles=told.successes + told.missed)


def _test(side: Side, _leg: Relationship) -> str:
    if side.role.sends:
        return _ABSENT
    return _("A test failover is under way") if side.has_test else _("No test failover is under way")


def _last_test(side: Side, _leg: Relationship) -> str:
    if side.role.sends or side.statistics is None:
        return _ABSENT
    return _time(side.statistics.last_test)


_ROWS: tuple[tuple[str, Callable[[], str], _Value], ...] = (
    ("host", lambda: _("Host:"), lambda side, _leg: side.host.name),
    ("type", lambda: _("Replication type:"), lambda side, _leg: side.role.word),
    ("state", lambda: _("Replication state:"), lambda side, _leg: side.state.word),
    ("health", lambda: _("Replication health:"), lambda side, _leg: side.health.word),
    ("primary", lambda: _("Current Primary server:"), lambda _side, leg: leg.primary_name),
    ("replica", lambda: _("Current Replica server:"), lambda _side, leg: leg.replica_name),
    ("from", lambda: _("From time:"), _told(lambda told: _time(told.monitoring_start_time))),
    ("to", lambda: _("To time:"), _told(lambda told: _time(told.monitoring_end_time))),
    ("average", lambda: _("Average size:"), _told(lambda told: size_text(told.average_replication_size))),
    ("maximum", lambda: _("Maximum size:"), _told(lambda told: size_text(told.maximum_replication_size))),
    ("latency", lambda: _("Average latency:"), _span),
    ("errors", lambda: _("Errors encountered:"), _told(lambda told: str(told.errors))),
    ("cycles", lambda: _("Successful replication cycles:"), _told(_cycles)),
    ("last", lambda: _("Last synchronized at:"), _last),
    (
        "pending",
        lambda: _("Size of data yet to be replicated:"),
        lambda side, _leg: size_text(side.pending) if side.role.sends else _ABSENT,
    ),
    ("test", lambda: _("Test failover:"), _test),
    ("last_test", lambda: _("Last test failover initiated at:"), _last_test),
)
