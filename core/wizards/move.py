"""The Move Wizard: every route that Hyper-V Manager's has, for one machine.

The route and its words are those of Hyper-V Manager. What the choices come to is a ``Move``; what speaks against it is
asked of both hosts, each over a session of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.estate.inventory import Inventory
from core.hyperv.disks import DisksRead, read_disks
from core.hyperv.host_details import HostDetails, read_details
from core.hyperv.paths import tidy
from core.hyperv.query import UnexpectedAnswer
from core.hyperv.records import Machine, NetworkAdapter, VirtualDisk
from core.jobs.plan import Plan
from core.language import _
from core.moving.checks.planned import Planned
from core.moving.estimate import Estimate, estimate
from core.moving.move import Move, MoveKind, NetworkWay, Place
from core.moving.networks import NetworkChoice, without_switch
from core.moving.placement import Item, ItemKind, Placement, items_of
from core.moving.planning import plan_of
from core.moving.proposals import proposed_folder, proposed_location
from core.moving.rating import Rating, rate
from core.moving.summary import summary_of
from core.powershell.command import Pipeline
from core.remoting.errors import RemotingError
from core.remoting.records import ErrorRecord
from core.remoting.session import Answer
from core.wizards.derived import Derived
from core.wizards.move_choices import ItemOption, MoveChoices, MoveOption, MoveType, StorageOption
from core.wizards.move_examination import MoveExamination
from core.wizards.move_nodes import MoveNodes
from core.wizards.move_route import route
from core.wizards.move_ways import MoveWays
from core.wizards.reaching import reach
from core.wizards.wizard import Problem, Step, obstacles


class MoveWizard:
    """Moves one machine, or its storage. ``is_introduced``: a page says beforehand what has to be in place."""

    BEFORE = "before_you_begin"
    TYPE = "move_type"
    DESTINATION = "destination"
    NODE = "node"
    WAY = "way"
    EXPORT = "export"
    OPTIONS = "options"
    ITEM_OPTIONS = "item_options"
    STORAGE_OPTIONS = "storage_options"
    ITEMS = "items"
    ITEM = "item"
    LOCATION = "location"
    NETWORK = "network"
    SUMMARY = "summary"

    def __init__(self, estate: Estate, source: HostKey, machine: Machine, *, is_introduced: bool = True) -> None:
        self.estate = estate
        self.is_introduced = is_introduced
        self.source = source
        self.machine = machine
        self.choices = MoveChoices(MoveType.NODE if machine.is_clustered else MoveType.MACHINE)
        self.disks: tuple[VirtualDisk, ...] = ()
        self.unread: tuple[ErrorRecord, ...] = ()
        self.detail_reader: Callable[[HostKey], Awaitable[HostDetails]] = partial(details_of, estate)
        self.disk_reader: Callable[[UUID], Awaitable[DisksRead]] = partial(read_disks, self.ask_source)
        self.details: dict[HostKey, HostDetails] = {}
        self.network_way = NetworkWay.REPORT
        self.checks: tuple[str, ...] = ()
        self.others = Planned()
        self.has_ways = True
        self._items: Derived[tuple[Item, ...]] = Derived()
        self._unconnected: Derived[tuple[tuple[int, NetworkAdapter], ...]] = Derived()
        self.ways = MoveWays(self)
        self.nodes = MoveNodes(self)
        self._examination = MoveExamination(self)

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
    def is_live(self) -> bool:
        """Whether the machine itself is to go to another host."""
        return self.choices.move_type in (MoveType.MACHINE, MoveType.INTO_CLUSTER)

    @property
    def is_to_node(self) -> bool:
        """Whether the cluster is to move the machine to another of its nodes."""
        return self.choices.move_type is MoveType.NODE

    @property
    def is_into_cluster(self) -> bool:
        """Whether the machine is to become a role of the destination's cluster."""
        return self.choices.move_type is MoveType.INTO_CLUSTER

    @property
    def target(self) -> Picture | None:
        """The host whose folders are chosen: the destination, or the source when only storage moves."""
        return self.destination_picture if self.is_live else self.source_picture

    @property
    def target_inventory(self) -> Inventory | None:
        """Its inventory, as far as it was read."""
        return self.target.inventory if self.target else None

    @property
    def target_name(self) -> str:
        """What it is called."""
        return self.target.key.name if self.target else self.choices.destination.strip()

    @property
    def items(self) -> tuple[Item, ...]:
        """What of the machine has a place of its own, with sizes as far as they were read."""
        inventory = self.source_picture.inventory
        return self._items.of((self.machine, inventory, self.disks), lambda: self._items_in(inventory))

    @property
    def size(self) -> int:
        """What the machine's disk files occupy, in bytes; 0 until it was read."""
        return sum(disk.file_size for disk in self.disks)

    @property
    def adapters(self) -> tuple[NetworkAdapter, ...]:
        """The machine's network adapters."""
        inventory = self.source_picture.inventory
        return inventory.adapters_of(self.machine.machine_id) if inventory else ()

    def item(self, step: Step) -> Item | None:
        """The item that a step is about; None when the machine does not have it any more."""
        return next((item for item in self.items if step.key == f"{self.ITEM} {item.key}"), None)

    def adapter(self, step: Step) -> tuple[int, NetworkAdapter] | None:
        """The adapter that a step is about, with its place among those of the machine."""
        return next((pair for pair in self.unconnected() if step.key == f"{self.NETWORK} {pair[0]}"), None)

    def unconnected(self) -> tuple[tuple[int, NetworkAdapter], ...]:
        """The adapters whose switch the destination does not have, each with its place."""
        picture = self.destination_picture
        if not self.is_live or picture is None or picture.inventory is None:
            return ()
        here, there = self.source_picture.inventory, picture.inventory
        return self._unconnected.of((self.machine, here, there), lambda: self._unconnected_at(there))

    def destinations(self) -> tuple[Picture, ...]:
        """The hosts that can be chosen: those of the same group, without the source."""
        return tuple(
            picture
            for picture in self.estate.pictures
            if picture.key.group == self.source.group and picture.key != self.source
        )

    def rating(self, picture: Picture) -> Rating:
        """How well a host fits, as far as is known without asking anyone."""
        details = self.details.get(self.source), self.details.get(picture.key)
        return rate(self.machine, self.source_picture, picture, *details)

    async def read_details(self, key: HostKey) -> None:
        """Read what a host's picture lacks for its rating, and the picture where there is none.

        What cannot be read stays unknown: the rating says so, and Next asks again.
        """
        picture = self.estate.picture(key)
        if (picture.inventory is None or picture.is_remembered) and picture.failure is None:
            picture = await self.estate.refresh(key)
        if picture.failure is not None:
            return
        try:
            self.details[key] = await self.detail_reader(key)
        except (RemotingError, UnexpectedAnswer):
            self.details.pop(key, None)

    async def read_sizes(self) -> None:
        """Read the machine's disk files, as far as the host can. Raises RemotingError and UnexpectedAnswer."""
        self.disks, self.unread = await self.disk_reader(self.machine.machine_id)

    async def ask_source(self, question: Pipeline) -> Answer:
        """Ask the host that the machine is on. Raises RemotingError."""
        return await self.estate.ask(self.source, question)

    async def ask_target(self, question: Pipeline) -> Answer:
        """Ask the host whose folders are chosen. Raises RemotingError."""
        return await self.estate.ask(self.target.key if self.target else self.source, question)

    def folder(self, item: Item | None) -> str:
        """What was typed for an item, or for the single location; a proposal until something was."""
        typed = self.choices.folders.get((self.target_name, item.key if item else ""))
        if typed is not None:
            return typed
        if item is None:
            return proposed_location(self.machine, self.target_inventory, is_live=self.is_live)
        return proposed_folder(item, self.machine, self.target_inventory, is_live=self.is_live)

    def set_folder(self, item: Item | None, folder: str) -> None:
        """Keep what was typed."""
        self.choices.folders[self.target_name, item.key if item else ""] = folder

    def switch(self, place: int) -> str:
        """The switch chosen for an adapter; empty: not connected."""
        return self.choices.switches.get((self.target_name, place), "")

    def set_switch(self, place: int, switch: str) -> None:
        """Keep which switch was chosen."""
        self.choices.switches[self.target_name, place] = switch

    def steps(self) -> Iterator[Step]:
        """The route, as the choices stand."""
        return route(self)

    def placed(self) -> tuple[Item, ...]:
        """The items that have a page of their own for their place."""
        match self._way():
            case ItemOption.DISKS | StorageOption.DISKS:
                return tuple(item for item in self.items if item.kind is ItemKind.DISK)
            case ItemOption.ITEMS | StorageOption.ITEMS:
                return tuple(item for item in self.items if item.key not in self.choices.left_out)
        return ()

    def _way(self) -> MoveOption | ItemOption | StorageOption:
        """The choice that says how the places are chosen."""
        if not self.is_live:
            return self.choices.storage_option
        is_each = self.choices.option is MoveOption.EACH_ITEM
        return self.choices.item_option if is_each else self.choices.option

    def problems(self, step: Step) -> tuple[Problem, ...]:
        """What can be told at once from the choices on ``step``."""
        return self._examination.at_once(step)

    async def examine(self, step: Step) -> tuple[Problem, ...]:
        """What is wrong with the choices on ``step``, after asking the hosts.

        For the summary that is every step again, and then what the source host itself has against the move.
        """
        return await self._examination.asked(step)

    async def plan(self) -> Plan:
        """The plan that the choices come to.

        Raises ValueError when a step still has problems.
        """
        if found := obstacles(self._examination.everything_at_once()):
            raise ValueError(found[0].what)
        if self.is_to_node:
            return self.nodes.plan()
        if self.ways.is_other:
            return self.ways.plan()
        move = self.move()
        if move is None:
            raise ValueError(_("The destination is not known."))
        plan = plan_of(move, summary=self._summary(move), checks=self.checks)
        return self.nodes.joined(plan) if self.is_into_cluster else plan

    def placement(self) -> Placement:
        """Where the items go, as the choices stand."""
        items, way = self.items, self._way()
        if way in (MoveOption.SINGLE_LOCATION, StorageOption.SINGLE_LOCATION):
            return Placement.in_one_folder(items, tidy(self.folder(None)))
        if way is MoveOption.MACHINE_ONLY:
            return Placement.staying(items)
        chosen = {item.key: tidy(self.folder(item)) for item in self.placed()}
        if self.is_live and self.choices.item_option is not ItemOption.ITEMS:
            same = Placement.same_paths(items)
            chosen = {item.key: folder for item, folder in same.pairs() if folder is not None} | chosen
        return Placement.by_item(items, chosen)

    def move(self) -> Move | None:
        """What the choices come to; None while the hosts are not known."""
        source, target = _place(self.source_picture), _place(self.target)
        if source is None or target is None:
            return None
        kind = MoveKind.STORAGE
        if self.is_live:
            only = self.choices.option is MoveOption.MACHINE_ONLY
            kind = MoveKind.MACHINE_ONLY if only else MoveKind.MACHINE_AND_STORAGE
        networks = tuple(NetworkChoice(adapter, self.switch(place)) for place, adapter in self.unconnected())
        return Move(self.machine, source, target, kind, self.placement(), self.adapters, networks, self.network_way)

    def estimate(self) -> Estimate | None:
        """How long it will take; None while the hosts are not known."""
        if self.is_to_node:
            return self.nodes.estimate()
        if self.ways.is_other:
            return self.ways.estimate()
        move = self.move()
        return self._estimate(move) if move is not None else None

    def _estimate(self, move: Move) -> Estimate:
        known = [self.details.get(place.host) for place in (move.source, move.destination)]
        links = [details.link for details in known if details is not None and details.link is not None]
        return estimate(move, min(links) if len(links) == len(known) else None, self.choices.assumptions)

    def summary(self) -> tuple[tuple[str, str], ...]:
        """What the summary page lists: name and value."""
        if self.is_to_node:
            return self.nodes.summary()
        if self.ways.is_other:
            return self.ways.summary()
        move = self.move()
        return self._summary(move) if move is not None else ()

    def _summary(self, move: Move) -> tuple[tuple[str, str], ...]:
        inventory = self.target_inventory
        return summary_of(move, inventory, self._estimate(move)) if inventory is not None else ()

    def _items_in(self, inventory: Inventory | None) -> tuple[Item, ...]:
        return items_of(self.machine, inventory.drives_of(self.machine.machine_id) if inventory else (), self.disks)

    def _unconnected_at(self, destination: Inventory) -> tuple[tuple[int, NetworkAdapter], ...]:
        missing = without_switch(self.adapters, (switch.name for switch in destination.switches))
        return tuple((place, adapter) for place, adapter in enumerate(self.adapters) if adapter in missing)

    def take_machine(self, inventory: Inventory) -> bool:
        """Go on with the machine as the source has just told of it; False when the source does not have it."""
        found = inventory.machine(self.machine.machine_id)
        self.machine = found or self.machine
        return found is not None

    def take_destination(self, picture: Picture) -> None:
        """A host may have been typed under another of its names: from here on it is the listed one."""
        self.choices.destination = picture.key.name

    async def reach_destination(self) -> Picture | None:
        """A fresh picture of the destination: of a server in the list, or of any that can be reached like the source.

        Credentials that were given for it are used from then on. None when there is no practice host of that name:
        simulated and real hosts never mix.
        """
        return await reach(
            self.estate,
            self.source_picture,
            self.destination_picture,
            self.choices.destination,
            self.choices.credentials,
        )


async def details_of(estate: Estate, key: HostKey) -> HostDetails:
    """What a host's picture lacks. Raises RemotingError and UnexpectedAnswer."""
    return await read_details(partial(estate.ask, key))


def _place(picture: Picture | None) -> Place | None:
    """A host with the full name that other hosts know it by."""
    if picture is None or picture.inventory is None:
        return None
    return Place(picture.key, picture.inventory.host.fully_qualified_domain_name)
