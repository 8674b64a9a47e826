"""One move of one machine: between two hosts, or of its storage within one, and the calls that carry it out.

The sets of parameters are those that Microsoft documents. A machine is told by its ID, through the pipeline
(``Get-VM -Id ... | Move-VM ...``): a name may stand for two machines, or hold wildcards. In that form a destination
host alone fits two of the documented sets since Windows Server 2016 (VMSingleDestination and
VMMultipleDestinations), and the default set is neither of the two, so that the call cannot bind. A move that gives no
folder for everything therefore always says ``-VirtualMachinePath``, which only one set has; for a machine whose data
stays, that is the path which its configuration has already.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

import msgspec

from core.estate.connection import HostKey
from core.hyperv.query import Question
from core.hyperv.records import Incompatibility, Machine, NetworkAdapter
from core.hyperv.states import MachineState
from core.language import _
from core.moving.networks import NetworkChoice, connected
from core.moving.placement import Item, ItemKind, Placement
from core.powershell.command import Command, Hashtable, ParameterValue, Pipeline, Statement, Switch, command

REPORT = "report"
"""The variable that holds the compatibility report of a move in its session."""


class MoveKind(enum.Enum):
    """What goes to another place."""

    MACHINE_AND_STORAGE = "machine and storage"
    MACHINE_ONLY = "machine only"
    STORAGE = "storage"

    @property
    def word(self) -> str:
        """The kind as the summary says it."""
        return {
            MoveKind.MACHINE_AND_STORAGE: _("Virtual machine and storage"),
            MoveKind.MACHINE_ONLY: _("Virtual machine only"),
            MoveKind.STORAGE: _("Storage only"),
        }[self]


class NetworkWay(enum.Enum):
    """How an adapter gets another switch: in the compatibility report of the move, or around the move.

    Microsoft documents the report. A field report says that a host may take no notice of what was changed in it; then
    the adapter is disconnected before the move and connected at the destination after it.
    """

    REPORT = "report"
    RECONNECT = "reconnect"


@dataclass(frozen=True, slots=True)
class Place:
    """A host, and the full name that other hosts know it by: Kerberos needs it."""

    host: HostKey
    name: str


@dataclass(frozen=True, slots=True)
class Move:
    """A machine with its ``adapters``, where it is, where it goes, and what becomes of its items and adapters.

    Source and destination are the same when only storage moves. ``networks`` are the choices for adapters whose switch
    the destination does not have.
    """

    machine: Machine
    source: Place
    destination: Place
    kind: MoveKind
    placement: Placement
    adapters: tuple[NetworkAdapter, ...] = ()
    networks: tuple[NetworkChoice, ...] = ()
    network_way: NetworkWay = NetworkWay.REPORT

    @property
    def is_live(self) -> bool:
        """Whether the machine itself goes to another host."""
        return self.kind is not MoveKind.STORAGE

    @property
    def memory(self) -> int:
        """Bytes of memory that are copied: none for a machine that does not run."""
        runs = self.machine.state in (MachineState.RUNNING, MachineState.PAUSED)
        return self.machine.memory_assigned if self.is_live and runs else 0

    @property
    def pipeline(self) -> Pipeline:
        """The call that moves. With choices for adapters it is several, which share the compatibility report."""
        if not self.goes_through_report:
            return Pipeline((self._pick() | self._call("Move-VM" if self.is_live else "Move-VMStorage"),))
        return Pipeline((*self._edited_report(), _report() | command("Move-VM")))

    @property
    def goes_through_report(self) -> bool:
        """Whether a compatibility report is changed and moved with."""
        return bool(self.networks) and self.is_live and self.network_way is NetworkWay.REPORT

    @property
    def comparison(self) -> Question[Incompatibility] | None:
        """What the source has against the move (Compare-VM); None for storage, which nothing compares."""
        if not self.is_live:
            return None
        statement = self._pick() | self._call("Compare-VM") | _incompatibilities()
        return Question("incompatibilities", statement, Incompatibility)

    @property
    def edited_comparison(self) -> tuple[Pipeline, Question[Incompatibility]]:
        """The same once the choices for adapters are in the report: calls to make first, in one session."""
        statement = _report() | command("Compare-VM") | _incompatibilities()
        return Pipeline(self._edited_report()), Question("incompatibilities", statement, Incompatibility)

    def back(self) -> Move:
        """The move that takes this one back; it gives no adapter another switch."""
        return replace(
            self,
            machine=machine_after(self.machine, self.placement),
            source=self.destination,
            destination=self.source,
            placement=self.placement.back(),
            networks=(),
        )

    def _pick(self) -> Command:
        return command("Get-VM", Id=self.machine.machine_id)

    def _call(self, cmdlet: str) -> Command:
        parameters: dict[str, ParameterValue] = {}
        if self.is_live:
            parameters["DestinationHost"] = self.destination.name
        if self.placement.single_location is not None:
            if self.is_live:
                parameters["IncludeStorage"] = Switch.PRESENT
            parameters["DestinationStoragePath"] = self.placement.single_location
        else:
            parameters |= self._folders()
        return command(cmdlet, **parameters)

    def _folders(self) -> dict[str, ParameterValue]:
        parameters: dict[str, ParameterValue] = {}
        disks: list[Hashtable] = []
        if self.is_live:
            parameters["VirtualMachinePath"] = self.machine.path
        for item, folder in self.placement.pairs():
            if folder is None:
                continue
            match item.kind:
                case ItemKind.DISK:
                    disks.append(_entry(item, folder))
                case ItemKind.CONFIGURATION:
                    parameters["VirtualMachinePath"] = folder
                case ItemKind.CHECKPOINTS:
                    parameters["SnapshotFilePath"] = folder
                case ItemKind.SMART_PAGING:
                    parameters["SmartPagingFilePath"] = folder
        if disks:
            parameters["Vhds"] = tuple(disks)
        return parameters

    def _edited_report(self) -> tuple[Statement, ...]:
        compare = self._call("Compare-VM")
        kept = Command(compare.name, (*compare.parameters, ("OutVariable", REPORT)))
        objected = _report() | _incompatibilities() | command("Select-Object", ExpandProperty="Source")
        changes = (connected(objected, choice) for choice in self.networks)
        # The messages are all that is wanted of what the comparison prints.
        shown = self._pick() | kept | _incompatibilities() | command("Select-Object", ExpandProperty="Message")
        return (shown, *changes)


def _report() -> Statement:
    return command("Get-Variable", Name=REPORT) | command("Select-Object", ExpandProperty="Value")


def _incompatibilities() -> Command:
    return command("Select-Object", ExpandProperty="Incompatibilities")


def _entry(item: Item, folder: str) -> Hashtable:
    return Hashtable((("SourceFilePath", item.path), ("DestinationFilePath", item.in_folder(folder))))


def machine_after(machine: Machine, placement: Placement) -> Machine:
    """The machine as it is when its items are where ``placement`` has them."""
    paths = {item.kind: placement.target_of(item) for item in placement.items}
    return msgspec.structs.replace(
        machine,
        path=paths.get(ItemKind.CONFIGURATION, machine.path),
        snapshot_file_location=paths.get(ItemKind.CHECKPOINTS, machine.snapshot_file_location),
        smart_paging_file_path=paths.get(ItemKind.SMART_PAGING, machine.smart_paging_file_path),
    )
