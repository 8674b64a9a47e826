"""One import of one machine, and the calls that compare it with its host and carry it out.

What a report objects to is mended on the machine of the report, in one session, and the import goes on with it: the
objects of a report do not outlive their session (Microsoft's pages of Compare-VM and Import-VM).
"""

from __future__ import annotations

import enum
import ntpath
from dataclasses import dataclass, field

from core.language import _
from core.moving.networks import NetworkChoice, connected
from core.powershell.command import Command, ParameterValue, Pipeline, Statement, Switch, command

REPORT = "report"
"""The variable that holds the compatibility report in its session."""


class ImportType(enum.Enum):
    """What becomes of the files and of the machine's ID, as Hyper-V Manager offers it."""

    REGISTER = "register"
    RESTORE = "restore"
    COPY = "copy"

    @property
    def word(self) -> str:
        """The type as the summary says it."""
        return {
            ImportType.REGISTER: _("Register the virtual machine in-place (use the existing unique ID)"),
            ImportType.RESTORE: _("Restore the virtual machine (use the existing unique ID)"),
            ImportType.COPY: _("Copy the virtual machine (create a new unique ID)"),
        }[self]

    @property
    def copies(self) -> bool:
        """Whether the files are copied."""
        return self is not ImportType.REGISTER


@dataclass(frozen=True, slots=True)
class Folders:
    """Where copies go: the configuration, the checkpoint store, the smart paging file, and the disks."""

    machine: str
    checkpoints: str
    paging: str
    disks: str


@dataclass(frozen=True, slots=True)
class Mends:
    """What is changed of the planned machine: bytes of memory, processors, switches, and paths of disks, by the old.

    ``lowers_minimum``: its memory is dynamic, and must be allowed to be as little. ``ejected`` are files that are taken
    out of drives, because they are not there.
    """

    networks: tuple[NetworkChoice, ...] = ()
    memory: int | None = None
    lowers_minimum: bool = False
    processors: int | None = None
    disks: tuple[tuple[str, str], ...] = ()
    ejected: tuple[str, ...] = ()

    @property
    def are_any(self) -> bool:
        """Whether anything is changed."""
        return self != Mends()


@dataclass(frozen=True, slots=True)
class Import:
    """The configuration at ``path`` becomes a machine; ``folders`` are for what is copied.

    ``disk_source`` is where its disks lie, if not where the configuration says; only copies can name one.
    """

    path: str
    kind: ImportType
    folders: Folders | None = None
    disk_source: str = ""
    mends: Mends = field(default_factory=Mends)

    @property
    def parameters(self) -> dict[str, ParameterValue]:
        """What Compare-VM and Import-VM are given: one documented set each."""
        if self.folders is None:
            return {"Path": self.path, "Register": Switch.PRESENT}
        given: dict[str, ParameterValue] = {"Path": self.path, "Copy": Switch.PRESENT}
        if self.kind is ImportType.COPY:
            given["GenerateNewId"] = Switch.PRESENT
        given |= {
            "VirtualMachinePath": self.folders.machine,
            "SnapshotFilePath": self.folders.checkpoints,
            "SmartPagingFilePath": self.folders.paging,
            "VhdDestinationPath": self.folders.disks,
        }
        return given | ({"VhdSourcePath": self.disk_source} if self.disk_source else {})

    @property
    def pipeline(self) -> Pipeline:
        """The calls that import."""
        if not self.mends.are_any:
            return Pipeline((Statement((command("Import-VM", **self.parameters),)),))
        return Pipeline((self.compared, *self.mended, report() | command("Import-VM")))

    @property
    def compared(self) -> Statement:
        """The call that leaves a report in REPORT; the messages are all that it prints."""
        call = command("Compare-VM", **self.parameters, OutVariable=REPORT)
        return call | incompatibilities() | command("Select-Object", ExpandProperty="Message")

    @property
    def mended(self) -> tuple[Statement, ...]:
        """The calls that change the machine of the report."""
        sources = report() | incompatibilities() | command("Select-Object", ExpandProperty="Source")
        calls = [connected(sources, choice) for choice in self.mends.networks]
        for old, new in self.mends.disks:
            calls.append(_holding(sources, old) | command("Set-VMHardDiskDrive", Path=new))
        calls += [_holding(sources, path) | command("Set-VMDvdDrive", Path=None) for path in self.mends.ejected]
        if self.mends.memory is not None:
            least: dict[str, ParameterValue] = {"MinimumBytes": self.mends.memory} if self.mends.lowers_minimum else {}
            calls.append(planned() | command("Set-VMMemory", **least, StartupBytes=self.mends.memory))
        if self.mends.processors is not None:
            calls.append(planned() | command("Set-VMProcessor", Count=self.mends.processors))
        return tuple(calls)

    def target(self, disk: str) -> str:
        """Where a disk file is after the import."""
        return ntpath.join(self.folders.disks, ntpath.basename(disk)) if self.folders is not None else disk


def _holding(sources: Statement, path: str) -> Statement:
    return sources | command("Where-Object", Property="Path", EQ=Switch.PRESENT, Value=path)


def report() -> Statement:
    """The report that is kept in the session."""
    return command("Get-Variable", Name=REPORT) | command("Select-Object", ExpandProperty="Value")


def planned() -> Statement:
    """The machine of the report."""
    return report() | command("Select-Object", ExpandProperty="VM")


def incompatibilities() -> Command:
    """What picks the objections of a report."""
    return command("Select-Object", ExpandProperty="Incompatibilities")
