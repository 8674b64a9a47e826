"""Which calls only read, told by their verbs."""

from __future__ import annotations

from core.powershell.command import Pipeline

_READING_VERBS = frozenset({"Compare", "Get", "Measure", "Resolve", "Select", "Sort", "Test", "Where"})
# These verbs of PowerShell itself have others behind them that write files, or say things on a screen.
_READING_NAMES = frozenset({"ConvertTo-Json", "Write-Output"})


def only_reads(pipeline: Pipeline) -> bool:
    """Whether ``pipeline`` changes nothing on a host, whatever else it does.

    The verbs are Microsoft's "Approved verbs for PowerShell commands": of those taken here each says that it obtains,
    compares, measures or tests something. A name without a verb is not taken for one that reads.
    """
    return all(_reads(command.name) for statement in pipeline.statements for command in statement.commands)


def _reads(name: str) -> bool:
    verb, dash, _noun = name.partition("-")
    return name in _READING_NAMES or (bool(dash) and verb in _READING_VERBS)
