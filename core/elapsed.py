"""Time that has passed, the time included for which this computer slept."""

from __future__ import annotations

import sys
import time


def elapsed() -> float:
    """Seconds since some moment; they never run back.

    On Linux time.monotonic stands still while the computer is suspended, and CLOCK_BOOTTIME goes on
    (clock_gettime(2)); on Windows time.monotonic itself goes on (GetTickCount64). For what is worth less the older it
    is. What somebody has to have been awake for is measured by the event loop's clock.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
