"""A computer with Windows, as the trials use it: this one, or a prefix of Wine."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended. ``lines`` are what it printed, each with the seconds since its start."""

    code: int
    lines: tuple[tuple[float, str], ...]

    @property
    def text(self) -> str:
        """What it printed."""
        return "\n".join(line for _seconds, line in self.lines)


class Computer:
    """This computer, which runs Windows. Its one C: drive is that of the trial."""

    def __init__(self) -> None:
        self._environment = dict(os.environ)
        self._starter: tuple[str, ...] = ()

    def path(self, path: str) -> Path:
        """Where a file of the C: drive lies here."""
        return Path(path)

    def seen(self, path: Path) -> str:
        """The path of a file of this computer as Windows sees it."""
        return str(path.absolute())

    @property
    def drive(self) -> Path:
        """The C: drive."""
        return self.path("C:\\")

    def run(self, command: Sequence[str | Path], *, until: str | None = None, patience: float = 300) -> Outcome:
        """Run a program to its end; it is ended after a line that begins ``until``, or ``patience`` seconds."""
        started = time.monotonic()
        lines = []
        with self.started(command, patience=patience) as child:
            for line in child.stdout or ():
                lines.append((time.monotonic() - started, line.rstrip()))
                if until is not None and line.startswith(until):
                    _end(child)
        return Outcome(child.returncode, tuple(lines))

    @contextlib.contextmanager
    def started(self, command: Sequence[str | Path], *, patience: float = 300) -> Iterator[subprocess.Popen[str]]:
        """A program that runs meanwhile. It is awaited at the end, and ended by force after ``patience`` seconds."""
        # Wine ends Python when its output is a file, so it is always a pipe.
        child = subprocess.Popen(
            [*self._starter, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        limit = threading.Timer(patience, _end, (child,))
        limit.start()
        try:
            with child:
                yield child
        finally:
            limit.cancel()

    def registry(self, key: str) -> str:
        """What the registry has under ``key``, as reg.exe lists it; empty when there is no such key."""
        outcome = self.run(["reg", "query", key, "/s", "/reg:64"])
        return outcome.text if outcome.code == 0 else ""

    def close(self) -> None:
        """End what was begun here."""


def _end(child: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        child.kill()
    else:
        # Wine's starter may have a child.
        os.killpg(child.pid, signal.SIGKILL)
