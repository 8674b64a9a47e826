"""The settings of a relationship, and which of them hosts take."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.hyperv.changes import refusal
from lab.hyperv.replication.states import Authentication, Relationship

if TYPE_CHECKING:
    from lab.hyperv.host import Host
    from lab.hyperv.machine import VirtualMachine

FREQUENCIES = (30, 300, 900)
"""Seconds between cycles from 2012 R2 on."""
OLD_FREQUENCY = 300
"""Seconds between cycles on 2012."""
RETRY = 300.0
"""Seconds until what failed is tried again (published event)."""
MOST_POINTS = 24
OLD_MOST_POINTS = 15
"""Additional recovery points that can be kept: from 2012 R2 on, and on 2012 (Hyper-V team blog)."""
MOST_CONSISTENT_HOURS = 12
SCHEDULE = datetime.timedelta(days=7)
"""How far ahead an initial copy or a resynchronisation can be scheduled."""


@dataclass(slots=True)
class Settings:
    """What is set for one relationship; the frequency in seconds, ``consistent_hours`` 0 for no such points.

    The window of automatic resynchronisation is in local time of the primary; its defaults are those of WMI.
    """

    server_port: int
    authentication: Authentication
    thumbprint: str = ""
    compresses: bool = True
    bypasses_proxy: bool = False
    frequency: int = 300
    history: int = 0
    consistent_hours: int = 0
    keeps_write_order: bool = True
    copies_host_values: bool = True
    resynchronizes: bool = False
    window_start: datetime.timedelta = datetime.timedelta(hours=18, minutes=30)
    window_end: datetime.timedelta = datetime.timedelta(hours=6)

    @property
    def shrinking(self) -> float:
        """Bytes on the wire for one byte of changes (assumed)."""
        return 0.6 if self.compresses else 1.0

    def in_window(self, local: datetime.datetime) -> bool:
        """Whether automatic resynchronisation may begin at that local time."""
        time = _time_of_day(local)
        if self.window_start <= self.window_end:
            return self.window_start <= time <= self.window_end
        return time >= self.window_start or time <= self.window_end

    def until_window(self, local: datetime.datetime) -> float:
        """Seconds until the window opens; 0 within it."""
        if self.in_window(local):
            return 0.0
        return (self.window_start - _time_of_day(local)) % datetime.timedelta(days=1) / datetime.timedelta(seconds=1)


def require_valid(
    settings: Settings,
    machine: VirtualMachine,
    host: Host,
    relationship: Relationship,
    first_leg: Settings | None = None,
) -> None:
    """Raises OperationFailed for settings that a host refuses; ``first_leg`` is what an extended leg follows."""
    extended = relationship is Relationship.Extended
    offered = tuple(FREQUENCIES if host.version != "2012" else (OLD_FREQUENCY,))
    if extended:
        slowest = first_leg.frequency if first_leg is not None else OLD_FREQUENCY
        offered = tuple(each for each in offered if each >= max(OLD_FREQUENCY, slowest))
    most = OLD_MOST_POINTS if host.version == "2012" else MOST_POINTS
    if settings.frequency not in offered:
        words = ", ".join(map(str, offered))
        raise refusal("replication_frequency", machine, host, value=settings.frequency, offered=words)
    if not 0 <= settings.history <= most:
        raise refusal("replication_history", machine, host, value=settings.history, most=most)
    if settings.consistent_hours:
        if extended:
            raise refusal("replication_extended_consistent", machine, host)
        if not settings.history:
            raise refusal("replication_consistent_without_history", machine, host)
        if not 1 <= settings.consistent_hours <= MOST_CONSISTENT_HOURS:
            raise refusal(
                "replication_consistent_hours",
                machine,
                host,
                value=settings.consistent_hours,
                most=MOST_CONSISTENT_HOURS,
            )
    for time in (settings.window_start, settings.window_end):
        if not datetime.timedelta() <= time < datetime.timedelta(days=1):
            raise refusal("replication_window", machine, host, value=time)
    if not 1 <= settings.server_port <= 65535:
        raise refusal("replication_port", machine, host, value=settings.server_port)


def require_schedule(moment: datetime.datetime, machine: VirtualMachine, host: Host) -> None:
    """Raises OperationFailed unless ``moment`` lies ahead, within seven days."""
    now = host.clock.now()
    if not now <= moment <= now + SCHEDULE:
        raise refusal("replication_schedule", machine, host, value=f"{moment:%Y-%m-%d %H:%M}")


def _time_of_day(local: datetime.datetime) -> datetime.timedelta:
    return datetime.timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
