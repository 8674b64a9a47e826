"""The log of a host's Virtual Machine Management Service."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from enum import Enum

LOG_NAME = "Microsoft-Windows-Hyper-V-VMMS-Admin"
PROVIDER = "Microsoft-Windows-Hyper-V-VMMS"


class Level(Enum):
    """The level of an event with its number."""

    ERROR = 2
    WARNING = 3
    INFORMATION = 4


@dataclass(frozen=True, slots=True)
class Event:
    """One entry; ``when`` in UTC."""

    event_id: int
    level: Level
    when: datetime.datetime
    message: str
    machine_id: uuid.UUID | None
