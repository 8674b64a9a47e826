"""A computer that sleeps: the clock that counts its sleep goes on, and the program does not."""

from __future__ import annotations

import time

import pytest

needs_a_clock_of_the_sleep = pytest.mark.skipif(
    not hasattr(time, "CLOCK_BOOTTIME"), reason="this system has one clock for waking and sleeping"
)


def sleep_for(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the program it seems from now on that the computer was suspended for so many seconds, until the test ends."""
    clock_gettime = time.clock_gettime

    def with_sleep(clock: int) -> float:
        return clock_gettime(clock) + (seconds if clock == time.CLOCK_BOOTTIME else 0)

    monkeypatch.setattr(time, "clock_gettime", with_sleep)
