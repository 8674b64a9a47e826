"""A stage for pipelines in tests: a bare host, and streams and a transcript that keep everything."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import dataclass, field
from typing import Any, cast

from lab import cmdlets
from lab.hyperv.host import Host
from lab.hyperv.redundancy import Redundancy
from lab.powershell.cmdlet import CmdletTable
from lab.powershell.commands import Command, Pipeline, Statement
from lab.powershell.runspace import Runspace
from lab.powershell.streams import ErrorRecord, ProgressRecord
from lab.powershell.values import Value

ZONE = datetime.timezone(datetime.timedelta(hours=1))
NOW = datetime.datetime(2025, 3, 4, 15, 6, 7, 123456, tzinfo=ZONE)


@dataclass
class BareHost:
    """As much of a host as the engine itself looks at; its clock stands still."""

    name: str = "alpha"
    version: str = "2022"
    has_directory_module: bool = False
    is_node: bool = False
    redundancy: Redundancy = field(default_factory=Redundancy)

    def local_time(self) -> datetime.datetime:
        return NOW


@dataclass
class Recording:
    """Streams that keep what is written."""

    outputs: list[Value] = field(default_factory=list)
    errors: list[ErrorRecord] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    verboses: list[str] = field(default_factory=list)
    progresses: list[ProgressRecord] = field(default_factory=list)

    def output(self, value: Value) -> None:
        self.outputs.append(value)

    def error(self, record: ErrorRecord) -> None:
        self.errors.append(record)

    def warning(self, text: str) -> None:
        self.warnings.append(text)

    def verbose(self, text: str) -> None:
        self.verboses.append(text)

    def progress(self, record: ProgressRecord) -> None:
        self.progresses.append(record)

    @property
    def error_ids(self) -> list[str]:
        return [record.error_id for record in self.errors]


@dataclass
class KeptTranscript:
    """A transcript in memory."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def write(self, entry: dict[str, Any]) -> None:
        self.entries.append(entry)


def served() -> CmdletTable:
    """The cmdlets that the lab serves."""
    return CmdletTable.of_modules(cmdlets.served_modules())


def open_runspace(
    table: CmdletTable,
    *,
    version: str = "2022",
    language: str = "full",
    transcript: KeptTranscript | None = None,
    visible: frozenset[str] | None = None,
) -> Runspace:
    """A runspace on a bare host."""
    host = cast(Host, BareHost(version=version))
    return Runspace(host, "LAB\\operator", language, table, transcript, visible)


def script(text: str) -> Pipeline:
    """A pipeline that is one piece of script text."""
    return Pipeline("p1", (Statement((Command(text, is_script=True),)),))


def run(runspace: Runspace, pipeline: Pipeline | str) -> Recording:
    """Run a pipeline, or script text, to its end."""
    recording = Recording()
    asyncio.run(runspace.run(script(pipeline) if isinstance(pipeline, str) else pipeline, recording))
    return recording


def output_of(text: str) -> list[Value]:
    """What script text of served cmdlets writes; it may not write errors."""
    recording = run(open_runspace(served()), text)
    assert recording.errors == []
    return recording.outputs
