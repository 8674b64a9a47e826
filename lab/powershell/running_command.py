"""One command of a pipeline while it runs: its input, its calls, what it reports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lab.powershell.binding import Binder, BoundCall
from lab.powershell.cmdlet import AnyCmdlet, Call, Cmdlet, CollectingCmdlet, error_object
from lab.powershell.commands import Command, SwitchPresent
from lab.powershell.common_parameters import CommonParameters
from lab.powershell.computers import calls_by_host
from lab.powershell.documented import CommandSyntax
from lab.powershell.finishing import finishing
from lab.powershell.properties import type_name
from lab.powershell.streams import ErrorRecord, StatementError
from lab.powershell.transcript import transcript_value
from lab.powershell.values import Value

if TYPE_CHECKING:
    from lab.powershell.pipeline_run import PipelineRun

_BREATH = 64
"""After so many values other hosts of the same process get their turn."""


@dataclass(slots=True)
class Received:
    """What the transcript says about one command."""

    command: Command
    cmdlet: str
    parameters: dict[str, Any]
    outcome: str = "not run"
    error_id: str | None = None
    input_type: str | None = None
    time: str | None = None
    """When the command began to be carried out, ISO 8601; None for one that was not."""

    @classmethod
    def of(cls, command: Command) -> Received:
        """A command as it was given; text of scripts is left out."""
        if command.is_script:
            return cls(command, "<script>", {})
        given = {
            argument.name or f"[{index}]": True
            if isinstance(argument.value, SwitchPresent)
            else transcript_value(argument.value)
            for index, argument in enumerate(command.arguments)
        }
        return cls(command, command.name, given)

    def bound(self, arguments: Mapping[str, Value]) -> None:
        """From now on show the parameters as bound, by documented name."""
        self.parameters = {name: transcript_value(value) for name, value in arguments.items()}


@dataclass(slots=True)
class StatementState:
    """What the commands of one statement share: the error that ended it."""

    error: StatementError | None = None


@dataclass(slots=True)
class RunningCommand:
    """A bound cmdlet in its place in a pipeline."""

    run: PipelineRun
    entry: AnyCmdlet
    syntax: CommandSyntax
    binder: Binder
    received: Received
    statement: StatementState
    errors: list[ErrorRecord] = field(default_factory=list)

    async def output(self, inputs: AsyncIterator[Value] | None) -> AsyncIterator[Value]:
        """Run over ``inputs`` (None: nothing is piped) and yield what the cmdlet writes."""
        self.received.outcome = "running"
        collected = self._prepare_variables()
        written = 0
        try:
            async with finishing(self._written(inputs)) as values:
                async for value in values:
                    written += 1
                    if written % _BREATH == 0:
                        await asyncio.sleep(0)
                    if collected is not None:
                        collected.append(value)
                    yield value
        except StatementError as failure:
            if self.statement.error is None:
                self.statement.error = failure
                self.received.outcome, self.received.error_id = "failed", failure.record.error_id
                self._remember_error(failure.record)
            raise
        self.received.outcome = "completed"

    def settle(self, ending: str) -> None:
        """Fix the outcome when the statement is over; a command still running then gets ``ending``."""
        if self.received.outcome == "running":
            self.received.outcome = ending
        if self.errors and self.received.outcome == "completed":
            self.received.outcome = "failed"
        if self.errors and self.received.error_id is None:
            self.received.error_id = self.errors[0].error_id

    def _written(self, inputs: AsyncIterator[Value] | None) -> AsyncIterator[Value]:
        if isinstance(self.entry, Cmdlet):
            return self._written_per_call(self.entry, inputs)
        return self._written_over_all(self.entry, inputs)

    async def _written_per_call(self, cmdlet: Cmdlet, inputs: AsyncIterator[Value] | None) -> AsyncIterator[Value]:
        async with finishing(self._bound_calls(inputs)) as calls:
            async for bound in calls:
                call = self._call(bound)
                if call.switch("WhatIf"):
                    continue  # "What if: ..." goes to the host's screen, of which a remote runspace has none
                if call.switch("Confirm"):
                    call.fail(_cannot_prompt(call))
                for placed in calls_by_host(call):
                    async with finishing(cmdlet.function(placed)) as values:
                        async for value in values:
                            yield value

    async def _written_over_all(
        self, cmdlet: CollectingCmdlet, inputs: AsyncIterator[Value] | None
    ) -> AsyncIterator[Value]:
        call = self._call(self._argument_call())
        async with (
            finishing(self._collected_inputs(inputs)) as collected,
            finishing(cmdlet.function(call, collected)) as values,
        ):
            async for value in values:
                yield value

    async def _collected_inputs(self, inputs: AsyncIterator[Value] | None) -> AsyncIterator[Value]:
        async with finishing(self._bound_calls(inputs)) as calls:
            async for bound in calls:
                if "InputObject" in bound.parameters:
                    yield bound.parameters["InputObject"]

    async def _bound_calls(self, inputs: AsyncIterator[Value] | None) -> AsyncIterator[BoundCall]:
        if inputs is None:
            yield self.binder.call_without_input()
            return
        async with finishing(inputs):
            async for value in inputs:
                self.received.input_type = self.received.input_type or type_name(value)
                try:
                    bound = self.binder.call_with_input(value)
                except StatementError as refused:
                    self._call(self._argument_call()).error(refused.record)
                    continue
                yield bound

    def _argument_call(self) -> BoundCall:
        """The call as far as the arguments alone make it."""
        own = {name: value for name, value in self.binder.arguments.items() if name in self.syntax.parameters}
        return BoundCall("", own, {name: v for name, v in self.binder.arguments.items() if name not in own})

    def _call(self, bound: BoundCall) -> Call:
        runspace = self.run.runspace
        return Call(
            host=runspace.host,
            user=runspace.user,
            syntax=self.syntax,
            parameters=bound.parameters,
            parameter_set=bound.parameter_set,
            common=CommonParameters.of(bound.common),
            runspace=runspace,
            streams=self.run.streams,
            pipeline_run=self.run,
            errors=self.errors,
        )

    def _prepare_variables(self) -> list[Value] | None:
        common = CommonParameters.of(self.binder.arguments)
        variables = self.run.runspace.variables
        for name in (common.error_variable, common.warning_variable):
            if name and not name.startswith("+"):
                variables[name] = []
        if not common.out_variable:
            return None
        name = common.out_variable.removeprefix("+")
        before = variables.get(name) if common.out_variable.startswith("+") else None
        collected: list[Value] = list(before) if isinstance(before, list) else []
        variables[name] = collected
        return collected

    def _remember_error(self, record: ErrorRecord) -> None:
        name = CommonParameters.of(self.binder.arguments).error_variable
        if name and record not in self.errors:
            self.run.runspace.variables.append(name.removeprefix("+"), error_object(record))


def _cannot_prompt(call: Call) -> ErrorRecord:
    return call.error_record(
        "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
        "InvalidOperation",
        "InvalidOperation",
        ("System.Management.Automation.PSInvalidOperationException", "System.Exception", "System.Object"),
    )
