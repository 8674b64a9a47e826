"""How far a migration has come: one bar over all its phases, from percentages that may begin anew with each phase.

Whether a host counts its percentage over the whole migration or anew for each phase is not documented for every
version, and its texts are in its own language. So the phase is told by the machine's operational status, and the way of
counting by what the percentage does when the phase changes.
"""

from __future__ import annotations

import enum
from collections import deque

from core.amounts import size_text
from core.hyperv.memory_passes import MemoryPasses
from core.hyperv.states import OperationalStatus
from core.jobs.status import Transfer
from core.language import _

WINDOW = 60.0
"""Seconds over which the rate is measured."""
_RESTART = 20
"""By how many percent the number must fall to count as a new beginning."""
_MARGIN = 5
"""How many percent more than the share of the storage tell that the number is not of the whole."""
_LAST = 99
"""The percentage that nothing exceeds before the end is known."""


class Phase(enum.Enum):
    """What a migration is copying."""

    STORAGE = "storage"
    MEMORY = "memory"


class Progress:
    """The way of one migration of ``storage`` and ``memory`` bytes. Times are seconds of one monotonic clock."""

    def __init__(self, storage: int, memory: int) -> None:
        self._sizes = {Phase.STORAGE: storage, Phase.MEMORY: memory}
        self._total = max(1, storage + memory)
        self._phase = Phase.STORAGE if storage or not memory else Phase.MEMORY
        self._restarts: bool | None = None
        self._told = 0
        self._stale: int | None = None
        self._done = 0.0
        self._samples: deque[tuple[float, float]] = deque()
        self._passes: MemoryPasses | None = None

    @property
    def phase(self) -> Phase:
        """What is being copied."""
        return self._phase

    @property
    def has_memory(self) -> bool:
        """Whether memory is copied as well: only then there are phases to be told apart."""
        return self._sizes[Phase.MEMORY] > 0

    @property
    def percent(self) -> int:
        """How much is done, from 0 to 99: that all is done, only the hosts tell."""
        return min(_LAST, int(self._done * 100 / self._total))

    def see_status(self, statuses: tuple[OperationalStatus, ...]) -> None:
        """Take up what the machine's operational status says of the phase."""
        is_moving = OperationalStatus.MIGRATING in statuses and self._sizes[Phase.MEMORY] > 0
        if self._phase is Phase.STORAGE and is_moving and self._told > 0:
            if self._restarts is None:
                # The storage is done. A number that counts the whole is now where the storage ends.
                self._restarts = self._told > self._sizes[Phase.STORAGE] * 100 / self._total + _MARGIN
                self._stale = self._told if self._restarts else None
            self._phase = Phase.MEMORY

    def see_passes(self, passes: MemoryPasses | None) -> None:
        """Take up what the counters say of the memory."""
        self._passes = passes

    def see_percent(self, percent: int, now: float) -> None:
        """Take up the host's percentage."""
        percent = max(0, min(percent, 100))
        if self._stale is not None:
            if percent >= self._stale:
                return
            self._stale, self._told = None, percent
        if percent <= self._told - _RESTART:
            self._restarts = True
            self._phase = Phase.MEMORY
        self._told = percent
        self._done = max(self._done, min(self._total, self._share(percent)))
        self._samples.append((now, self._done))
        while self._samples[0][0] < now - WINDOW and len(self._samples) > 2:
            self._samples.popleft()

    def transfer(self) -> Transfer:
        """What is copied, how fast, and how long it takes from here, as far as it can be told."""
        rate = self._rate()
        left, remark = self._seconds_left(rate)
        return Transfer(int(self._done), self._total, rate, left, remark)

    def _share(self, percent: int) -> float:
        """The bytes that the percentage stands for."""
        if self._restarts is False:
            return self._total * percent / 100
        before = self._sizes[Phase.STORAGE] if self._phase is Phase.MEMORY else 0
        return before + self._sizes[self._phase] * percent / 100

    def _rate(self) -> float | None:
        if len(self._samples) < 2:
            return None
        (begin, before), (end, after) = self._samples[0], self._samples[-1]
        return (after - before) / (end - begin) if end > begin else None

    def _seconds_left(self, rate: float | None) -> tuple[float | None, str]:
        if rate is None:
            return None, _("The time left is not known yet.")
        if rate <= 0:
            return None, _("Nothing has been copied in the last minute.")
        passes = self._passes
        if self._phase is Phase.MEMORY and passes is not None and passes.number > 1:
            remark = _("Memory pass {number}, {size} are to be sent again. How long that takes cannot be said.")
            return None, remark.format(number=passes.number, size=size_text(passes.left))
        return (self._total - self._done) / rate, ""
