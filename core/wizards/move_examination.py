"""What is wrong with the choices of a Move Wizard: told at once, or after asking the hosts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from core.clusters.moving import credentials_problem, gone_problem
from core.estate.addresses import address_fault
from core.estate.estate import Picture
from core.hyperv.paths import tidy
from core.hyperv.query import UnexpectedAnswer
from core.language import _
from core.moving.checks.examination import examine
from core.moving.move import NetworkWay
from core.moving.networks import has_address
from core.moving.places import FIELD, folder_problems, item_problems, placement_problems, space_problems
from core.moving.rating import failure_problem
from core.remoting.errors import HostReadOnly, RemotingError
from core.wizards.move_choices import ItemOption, MoveOption
from core.wizards.wizard import Problem, Step, obstacles

if TYPE_CHECKING:
    from core.wizards.move import MoveWizard


class MoveExamination:
    """Looks at the choices of ``wizard``, step by step."""

    def __init__(self, wizard: MoveWizard) -> None:
        self._wizard = wizard

    def at_once(self, step: Step) -> tuple[Problem, ...]:
        """What can be told without asking anyone."""
        wizard = self._wizard
        match step.page:
            case wizard.DESTINATION:
                return tuple(self._destination_typed())
            case wizard.NODE:
                return wizard.nodes.faults()
            case wizard.WAY:
                return wizard.ways.faults()
            case wizard.OPTIONS if wizard.choices.option is MoveOption.MACHINE_ONLY:
                return tuple(self._places_together())
            case wizard.ITEM_OPTIONS if wizard.choices.item_option is ItemOption.SAME_PATHS:
                return (*self._drives_there(), *self._places_together())
            case wizard.LOCATION:
                return tuple(self._location_typed())
            case wizard.ITEMS:
                return tuple(self._items_ticked())
            case wizard.ITEM:
                return tuple(self._item_typed(step))
            case wizard.NETWORK:
                return tuple(self._adapters_told_apart())
            case wizard.SUMMARY:
                return self.everything_at_once()
        return ()

    def everything_at_once(self) -> tuple[Problem, ...]:
        """What can be told of the first step that anything is wrong with, and then of all together."""
        for step in self._wizard.steps():
            if step.page != self._wizard.SUMMARY and (found := self.at_once(step)):
                return found
        if self._wizard.ways.is_other or self._wizard.is_to_node:
            return ()
        return (*self._drives_there(), *self._places_together())

    async def asked(self, step: Step) -> tuple[Problem, ...]:
        """What is wrong after asking the hosts that have to be asked."""
        wizard = self._wizard
        found = self.at_once(step)
        # What a cluster told may have been cured since: it is asked anew each time.
        if obstacles(found) and not (wizard.is_to_node and step.page in (wizard.NODE, wizard.SUMMARY)):
            if step.page in (wizard.LOCATION, wizard.ITEM) and not wizard.disks:
                await self._read_sizes()  # the page shows them all the same
            return found
        match step.page:
            case wizard.DESTINATION:
                return await self._ask_destination()
            case wizard.NODE:
                return await self._ask_nodes()
            case wizard.WAY if wizard.ways.is_by_replica:
                return await wizard.ways.examine()
            case wizard.EXPORT:
                return await wizard.ways.examine()
            case wizard.ITEMS:
                return await self._read_sizes()
            case wizard.LOCATION | wizard.ITEM | wizard.ITEM_OPTIONS:
                return await self._ask_for_space()
            case wizard.SUMMARY:
                return await self._ask_everything()
        return ()

    def _destination_typed(self) -> Iterator[Problem]:
        wizard = self._wizard
        name = wizard.choices.destination.strip()
        if not name:
            yield Problem("destination", _("No destination computer is named."), _("Choose or type one."))
        elif wizard.destination_picture is None and (fault := address_fault(name)):
            cure = _("Type a name such as HV01 or hv01.contoso.example, or a network address.")
            yield Problem("destination", fault, cure)
        elif wizard.source_picture.is_called(name):
            yield Problem(
                "destination",
                _("{machine} is on {host} already.").format(machine=wizard.machine.name, host=wizard.source.name),
                _("Choose another computer."),
            )
        elif (picture := wizard.destination_picture) is not None and picture.connection.is_read_only:
            refusal = HostReadOnly(picture.key.name)
            yield Problem("destination", refusal.sentence, refusal.cure)
        elif (
            wizard.is_into_cluster
            and picture is not None
            and (refused := credentials_problem(picture.connection)) is not None
        ):
            yield replace(refused, field="destination")

    def _location_typed(self) -> Iterator[Problem]:
        wizard = self._wizard
        folder = wizard.folder(None)
        found = list(folder_problems(folder, wizard.target_inventory, wizard.target_name))
        yield from found
        if not found:
            for item in wizard.placement().items if wizard.is_live else ():
                yield from item_problems(item, wizard.placement().folder_of(item) or "", is_live=True)
            yield from self._places_together()

    def _item_typed(self, step: Step) -> Iterator[Problem]:
        wizard = self._wizard
        item = wizard.item(step)
        if item is None:
            return
        folder = wizard.folder(item)
        found = list(folder_problems(folder, wizard.target_inventory, wizard.target_name))
        yield from found or item_problems(item, tidy(folder), is_live=wizard.is_live)

    def _items_ticked(self) -> Iterator[Problem]:
        wizard = self._wizard
        if all(item.key in wizard.choices.left_out for item in wizard.items):
            yield Problem("items", _("No item is chosen."), _("Choose at least one."))
        elif wizard.is_live:
            yield from (problem for problem in self._places_together() if problem.field == "items")

    def _places_together(self) -> Iterator[Problem]:
        move = self._wizard.move()
        return placement_problems(move, self._wizard.target_inventory) if move is not None else iter(())

    def _drives_there(self) -> Iterator[Problem]:
        """Whether the destination has the drives of the places that nobody typed."""
        wizard = self._wizard
        folders = dict.fromkeys(folder for item, folder in wizard.placement().pairs() if folder is not None)
        said: set[str] = set()
        for folder in folders:
            for problem in folder_problems(folder, wizard.target_inventory, wizard.target_name):
                if problem.what not in said:
                    said.add(problem.what)
                    yield problem

    def _adapters_told_apart(self) -> Iterator[Problem]:
        """Whether two adapters that nothing tells apart are to be connected alike."""
        wizard = self._wizard
        chosen: dict[str, str] = {}
        for place, adapter in wizard.unconnected():
            if not has_address(adapter) and chosen.setdefault(adapter.name, wizard.switch(place)) != wizard.switch(
                place
            ):
                yield Problem(
                    "switch",
                    _(
                        "Nothing tells the adapters called {adapter} apart until {machine} has been started once."
                    ).format(adapter=adapter.name, machine=wizard.machine.name),
                    _("Choose the same for all of them."),
                )
                return

    async def _ask_destination(self) -> tuple[Problem, ...]:
        wizard = self._wizard
        source, picture = await wizard.estate.refresh(wizard.source), await wizard.reach_destination()
        if picture is None:
            return (
                Problem(
                    "destination",
                    _("There is no practice host called {name}.").format(name=wizard.choices.destination.strip()),
                    _("Choose one of the practice hosts: real and simulated hosts never mix."),
                ),
            )
        for failed in (source, picture):
            if failed.failure is not None:
                return (failure_problem("destination", failed.failure),)
        if problem := await self._take_machine(source):
            return (problem,)
        wizard.take_destination(picture)
        if found := tuple(self._destination_typed()):
            return found
        for key in (wizard.source, picture.key):
            await wizard.read_details(key)
        # A warning would be gone with the page: what is not sure is told by the rating and by the summary.
        wizard.ways.look()
        if wizard.ways.are_asked:
            await self._read_sizes()
        rating = wizard.rating(picture)
        found = obstacles(rating.problems)
        return tuple(each for each in found if not (wizard.has_ways and each in rating.only_live))

    async def _ask_for_space(self) -> tuple[Problem, ...]:
        wizard = self._wizard
        found = await self._read_sizes()
        move, inventory = wizard.move(), wizard.target_inventory
        if obstacles(found) or move is None or inventory is None:
            return found
        return (*found, *space_problems(move, inventory))

    async def _read_sizes(self) -> tuple[Problem, ...]:
        try:
            await self._wizard.read_sizes()
        except RemotingError as error:
            return (failure_problem(FIELD, error),)
        except UnexpectedAnswer as error:
            return (self._unreadable(FIELD, error),)
        what = _("The size of a disk cannot be read. {host} says: {message}")
        cure = _("The move does not depend on it; its room and its share of the duration are not counted.")
        return tuple(
            Problem(
                FIELD,
                what.format(host=self._wizard.source.name, message=" ".join(record.lines)),
                cure,
                is_warning=True,
            )
            for record in self._wizard.unread
        )

    async def _ask_everything(self) -> tuple[Problem, ...]:
        """Every page again with fresh pictures of the hosts, and then every check that there is of a move."""
        wizard = self._wizard
        wizard.checks = ()
        if wizard.is_to_node:
            return await self._ask_nodes()
        found = await (self._ask_destination() if wizard.is_live else self._ask_source_anew())
        if wizard.ways.is_other:
            return obstacles(found) or obstacles(self.everything_at_once()) or await wizard.ways.examine()
        found = obstacles(found) or obstacles(self.everything_at_once()) or obstacles(await self._read_sizes())
        if not found and wizard.is_into_cluster:
            found = await wizard.nodes.examine_joining()
        if found:
            return found
        # Whether the host heeds choices in its report is found out anew each time.
        wizard.network_way = NetworkWay.REPORT
        move, target = wizard.move(), wizard.target
        if move is None or target is None:
            return ()
        try:
            examination = await examine(
                move, wizard.source_picture, target, wizard.ask_source, wizard.ask_target, wizard.others
            )
        except RemotingError as error:
            return (failure_problem("summary", error),)
        except UnexpectedAnswer as error:
            return (self._unreadable("summary", error),)
        if examination.report_is_ignored:
            wizard.network_way = NetworkWay.RECONNECT
        wizard.checks = examination.passed
        return examination.problems

    async def _ask_source_anew(self) -> tuple[Problem, ...]:
        picture = await self._wizard.estate.refresh(self._wizard.source)
        if picture.failure is not None:
            return (failure_problem("summary", picture.failure),)
        problem = await self._take_machine(picture)
        return (problem,) if problem is not None else ()

    async def _ask_nodes(self) -> tuple[Problem, ...]:
        """The machine and its cluster, as they are now."""
        found = await self._ask_source_anew()
        if obstacles(found):
            return found
        if not self._wizard.machine.is_clustered:
            what = _("{machine} belongs to no failover cluster.").format(machine=self._wizard.machine.name)
            return (Problem("node", what, _("Go back, and choose another kind of move.")),)
        return await self._wizard.nodes.examine()

    async def _take_machine(self, picture: Picture) -> Problem | None:
        """Go on with the machine as its host has just told of it; a problem when it is there no more."""
        wizard = self._wizard
        if picture.inventory is None or wizard.take_machine(picture.inventory):
            return None
        return await gone_problem(wizard.estate, wizard.machine, picture.key)

    def _unreadable(self, field: str, error: UnexpectedAnswer) -> Problem:
        what = _("{host} gave an unexpected answer.").format(host=self._wizard.source.name) + f" {error}"
        return Problem(field, what, _("Try again; if it stays so, check the Hyper-V module on the host."))
