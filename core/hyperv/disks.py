"""The virtual hard disks of a machine with their sizes, parents included."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TypeAlias
from uuid import UUID

from core.hyperv.query import Question, Reading, UnexpectedAnswer, ask
from core.hyperv.records import VirtualDisk
from core.language import _
from core.powershell.command import Pipeline, command
from core.remoting.records import ErrorRecord
from core.remoting.session import Answer

Asker: TypeAlias = Callable[[Pipeline], Awaitable[Answer]]

_MOST_GENERATIONS = 256
"""A machine has at most 50 checkpoints (Hyper-V's maximums), each of which adds a generation; the rest is room."""

DisksRead: TypeAlias = tuple[tuple[VirtualDisk, ...], tuple[ErrorRecord, ...]]
"""Disk files, and what the host said of those that it could not read."""


async def read_disks(asker: Asker, *machine_ids: UUID) -> DisksRead:
    """Every disk file of one or more machines: those attached, then their parents, generation by generation.

    With them comes what the host said of files that it could not read: on a share it may not for somebody whose sign-in
    does not go further. Raises RemotingError when the host cannot be asked, and UnexpectedAnswer.
    """
    return await _with_parents(asker, disk_question(*machine_ids))


async def read_disk_files(asker: Asker, paths: tuple[str, ...]) -> DisksRead:
    """The disk files at ``paths`` and their parents, as ``read_disks`` does."""
    return await _with_parents(asker, Question("disks", command("Get-VHD", Path=paths), VirtualDisk))


async def _with_parents(asker: Asker, question: Question[VirtualDisk]) -> DisksRead:
    found, errors = await _read(asker, question)
    generation, known = found, {disk.path.lower() for disk in found}
    for _number in range(_MOST_GENERATIONS):
        named = {disk.parent_path for disk in generation if disk.parent_path}
        # Two disks may have the same parent, and one that is its own is read once.
        parents = tuple(sorted(path for path in named if path.lower() not in known))
        if not parents:
            return found, errors
        known |= {path.lower() for path in parents}
        generation, more = await _read(asker, Question("disks", command("Get-VHD", Path=parents), VirtualDisk))
        found, errors = found + generation, errors + more
    raise UnexpectedAnswer(_("It tells of more generations of virtual hard disks than there can be."))


def disk_question(*machine_ids: UUID) -> Question[VirtualDisk]:
    """The disk files that are attached to these machines."""
    return Question("disks", command("Get-VHD", VMId=machine_ids), VirtualDisk)


async def read_disks_apart(asker: Asker, attached: Mapping[UUID, Collection[str]]) -> dict[UUID, DisksRead]:
    """The disk files of several machines of one host, read together; ``attached`` are the disks of each.

    Raises RemotingError when the host cannot be asked, and UnexpectedAnswer.
    """
    found, errors = await read_disks(asker, *attached)
    files = {disk.path.lower(): disk for disk in found}
    apart: dict[UUID, DisksRead] = {}
    for machine_id, paths in attached.items():
        own: dict[str, VirtualDisk] = {}
        waiting = [path.lower() for path in paths]
        is_whole = True
        while waiting:
            path = waiting.pop(0)
            disk = files.get(path)
            is_whole = is_whole and disk is not None
            if disk is not None and path not in own:
                own[path] = disk
                waiting += [disk.parent_path.lower()] if disk.parent_path else []
        # Which machine a refusal is about is told only by what is missing.
        apart[machine_id] = tuple(own.values()), () if is_whole else errors
    return apart


async def _read(asker: Asker, question: Question[VirtualDisk]) -> DisksRead:
    answer = await asker(ask((question,)))
    return Reading.of(answer.output).records(question), answer.errors
