"""A lab process to measure against, and the estate that reads it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.estate.connection import Connection
from core.estate.estate import Estate
from core.remoting.endpoint import Credential, Endpoint
from tests.core.estates import managed

GROUP = "Bench"
THREADS = 16
"""As many as the program has."""


@dataclass(frozen=True)
class BenchLab:
    """A lab in a process of its own, as users start it."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]

    @property
    def connections(self) -> list[Connection]:
        """How its hosts are reached."""
        return [connection(host) for host in self.ready["hosts"]]

    @property
    def processor_seconds(self) -> float:
        """Seconds of processor that the lab has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def connection(host: dict[str, Any]) -> Connection:
    """How one host of a lab is reached."""
    endpoint = Endpoint(host["name"], host["address"], host["port"], host["scheme"], "negotiate", operation_timeout=20)
    return Connection(GROUP, endpoint, Credential(host["username"], host["password"]), is_practice=True)


@contextlib.contextmanager
def bench_lab(scenario: str, *options: str, speed: float = 0.0) -> Iterator[BenchLab]:
    """A lab with a scenario such as ``scale:50x100``."""
    command = [sys.executable, "-m", "lab", "--scenario", scenario, "--speed", str(speed), *options]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield BenchLab(process, json.loads(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


def estate_of(connections: Sequence[Connection]) -> contextlib.AbstractAsyncContextManager[Estate]:
    """An estate with the program's own number of threads."""
    return managed(connections, threads=THREADS)
