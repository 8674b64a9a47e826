"""Bringing machines back to the host that they were taken off: the grid for several machines, filled in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.evacuation.record import Evacuated
from core.hyperv.records import Machine
from core.jobs.plan import Batch, Plan
from core.language import _
from core.replication.planning import connecting_plan
from core.replication.protection import AdapterPlan
from core.wizards.move import MoveWizard
from core.wizards.move_many import MoveManyWizard
from core.wizards.wizard import Problem


class ReturnWizard(MoveManyWizard):
    """Brings machines back to the host that they were taken off, each to its former folders and switches.

    ``missing`` are sentences about those that cannot return now.
    """

    def __init__(
        self,
        estate: Estate,
        home: HostKey,
        away: Sequence[tuple[HostKey, Machine]],
        kept: Sequence[Evacuated],
        missing: Sequence[str] = (),
    ) -> None:
        sources: Mapping[UUID, HostKey] = {machine.machine_id: host for host, machine in away}
        most = Counter(host for host, _machine in away).most_common(1)[0][0]
        super().__init__(estate, most, [machine for _host, machine in away], sources)
        self.may_stay = True
        self._kept = {each.machine_id: each for each in kept}
        self._home = home
        self._missing = tuple(missing)
        self.choices.destinations = {machine.machine_id: home.name for _host, machine in away}
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

    def _notes(self) -> tuple[Problem, ...]:
        what = _("{machine} stays on {host}.")
        staying = [row for row in self.rows if row not in self.going]
        found = [what.format(machine=row.machine.name, host=row.source.name) for row in staying]
        cure = _("It can return later: it is known until it has been found at home.")
        return tuple(Problem("grid", each, cure, is_warning=True) for each in (*found, *self._missing))

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
