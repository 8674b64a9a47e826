"""The Move Wizard: a machine with all its data to one folder of another host.

The route and its words are those of Hyper-V Manager. Choices that this program does not carry out are part of the
route and say so.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.amounts import size_text
from core.estate.addresses import address_fault
from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.hyperv.disks import read_disks
from core.hyperv.migration import compare_for_one_folder, move_to_one_folder
from core.hyperv.paths import folder_fault, same_path
from core.hyperv.query import Reading, UnexpectedAnswer, ask
from core.hyperv.records import Machine, VirtualDisk
from core.hyperv.states import MachineState
from core.jobs.goal import Arrived
from core.jobs.plan import Action, Expectation, Migration, Plan
from core.language import _
from core.powershell.command import Pipeline
from core.remoting.errors import RemotingError
from core.remoting.session import Answer
from core.wizards.wizard import Problem, Step


class MoveType(enum.Enum):
    """What is moved."""

    MACHINE = "machine"
    STORAGE = "storage"


class MoveOption(enum.Enum):
    """Where the data of a machine goes."""

    SINGLE_LOCATION = "single location"
    EACH_ITEM = "each item"
    MACHINE_ONLY = "machine only"


AVAILABLE_TYPES = frozenset({MoveType.MACHINE})
AVAILABLE_OPTIONS = frozenset({MoveOption.SINGLE_LOCATION})


@dataclass(slots=True)
class MoveChoices:
    """What the pages fill in. ``destination`` is a name as typed; ``folder`` lies on the destination."""

    move_type: MoveType = MoveType.MACHINE
    destination: str = ""
    option: MoveOption = MoveOption.SINGLE_LOCATION
    folder: str = ""


class MoveWizard:
    """Moves one machine."""

    BEFORE = "before_you_begin"
    TYPE = "move_type"
    DESTINATION = "destination"
    OPTIONS = "options"
    LOCATION = "location"
    SUMMARY = "summary"

    def __init__(self, estate: Estate, source: HostKey, machine: Machine) -> None:
        self.estate = estate
        self.source = source
        self.machine = machine
        self.choices = MoveChoices()
        self.disks: tuple[VirtualDisk, ...] = ()

    @property
    def title(self) -> str:
        """The title of the window, as Hyper-V Manager writes it."""
        return _('Move "{machine}" Wizard').format(machine=self.machine.name)

    @property
    def commit(self) -> str:
        """The word on the last button."""
        return _("&Move")

    @property
    def source_picture(self) -> Picture:
        """The host that the machine is on."""
        return self.estate.picture(self.source)

    @property
    def destination_picture(self) -> Picture | None:
        """The host that the typed name means, or None."""
        return self.estate.find(self.source.group, self.choices.destination)

    @property
    def size(self) -> int:
        """What the machine's disk files occupy, in bytes; 0 until it was read."""
        return sum(disk.file_size for disk in self.disks)

    def destinations(self) -> tuple[Picture, ...]:
        """The hosts that can be chosen: those of the same group, without the source."""
        return tuple(
            picture
            for picture in self.estate.pictures
            if picture.key.group == self.source.group and picture.key != self.source
        )

    def objections(self, destination: Picture) -> tuple[Problem, ...]:
        """What is known already against ``destination``, without asking anyone."""
        if destination.failure is not None:
            return (failure_problem("destination", destination.failure),)
        return tuple(self._destination_faults(self.source_picture, destination))

    def proposed_folder(self) -> str:
        """A folder of the machine's own below the destination's default folder for machines."""
        picture = self.destination_picture
        if picture is None or picture.inventory is None:
            return ""
        present = self.machine.path
        on_destination = picture.inventory.volume_of(present)
        if on_destination is not None and same_path(present.rsplit("\\", 1)[-1], self.machine.name):
            return present
        return picture.inventory.host.virtual_machine_path.rstrip("\\") + "\\" + self.machine.name

    def steps(self) -> Iterator[Step]:
        """The route, as the choices stand."""
        yield Step(self.BEFORE, _("Before You Begin"), _("Before You Begin"))
        yield Step(self.TYPE, _("Choose Move Type"), _("Choose Move Type"))
        yield Step(self.DESTINATION, _("Specify Destination"), _("Specify Destination Computer"))
        yield Step(self.OPTIONS, _("Choose Move Options"), _("Choose Move Options"))
        yield Step(self.LOCATION, _("Virtual Machine"), _("Choose a new location for virtual machine"))
        yield Step(self.SUMMARY, _("Summary"), _("Completing Move Wizard"))

    def problems(self, step: Step) -> tuple[Problem, ...]:
        """What can be told at once from the choices on ``step``."""
        match step.key:
            case self.DESTINATION:
                return self._destination_typed()
            case self.LOCATION:
                return self._folder_typed()
            case _:
                return ()

    async def examine(self, step: Step) -> tuple[Problem, ...]:
        """What is wrong with the choices on ``step``, after asking the hosts.

        For the summary that is every step again, and then what the source host itself has against the move.
        """
        if found := self.problems(step):
            return found
        match step.key:
            case self.DESTINATION:
                return await self._ask_destination()
            case self.LOCATION:
                return await self._ask_for_space()
            case self.SUMMARY:
                return await self._ask_everything()
            case _:
                return ()

    async def plan(self) -> Plan:
        """The plan that the choices come to.

        Raises ValueError when a step still has problems.
        """
        for step in self.steps():
            if found := self.problems(step):
                raise ValueError(found[0].what)
        picture = self.destination_picture
        if picture is None or picture.inventory is None:
            raise ValueError(_("The destination is not known."))
        pipeline = move_to_one_folder(self.machine.machine_id, self._destination_name(), self.choices.folder)
        undo = _("Moving the machine back undoes it. Until the machine has switched, it stays on {host}.").format(
            host=self.source.name
        )
        title = _("Move {machine} to {host}").format(machine=self.machine.name, host=picture.key.name)
        memory = self.machine.memory_assigned if self.machine.state is MachineState.RUNNING else 0
        action = Action(
            title=title,
            host=self.source,
            pipeline=pipeline,
            goal=Arrived(self.machine.machine_id, self.source, picture.key),
            undo_text=undo,
            migration=Migration(picture.key, memory, self.size),
        )
        return Plan(
            title=title,
            host=self.source,
            actions=(action,),
            summary=self.summary(),
            expectation=Expectation(self.source, self.machine.machine_id, self.machine.name, self.machine.state),
        )

    def summary(self) -> tuple[tuple[str, str], ...]:
        """What the summary page lists: name and value."""
        picture = self.destination_picture
        destination = picture.key.name if picture else self.choices.destination
        lines = [
            (_("Virtual machine:"), self.machine.name),
            (_("Move type:"), _("Virtual machine and storage")),
            (_("From:"), self.source.name),
            (_("Destination computer:"), destination),
            (_("Location:"), self.choices.folder),
            (_("Size of the disks:"), size_text(self.size)),
        ]
        volume = picture.inventory.volume_of(self.choices.folder) if picture and picture.inventory else None
        if volume is not None:
            after = size_text(volume.size_remaining - self.size)
            lines.append(
                (
                    _("Free space after the move:"),
                    _("{size} on {drive}:").format(size=after, drive=volume.drive_letter),
                )
            )
        return tuple(lines)

    def _destination_name(self) -> str:
        """The name under which hosts know the destination: its full name, which Kerberos needs."""
        picture = self.destination_picture
        if picture is None or picture.inventory is None:
            return self.choices.destination.strip()
        return picture.inventory.host.fully_qualified_domain_name

    def _destination_typed(self) -> tuple[Problem, ...]:
        name = self.choices.destination.strip()
        if not name:
            return (Problem("destination", _("No destination computer is named."), _("Choose or type one.")),)
        if self.destination_picture is None and (fault := address_fault(name)):
            cure = _("Type a name such as HV01 or hv01.contoso.example, or a network address.")
            return (Problem("destination", fault, cure),)
        if self.source_picture.is_called(name):
            return (
                Problem(
                    "destination",
                    _("{machine} is on {host} already.").format(machine=self.machine.name, host=self.source.name),
                    _("Choose another computer."),
                ),
            )
        return ()

    async def _ask_destination(self) -> tuple[Problem, ...]:
        source, picture = await self.estate.refresh(self.source), await self._reach_destination()
        if picture is None:
            return (self._unknown_destination(),)
        for failed in (source, picture):
            if failed.failure is not None:
                return (failure_problem("destination", failed.failure),)
        # A host may have been typed under another of its names: from here on it is the listed one.
        self.choices.destination = picture.key.name
        if typed_source := self._destination_typed():
            return typed_source
        return tuple(self._destination_faults(source, picture))

    async def _reach_destination(self) -> Picture | None:
        """A fresh picture of the destination: of a server in the list, or of any that can be reached like the source.

        None when there is no practice host of that name: simulated and real hosts never mix.
        """
        picture = self.destination_picture
        if picture is not None:
            return await self.estate.refresh(picture.key)
        connection = self.source_picture.connection
        if connection.is_practice:
            return None
        name = self.choices.destination.strip()
        return await self.estate.visit(
            replace(connection, endpoint=replace(connection.endpoint, name=name, address=name))
        )

    def _unknown_destination(self) -> Problem:
        return Problem(
            "destination",
            _("There is no practice host called {name}.").format(name=self.choices.destination.strip()),
            _("Choose one of the practice hosts: real and simulated hosts never mix."),
        )

    def _destination_faults(self, source: Picture, destination: Picture) -> Iterator[Problem]:
        if source.inventory is None or destination.inventory is None:
            return
        for inventory, name in (
            (source.inventory, source.key.name),
            (destination.inventory, destination.key.name),
        ):
            if not inventory.host.virtual_machine_migration_enabled:
                yield Problem(
                    "destination",
                    _("Live migrations are not enabled on {host}.").format(host=name),
                    _("Enable incoming and outgoing live migrations in the Hyper-V settings of {host}.").format(
                        host=name
                    ),
                )
        host = destination.inventory.host
        if destination.inventory.machine(self.machine.machine_id) is not None:
            yield Problem(
                "destination",
                _("{host} has this virtual machine already.").format(host=destination.key.name),
                _("Refresh the list: the machine may have been moved meanwhile."),
            )
        if host.supported_vm_versions and self.machine.version not in host.supported_vm_versions:
            yield Problem(
                "destination",
                _("{host} does not run virtual machines of version {version}.").format(
                    host=destination.key.name, version=self.machine.version
                ),
                _("Choose a host that supports this version: {versions} are supported here.").format(
                    versions=", ".join(host.supported_vm_versions)
                ),
            )

    def _folder_typed(self) -> tuple[Problem, ...]:
        folder = self.choices.folder
        if fault := folder_fault(folder):
            cure = _("Type a full path on {host}, such as D:\\Machines.").format(host=self._shown_destination())
            return (Problem("folder", fault, cure),)
        picture = self.destination_picture
        inventory = picture.inventory if picture else None
        if inventory and folder[1:2] == ":" and inventory.volumes and inventory.volume_of(folder) is None:
            letters = ", ".join(f"{volume.drive_letter}:" for volume in inventory.volumes if volume.drive_letter)
            return (
                Problem(
                    "folder",
                    _("{host} has no drive {drive}.").format(host=self._shown_destination(), drive=folder[:2].upper()),
                    _("Choose one of its drives: {drives}.").format(drives=letters),
                ),
            )
        return ()

    async def _ask_for_space(self) -> tuple[Problem, ...]:
        """Whether the disks fit the volume, by what they occupy and not by what the guest sees."""
        picture = self.destination_picture
        if picture is None:
            return (self._unknown_destination(),)
        try:
            self.disks = await read_disks(self._ask_source, self.machine.machine_id)
        except RemotingError as error:
            return (failure_problem("folder", error),)
        except UnexpectedAnswer as error:
            return (self._unreadable("folder", error),)
        volume = picture.inventory.volume_of(self.choices.folder) if picture.inventory else None
        if volume is None or volume.size_remaining >= self.size:
            return ()
        return (
            Problem(
                "folder",
                _("Drive {drive}: of {host} has {free} free, but the disks need {needed}.").format(
                    drive=volume.drive_letter,
                    host=picture.key.name,
                    free=size_text(volume.size_remaining),
                    needed=size_text(self.size),
                ),
                _("Choose another drive, or make room on this one."),
            ),
        )

    async def _ask_everything(self) -> tuple[Problem, ...]:
        for step in self.steps():
            if step.key != self.SUMMARY and (found := await self.examine(step)):
                return found
        question = compare_for_one_folder(self.machine.machine_id, self._destination_name(), self.choices.folder)
        try:
            answer = await self._ask_source(ask((question,)))
            answer.raise_for_errors()
            found_by_host = Reading.of(answer.output).records(question)
        except RemotingError as error:
            return (failure_problem("summary", error),)
        except UnexpectedAnswer as error:
            return (self._unreadable("summary", error),)
        cure = _("Change what {host} objects to, then try again.").format(host=self.source.name)
        return tuple(Problem("summary", entry.message, cure) for entry in found_by_host)

    async def _ask_source(self, question: Pipeline) -> Answer:
        return await self.estate.ask(self.source, question)

    def _unreadable(self, field: str, error: UnexpectedAnswer) -> Problem:
        what = _("{host} gave an unexpected answer.").format(host=self.source.name) + f" {error}"
        return Problem(field, what, _("Try again; if it stays so, check the Hyper-V module on the host."))

    def _shown_destination(self) -> str:
        picture = self.destination_picture
        return picture.key.name if picture else self.choices.destination.strip()


def failure_problem(field: str, error: RemotingError) -> Problem:
    """A failed call as a problem of a page: what happened and why, and the cure."""
    return Problem(field, f"{error.sentence} {error.cause}", error.cure)
