"""One pipeline being carried out in a runspace."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, TypeAlias

from lab.powershell.binding import Binder
from lab.powershell.commands import Command, Pipeline, Statement
from lab.powershell.finishing import finishing
from lab.powershell.running_command import Received, RunningCommand, StatementState
from lab.powershell.script import parse_script
from lab.powershell.streams import ErrorRecord, PipelineError, StatementError, Streams
from lab.powershell.values import Value

if TYPE_CHECKING:
    from lab.powershell.runspace import Runspace

_Stage: TypeAlias = "RunningCommand | tuple[Statement, ...]"
"""A cmdlet, or the statements of a script that stands in a command's place."""


class PipelineRun:
    """Carries out a pipeline statement by statement; objects stream through the commands one at a time."""

    def __init__(self, runspace: Runspace, pipeline: Pipeline, streams: Streams) -> None:
        self.runspace = runspace
        self.streams = streams
        self._pipeline = pipeline
        self._numbers = itertools.count()

    async def run(self) -> None:
        """Run to the end; raises PipelineError when the whole pipeline fails."""
        remaining = list(self._pipeline.statements)
        piped = self._pipeline.input
        try:
            self._refuse_scripts()
            while remaining:
                statement = remaining.pop(0)
                async with finishing(self._outputs((statement,), piped)) as values:
                    async for value in values:
                        self.streams.output(value)
                piped = ()
        finally:
            for statement in remaining:
                self._write_transcript(next(self._numbers), [self._not_run(c) for c in statement.commands])

    def script_output(self, text: str) -> AsyncIterator[Value]:
        """The output of script text; raises PipelineError when it is refused."""
        if self.runspace.language == "none":
            raise PipelineError(scripts_not_allowed(text))
        return self._outputs(parse_script(text, self.runspace.takes_argument))

    async def _outputs(self, statements: Iterable[Statement], piped: tuple[Value, ...] = ()) -> AsyncIterator[Value]:
        for statement in statements:
            try:
                async with finishing(self._statement_output(statement, piped)) as values:
                    async for value in values:
                        yield value
            except StatementError as failure:
                self.streams.error(failure.record)
            piped = ()

    async def _statement_output(self, statement: Statement, piped: tuple[Value, ...]) -> AsyncIterator[Value]:
        received = [Received.of(command) for command in statement.commands]
        stages: list[_Stage] = []
        ending = "completed"
        is_script = len(statement.commands) == 1 and statement.commands[0].is_script
        number = None if is_script else next(self._numbers)
        try:
            shared = StatementState()
            for index, entry in enumerate(received):
                stages.append(self._prepare(entry, shared, piped=index > 0 or bool(piped)))
            stream: AsyncIterator[Value] | None = _each(piped) if piped else None
            for stage in stages:
                stream = stage.output(stream) if isinstance(stage, RunningCommand) else self._outputs(stage)
            assert stream is not None
            async with finishing(stream):
                async for value in stream:
                    yield value
        except (StatementError, PipelineError, asyncio.CancelledError):
            ending = "stopped"
            raise
        finally:
            for stage in stages:
                if isinstance(stage, RunningCommand):
                    stage.settle(ending)
            written = [entry for entry in received if entry.outcome != "script"]
            if written:
                self._write_transcript(next(self._numbers) if number is None else number, written)

    def _prepare(self, received: Received, shared: StatementState, *, piped: bool) -> _Stage:
        command = received.command
        now = self.runspace.host.local_time()
        received.time = now.isoformat()
        try:
            if command.is_script:
                statements = parse_script(command.name, self.runspace.takes_argument)
                received.outcome = "script"  # its own commands are written down instead
                return statements
            entry, syntax = self.runspace.find(command.name)
            received.cmdlet = syntax.name
            version = self.runspace.host.version
            binder = Binder(syntax, version, command.arguments, piped=piped, zone=now.tzinfo)
        except (StatementError, PipelineError) as refused:
            received.outcome, received.error_id = "failed", refused.record.error_id
            raise
        received.bound(binder.arguments)
        return RunningCommand(self, entry, syntax, binder, received, shared)

    def _refuse_scripts(self) -> None:
        if self.runspace.language != "none":
            return
        scripts = (c for statement in self._pipeline.statements for c in statement.commands if c.is_script)
        first: Command | None = next(scripts, None)
        if first:
            raise PipelineError(scripts_not_allowed(first.name))

    def _not_run(self, command: Command) -> Received:
        received = Received.of(command)
        if command.is_script and self.runspace.language == "none":
            received.outcome, received.error_id = "failed", "ScriptsNotAllowed"
        return received

    def _write_transcript(self, number: int, entries: list[Received]) -> None:
        transcript, host = self.runspace.transcript, self.runspace.host
        if transcript is None:
            return
        for position, entry in enumerate(entries):
            transcript.write(
                {
                    "time": entry.time or host.local_time().isoformat(),
                    "host": host.name,
                    "version": host.version,
                    "user": self.runspace.user,
                    "pipeline": self._pipeline.pipeline_id,
                    "statement": number,
                    "position": position,
                    "input": entry.input_type,
                    "cmdlet": entry.cmdlet,
                    "parameters": entry.parameters,
                    "outcome": entry.outcome,
                    "error_id": entry.error_id,
                }
            )


async def _each(values: tuple[Value, ...]) -> AsyncIterator[Value]:
    for value in values:
        yield value


def scripts_not_allowed(text: str) -> ErrorRecord:
    """How PowerShell refuses script text in no-language mode."""
    return ErrorRecord(
        "The syntax is not supported by this runspace. This might be because it is in no-language mode.",
        "ScriptsNotAllowed",
        "ParserError",
        "",
        ("System.Management.Automation.ParseException", "System.Exception", "System.Object"),
        text,
    )
