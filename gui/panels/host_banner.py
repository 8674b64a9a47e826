"""The strips above the list of machines: that a host is simulated, and why one does not answer."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.language import _, ngettext
from core.times import ago_text
from gui.panels.notice import Notice

if TYPE_CHECKING:
    from core.estate.estate import Picture
    from core.estate.inventory import Inventory


_SAME_TIME = 300.0
"""Seconds that two clocks may differ by; it is as much as Kerberos allows."""
_NAMED = 5
"""How many silent hosts are named."""


def status_text(pictures: Sequence[Picture]) -> str:
    """What the status bar says of one host, or of several."""
    if not pictures:
        return _("Ready")
    if len(pictures) == 1:
        picture = pictures[0]
        if picture.failure is not None:
            return picture.failure.sentence
        if picture.inventory is None or picture.is_remembered:
            return _("Connecting to {host}...").format(host=picture.key.name)
        return _read_at(picture, picture.inventory)
    read = [each.inventory for each in pictures if each.inventory is not None and not each.is_remembered]
    if len(read) < len(pictures):
        return _("{read} of {count} hosts read").format(read=len(read), count=len(pictures))
    oldest = min(read, key=_moment)
    return _("{count} hosts, all read since {time}").format(count=len(pictures), time=read_time(oldest))


def read_time(inventory: Inventory) -> str:
    """The time of day at which ``inventory`` was read, in this computer's time zone."""
    return _moment(inventory).astimezone().strftime("%H:%M:%S")


def _moment(inventory: Inventory) -> datetime.datetime:
    """When it was read, by this computer's clock as far as that is known."""
    return inventory.received_at or inventory.read_at


def _read_at(picture: Picture, inventory: Inventory) -> str:
    """When the host was read, and that its clock is another; a simulated one has a time of its own."""
    ahead, time = inventory.clock_ahead, read_time(inventory)
    if ahead is None or abs(ahead) <= _SAME_TIME or picture.connection.is_practice:
        return _("Read at {time}").format(time=time)
    text = _("Read at {time}, when the host's clock showed {moment}")
    return text.format(time=time, moment=inventory.read_at.astimezone().strftime("%Y-%m-%d %H:%M"))


def _age(inventory: Inventory) -> str:
    if inventory.received_at is None:
        return _("The list shows what was read at {time}.").format(time=read_time(inventory))
    age = ago_text(inventory.received_at, datetime.datetime.now().astimezone())
    return _("The list shows what was read at {time}, {age}.").format(time=read_time(inventory), age=age)


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

    def show_pictures(self, pictures: Sequence[Picture]) -> None:
        """Show what the pictures of one host, or of several, say of them."""
        practice = [picture for picture in pictures if picture.connection.is_practice]
        if not practice:
            self.practice.clear()
        elif len(pictures) == 1:
            self.practice.say(
                "practice", _("Practice: this host is simulated. Nothing you do here reaches a real server.")
            )
        elif len(practice) == len(pictures):
            self.practice.say(
                "practice", _("Practice: these hosts are simulated. Nothing you do here reaches a real server.")
            )
        else:
            names = ", ".join(picture.key.name for picture in practice)
            self.practice.say("practice", _("Practice: of these hosts {hosts} are simulated.").format(hosts=names))
        silent = [picture for picture in pictures if picture.failure is not None]
        remembered = [picture.inventory for picture in pictures if picture.is_remembered and picture.inventory]
        if not silent and remembered:
            oldest = min(remembered, key=_moment)
            self.failure.say("busy", _age(oldest), _("That was before VM Ferry was started; it is being read anew."))
        elif not silent:
            self.failure.clear()
        elif len(pictures) == 1:
            self._show_failure(silent[0])
        else:
            self._show_silent(silent, len(pictures))

    def _show_failure(self, picture: Picture) -> None:
        failure = picture.failure
        if failure is None:
            return
        what = f"{failure.sentence} {failure.cause}"
        if picture.inventory is not None:
            what += " " + _age(picture.inventory)
        self.failure.say("warning", what, failure.cure)

    def _show_silent(self, silent: Sequence[Picture], count: int) -> None:
        names = ", ".join(picture.key.name for picture in silent[:_NAMED])
        if len(silent) > _NAMED:
            names = _("{hosts} and {count} more").format(hosts=names, count=len(silent) - _NAMED)
        what = ngettext(
            *(
                "{silent} of {count} hosts does not answer: {hosts}.",
                "{silent} of {count} hosts do not answer: {hosts}.",
            ),
            len(silent),
        )
        self.failure.say(
            "warning",
            what.format(silent=len(silent), count=count, hosts=names),
            _("Their virtual machines are listed as they were read last. Select a host to see why it does not answer."),
        )
