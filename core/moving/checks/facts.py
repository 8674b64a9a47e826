"""What the hosts tell about a move before it begins, beyond their inventories: read in one pipeline for each host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from core.checks.known import Known, Unread, all_told, cmdlet_of, told, unread
from core.clusters.picture import VOLUMES, Volume
from core.hyperv.computers import (
    AttachedDisk,
    ComputerSystem,
    DirectoryAccount,
    DvdDrive,
    MachineSecurity,
    Objection,
    OperatingSystem,
    Processor,
    ProcessorSettings,
)
from core.hyperv.paths import shared_volume
from core.hyperv.query import Question, Reading, TextQuestion, ask
from core.hyperv.records import Incompatibility
from core.language import _
from core.moving.move import Move
from core.powershell.command import Command, Pipeline, Statement, command
from core.remoting.records import ErrorRecord
from core.remoting.session import Answer

CHECKED = "checked"
"""The variable that holds the report whose objections are read."""


Asked: TypeAlias = Question[Any] | TextQuestion


@dataclass(frozen=True, slots=True)
class Comparison:
    """What Compare-VM said: its ``objections``, of which ``sources`` name the device, or the ``refusal`` to compare."""

    objections: tuple[Incompatibility, ...] = ()
    sources: tuple[Objection, ...] = ()
    refusal: ErrorRecord | None = None

    @property
    def without_source(self) -> tuple[Incompatibility, ...]:
        """The objections that name no device."""
        named = {(source.message_id, source.message) for source in self.sources}
        return tuple(each for each in self.objections if (each.message_id, each.message) not in named)


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What the source tells. ``security`` is None for a machine that cannot have a virtual TPM."""

    disks: Known[tuple[AttachedDisk, ...]]
    drives: Known[tuple[DvdDrive, ...]]
    processor_settings: Known[ProcessorSettings]
    security: Known[MachineSecurity] | None
    system: Known[OperatingSystem]
    processor: Known[Processor]
    computer: Known[ComputerSystem]
    account: Known[DirectoryAccount]
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class DestinationFacts:
    """What the destination tells. ``existing`` says of each path that was asked about whether something is there.

    A path on a share is not asked about: what the program would see there is not what the host sees. ``volumes`` are
    the shared volumes of its cluster, where something is to lie on one.
    """

    system: Known[OperatingSystem]
    processor: Known[Processor]
    computer: Known[ComputerSystem]
    account: Known[DirectoryAccount]
    existing: Mapping[str, Known[bool]]
    volumes: tuple[Volume, ...] = ()


_SYSTEM = Question("system", command("Get-CimInstance", ClassName="Win32_OperatingSystem"), OperatingSystem)
_PROCESSOR = Question("processor", command("Get-CimInstance", ClassName="Win32_Processor"), Processor)
_COMPUTER = Question("computer", command("Get-CimInstance", ClassName="Win32_ComputerSystem"), ComputerSystem)


class SourceQuestions:
    """The questions to the source of a move."""

    def __init__(self, move: Move) -> None:
        machine = command("Get-VM", Id=move.machine.machine_id)
        self._move = move
        self._disks = Question("disks", machine | command("Get-VMHardDiskDrive"), AttachedDisk)
        self._drives = Question("drives", machine | command("Get-VMDvdDrive"), DvdDrive)
        self._settings = Question("settings", machine | command("Get-VMProcessor"), ProcessorSettings)
        self._security = Question("security", machine | command("Get-VMSecurity"), MachineSecurity)
        self._account = account_question(move)

    @property
    def pipeline(self) -> Pipeline:
        """Everything in one pipeline; for a storage move only what lies within the host."""
        if not self._move.is_live:
            return ask((self._disks,))
        questions: list[Asked] = [self._disks, self._drives, self._settings]
        questions += [_SYSTEM, _PROCESSOR, _COMPUTER, self._account]
        if has_virtual_tpm(self._move):
            questions.append(self._security)
        first, *others = compared(self._move)
        compare = ask((TextQuestion("comparison", first),)).statements
        return Pipeline((*ask(questions).statements, *compare, *others, *ask((_OBJECTIONS, _SOURCES)).statements))

    def read(self, answer: Answer) -> SourceFacts:
        """What ``answer`` tells. Raises UnexpectedAnswer."""
        reading = Reading.of(answer.output)
        disks = all_told(answer, reading, self._disks, "Get-VM", "Get-VMHardDiskDrive")
        if not self._move.is_live:
            unasked = Unread(_("It was not asked."))
            return SourceFacts(disks, unasked, unasked, None, unasked, unasked, unasked, unasked, None)
        return SourceFacts(
            disks=disks,
            drives=all_told(answer, reading, self._drives, "Get-VM", "Get-VMDvdDrive"),
            processor_settings=told(answer, reading, self._settings, "Get-VM", "Get-VMProcessor"),
            security=told(answer, reading, self._security, "Get-VM", "Get-VMSecurity")
            if has_virtual_tpm(self._move)
            else None,
            system=told(answer, reading, _SYSTEM, "Get-CimInstance"),
            processor=told(answer, reading, _PROCESSOR, "Get-CimInstance"),
            computer=told(answer, reading, _COMPUTER, "Get-CimInstance"),
            account=told(answer, reading, self._account, "Get-ADComputer"),
            comparison=_comparison(answer, reading),
        )


