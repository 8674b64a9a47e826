"""What the wire asks of a simulated host: a runspace per shell, which runs the pipelines of its client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from lab.powershell.commands import Pipeline
from lab.powershell.streams import Streams


class Runspace(Protocol):
    """The place where the pipelines of one shell run."""

    async def run(self, pipeline: Pipeline, streams: Streams) -> None:
        """Run ``pipeline`` and write its records to ``streams`` as they come.

        Raises lab.powershell.streams.PipelineError when the whole pipeline fails. It is cancelled when the client stops
        the pipeline, and with the message lab.powershell.interruption.SHELL_CLOSED when the shell is gone.
        """

    def close(self) -> None:
        """The shell is gone: let go of what the runspace holds."""


OpenRunspace: TypeAlias = Callable[[str, str, str], Runspace]
"""Opens a runspace for (user ``DOMAIN\\name``, session configuration such as ``Microsoft.PowerShell``,
authentication such as ``negotiate`` or ``basic``).

Raises lab.wire.faults.UnknownConfiguration for a configuration the host does not have.
"""
