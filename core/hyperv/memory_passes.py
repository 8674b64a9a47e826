"""What a host's performance counters tell of the memory of a machine that is on its way.

The names of the counters are those that a published monitoring script uses; Windows in another language has others, and
then nothing is told.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from core.hyperv.query import Reading, RowQuestion, UnexpectedAnswer, ask
from core.powershell.command import Pipeline, command
from core.remoting.errors import RemotingError
from core.remoting.session import Answer

Asker: TypeAlias = Callable[[Pipeline], Awaitable[Answer]]

_PASS = "Transfer Pass: Number"
_DIRTY = "Transfer Pass: Dirty Page Count"
_COUNTERS = tuple(rf"\Hyper-V VM Live Migration(*)\{counter}" for counter in (_PASS, _DIRTY))
_PAGE = 4096


@dataclass(frozen=True, slots=True)
class MemoryPasses:
    """Which pass over the memory this is, and how many bytes it has to send."""

    number: int
    left: int


async def read_memory_passes(asker: Asker, machine_name: str) -> MemoryPasses | None:
    """How often the memory of the machine has been gone over; None where the host does not tell."""
    samples = command("Get-Counter", Counter=_COUNTERS) | command("Select-Object", ExpandProperty="CounterSamples")
    question = RowQuestion("passes", samples, ("InstanceName", "Path", "CookedValue"))
    try:
        rows = Reading.of((await asker(ask((question,)))).output).rows(question)
    except (RemotingError, UnexpectedAnswer):
        return None
    told: dict[str, float] = {}
    for row in rows:
        instance, path, value = (row.get(name) for name in question.properties)
        if str(instance).lower().startswith(machine_name.lower() + ":") and isinstance(value, int | float):
            told[str(path).lower().rsplit("\\", 1)[-1]] = value
    if _PASS.lower() not in told:
        return None
    return MemoryPasses(int(told[_PASS.lower()]), int(told.get(_DIRTY.lower(), 0)) * _PAGE)
