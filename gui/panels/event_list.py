"""What hosts have logged about a machine: a branch for each host, and its events below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from core.hyperv.events import ERROR, WARNING, HostEvents, LoggedEvent
from core.language import _
from gui.icons import icon
from gui.plain_text import tip


class EventList(QTreeWidget):
    """Shows the events of hosts, and why those of a host cannot be read."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(_("Events of the hosts"))
        self.setHeaderLabels([_("Time"), _("Level"), _("Message")])
        self.setWordWrap(True)
        self.setMinimumHeight(110)
        self._shown: tuple[HostEvents, ...] = ()
        for column in (0, 1):
            self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def show_events(self, hosts: Sequence[HostEvents]) -> None:
        """Show these in place of the former ones."""
        self.clear()
        self._shown = tuple(hosts)
        for host in hosts:
            top = QTreeWidgetItem([host.host, "", _summary(host)])
            self.addTopLevelItem(top)
            for event in host.events:
                row = QTreeWidgetItem([_time(event), _level(event), event.message or ""])
                row.setToolTip(2, tip(event.message or ""))
                row.setIcon(1, icon({ERROR: "error", WARNING: "warning"}.get(event.level, "info")))
                top.addChild(row)
        self.expandAll()

    def lines(self) -> Iterator[str]:
        """What is shown, as text."""
        for host in self._shown:
            yield ""
            yield _("Events of {host}:").format(host=host.host)
            if host.reason:
                yield host.reason
            for event in host.events:
                yield f"{_time(event)} {_level(event)} {event.number}: {event.message}"


def _summary(host: HostEvents) -> str:
    if host.reason:
        return _("The log cannot be read: {reason}").format(reason=" ".join(host.reason.split()))
    return "" if host.events else _("Nothing was logged about the machine.")


def _time(event: LoggedEvent) -> str:
    return event.when.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _level(event: LoggedEvent) -> str:
    return {ERROR: _("Error"), WARNING: _("Warning")}.get(event.level, _("Information"))
