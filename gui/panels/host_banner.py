"""The strips above the list of machines: that a host is simulated, and why one does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.language import _
from gui.panels.notice import Notice

if TYPE_CHECKING:
    from core.estate.estate import Picture
    from core.estate.inventory import Inventory


def read_time(inventory: Inventory) -> str:
    """The time of day at which ``inventory`` was read, in this computer's time zone."""
    return inventory.read_at.astimezone().strftime("%H:%M:%S")


class HostBanner(QWidget):
    """What has to be known of the selected host before its list is read."""

    def __init__(self) -> None:
        super().__init__()
        self.practice = Notice(is_strip=True)
        self.failure = Notice(is_strip=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.practice)
        layout.addWidget(self.failure)

    def show_picture(self, picture: Picture) -> None:
        """Show what ``picture`` says of its host."""
        if picture.connection.is_practice:
            self.practice.say(
                "practice", _("Practice: this host is simulated. Nothing you do here reaches a real server.")
            )
        else:
            self.practice.clear()
        failure = picture.failure
        if failure is None:
            self.failure.clear()
            return
        what = f"{failure.sentence} {failure.cause}"
        if picture.inventory is not None:
            what += " " + _("The list shows what was read at {time}.").format(time=read_time(picture.inventory))
        self.failure.say("warning", what, failure.cure)
