"""Moving several machines at once: a grid of machines and items, with rules for their places.

Each machine is a Move Wizard of its own that goes the way of choosing a place for each item. The grid only fills in its
choices, so that what is checked, planned and sent is the same as for one.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

from core.amounts import size_text
from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.hyperv.disks import DisksRead, read_disks_apart
from core.hyperv.paths import same_path
from core.hyperv.records import Machine, NetworkAdapter
from core.jobs.plan import Batch
from core.language import _
from core.moving.checks.planned import Planned, arriving
from core.moving.move import Move
from core.moving.placement import Item, ItemKind
from core.moving.rating import Rating
from core.moving.rules import FolderRules, folder_by, rule_fault
from core.moving.summary import failure_words
from core.shared_readings import SharedReadings
from core.wizards.move import MoveWizard, details_of
from core.wizards.move_choices import ItemOption, MoveOption, MoveType, StorageOption
from core.wizards.wizard import Problem, Step, obstacles


@dataclass(slots=True)
class MoveManyChoices:
    """``destination`` holds for every machine that has none of its own in ``destinations``, by the machine's ID.

    ``folders`` are those that were typed for one item, by the machine's ID and the item's key; the rules give the
    others. ``switches`` are chosen by the destination's name and the name of the switch that it does not have; empty
    means not connected.
    """

    move_type: MoveType = MoveType.MACHINE
    destination: str = ""
    destinations: dict[UUID, str] = field(default_factory=dict)
    rules: FolderRules = field(default_factory=FolderRules)
    folders: dict[tuple[UUID, str], str] = field(default_factory=dict)
    switches: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VolumeForecast:
    """A volume of a host as it will be: bytes free now, and those that all moves together put there."""

    host: str
    drive: str
    free: int
    arriving: int

    @property
    def left(self) -> int:
        """Bytes free afterwards; negative when it does not fit."""
        return self.free - self.arriving


class MoveManyWizard:
    """Moves several machines, or their storage: of the host ``source``, unless ``sources`` says of one that it is
    elsewhere. With ``may_stay`` one that has no destination is left where it is.
    """

    GRID = "grid"
    NETWORKS = "networks"
    SUMMARY = "summary"

    def __init__(
        self,
        estate: Estate,
        source: HostKey,
        machines: Sequence[Machine],
        sources: Mapping[UUID, HostKey] | None = None,
    ) -> None:
        self.estate = estate
        self.source = source
        self.choices = MoveManyChoices()
        self.may_stay = False
        places = sources or {}
        self.rows = tuple(MoveWizard(estate, places.get(machine.machine_id, source), machine) for machine in machines)
        details = SharedReadings(partial(details_of, estate))
        self._disks = SharedReadings(self._read_disks)
        for row in self.rows:
            row.has_ways = False
            row.detail_reader = details.get
            row.disk_reader = partial(self._disks_of, row.source)
            row.choices.item_option = ItemOption.ITEMS
            row.choices.storage_option = StorageOption.ITEMS

    @property
    def title(self) -> str:
        """The title of the window."""
        return _("Move {count} Virtual Machines").format(count=len(self.rows))

    @property
    def commit(self) -> str:
        """The word on the last button."""
        return _("&Move")

    @property
    def going(self) -> tuple[MoveWizard, ...]:
        """The machines that are to be moved."""
        return tuple(row for row in self.rows if self.destination(row).strip()) if self.may_stay else self.rows

    @property
    def is_live(self) -> bool:
        """Whether the machines themselves are to go to other hosts."""
        return self.choices.move_type is MoveType.MACHINE

    def apply(self) -> None:
        """Give each machine's own wizard the choices of the grid; whoever changes a choice calls it."""
        for row in self.rows:
            row.choices.move_type = self.choices.move_type
            row.choices.destination = self.destination(row)
            staying: set[str] = set()
            for item in row.items:
                folder = self.folder(row, item)
                row.set_folder(item, folder)
                if self.is_live and item.is_on_share and same_path(folder, item.folder):
                    staying.add(item.key)
            row.choices.left_out = staying
            everything_stays = len(staying) == len(row.items)
            row.choices.option = MoveOption.MACHINE_ONLY if everything_stays else MoveOption.EACH_ITEM
            for place, adapter in row.unconnected():
                row.set_switch(place, self.choices.switches.get((row.target_name, adapter.switch_name or ""), ""))

    def destination(self, row: MoveWizard) -> str:
        """The name of the host that a machine goes to."""
        return self.choices.destinations.get(row.machine.machine_id, self.choices.destination)

    def destinations(self) -> tuple[Picture, ...]:
        """The hosts that can be chosen."""
        found = [picture for row in self.rows for picture in row.destinations()]
        return tuple({picture.key: picture for picture in found}.values())

    def set_destination(self, row: MoveWizard, name: str) -> None:
        """Let a machine go elsewhere than the others; nothing, or the same name, lets it go with them."""
        if not name.strip() or name == self.choices.destination:
            self.choices.destinations.pop(row.machine.machine_id, None)
        else:
            self.choices.destinations[row.machine.machine_id] = name

    def folder(self, row: MoveWizard, item: Item) -> str:
        """Where an item goes: as it was typed for it, else by the rule."""
        typed = self.choices.folders.get((row.machine.machine_id, item.key))
        return typed if typed is not None else self.ruled_folder(row, item)

    def ruled_folder(self, row: MoveWizard, item: Item) -> str:
        """Where the rule puts an item."""
        return folder_by(self.choices.rules.rule_for(item), row.machine, item, row.target_inventory)

    def set_folder(self, row: MoveWizard, item: Item, folder: str) -> None:
        """Keep what was typed for one item; the rule holds again when it is what the rule gives, or nothing."""
        place = (row.machine.machine_id, item.key)
        if not folder.strip() or folder == self.ruled_folder(row, item):
            self.choices.folders.pop(place, None)
        else:
            self.choices.folders[place] = folder

    def rating(self, row: MoveWizard) -> Rating | None:
        """How well the destination fits a machine; None where none is chosen, or where only storage moves."""
        picture = row.destination_picture if self.is_live else None
        return row.rating(picture) if picture is not None else None

    def words(self, row: MoveWizard) -> str:
        """What is said of a machine in the grid: how well its destination fits."""
        rating = self.rating(row)
        return rating.words if rating is not None else ""

    def moves(self) -> tuple[Move, ...]:
        """What the choices come to, for the machines whose hosts are known."""
        return tuple(move for row in self.rows if (move := row.move()) is not None)

    def forecast(self) -> tuple[VolumeForecast, ...]:
        """The volumes that something goes to, as they will be when everything is there."""
        needed: dict[tuple[HostKey, str], int] = {}
        for move in self.moves():
            for place, size in arriving(move.placement, is_live=self.is_live).items():
                key = (move.destination.host, place)
                needed[key] = needed.get(key, 0) + size
        forecasts = []
        for (host, place), size in needed.items():
            inventory = self.estate.picture(host).inventory
            volume = inventory.volume_of(place) if inventory is not None else None
            if volume is not None:
                forecasts.append(VolumeForecast(host.name, place, volume.size_remaining, size))
        return tuple(sorted(forecasts, key=lambda forecast: (forecast.host, forecast.drive)))

    def missing_switches(self) -> tuple[tuple[str, str], ...]:
        """Destination and switch, for each switch that an adapter is connected to and its destination does not have."""
        found: dict[tuple[str, str], None] = {}
        for row, adapter in self._unconnected():
            found[row.target_name, adapter.switch_name or ""] = None
        return tuple(found)

    def switches_of(self, destination: str) -> tuple[str, ...]:
        """The switches of a destination."""
        picture = self.estate.find(self.source.group, destination)
        inventory = picture.inventory if picture is not None else None
        return tuple(switch.name for switch in inventory.switches) if inventory is not None else ()

    def steps(self) -> Iterator[Step]:
        """The route, as the choices stand."""
        yield Step(self.GRID, _("Machines and Places"), _("Choose Where Each Machine Goes"))
        if self.missing_switches():
            yield Step(self.NETWORKS, _("Connect Network"), _("Connect Network"))
        yield Step(self.SUMMARY, _("Summary"), _("Completing Move Wizard"))

    def problems(self, step: Step) -> tuple[Problem, ...]:
        """What can be told at once from the choices on ``step``."""
        return () if step.key == self.NETWORKS else self._choices_made()

    def _choices_made(self) -> tuple[Problem, ...]:
        """What can be told at once of all choices."""
        self.apply()
        if faults := tuple(self._rules_typed()):
            return faults
        if not self.going:
            return (Problem("grid", _("No machine has a destination."), _("Give at least one of them one.")),)
        found = [problem for row in self.going for problem in self._typed(row)]
        return (*found, *self._collisions(), *self._notes())

    def _notes(self) -> tuple[Problem, ...]:
        """Warnings about what is left where it is."""
        return ()

    async def examine(self, step: Step) -> tuple[Problem, ...]:
        """What is wrong with the choices on ``step``, after asking the hosts."""
        found = self.problems(step)
        if step.key == self.NETWORKS or obstacles(found):
            return found
        if step.key == self.GRID:
            answers = await asyncio.gather(*(self._ask_for_places(row) for row in self.going))
        else:
            moves = {row.machine.machine_id: row.move() for row in self.going}
            planned = Planned.of(move for move in moves.values() if move is not None)
            for row in self.going:
                own = moves[row.machine.machine_id]
                row.others = planned.without(own) if own is not None else planned
            summary = Step(MoveWizard.SUMMARY, "", "")
            answers = await asyncio.gather(*(row.examine(summary) for row in self.going))
        self.apply()
        return (*self._notes(), *dict.fromkeys(self._together(answers)), *self._space())

    async def load(self) -> None:
        """Read what the grid shows and the pictures lack: sizes, and how well each destination fits."""
        await asyncio.gather(*(row.read_sizes() for row in self.rows))
        hosts = dict.fromkeys((*(row.source for row in self.rows), *(each.key for each in self.destinations())))
        await asyncio.gather(*(self.rows[0].read_details(key) for key in hosts))
        for row in self.rows[1:]:
            row.details = self.rows[0].details
        self.apply()

    async def plan(self) -> Batch:
        """The plans that the choices come to, one for each machine.

        Raises ValueError when a step still has problems.
        """
        if found := obstacles(self._choices_made()):
            raise ValueError(found[0].what)
        return Batch(self.title, tuple([await row.plan() for row in self.going]))

    def summary(self) -> tuple[tuple[str, str], ...]:
        """What the summary page lists: a line for each machine, and what they come to together."""
        moves = self.moves()
        memory, storage = sum(move.memory for move in moves), sum(move.placement.storage for move in moves)
        lines = [(_("{machine}:").format(machine=move.machine.name), _places(move)) for move in moves]
        lines.append((_("Together:"), _("{size} are copied.").format(size=size_text(memory + storage))))
        for forecast in self.forecast():
            left = _("{size} on {drive} of {host}").format(
                size=size_text(max(forecast.left, 0)), drive=forecast.drive, host=forecast.host
            )
            lines.append((_("Free space after the moves:"), left))
        if moves:
            lines.append((_("If one fails:"), failure_words(moves[0])))
        return tuple(lines)

    async def _disks_of(self, source: HostKey, machine_id: UUID) -> DisksRead:
        return (await self._disks.get(source))[machine_id]

    async def _read_disks(self, source: HostKey) -> dict[UUID, DisksRead]:
        """The disk files of all machines, attached as their host told last."""
        inventory = self.estate.picture(source).inventory
        machines = [row.machine.machine_id for row in self.rows if row.source == source]
        attached = {each: inventory.disks_of(each) if inventory is not None else () for each in machines}
        return await read_disks_apart(partial(self.estate.ask, source), attached)

    def _unconnected(self) -> Iterator[tuple[MoveWizard, NetworkAdapter]]:
        for row in self.rows:
            for _place, adapter in row.unconnected():
                yield row, adapter

    def _rules_typed(self) -> Iterator[Problem]:
        rules = self.choices.rules
        for name, rule in (("disks_rule", rules.disks), ("others_rule", rules.others)):
            if fault := rule_fault(rule):
                yield Problem(name, fault, _("Type a path such as E:\\VMs\\{vm}."))

    def _typed(self, row: MoveWizard) -> Iterator[Problem]:
        for step in row.steps():
            if step.page in (row.DESTINATION, row.OPTIONS, row.ITEMS, row.ITEM):
                found = row.problems(step)
                yield from (self._named(row, problem) for problem in found)
                if obstacles(found):
                    return

    def _collisions(self) -> Iterator[Problem]:
        """Disks of two machines that would become one file."""
        landing: dict[tuple[HostKey, str], Move] = {}
        for move in self.moves():
            for item in move.placement.moved:
                if item.kind is not ItemKind.DISK:
                    continue
                target = move.placement.target_of(item)
                other = landing.setdefault((move.destination.host, target.lower()), move)
                if other is not move:
                    what = _("Disks of {one} and {other} would become one file: {path}.")
                    names = {"one": other.machine.name, "other": move.machine.name, "path": target}
                    yield Problem("grid", what.format(**names), _("Choose another folder for one of them."))

    async def _ask_for_places(self, row: MoveWizard) -> tuple[Problem, ...]:
        """Whether the hosts take a machine and its items."""
        asked = [step for step in row.steps() if step.page in (row.DESTINATION, row.ITEMS)]
        for step in asked:
            if found := obstacles(await row.examine(step)):
                return found
        return ()

    def _space(self) -> Iterator[Problem]:
        for forecast in self.forecast():
            if forecast.left < 0:
                what = _("Drive {drive} of {host} has {free} free, but all disks together need {needed}.")
                names = {"free": size_text(forecast.free), "needed": size_text(forecast.arriving)}
                yield Problem(
                    "grid",
                    what.format(drive=forecast.drive, host=forecast.host, **names),
                    _("Choose another drive for some of them, or make room on this one."),
                )

    def _together(self, answers: Sequence[tuple[Problem, ...]]) -> Iterator[Problem]:
        """The problems of all machines; what several have in common is told of none of them."""
        told = Counter(problem for problems in answers for problem in set(problems))
        for row, problems in zip(self.going, answers, strict=True):
            for problem in problems:
                yield replace(problem, field="grid") if told[problem] > 1 else self._named(row, problem)

    def _named(self, row: MoveWizard, problem: Problem) -> Problem:
        """A problem of one machine, with the machine's name before it unless it is there."""
        name = row.machine.name
        what = problem.what if name in problem.what else _("{machine}: {what}").format(machine=name, what=problem.what)
        cure = problem.cure
        if self.may_stay and not problem.is_warning:
            cure += " " + _("To leave {machine} where it is, clear its destination in the grid.").format(machine=name)
        return replace(problem, field="grid", what=what, cure=cure)


def _places(move: Move) -> str:
    """Where a machine and its items go, a line for each folder."""
    folders = dict.fromkeys(folder for _item, folder in move.placement.pairs() if folder is not None)
    target = _("to {host}").format(host=move.destination.host.name) if move.is_live else _("stays, its storage moves")
    return "\n".join((target, *(_("→ {folder}").format(folder=folder) for folder in folders)))
