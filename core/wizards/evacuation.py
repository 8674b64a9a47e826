"""Emptying a host to service it, and bringing its machines back: the grid for several machines, filled in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.estate.inventory import Inventory
from core.evacuation.placement import Guest, Placed, Room, place
from core.evacuation.record import Evacuated
from core.hyperv.records import Machine
from core.hyperv.replication_states import ReplicationMode
from core.hyperv.states import MachineState
from core.jobs.plan import Batch, Plan
from core.language import _
from core.moving.placement import Item, ItemKind
from core.moving.proposals import proposed_folder
from core.moving.rating import Fit
from core.remoting.errors import HostReadOnly
from core.replication.planning import connecting_plan
from core.replication.protection import AdapterPlan
from core.wizards.move import MoveWizard
from core.wizards.move_many import MoveManyWizard
from core.wizards.wizard import Problem, obstacles

REPLICAS = (ReplicationMode.REPLICA, ReplicationMode.EXTENDED_REPLICA)
"""A machine in such a mode is not the machine itself, though it has its identity."""
_RUNS = (MachineState.RUNNING, MachineState.PAUSED)


class EvacuationWizard(MoveManyWizard):
    """Takes all machines off a host: proposes where each goes and says why. One without a destination stays."""

    def __init__(self, estate: Estate, source: HostKey, machines: Sequence[Machine]) -> None:
        super().__init__(estate, source, machines)
        self.may_stay = True
        self.placed: dict[UUID, Placed] = {}

    @property
    def title(self) -> str:
        """The title of the window."""
        return _("Evacuate {host}").format(host=self.source.name)

    async def load(self) -> None:
        """Read what the places depend on, and propose them once; what was changed since then stays."""
        await super().load()
        if not self.placed:
            self.propose()
        self.apply()

    def propose(self) -> None:
        """Let each machine go where it fits best."""
        guests = [self._guest(row) for row in self.rows]
        found = place(guests, [self._room(picture) for picture in self.destinations()])
        self.placed = {each.machine_id: each for each in found}
        self.choices.destinations = {each.machine_id: each.host.name for each in found if each.host is not None}

    def ruled_folder(self, row: MoveWizard, item: Item) -> str:
        """Where the rule puts an item: what lies on a share stays there, and what has no drive goes to the default."""
        ruled, inventory = super().ruled_folder(row, item), row.target_inventory
        if item.is_on_share:
            return item.folder
        if inventory is None or ruled != item.folder:
            return ruled
        return proposed_folder(item, row.machine, inventory, is_live=True)

    def words(self, row: MoveWizard) -> str:
        """Why a machine goes where it was proposed to go, or stays; else how well what was chosen fits."""
        placed, chosen = self.placed.get(row.machine.machine_id), self.destination(row)
        proposed = placed.host.name if placed is not None and placed.host is not None else ""
        if placed is None or chosen != proposed:
            return super().words(row) if chosen else _("It stays.")
        return placed.why if chosen else _("It stays. {why}").format(why=placed.why)

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
        names = [(row.machine.name, self.words(row)) for row in self.rows if row not in self.going]
        cure = _("Give it a destination in the grid, shut it down, or leave it where it is.")
        what = _("{machine} stays on {host}: {why}")
        return tuple(
            Problem("grid", what.format(machine=name, host=self.source.name, why=why), cure, is_warning=True)
            for name, why in names
        )

    def _guest(self, row: MoveWizard) -> Guest:
        machine = row.machine
        why = ""
        if machine.is_clustered:
            why = _("{machine} belongs to a cluster.").format(machine=machine.name)
        elif machine.replication_mode in REPLICAS:
            why = _("{machine} is a replica: its primary server would not find it on another host.").format(
                machine=machine.name
            )
        elif machine.is_busy:
            why = _("Another operation is under way on {machine}.").format(machine=machine.name)
        return Guest(
            machine.machine_id,
            machine.name,
            machine.memory_assigned if machine.state in _RUNS else 0,
            sum(item.size or 0 for item in row.items if not item.is_on_share),
            frozenset(adapter.switch_name for adapter in row.adapters if adapter.switch_name),
            why,
        )

    def _room(self, picture: Picture) -> Room:
        inventory, details = picture.inventory, self.rows[0].details.get(picture.key)
        refusal = HostReadOnly(picture.key.name).sentence if picture.connection.is_read_only else ""
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
            self._storage_of(inventory) if inventory is not None else None,
            frozenset(switch.name for switch in inventory.switches) if inventory is not None else frozenset(),
            refusal,
            refusals,
            doubts,
        )

    def _storage_of(self, inventory: Inventory) -> int:
        """Bytes free on the fullest of the volumes that disks would go to; none where one is not known."""
        places = {
            proposed_folder(item, row.machine, inventory, is_live=True)
            for row in self.rows
            for item in row.items
            if item.kind is ItemKind.DISK and not item.is_on_share
        }
        volumes = [inventory.volume_of(place) for place in places]
        return min((volume.size_remaining if volume is not None else 0 for volume in volumes), default=0)


class ReturnWizard(MoveManyWizard):
    """Brings machines back to the host that they were taken off, each to its former folders and switches."""

    def __init__(
        self, estate: Estate, home: HostKey, away: Sequence[tuple[HostKey, Machine]], kept: Sequence[Evacuated]
    ) -> None:
        sources: Mapping[UUID, HostKey] = {machine.machine_id: host for host, machine in away}
        most = Counter(host for host, _machine in away).most_common(1)[0][0]
        super().__init__(estate, most, [machine for _host, machine in away], sources)
        self.may_stay = True
        self._kept = {each.machine_id: each for each in kept}
        self._home = home
        self.choices.destination = home.name
        for row in self.rows:
            for key, folder in self._kept[row.machine.machine_id].folders:
                self.choices.folders[row.machine.machine_id, key] = folder

    @property
    def title(self) -> str:
        """The title of the window."""
        return _("Return Machines to {host}").format(host=self._home.name)

    def words(self, row: MoveWizard) -> str:
        """Where it is now, and how it was at home."""
        state = self._kept[row.machine.machine_id].state
        text = _("Now on {host}.").format(host=row.source.name)
        if state is not row.machine.state:
            text += " " + _("It was: {state}.").format(state=state.word)
        return f"{text} {super().words(row)}".strip()

    async def load(self) -> None:
        """Read what the grid shows; adapters whose present switch is missing at home go back to their former one."""
        await super().load()
        for row in self.rows:
            for position, adapter in row.unconnected():
                place = (row.target_name, adapter.switch_name or "")
                self.choices.switches.setdefault(place, self._former_switch(row, position))
        self.apply()

    async def plan(self) -> Batch:
        """The moves back; an adapter that was disconnected meanwhile is connected to its former switch after it."""
        batch = await super().plan()
        return replace(
            batch, plans=tuple(self._reconnecting(*pair) for pair in zip(self.going, batch.plans, strict=True))
        )

    def _reconnecting(self, row: MoveWizard, plan: Plan) -> Plan:
        target = row.target
        known = target.inventory.switches if target is not None and target.inventory is not None else ()
        names = {switch.name for switch in known}
        lost = {
            position: former
            for position, adapter in enumerate(row.adapters)
            if not adapter.switch_name and (former := self._former_switch(row, position)) in names
        }
        if not lost or target is None or plan.end is None:
            return plan
        adapters = {position: AdapterPlan(row.adapters[position], position) for position in lost}
        connected = tuple(
            replace(planned, switch_name=lost.get(position, planned.switch_name))
            for position, planned in enumerate(plan.end.adapters)
        )
        further = connecting_plan(target.key, row.machine, lost, adapters).actions
        return replace(plan, actions=(*plan.actions, *further), end=replace(plan.end, adapters=connected))

    def _former_switch(self, row: MoveWizard, position: int) -> str:
        """The switch that an adapter was on at home."""
        switches = self._kept[row.machine.machine_id].switches
        return switches[position] if position < len(switches) else ""
