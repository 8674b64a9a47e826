"""Answers that are prepared once and given again: with a thousand hosts, what a lab says must cost it little.

Only scenarios of scale have them. What only reads is answered from what was said before, for as long as nothing on any
host was changed; what changes by itself, as uptimes do, is up to half a minute old then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.powershell.streams import ErrorRecord, ProgressRecord, Streams

if TYPE_CHECKING:
    from lab.hyperv.host import Host
    from lab.powershell.commands import Pipeline
    from lab.powershell.values import Value

READING = ("get-", "select-", "where-", "sort-", "measure-", "convertto-", "write-output")
"""What the names of commands that change nothing begin with."""
OLDEST = 30.0
"""Simulated seconds for which an answer is given again (the lab's own choice)."""


@dataclass(frozen=True, slots=True)
class _Answer:
    at: float
    output: tuple[Value, ...]
    errors: tuple[ErrorRecord, ...]


class PreparedAnswers:
    """The answers of all hosts of a lab."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], _Answer] = {}

    def give(self, host: Host, pipeline: Pipeline, streams: Streams) -> bool:
        """Write the answer, if one is there that is still true; False when there is none.

        A pipeline that may change something makes all answers untrue.
        """
        if not _only_reads(pipeline):
            self._answers.clear()
            return False
        answer = self._answers.get(_key(host, pipeline))
        if answer is None or host.clock.elapsed - answer.at > OLDEST or _is_busy(host):
            return False
        for value in answer.output:
            streams.output(value)
        for error in answer.errors:
            streams.error(error)
        return True

    def keep(self, host: Host, pipeline: Pipeline, said: Recording) -> None:
        """Remember what was said, unless it came of something under way, or of a change."""
        if _only_reads(pipeline) and not _is_busy(host):
            answer = _Answer(host.clock.elapsed, tuple(said.outputs), tuple(said.errors))
            self._answers[_key(host, pipeline)] = answer


class Recording:
    """Streams that remember what is written to them and pass it on."""

    def __init__(self, streams: Streams) -> None:
        self.outputs: list[Value] = []
        self.errors: list[ErrorRecord] = []
        self._streams = streams

    def output(self, value: Value) -> None:
        """An object of the output."""
        self.outputs.append(value)
        self._streams.output(value)

    def error(self, record: ErrorRecord) -> None:
        """An error that did not end the pipeline."""
        self.errors.append(record)
        self._streams.error(record)

    def warning(self, text: str) -> None:
        """A warning."""
        self._streams.warning(text)

    def verbose(self, text: str) -> None:
        """A verbose message."""
        self._streams.verbose(text)

    def progress(self, record: ProgressRecord) -> None:
        """A record of progress."""
        self._streams.progress(record)


def _only_reads(pipeline: Pipeline) -> bool:
    return all(
        not command.is_script and command.name.lower().startswith(READING)
        for statement in pipeline.statements
        for command in statement.commands
    )


def _is_busy(host: Host) -> bool:
    return bool(host.migrations) or any(machine.operation is not None for machine in host.machines.values())


def _key(host: Host, pipeline: Pipeline) -> tuple[str, str]:
    return host.name, repr((pipeline.statements, pipeline.input))
