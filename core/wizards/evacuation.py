"""Emptying a host to service it: the grid for several machines, filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.estate.inventory import Inventory
from core.evacuation.placement import Guest, Placed, Room, place
from core.evacuation.record import Evacuated
from core.hyperv.computers import AttachedDisk
from core.hyperv.query import Question, Reading, UnexpectedAnswer, ask
from core.hyperv.records import Machine
from core.hyperv.replication_states import ReplicationMode
from core.hyperv.states import MachineState
from core.language import _
from core.moving.checks.disks import bound_disks
from core.moving.checks.limits import makes_none
from core.moving.checks.operations import standing_in_the_way
from core.moving.checks.planned import arriving
from core.moving.fixes import Limit
from core.moving.placement import Item, ItemKind, Placement
from core.moving.proposals import proposed_folder
from core.moving.rating import Fit
from core.powershell.command import command
from core.remoting.errors import HostReadOnly, RemotingError
from core.wizards.move import MoveWizard
from core.wizards.move_many import MoveManyWizard
from core.wizards.wizard import Problem, obstacles

_RUNS = (MachineState.RUNNING, MachineState.PAUSED)
_ATTACHED = Question("attached", command("Get-VM") | command("Get-VMHardDiskDrive"), AttachedDisk)


class EvacuationWizard(MoveManyWizard):
    """Takes all machines off a host: proposes where each goes and says why. One without a destination stays."""

    def __init__(self, estate: Estate, source: HostKey, machines: Sequence[Machine]) -> None:
        super().__init__(estate, source, machines)
        self.may_stay = True
        self.placed: dict[UUID, Placed] = {}
        self._bound: dict[UUID, Problem] = {}
        self._shared: tuple[AttachedDisk, ...] = ()

    @property
    def title(self) -> str:
        """The title of the window."""
        return _("Evacuate {host}").format(host=self.source.name)

    async def load(self) -> None:
        """Read what the places depend on, and propose them once; what was changed since then stays."""
        await super().load()
        await self._read_shared()
        if not self.placed:
            self.propose()
        self.apply()

    def propose(self) -> None:
        """Let each machine go where it fits best."""
        pairs = ((row.machine.machine_id, self._what_binds(row)) for row in self.rows)
        self._bound = {machine_id: problem for machine_id, problem in pairs if problem is not None}
        found = place([self._guest(row) for row in self.rows], [self._room(each) for each in self.destinations()])
        self.placed = {each.machine_id: each for each in found}
        self.choices.destinations = {each.machine_id: each.host.name for each in found if each.host is not None}

    def ruled_folder(self, row: MoveWizard, item: Item) -> str:
        """Where the rule puts an item: what lies on a share stays there, and what has no drive goes to the default."""
        return self._folder_at(row, item, super().ruled_folder(row, item), row.target_inventory)

    def words(self, row: MoveWizard) -> str:
        """Why a machine goes where it was proposed to go, or stays; else how well what was chosen fits."""
        placed, chosen = self.placed.get(row.machine.machine_id), self.destination(row)
        proposed = placed.host.name if placed is not None and placed.host is not None else ""
        if placed is None or chosen != proposed:
            return super().words(row) if chosen else _("It stays.")
        return placed.why if chosen else _("It stays. {why}").format(why=placed.why)

    def summary(self) -> tuple[tuple[str, str], ...]:
        """What the summary page lists, and how everything comes back."""
        words = _("Return Machines... of {host} takes them to their present places and switches, also after a restart.")
        return (*super().summary(), (_("The way back:"), words.format(host=self.source.name)))

    def remembered(self) -> tuple[Evacuated, ...]:
        """The machines that go, as they are now."""
        return tuple(
            Evacuated(
                row.machine.machine_id,
                row.machine.name,
                self.source,
                row.machine.state,
                tuple((item.key, item.folder) for item in row.items),
                tuple(adapter.switch_name or "" for adapter in row.adapters),
            )
            for row in self.going
        )

    def _notes(self) -> tuple[Problem, ...]:
        return tuple(self._staying(row) for row in self.rows if row not in self.going)

    def _staying(self, row: MoveWizard) -> Problem:
        """That a machine stays, why, and what would let it go."""
        placed = self.placed.get(row.machine.machine_id)
        why = placed.why if placed is not None and placed.host is None else _("It was left out.")
        what = _("{machine} stays on {host}. {why}").format(machine=row.machine.name, host=self.source.name, why=why)
        cure = _("Give it a destination in the grid, make room on another host, or shut it down and leave it there.")
        bound = self._bound.get(row.machine.machine_id)
        return Problem("grid", what, bound.cure if bound is not None else cure, is_warning=True)

    async def _read_shared(self) -> None:
        """Which disks several machines share, which the picture does not tell; unknown, the summary finds them."""
        try:
            answer = await self.estate.ask(self.source, ask((_ATTACHED,)))
            read = Reading.of(answer.output).records(_ATTACHED)
        except (RemotingError, UnexpectedAnswer):
            return
        self._shared = tuple(disk for disk in read if disk.support_persistent_reservations)

    def _what_binds(self, row: MoveWizard) -> Problem | None:
        """What keeps a machine from every other host."""
        machine, source = row.machine, row.source_picture
        names = {"machine": machine.name}
        if machine.is_clustered:
            return Problem(
                "grid",
                _("{machine} belongs to a failover cluster.").format(**names),
                _("Use Move... to take it to another node of its cluster, or out of the cluster."),
            )
        if machine.replication_mode.is_replica:
            return Problem(
                "grid",
                _("{machine} is a replica: its primary server would not find it on another host.").format(**names),
                _("Leave it: it runs nowhere here, and its primary server sends again when this host is back."),
            )
        if machine.replication_mode is ReplicationMode.TEST_REPLICA:
            return Problem(
                "grid",
                _("{machine} belongs to a test failover.").format(**names),
                _("Stop the test failover, which deletes it, or leave it where it is."),
            )
        inventory = source.inventory
        drives = inventory.drives_of(machine.machine_id) if inventory is not None else ()
        attached = [AttachedDisk(drive.path, drive.disk_number) for drive in drives]
        moved = [item.path for item in row.items if item.kind is ItemKind.DISK and not item.is_on_share]
        found = obstacles(filter(None, (standing_in_the_way(machine), makes_none(source, Limit.LIVE))))
        return next(iter((*found, *bound_disks(machine, row.source, (*attached, *self._shared), moved))), None)

    def _guest(self, row: MoveWizard) -> Guest:
        machine, bound = row.machine, self._bound.get(row.machine.machine_id)
        return Guest(
            machine.machine_id,
            machine.name,
            machine.memory_assigned if machine.state in _RUNS else 0,
            frozenset(adapter.switch_name for adapter in row.adapters if adapter.switch_name),
            bound.what if bound is not None else "",
        )

    def _room(self, picture: Picture) -> Room:
        inventory, details = picture.inventory, self.rows[0].details.get(picture.key)
        needs = {row.machine.machine_id: self._needs(row, inventory) for row in self.rows} if inventory else {}
        places = {drive for need in needs.values() for drive in need}
        volumes = {drive: inventory.volume_of(drive) for drive in places} if inventory is not None else {}
        refusals: dict[UUID, str] = {}
        doubts: dict[UUID, str] = {}
        for row in self.rows:
            rating = row.rating(picture)
            if faults := obstacles(rating.problems):
                refusals[row.machine.machine_id] = faults[0].what
            elif rating.fit is not Fit.FITS:
                doubts[row.machine.machine_id] = rating.words
        return Room(
            picture.key,
            details.memory_free if details is not None else None,
            {drive: volume.size_remaining for drive, volume in volumes.items() if volume is not None},
            needs,
            frozenset(switch.name for switch in inventory.switches) if inventory is not None else frozenset(),
            next(self._refusals(picture), ""),
            refusals,
            doubts,
        )

    def _refusals(self, picture: Picture) -> Iterator[str]:
        """Why a host takes no machine at all."""
        if picture.connection.is_read_only:
            yield HostReadOnly(picture.key.name).sentence
        if (forbidden := makes_none(picture, Limit.LIVE)) is not None:
            yield forbidden.what

    def _needs(self, row: MoveWizard, inventory: Inventory) -> dict[str, int]:
        """Bytes that a machine would put on each drive of a host."""
        folder_at = partial(self._folder_at, row, inventory=inventory)
        placement = Placement(
            row.items, tuple(None if item.is_on_share else folder_at(item, item.folder) for item in row.items)
        )
        return dict(arriving(placement, is_live=True))

    def _folder_at(self, row: MoveWizard, item: Item, ruled: str, inventory: Inventory | None) -> str:
        """Where an item goes on a host, when the rule says ``ruled``."""
        if item.is_on_share:
            return item.folder
        if inventory is None or ruled != item.folder:
            return ruled
        return proposed_folder(item, row.machine, inventory, is_live=True)
