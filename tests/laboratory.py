"""Runs ``python -m lab`` for a test, and speaks with its control address."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.estate.connection import Connection
from core.remoting.endpoint import Credential, Endpoint
from tests import nursery

GROUP = "Lab"
STANDING_STILL = 0.0
"""A speed at which simulated time passes only when a test lets it."""


@dataclass(frozen=True)
class RunningLab:
    """A lab process; ``transcript`` is the file with every command it received."""

    process: nursery.Program
    ready: dict[str, Any]
    transcript: Path

    def host(self, name: str) -> dict[str, Any]:
        return next(host for host in self.ready["hosts"] if host["name"] == name)

    def connection(self, name: str, *, group: str = GROUP, practice: bool = False) -> Connection:
        host = self.host(name)
        endpoint = Endpoint(name, host["address"], host["port"], host["scheme"], "negotiate", operation_timeout=10)
        return Connection(group, endpoint, Credential(host["username"], host["password"]), practice)

    def connections(self, *, configuration: str | None = None, practice: bool = False) -> list[Connection]:
        found = [self.connection(host["name"], practice=practice) for host in self.ready["hosts"]]
        if configuration is None:
            return found
        return [replace(c, endpoint=replace(c.endpoint, configuration_name=configuration)) for c in found]

    def received(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.transcript.read_text(encoding="utf-8").splitlines()]

    def places(self) -> dict[str, list[str]]:
        estate = self.control("GET", "/estate")
        return {host: [machine["name"] for machine in machines] for host, machines in estate.items()}

    def advance(self, seconds: float) -> None:
        self.control("POST", "/clock", {"advance": seconds})

    def control(self, method: str, path: str, content: Any = None) -> Any:
        """Ask the control address; raises urllib.error.HTTPError for what it refuses."""
        control = self.ready["control"]
        request = urllib.request.Request(
            control["url"] + path,
            method=method,
            data=None if content is None else json.dumps(content).encode(),
            headers={"Authorization": f"Bearer {control['token']}"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)


@contextlib.contextmanager
def running_lab(
    folder: Path,
    *,
    scenario: str = "two-sites",
    speed: float = STANDING_STILL,
    options: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[RunningLab]:
    transcript = folder / "transcript.jsonl"
    arguments = ["--scenario", scenario, "--speed", str(speed), "--transcript", str(transcript), *options]
    process = nursery.start("tests.lab_program", arguments, environment)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield RunningLab(process, json.loads(process.stdout.readline()), transcript)
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()
