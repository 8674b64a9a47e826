"""What the Virtual Machine Management Service of a host has logged about a machine, read from that host itself.

Which number an event has differs between versions and sources; what counts is the machine, the time and the level
(Microsoft's numbers for failed migrations and those of monitoring projects disagree).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from core.hyperv.dates import windows_date
from core.hyperv.disks import Asker
from core.hyperv.query import CLOCK, Question, Reading, UnexpectedAnswer, ask
from core.language import _
from core.powershell.command import Hashtable, command
from core.remoting.errors import RemotingError

LOG = "Microsoft-Windows-Hyper-V-VMMS-Admin"
ERROR, WARNING = 2, 3
"""Levels of Windows' event log that are worse than information."""
_MOST = 200
"""How many events are searched, the newest first."""
MARGIN = datetime.timedelta(minutes=15)
"""How much earlier than asked for an event may be: the clocks of two computers never agree, and those of practice hosts
may run fast."""
_NO_EVENTS = "NoMatchingEventsFound"


class LoggedEvent(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-WinEvent; ``time_created`` is a date as ConvertTo-Json of Windows PowerShell writes it."""

    number: int = msgspec.field(name="Id")
    level: int
    time_created: str
    message: str | None = None
    properties: Any = None

    @property
    def when(self) -> datetime.datetime:
        """The moment, in UTC. Raises ValueError when it cannot be read."""
        return windows_date(self.time_created)

    def is_about(self, machine_id: UUID) -> bool:
        """Whether the machine's ID is named in the message or among the values that belong to it."""
        told = f"{self.message} {self.properties}".lower()
        return str(machine_id) in told


@dataclass(frozen=True, slots=True)
class HostEvents:
    """What one host has logged, the newest first, or the ``reason`` why that cannot be read."""

    host: str
    events: tuple[LoggedEvent, ...] = ()
    reason: str = ""


_EVENTS = Question(
    "events",
    command("Get-WinEvent", FilterHashtable=Hashtable((("LogName", LOG),)), MaxEvents=_MOST),
    LoggedEvent,
)


async def read_events(asker: Asker, host: str, machine_id: UUID, since: datetime.datetime) -> HostEvents:
    """What ``host`` has logged about a machine since ``since``, which is this computer's time.

    The host's own clock is read with the events, and the difference taken into account. What goes wrong is the reason
    in the result, not an exception.
    """
    try:
        answer = await asker(ask((CLOCK, _EVENTS)))
        reading = Reading.of(answer.output)
        found = reading.records(_EVENTS)
        difference = reading.clock() - _now()
        begin = since + difference - MARGIN
        events = tuple(event for event in found if event.is_about(machine_id) and event.when >= begin)
    except RemotingError as error:
        return HostEvents(host, reason=f"{error.sentence} {error.cause}")
    except UnexpectedAnswer as error:
        return HostEvents(host, reason=str(error))
    except ValueError as error:
        return HostEvents(host, reason=_("A time that it told cannot be read: {error}.").format(error=error))
    refused = [error for error in answer.errors if not error.error_id.startswith(_NO_EVENTS)]
    return HostEvents(host, events, refused[0].message if refused and not events else "")


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
