"""A move by replica: one plan of copying, a planned failover, and the end of the replication on both hosts.

Until the failover is completed, everything can be taken back. After it, the machine runs on the destination alone; the
one on the source stays, off, with its files: deleting it is left to somebody who has looked at the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from core.failover import steps
from core.failover.steps import Place
from core.hyperv.records import NetworkAdapter
from core.hyperv.states import MachineState
from core.jobs.plan import Action, Expectation, Plan
from core.language import _
from core.moving.ways import DownTime, Way
from core.replication.estimate import CopyEstimate
from core.replication.planning import connecting_plan, enabling_plan
from core.replication.protection import AdapterPlan, Protection

Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ReplicaMove:
    """``protection`` with a known replica host, and the switch of each adapter there (empty: not connected)."""

    protection: Protection
    adapters: tuple[tuple[NetworkAdapter, str], ...]

    def __post_init__(self) -> None:
        if self.protection.replica is None:
            raise ValueError(_("The destination is not known."))

    @property
    def here(self) -> Place:
        """The machine where it is."""
        machine = self.protection.machine
        return Place(self.protection.primary, machine.machine_id, machine.name)

    @property
    def there(self) -> Place:
        """The machine where it goes."""
        machine, replica = self.protection.machine, self.protection.replica
        assert replica is not None
        return Place(replica, machine.machine_id, machine.name)

    @property
    def names(self) -> dict[str, str]:
        """What texts call the things involved."""
        return {
            "machine": self.here.machine_name,
            "source": self.here.host.name,
            "destination": self.there.host.name,
        }


def replica_move_plan(move: ReplicaMove, *, summary: tuple[Line, ...] = (), checks: tuple[str, ...] = ()) -> Plan:
    """The plan that carries ``move`` out, one job of all steps."""
    machine = move.protection.machine
    return Plan(
        title=_("Move {machine} to {destination} by replica").format(**move.names),
        host=move.here.host,
        actions=tuple(_actions(move)),
        summary=summary,
        expectation=Expectation(move.here.host, machine.machine_id, machine.name, machine.state),
        checks=checks,
        remains=(
            _(
                "{machine} is left on {source}, off, with its files. Do not start it there: both have the same"
                " identity. Once you have looked at the one on {destination}, delete it on {source} with Delete."
            ).format(**move.names),
        ),
    )


def summary_of(
    move: ReplicaMove, folder: str | None, reasons: tuple[str, ...], copying: CopyEstimate | None, down: DownTime
) -> tuple[Line, ...]:
    """Name and value of each line; ``folder`` is where the Replica server puts the files, None where it is not told."""
    machine, names = move.protection.machine, move.names
    runs = machine.state is MachineState.RUNNING
    order = _("Enable replication, send the copy, fail over, remove the replication.")
    if runs:
        order = _("Enable replication, send the copy, shut down, fail over, start, remove the replication.")
    connections = tuple(
        (_("{adapter}:").format(adapter=adapter.name), _("{before} → {after}").format(before=before, after=after))
        for adapter, switch in move.adapters
        for before, after in [(adapter.switch_name or _("Not connected"), switch or _("Not connected"))]
    )
    return (
        (_("Virtual machine:"), _("{machine} ({state})").format(machine=machine.name, state=machine.state.word)),
        (_("From:"), names["source"]),
        (_("Destination computer:"), names["destination"]),
        (_("Way:"), Way.REPLICA.word),
        (_("Why:"), "\n".join(reasons) or _("You have chosen it.")),
        (_("What happens:"), order),
        (_("Files:"), folder or _("Where the Replica server {destination} puts them").format(**names)),
        *connections,
        (_("Initial copy:"), copying.words if copying is not None else _("Not known: the size cannot be read.")),
        (_("Down time:"), down.words),
        (
            _("If it fails:"),
            _(
                "{machine} stays on {source}. Until the failover is completed, Undo takes back what was done, and"
                " starts {machine} on {source} again if it was shut down. What was copied to {destination} is deleted"
                " by hand."
            ).format(**names),
        ),
        (
            _("Afterwards:"),
            _("{machine} on {source} is left off, with its files. It is deleted only if you do so.").format(**names),
        ),
    )


def _actions(move: ReplicaMove) -> Iterator[Action]:
    protection, here, there = move.protection, move.here, move.there
    runs = protection.machine.state is MachineState.RUNNING
    yield from enabling_plan(protection).actions
    yield from _connections(move)
    if runs:
        yield steps.shut_down(here, undo=steps.start(here))
    yield steps.prepare(here)
    yield steps.fail_over(there)
    if runs:
        yield steps.start(there, undo=steps.shut_down(there))
    yield steps.complete(there)
    yield steps.remove(there)
    yield steps.remove(here)
    yield steps.keep_off(here)


def _connections(move: ReplicaMove) -> Iterator[Action]:
    """The adapters of a replica are connected to nothing at first."""
    chosen = {place: switch for place, (_adapter, switch) in enumerate(move.adapters) if switch}
    plans = {
        place: AdapterPlan(msgspec.structs.replace(adapter, switch_name=""), place)
        for place, (adapter, _switch) in enumerate(move.adapters)
    }
    yield from connecting_plan(move.there.host, move.protection.machine, chosen, plans).actions
