"""The replication of the selected machine: what its host says when it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QWidget

from core.amounts import size_text
from core.language import _
from core.replicas.rules import verdicts
from core.times import ago_text, exact_text
from gui import theme
from gui.panels.facts import Facts, scrolled
from gui.panels.notice import text_label

if TYPE_CHECKING:
    from core.replicas.side import Side

_SYNCHRONISED = 5
"""The place of the last synchronisation among the values."""


class ReplicationTab(QWidget):
    """Shows the sides of a machine on its host, the first leg before its extension, or why there is nothing to show."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("replication_tab")
        self._facts = Facts(
            "replication_facts",
            (
                (_("Mode:"), _("Health:")),
                (_("State:"), _("Frequency:")),
                (_("Primary server:"), _("Last synchronized:")),
                (_("Replica server:"), _("Yet to be replicated:")),
                (_("Recovery points:"), _("Extended to:")),
            ),
        )
        self._reasons = text_label(selectable=True)
        self._reasons.setObjectName("replication_reasons")
        self._facts.grid.addWidget(self._reasons, self._facts.below, 0, 1, 4)
        self._said = text_label(selectable=True)
        self._said.setObjectName("replication_said")
        self._said.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._said.setContentsMargins(8, 12, 8, 8)
        theme.look(self._said, "surface")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._said)
        self._pages.addWidget(scrolled(self._facts, _("Replication")))

    def say(self, text: str) -> None:
        """Show a sentence in the place of values."""
        self._said.setText(text)
        self._pages.setCurrentIndex(0)

    def show_sides(self, sides: Sequence[Side]) -> None:
        """Show what the host says."""
        first = next((side for side in sides if side.is_on_first_leg), next(iter(sides), None))
        if first is None:
            self.say(_("The host knows of no replication of this virtual machine any more."))
            return
        extension = next((side for side in sides if side is not first), None)
        row, last = first.row, first.last_synchronised
        self._facts.show_values(
            (
                first.role.word,
                first.health.word,
                first.state.word,
                _frequency(row.frequency),
                row.primary_server_name or _("Not known"),
                ago_text(last, first.read_at) if last is not None else _("Never"),
                row.current_replica_server_name or row.replica_server_name or _("Not known"),
                size_text(first.pending) if first.role.sends else _("The primary server knows"),
                _points(row.recovery_history),
                _extended(extension),
            ),
            {_SYNCHRONISED: exact_text(last)} if last is not None else None,
        )
        self._reasons.setText("\n".join(dict.fromkeys(each.sentence for side in sides for each in verdicts(side))))
        self._pages.setCurrentIndex(1)


def _frequency(seconds: int) -> str:
    if seconds % 60:
        return _("Every {seconds} seconds").format(seconds=seconds)
    return _("Every {minutes} minutes").format(minutes=seconds // 60)


def _points(count: int) -> str:
    if not count:
        return _("Only the latest")
    return _("The latest and {count} more").format(count=count)


def _extended(extension: Side | None) -> str:
    if extension is None:
        return _("Not extended")
    host = extension.row.current_replica_server_name or extension.row.replica_server_name or _("Not known")
    return _("{host}: {state}").format(host=host, state=extension.state.word)
