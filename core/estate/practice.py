"""The practice lab: simulated hosts in a process of its own, reached through the wire like any host."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Literal

import msgspec

from core.estate.connection import Connection
from core.language import _
from core.remoting.endpoint import Authentication, Credential, Endpoint
from core.remoting.workers import Workers

GROUP = "Practice"
_READY_WITHIN = 60.0
"""Seconds that the lab is given to start."""
_PATIENCE = 10.0
"""Seconds that the lab is given to end by itself."""


class PracticeUnavailable(Exception):
    """The lab did not start; the text says why."""


class _PracticeHost(msgspec.Struct, frozen=True):
    name: str
    address: str
    port: int
    scheme: Literal["http", "https"]
    auth: tuple[Authentication, ...]
    username: str
    password: str
    ca_file: str | None


class _Ready(msgspec.Struct, frozen=True):
    hosts: tuple[_PracticeHost, ...]


class PracticeLab:
    """A running lab. Its passwords came through the pipe and exist in memory only; it ends when this one closes it."""

    def __init__(self, process: subprocess.Popen[str], connections: tuple[Connection, ...]) -> None:
        self._process = process
        self.connections = connections

    @classmethod
    async def start(
        cls, scenario: str, workers: Workers, *, speed: float = 1.0, transcript: Path | None = None
    ) -> PracticeLab:
        """Start the lab with ``scenario``; ``speed`` is simulated seconds per second.

        Raises PracticeUnavailable.
        """
        arguments = [sys.executable, "-m", "lab", "--scenario", scenario, "--speed", str(speed)]
        if transcript is not None:
            arguments += ["--transcript", str(transcript)]
        process, complaints = await workers.run(_launch, arguments)
        try:
            line, complaint = await workers.run(_ready_line, process, complaints)
        except asyncio.CancelledError:
            process.kill()
            raise
        try:
            ready = msgspec.json.decode(line, type=_Ready)
        except msgspec.DecodeError as error:
            await workers.run(_end, process)
            reason = complaint.strip() or str(error)
            raise PracticeUnavailable(_("The practice lab did not start: {reason}").format(reason=reason)) from error
        return cls(process, tuple(_connection(host) for host in ready.hosts))

    async def close(self, workers: Workers) -> None:
        """End the lab and wait for its end."""
        await workers.run(_end, self._process)


def _launch(arguments: list[str]) -> tuple[subprocess.Popen[str], IO[str]]:
    """The process, and the file with what it complains of."""
    complaints = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - read and closed by _ready_line
    process = subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        text=True,
        encoding="utf-8",
    )
    return process, complaints


def _ready_line(process: subprocess.Popen[str], complaints: IO[str]) -> tuple[str, str]:
    """The line that a ready lab writes, and what it complains of where there is no such line.

    A lab that is not ready in time is ended.
    """
    limit = threading.Timer(_READY_WITHIN, process.kill)
    limit.start()
    with complaints:
        line = process.stdout.readline() if process.stdout else ""
        limit.cancel()
        if line:
            return line, ""
        process.wait()
        complaints.seek(0)
        return "", complaints.read()


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def _connection(host: _PracticeHost) -> Connection:
    endpoint = Endpoint(host.name, host.address, host.port, host.scheme, host.auth[0], ca_file=host.ca_file)
    return Connection(GROUP, endpoint, Credential(host.username, host.password), is_practice=True)