class DestinationQuestions:
    """The questions to the destination of a move, which is another host than the source."""

    def __init__(self, move: Move, paths: Iterable[str], *, asks_directory: bool) -> None:
        unique = dict.fromkeys(path for path in paths if not path.startswith("\\\\"))
        self._paths = {
            path: TextQuestion(f"path {number}", command("Test-Path", LiteralPath=path))
            for number, path in enumerate(unique)
        }
        self._account = account_question(move) if asks_directory else None
        self._is_live = move.is_live
        self._is_clustered = any(shared_volume(path) for path in unique)

    @property
    def are_any(self) -> bool:
        """Whether there is anything to ask."""
        return self._is_live or bool(self._paths)

    @property
    def unasked(self) -> DestinationFacts:
        """What is known when nothing is asked."""
        unasked = Unread(_("It was not asked."))
        return DestinationFacts(unasked, unasked, unasked, unasked, {})

    @property
    def pipeline(self) -> Pipeline:
        """Everything in one pipeline."""
        questions: list[Asked] = [*self._paths.values()]
        if self._account is not None:
            questions.append(self._account)
        if self._is_live:
            questions += [_SYSTEM, _PROCESSOR, _COMPUTER]
        if self._is_clustered:
            questions.append(VOLUMES)
        return ask(questions)

    def read(self, answer: Answer) -> DestinationFacts:
        """What ``answer`` tells. Raises UnexpectedAnswer."""
        reading = Reading.of(answer.output)
        account: Known[DirectoryAccount] = Unread(_("It was not asked."))
        if self._account is not None:
            account = told(answer, reading, self._account, "Get-ADComputer")
        return DestinationFacts(
            system=told(answer, reading, _SYSTEM, "Get-CimInstance"),
            processor=told(answer, reading, _PROCESSOR, "Get-CimInstance"),
            computer=told(answer, reading, _COMPUTER, "Get-CimInstance"),
            account=account,
            existing={path: _exists(answer, reading, path, question) for path, question in self._paths.items()},
            volumes=reading.records(VOLUMES) if self._is_clustered else (),
        )


def account_question(move: Move) -> Question[DirectoryAccount]:
    """What the directory says about the account of the source; asked of whichever host has the module."""
    name = move.source.name.partition(".")[0]
    properties = ("msDS-AllowedToDelegateTo", "TrustedToAuthForDelegation")
    return Question("account", command("Get-ADComputer", Identity=name, Properties=properties), DirectoryAccount)


def has_virtual_tpm(move: Move) -> bool:
    """Whether the machine can have a virtual TPM: generation 2, of version 8.0 (Windows Server 2016) or later."""
    major = move.machine.version.partition(".")[0]
    return move.machine.generation == 2 and major.isdigit() and int(major) >= 8


def compared(move: Move) -> tuple[Statement, ...]:
    """The calls that leave a compatibility report in the variable CHECKED, the choices for adapters included."""
    if move.goes_through_report:
        before, again = move.edited_comparison
        return (*before.statements, _kept(again))
    comparison = move.comparison
    assert comparison is not None
    return (_kept(comparison),)


def _kept(comparison: Question[Incompatibility]) -> Statement:
    """The comparison, whose report is kept; the messages are all that it prints."""
    source = comparison.source if isinstance(comparison.source, Statement) else Statement((comparison.source,))
    commands = tuple(
        Command(each.name, (*each.parameters, ("OutVariable", CHECKED))) if each.name == "Compare-VM" else each
        for each in source.commands
    )
    return Statement(commands) | command("Select-Object", ExpandProperty="Message")


_CHECKED = (
    command("Get-Variable", Name=CHECKED)
    | command("Select-Object", ExpandProperty="Value")
    | command("Select-Object", ExpandProperty="Incompatibilities")
)
_OBJECTIONS = Question("objections", _CHECKED, Incompatibility)
_SOURCES = Question(
    "sources",
    _CHECKED | command("Select-Object", Property=("Message", "MessageId"), ExpandProperty="Source"),
    Objection,
)


def _comparison(answer: Answer, reading: Reading) -> Comparison:
    refusal = next((error for error in answer.errors if cmdlet_of(error) == "Compare-VM"), None)
    if refusal is not None:
        return Comparison(refusal=refusal)
    return Comparison(reading.records(_OBJECTIONS), reading.records(_SOURCES))


def _exists(answer: Answer, reading: Reading, path: str, question: TextQuestion) -> Known[bool]:
    error = next((e for e in answer.errors if cmdlet_of(e) == "Test-Path" and e.target.lower() == path.lower()), None)
    if error is not None:
        return unread(error)
    text = reading.texts.get(question.name, "").lower()
    return text == "true" if text in ("true", "false") else Unread(_("The host said nothing about it."))
