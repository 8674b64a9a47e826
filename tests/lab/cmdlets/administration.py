"""An administrator at the hosts of a scenario: runs script text in real runspaces while the test lets time pass."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from lab.hyperv.caller import Caller
from lab.hyperv.clock import Clock
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.migration import Migration, start_storage
from lab.hyperv.placement import in_one_folder
from lab.powershell.commands import Argument, Command, Pipeline, Statement
from lab.powershell.runspace import Runspace
from lab.powershell.values import Record, Value, display_text
from lab.scenarios import scenario
from lab.scenarios.building import START, build
from tests.lab.powershell.stage import Recording, script, served

STEP = 1.0
LONGEST = 100_000
"""Simulated seconds after which a pipeline counts as stuck."""


class Administrator:
    """Someone who works on ``home``, a host of a scenario; only ``replicated`` are there machines with replicas."""

    def __init__(self, home: str = "HV-01", scenario_name: str = "two-sites", *, replicated: bool = False) -> None:
        described = scenario.read(scenario_name)
        if not replicated:
            names = {entry.machine for entry in described.replications}
            for entry in described.hosts:
                entry.machines = [machine for machine in entry.machines if machine.name not in names]
            described.replications.clear()
        self.estate = build(described, Clock(START, speed=0), seed=1)
        self.home = self.host(home)
        self._table = served()

    def host(self, name: str) -> Host:
        return next(host for host in self.estate.hosts if host.name == name)

    def machine(self, name: str) -> VirtualMachine:
        return next(machine for machine in self._machines() if machine.name == name)

    def begin_storage_move(self, name: str) -> Migration:
        """Let a machine of this host be busy."""
        machine = self.machine(name)
        return start_storage(machine, self.home, in_one_folder(machine, r"D:\New"))

    def has(self, name: str) -> bool:
        return any(machine.name == name for machine in self._machines())

    def run(self, text: str | Pipeline, *, authentication: str = "negotiate") -> Recording:
        """Run script text, or a pipeline, to its end, whatever simulated time it takes."""
        recording = Recording()
        runspace = Runspace(self.home, "CONTOSO\\hvadmin", "full", self._table)
        runspace.caller = Caller("CONTOSO\\hvadmin", authentication)

        async def to_the_end() -> None:
            pipeline = script(text) if isinstance(text, str) else text
            running = asyncio.create_task(runspace.run(pipeline, recording))
            began = self.estate.clock.elapsed
            while not running.done():
                await asyncio.sleep(0)  # the pipeline's turn
                if not running.done():
                    assert self.estate.clock.elapsed - began < LONGEST
                    self.estate.clock.advance(STEP)
            await running

        asyncio.run(to_the_end())
        return recording

    def run_with(self, name: str, **parameters: Value) -> Recording:
        """Run one cmdlet with parameters that script text cannot hold, such as objects."""
        arguments = tuple(Argument(key, value) for key, value in parameters.items())
        return self.run(Pipeline("p1", (Statement((Command(name, arguments),)),)))

    def get(self, text: str) -> list[Record]:
        """The objects that script text writes; it may write no error."""
        recording = self.run(text)
        assert recording.errors == []
        return [value for value in recording.outputs if isinstance(value, Record)]

    def values(self, text: str, name: str) -> list[Value]:
        """A property of each object that script text writes."""
        return [plain(record.get(name)) for record in self.get(text)]

    def _machines(self) -> Iterator[VirtualMachine]:
        return (machine for host in self.estate.hosts for machine in host.machines.values())


def plain(value: Value) -> Value:
    """Numbers and truth as they are, everything else as its text."""
    return value if isinstance(value, bool | int) else display_text(value)


def error_id(kind: str, command: str) -> str:
    """The FullyQualifiedErrorId of module 2.0."""
    return f"{kind},Microsoft.HyperV.PowerShell.Commands.{command}"
