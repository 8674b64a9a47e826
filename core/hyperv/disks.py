"""The virtual hard disks of a machine with their sizes, parents included."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from core.hyperv.query import Question, Reading, ask
from core.hyperv.records import VirtualDisk
from core.powershell.command import Pipeline, command
from core.remoting.records import ErrorRecord
from core.remoting.session import Answer

Asker: TypeAlias = Callable[[Pipeline], Awaitable[Answer]]


async def read_disks(asker: Asker, machine_id: UUID) -> tuple[tuple[VirtualDisk, ...], tuple[ErrorRecord, ...]]:
    """Every disk file of a machine: those attached, then their parents, generation by generation.

    With them comes what the host said of files that it could not read: on a share it may not for somebody whose sign-in
    does not go further. Raises RemotingError when the host cannot be asked, and UnexpectedAnswer.
    """
    found, errors = await _read(asker, disk_question(machine_id))
    generation = found
    while parents := tuple(sorted({disk.parent_path for disk in generation if disk.parent_path})):
        generation, more = await _read(asker, Question("disks", command("Get-VHD", Path=parents), VirtualDisk))
        found, errors = found + generation, errors + more
    return found, errors


def disk_question(machine_id: UUID) -> Question[VirtualDisk]:
    """The disk files that are attached to a machine."""
    return Question("disks", command("Get-VHD", VMId=(machine_id,)), VirtualDisk)


async def _read(
    asker: Asker, question: Question[VirtualDisk]
) -> tuple[tuple[VirtualDisk, ...], tuple[ErrorRecord, ...]]:
    answer = await asker(ask((question,)))
    return Reading.of(answer.output).records(question), answer.errors
