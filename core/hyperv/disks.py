"""The virtual hard disks of a machine with their sizes, parents included."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from core.hyperv.query import Question, Reading, ask
from core.hyperv.records import VirtualDisk
from core.powershell.command import Pipeline, command
from core.remoting.session import Answer

Asker: TypeAlias = Callable[[Pipeline], Awaitable[Answer]]


async def read_disks(asker: Asker, machine_id: UUID) -> tuple[VirtualDisk, ...]:
    """Every disk file of a machine: those attached, then their parents, generation by generation.

    Raises CmdletFailed when a file of the chain cannot be read, RemotingError when the host cannot be asked, and
    UnexpectedAnswer.
    """
    found = await _read(asker, disk_question(machine_id))
    generation = found
    while parents := tuple(sorted({disk.parent_path for disk in generation if disk.parent_path})):
        generation = await _read(asker, Question("disks", command("Get-VHD", Path=parents), VirtualDisk))
        found += generation
    return found


def disk_question(machine_id: UUID) -> Question[VirtualDisk]:
    """The disk files that are attached to a machine."""
    return Question("disks", command("Get-VHD", VMId=(machine_id,)), VirtualDisk)


async def _read(asker: Asker, question: Question[VirtualDisk]) -> tuple[VirtualDisk, ...]:
    answer = await asker(ask((question,)))
    answer.raise_for_errors()
    return Reading.of(answer.output).records(question)
