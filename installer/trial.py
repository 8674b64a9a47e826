"""A trial: checks in their order, each told when it has passed, until one fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from installer.installed import Failed
from installer.signing import NotSigned


def carry_out(checks: Iterable[tuple[str, Callable[[], str | None]]]) -> int:
    """Carry out checks by their names; what one returns is told with it. Returns the exit code."""
    began = time.monotonic()
    passed = 0
    for name, check in checks:
        try:
            found = check()
        except (Failed, NotSigned) as failure:
            print(f"FAILED  {name}: {failure}", f"{passed} passed, 1 failed", sep="\n", flush=True)
            return 1
        passed += 1
        print(f"ok   {time.monotonic() - began:4.0f} s  {name}{f': {found}' if found else ''}", flush=True)
    print(f"{passed} passed, 0 failed", flush=True)
    return 0
