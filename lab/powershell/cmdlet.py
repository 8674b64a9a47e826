"""Cmdlets of simulated hosts: how they are written, what they are called with, and the table that finds them.

A cmdlet is an async generator; what it yields goes to the next command of the pipeline::

    @cmdlet("Get-VM")
    async def get_vm(call: Call) -> AsyncIterator[Value]:
        ...
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from lab.powershell.common_parameters import CommonParameters
from lab.powershell.documented import CommandSyntax, Documentation, documentation
from lab.powershell.streams import ErrorRecord, ProgressRecord, StatementError, Streams
from lab.powershell.values import Record, Value, custom_object

if TYPE_CHECKING:
    from lab.hyperv.host import Host
    from lab.powershell.pipeline_run import PipelineRun
    from lab.powershell.runspace import Runspace


@dataclass(frozen=True, slots=True)
class Call:
    """One run of a cmdlet.

    ``parameters`` holds what was bound, by documented full name: enumerations as the documented name
    (``str``), parameters of array type as ``list``, switches as ``bool`` (given without a value: True). What
    was not given is not in it.
    """

    host: Host
    user: str
    syntax: CommandSyntax
    parameters: Mapping[str, Value]
    parameter_set: str
    common: CommonParameters
    runspace: Runspace
    streams: Streams
    pipeline_run: PipelineRun
    errors: list[ErrorRecord]
    """The error records this command wrote so far, silenced ones included."""

    def switch(self, name: str) -> bool:
        """Whether a switch was given (and not as ``-Name:$false``)."""
        return self.parameters.get(name) is True

    def error_record(
        self,
        message: str,
        code: str,
        category: str,
        exception_types: tuple[str, ...] = ("System.Exception", "System.Object"),
        target: Value = None,
    ) -> ErrorRecord:
        """An error record of this cmdlet; ``code`` is what stands before the comma in its error id."""
        source = self.syntax.error_source(self.host.version)
        return ErrorRecord(message, f"{code},{source}", category, self.syntax.name, exception_types, target)

    def error(self, record: ErrorRecord) -> None:
        """Write a non-terminating error as -ErrorAction asks; raises StatementError where it asks to stop."""
        self.errors.append(record)
        action = self.common.error_action or self._preference("ErrorActionPreference")
        if action != "Ignore" and self.common.error_variable:
            self._remember(self.common.error_variable, error_object(record))
        if action in ("Stop", "Inquire"):  # nobody can be asked on a remote host
            raise StatementError(record)
        if action not in ("Ignore", "SilentlyContinue"):
            self.streams.error(record)

    def fail(self, record: ErrorRecord) -> NoReturn:
        """End the statement with this error; raises StatementError."""
        raise StatementError(record)

    def warning(self, text: str) -> None:
        """Write a warning as -WarningAction asks; raises StatementError where it asks to stop."""
        action = self.common.warning_action or self._preference("WarningPreference")
        if self.common.warning_variable:
            self._remember(self.common.warning_variable, text)
        if action not in ("Ignore", "SilentlyContinue"):
            self.streams.warning(text)
        if action in ("Stop", "Inquire"):
            message = (
                'The running command stopped because the preference variable "WarningPreference" or common '
                f"parameter is set to Stop: {text}"
            )
            types = (
                "System.Management.Automation.ActionPreferenceStopException",
                "System.Exception",
                "System.Object",
            )
            self.fail(self.error_record(message, "ActionPreferenceStop", "OperationStopped", types))

    def verbose(self, text: str) -> None:
        """Write to the verbose stream where -Verbose was given."""
        if self.common.verbose:
            self.streams.verbose(text)

    def progress(self, record: ProgressRecord) -> None:
        """Write a progress record."""
        self.streams.progress(record)

    def run_script(self, text: str) -> AsyncIterator[Value]:
        """Run script text in this runspace and yield its output; raises PipelineError when it is refused."""
        return self.pipeline_run.script_output(text)

    def _preference(self, variable: str) -> str:
        return str(self.runspace.variables.get(variable) or "Continue")

    def _remember(self, variable: str, value: Value) -> None:
        self.runspace.variables.append(variable.removeprefix("+"), value)


CmdletFunction: TypeAlias = Callable[[Call], AsyncIterator[Value]]
CollectingFunction: TypeAlias = Callable[[Call, AsyncIterator[Value]], AsyncIterator[Value]]


@dataclass(frozen=True, slots=True)
class Cmdlet:
    """A cmdlet that runs once per piped object, or once when nothing is piped."""

    name: str
    aliases: tuple[str, ...]
    function: CmdletFunction


@dataclass(frozen=True, slots=True)
class CollectingCmdlet:
    """A cmdlet that runs once over all its input.

    ``function`` gets, besides the call, what was bound to -InputObject for each piped object; nothing piped,
    it gets the argument of -InputObject if there is one.
    """

    name: str
    aliases: tuple[str, ...]
    function: CollectingFunction


AnyCmdlet: TypeAlias = Cmdlet | CollectingCmdlet


def cmdlet(name: str, *, aliases: tuple[str, ...] = ()) -> Callable[[CmdletFunction], Cmdlet]:
    """Make a function the cmdlet ``name`` (as documented), found by its aliases too."""
    return lambda function: Cmdlet(name, aliases, function)


def collecting_cmdlet(name: str, *, aliases: tuple[str, ...] = ()) -> Callable[[CollectingFunction], CollectingCmdlet]:
    """Make a function the cmdlet ``name`` (as documented) that sees all its input in one run."""
    return lambda function: CollectingCmdlet(name, aliases, function)


class CmdletTable:
    """The cmdlets a simulated host serves. Every one must be documented, for one Windows version at least."""

    def __init__(self, cmdlets: Iterable[AnyCmdlet], documented: Documentation | None = None) -> None:
        self._documented = documented or documentation()
        known = {name.lower() for name in self._documented.names()}
        self._cmdlets: dict[str, AnyCmdlet] = {}
        for entry in cmdlets:
            if entry.name.lower() not in known:
                raise ValueError(f"{entry.name} is not documented: add it to a file in documented/")
            for name in (entry.name, *entry.aliases):
                if name.lower() in self._cmdlets:
                    raise ValueError(f"{name} is served twice")
                self._cmdlets[name.lower()] = entry

    @classmethod
    def of_modules(cls, modules: Iterable[ModuleType]) -> CmdletTable:
        """The table of all cmdlets that these modules define."""
        values = (value for module in modules for value in vars(module).values())
        found = {id(value): value for value in values if isinstance(value, Cmdlet | CollectingCmdlet)}
        return cls(found.values())

    def find(self, name: str, version: str) -> tuple[AnyCmdlet, CommandSyntax] | None:
        """The cmdlet with this name or alias (any letter case) and its syntax, or None where the version has
        none.
        """
        entry = self._cmdlets.get(name.lower())
        syntax = self._documented.syntax(entry.name, version) if entry else None
        return (entry, syntax) if entry and syntax else None

    def served(self, version: str) -> list[CommandSyntax]:
        """The cmdlets served in this version, by name."""
        names = sorted({entry.name for entry in self._cmdlets.values()})
        return [found for name in names if (found := self._documented.syntax(name, version))]


def error_object(record: ErrorRecord) -> Record:
    """An error record as an object, as -ErrorVariable keeps it."""
    error = custom_object(
        {
            "Exception": record.message,
            "TargetObject": record.target,
            "CategoryInfo": f"{record.category}: (:) [{record.activity}], {record.reason}",
            "FullyQualifiedErrorId": record.error_id,
        }
    )
    return Record(("System.Management.Automation.ErrorRecord", "System.Object"), error.properties, record.message)
