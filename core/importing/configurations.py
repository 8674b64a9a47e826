"""The configuration files of machines that lie in a folder of a host, and what the host reads in them."""

from __future__ import annotations

import datetime
import ntpath
import re
from dataclasses import dataclass
from uuid import UUID

import msgspec
from msgspec import field

from core.checks.known import cmdlet_of
from core.hyperv.dates import windows_date
from core.hyperv.disks import Asker
from core.hyperv.query import Question, Reading, RowQuestion, TextQuestion, ask
from core.hyperv.states import MachineState
from core.powershell.command import Switch, command
from core.remoting.records import ErrorRecord

EXTENSIONS = (".vmcx", ".xml")
"""Configurations since version 6.2, and those before (Windows Server documentation)."""
MOST = 40
"""How many configurations of a folder the host is asked about."""
_PLACES = (("*",), ("Virtual Machines", "*"), ("*", "Virtual Machines", "*"))
"""Where they lie in a folder: in it, in its machine's sub-folder, or in that of each of several exports."""
_WILDCARDS = re.compile(r"([\[\]*?`])")


class Described(msgspec.Struct, frozen=True, rename="pascal"):
    """The machine of a compatibility report about an import: planned, not real."""

    machine_id: UUID = field(name="Id")
    name: str
    state: MachineState
    version: str
    processor_count: int
    memory_startup: int
    memory_minimum: int = 0
    dynamic_memory_enabled: bool = False
    creation_time: str | None = None

    @property
    def created(self) -> datetime.datetime | None:
        """When it was made; None where the host does not tell, or tells what cannot be read."""
        try:
            return windows_date(self.creation_time) if self.creation_time else None
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration file, with the machine that it describes or what the host says instead."""

    path: str
    machine: Described | None = None
    refusal: ErrorRecord | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """The configurations in a folder; ``is_there`` is False where there is no such folder.

    ``refusal`` is what the host said instead of what lies in it.
    """

    configurations: tuple[Configuration, ...] = ()
    is_there: bool = True
    refusal: ErrorRecord | None = None


def is_configuration(path: str) -> bool:
    """Whether ``path`` names the configuration of a machine: its file is called like the machine's ID."""
    stem, extension = ntpath.splitext(ntpath.basename(path))
    try:
        return extension.lower() in EXTENSIONS and bool(UUID(stem))
    except ValueError:
        return False


async def contents_of(asker: Asker, place: str) -> Contents:
    """What lies in the folder ``place``, which may be the path of one configuration instead.

    The host makes a compatibility report for each, which changes nothing. Raises RemotingError and UnexpectedAnswer.
    """
    if is_configuration(place):
        return Contents(await _described(asker, (place,)))
    folder = _WILDCARDS.sub(r"`\1", place)
    patterns = tuple(ntpath.join(folder, *parts) + extension for parts in _PLACES for extension in EXTENSIONS)
    there = TextQuestion("there", command("Test-Path", LiteralPath=place, PathType="Container"))
    files = RowQuestion("files", command("Get-ChildItem", Path=patterns, File=Switch.PRESENT), ("FullName",))
    answer = await asker(ask((there, files)))
    reading = Reading.of(answer.output)
    is_there = reading.texts.get(there.name) == "True"
    paths = dict.fromkeys(str(row["FullName"]) for row in reading.rows(files))
    found = tuple(path for path in paths if is_configuration(path))[:MOST]
    if not found:
        refusals = [error for error in answer.errors if error.category != "ObjectNotFound"]
        return Contents((), is_there, refusals[0] if refusals else None)
    return Contents(await _described(asker, found))


async def _described(asker: Asker, paths: tuple[str, ...]) -> tuple[Configuration, ...]:
    questions = [
        Question(
            f"machine {number}",
            command("Compare-VM", Path=path, Register=Switch.PRESENT) | command("Select-Object", ExpandProperty="VM"),
            Described,
        )
        for number, path in enumerate(paths)
    ]
    answer = await asker(ask(questions))
    reading = Reading.of(answer.output)
    # A report that cannot be made is one error, and they come in the order of the files.
    refusals = [error for error in answer.errors if cmdlet_of(error) == "Compare-VM"]
    found: list[Configuration] = []
    for path, question in zip(paths, questions, strict=True):
        machine = next(iter(reading.records(question)), None)
        refusal = refusals.pop(0) if machine is None and refusals else None
        found.append(Configuration(path, machine, refusal))
    return tuple(found)
