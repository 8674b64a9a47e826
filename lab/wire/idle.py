"""The clock by which idle time is measured."""

from __future__ import annotations

import time
from collections.abc import Callable


class IdleClock:
    """Real time in seconds, as ``monotonic`` tells it; it can be put forward, so that nobody has to wait for it."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since some moment."""
        return self._monotonic() + self._ahead

    def put_forward(self, seconds: float) -> None:
        """Let ``seconds`` pass at once; raises ValueError for a negative number."""
        if seconds < 0:
            raise ValueError("idle time never runs back")
        self._ahead += seconds
