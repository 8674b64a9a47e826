"""What a host tells about an import before it begins: its report, and the files of the machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.checks.known import cmdlet_of
from core.hyperv.computers import Objection
from core.hyperv.disks import Asker, read_disk_files
from core.hyperv.paths import is_on_share
from core.hyperv.query import Question, Reading, TextQuestion, ask
from core.hyperv.records import HardDiskDrive, Incompatibility, NetworkAdapter, VirtualDisk
from core.importing.configurations import Described
from core.importing.imported import REPORT, Import, incompatibilities, planned, report
from core.powershell.command import Pipeline, Statement, command
from core.remoting.records import ErrorRecord

_MENDED = "mended"
_MACHINE = Question("machine", planned(), Described)
_ADAPTERS = Question("adapters", planned() | command("Get-VMNetworkAdapter"), NetworkAdapter)
_DRIVES = Question("drives", planned() | command("Get-VMHardDiskDrive"), HardDiskDrive)


@dataclass(frozen=True, slots=True)
class Objections:
    """What a report lists; ``sources`` are those of them that name a device or a machine."""

    listed: tuple[Incompatibility, ...]
    sources: tuple[Objection, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A machine as the host has planned it, what it objects to, and what of that is left once it is mended."""

    machine: Described
    adapters: tuple[NetworkAdapter, ...]
    drives: tuple[HardDiskDrive, ...]
    before: Objections
    left: Objections


@dataclass(frozen=True, slots=True)
class DiskFiles:
    """The disk files of a machine with their parents, and which of those attached are there.

    ``are_all``: each of them was read.
    """

    files: tuple[VirtualDisk, ...]
    are_all: bool
    existing: frozenset[str]


async def read_report(asker: Asker, wanted: Import) -> Report | ErrorRecord:
    """The report about ``wanted`` with its mends, all in one session, or why the host made none.

    Nothing real is changed. Raises RemotingError and UnexpectedAnswer.
    """
    objections = _questions(REPORT, report())
    mended = command("Get-Variable", Name=_MENDED) | command("Select-Object", ExpandProperty="Value")
    again = _questions(_MENDED, mended)
    statements = [*ask((TextQuestion("compared", wanted.compared),)).statements]
    statements += ask((_MACHINE, _ADAPTERS, _DRIVES, *objections)).statements
    if wanted.mends.are_any:
        compared = report() | command("Compare-VM", OutVariable=_MENDED) | incompatibilities()
        printed = TextQuestion("again", compared | command("Select-Object", ExpandProperty="Message"))
        statements += wanted.mended
        statements += ask((printed, *again)).statements
    answer = await asker(Pipeline(tuple(statements)))
    reading = Reading.of(answer.output)
    machine = next(iter(reading.records(_MACHINE)), None)
    refusal = next((each for each in answer.errors if cmdlet_of(each) == "Compare-VM"), None)
    if machine is None or refusal is not None:
        return refusal or next(iter(answer.errors), ErrorRecord(""))
    before = _read(reading, objections)
    left = _read(reading, again) if wanted.mends.are_any else before
    return Report(machine, reading.records(_ADAPTERS), reading.records(_DRIVES), before, left)


async def read_existing(asker: Asker, paths: Sequence[str]) -> frozenset[str]:
    """Those of ``paths``, in small letters, where something is. Shares are not looked at: the host sees them
    otherwise. Raises RemotingError and UnexpectedAnswer.
    """
    looked_for = tuple(dict.fromkeys(path for path in paths if not is_on_share(path)))
    if not looked_for:
        return frozenset()
    questions = [TextQuestion(f"file {n}", command("Test-Path", LiteralPath=p)) for n, p in enumerate(looked_for)]
    reading = Reading.of((await asker(ask(questions))).output)
    there = (reading.texts.get(question.name) == "True" for question in questions)
    return frozenset(path.lower() for path, is_there in zip(looked_for, there, strict=True) if is_there)


async def read_disk_places(asker: Asker, paths: Sequence[str]) -> DiskFiles:
    """The files at ``paths`` with their parents. Raises RemotingError and UnexpectedAnswer."""
    existing = await read_existing(asker, paths)
    readable = tuple(path for path in paths if is_on_share(path) or path.lower() in existing)
    files, errors = await read_disk_files(asker, readable) if readable else ((), ())
    return DiskFiles(tuple(dict.fromkeys(files)), len(readable) == len(paths) and not errors, existing)


_Objecting = tuple[Question[Incompatibility], Question[Objection]]


def _questions(name: str, compared: Statement) -> _Objecting:
    listed = compared | incompatibilities()
    source = command("Select-Object", Property=("Message", "MessageId"), ExpandProperty="Source")
    return (
        Question(f"objections of {name}", listed, Incompatibility),
        Question(f"sources of {name}", listed | source, Objection),
    )


def _read(reading: Reading, asked: _Objecting) -> Objections:
    listed, sources = asked
    return Objections(reading.records(listed), reading.records(sources))
