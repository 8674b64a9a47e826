"""What a host counts of one relationship within a monitoring interval."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from lab.hyperv.events import Level

if TYPE_CHECKING:
    from lab.hyperv.host import Host
    from lab.hyperv.machine import VirtualMachine

ZERO = datetime.timedelta()


class Statistics:
    """Cycles, sizes and latencies since the interval began, or since they were reset; sizes in bytes.

    It runs on the clock: at the end of an interval it is logged (event 29174) and begins anew.
    """

    def __init__(self, machine: VirtualMachine, host: Host) -> None:
        self.machine = machine
        self.host = host
        self.began = host.local_time()
        self._set_end()
        self.forget()
        host.clock.follow(self, last=True)

    def forget(self) -> None:
        """Count from nothing."""
        self.successes = 0
        self.missed = 0
        self.errors = 0
        self.total_size = 0
        self.maximum_size = 0
        self.total_latency = ZERO
        self.maximum_latency = ZERO
        self.failed_consistent_points = 0

    def reset(self) -> None:
        """Begin anew, from now on."""
        self.forget()
        self.began = self.host.local_time()

    def close(self) -> None:
        """Count no more."""
        self.host.clock.forget(self)

    def due(self) -> float:
        """When the interval ends."""
        return self._due

    def pass_time(self, until: float) -> None:
        """Log each interval that has ended by then and begin the next."""
        while self._due <= until:
            begin, end = self.began, self.end
            text = (
                f"Replication statistics for virtual machine '{self.machine.name}' from {begin:%Y-%m-%d %H:%M} to "
                f"{end:%Y-%m-%d %H:%M}: {self.successes} successful replication cycles, {self.missed} missed, "
                f"{self.errors} errors. (Virtual machine ID {str(self.machine.machine_id).upper()})"
            )
            self.host.log(29174, Level.INFORMATION, text, self.machine)
            self.forget()
            self.began = end
            self._set_end()

    def interval_changed(self) -> None:
        """The host's monitoring interval is another one: the present interval ends with it."""
        self._set_end()

    def success(self, size: int, latency: float, times: int = 1) -> None:
        """Count cycles that have all shipped ``size`` bytes within ``latency`` seconds."""
        took = datetime.timedelta(seconds=latency)
        self.successes += times
        self.total_size += size * times
        self.maximum_size = max(self.maximum_size, size)
        self.total_latency += took * times
        self.maximum_latency = max(self.maximum_latency, took)

    @property
    def average_size(self) -> int:
        """Bytes of a cycle on average."""
        return self.total_size // self.successes if self.successes else 0

    @property
    def average_latency(self) -> datetime.timedelta | None:
        """How long a change took to the replica on average; None before the first cycle."""
        return self.total_latency / self.successes if self.successes else None

    @property
    def missed_share(self) -> float:
        """The share of cycles that were missed, from 0 to 1."""
        cycles = self.successes + self.missed
        return self.missed / cycles if cycles else 0.0

    def _set_end(self) -> None:
        local = max(self.began, self.host.local_time())
        self.end = self.host.replication.server.interval_at(local)[1]
        self._due = self.host.clock.seconds_at(self.end)
