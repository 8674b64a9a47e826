"""Changes on their way: a log that is being sent, and what a first leg brings to the one that extends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.hyperv.replication.side import Receiver

LEAST_LATENCY = 2.0
"""Seconds that closing, sending and applying even an empty log takes (assumed)."""


@dataclass(slots=True)
class Shipment:
    """A closed log on its way: ``left`` bytes are still to be sent, it was closed at ``closed`` on the clock."""

    size: int
    left: float
    closed: float
    receiver: Receiver

    @property
    def earliest(self) -> float:
        """Before that it is not applied."""
        return self.closed + LEAST_LATENCY


@dataclass(slots=True)
class Delivery:
    """Bytes that the first leg brings ``times`` more times, from ``first`` on."""

    size: int
    first: float
    interval: float
    times: int

    def taken_until(self, moment: float) -> int:
        """Bytes that have come by then and are not counted yet."""
        if moment < self.first:
            return 0
        count = min(self.times, 1 + (int((moment - self.first) // self.interval) if self.times > 1 else 0))
        self.times -= count
        self.first += count * self.interval if self.times else 0.0
        return count * self.size
