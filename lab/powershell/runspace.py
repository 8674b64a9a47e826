"""A PowerShell session on a simulated host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.hyperv.caller import Caller
from lab.powershell.binding import find_parameter
from lab.powershell.cmdlet import AnyCmdlet, CmdletTable
from lab.powershell.commands import Pipeline
from lab.powershell.conversion import is_switch
from lab.powershell.documented import CommandSyntax
from lab.powershell.pipeline_run import PipelineRun
from lab.powershell.prepared import PreparedAnswers, Recording
from lab.powershell.streams import ErrorRecord, StatementError, Streams
from lab.powershell.transcript import Transcript
from lab.powershell.variables import Variables

if TYPE_CHECKING:
    from lab.hyperv.host import Host

DIRECTORY_MODULE, CLUSTER_MODULE, MULTIPATH_MODULE = "ActiveDirectory", "FailoverClusters", "MPIO"
"""A module that hosts have only where its feature was added."""


class Runspace:
    """Runs pipelines one after the other and keeps its variables between them.

    ``language`` is ``full`` (script text of constants runs) or ``none`` (structured commands only).
    ``visible`` names the cmdlets that this endpoint shows; None shows all that the host's version documents.
    ``authentication`` is how ``user`` signed in; what a third computer is shown of them follows from it. A user who
    is not one that ``manages_machines`` may run every cmdlet but those of Hyper-V. ``prepared`` answers are given
    where there are some.
    """

    def __init__(
        self,
        host: Host,
        user: str,
        language: str,
        table: CmdletTable,
        transcript: Transcript | None = None,
        visible: frozenset[str] | None = None,
        authentication: str = "negotiate",
        manages_machines: bool = True,
        prepared: PreparedAnswers | None = None,
    ) -> None:
        self.host = host
        self.user = user
        self.caller = Caller(user, authentication, manages_machines)
        self.language = language
        self.transcript = transcript
        self.variables = Variables()
        self._table = table
        self._prepared = prepared
        self._visible = None if visible is None else frozenset(name.lower() for name in visible)

    async def run(self, pipeline: Pipeline, streams: Streams) -> None:
        """Run a pipeline; a failed statement writes its error and the next statement still runs.

        Raises PipelineError when the whole pipeline fails. Cancelling stops the running commands.
        """
        if self._prepared is None:
            await PipelineRun(self, pipeline, streams).run()
        elif not self._prepared.give(self.host, pipeline, streams):
            recording = Recording(streams)
            await PipelineRun(self, pipeline, recording).run()
            self._prepared.keep(self.host, pipeline, recording)

    def close(self) -> None:
        """Forget the variables."""
        self.variables.clear()

    def find(self, name: str) -> tuple[AnyCmdlet, CommandSyntax]:
        """The cmdlet with this name, alias or module-qualified name, in any letter case.

        Raises StatementError (CommandNotFoundException) for one that is unknown here, not visible, or not in
        the documentation of the host's version.
        """
        module, _, short_name = name.rpartition("\\")
        found = self._table.find(short_name, self.host.version)
        if found:
            syntax = found[1]
            # An endpoint that shows a cmdlet does not show its aliases with it.
            hidden = self._visible is not None and short_name.lower() != syntax.name.lower()
            if self._shows(syntax) and not hidden and module.lower() in ("", syntax.module.lower()):
                return found
        raise StatementError(not_recognized(name))

    def shown_commands(self) -> list[CommandSyntax]:
        """The cmdlets that this endpoint shows, by name."""
        return [syntax for syntax in self._table.served(self.host.version) if self._shows(syntax)]

    def takes_argument(self, command: str, parameter: str) -> bool:
        """Whether the word after ``-parameter`` is its argument: everything but a known switch takes one."""
        try:
            _, syntax = self.find(command)
            found = find_parameter(syntax, parameter, syntax.error_source(self.host.version))
        except StatementError:
            return True  # the command is refused when it is bound
        return found is None or not is_switch(found)

    def _shows(self, syntax: CommandSyntax) -> bool:
        if syntax.module == DIRECTORY_MODULE and not self.host.has_directory_module:
            return False
        if syntax.module == CLUSTER_MODULE and not self.host.is_node:
            return False
        if syntax.module == MULTIPATH_MODULE and self.host.redundancy.multipath is None:
            return False
        return self._visible is None or syntax.name.lower() in self._visible


def not_recognized(name: str) -> ErrorRecord:
    """How PowerShell says that there is no command of this name."""
    return ErrorRecord(
        f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable "
        "program. Check the spelling of the name, or if a path was included, verify that the path is correct "
        "and try again.",
        "CommandNotFoundException",
        "ObjectNotFound",
        "",
        ("System.Management.Automation.CommandNotFoundException", "System.Exception", "System.Object"),
        name,
    )
