"""A planned failover: its halves run each on its own host, the primary's first (Windows Server documentation)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.failover import steps
from core.failover.link import Link
from core.failover.steps import Place, premise
from core.hyperv.records import Machine
from core.hyperv.states import MachineState
from core.jobs.plan import Action, Expectation, Plan
from core.language import _
from core.powershell.command import Switch
from core.replicas.side import Side


@dataclass(frozen=True, slots=True)
class PlannedFailover:
    """What is chosen: ``machine`` as the primary's host has it, and what follows the failover.

    ``shuts_down`` lets the plan begin with a machine that runs; one that is saved or paused has to be looked after.
    ``back`` is the link for the reverse direction; None: the direction is not reversed.
    """

    sender: Side
    receiver: Side
    machine: Machine
    back: Link | None
    starts: bool = True
    shuts_down: bool = False

    @property
    def names(self) -> dict[str, str]:
        """What texts call the things involved."""
        return {
            "machine": self.machine.name,
            "primary": self.sender.host.name,
            "replica": self.receiver.host.name,
        }


def planned_plan(chosen: PlannedFailover, *, checks: tuple[str, ...] = ()) -> Plan:
    """The plan. If the second half fails, Undo cancels the preparation and starts the machine where it was."""
    title = _("Planned failover of {machine} from {primary} to {replica}").format(**chosen.names)
    machine, host = chosen.machine, chosen.sender.host
    return Plan(
        title,
        host,
        tuple(_actions(chosen)),
        summary=tuple(_summary(chosen)),
        expectation=Expectation(host, machine.machine_id, machine.name, machine.state),
        checks=checks,
        premises=(premise(chosen.sender), premise(chosen.receiver)),
    )


def second_half(chosen: PlannedFailover) -> Plan:
    """What is left of a planned failover whose primary is prepared already."""
    whole = planned_plan(chosen)
    left = tuple(action for action in whole.actions if action.host == chosen.receiver.host)
    return replace(whole, host=chosen.receiver.host, actions=left, expectation=None)


def reverse_action(place: Place, back: Link) -> Action:
    """Let a replica that has taken over be the primary, and replicate to ``back``."""
    call = place.piped("Set-VMReplication", **{"Reverse": Switch.PRESENT, **back.parameters})
    return steps.reverse(place, back.server, call)


def reverse_plan(receiver: Side, back: Link, *, checks: tuple[str, ...] = ()) -> Plan:
    """Reverse the replication of a replica that has taken over."""
    action = reverse_action(Place.of(receiver), back)
    what = _("{machine} is replicated to {server} from now on. After an unplanned failover a copy has to follow.")
    names = {"machine": receiver.row.machine_name, "server": back.server}
    return Plan(
        action.title,
        receiver.host,
        (action,),
        summary=((_("What changes:"), what.format(**names)), (_("Replica server:"), back.words)),
        checks=checks,
        premises=(premise(receiver),),
    )


def _actions(chosen: PlannedFailover) -> Iterator[Action]:
    here, there = Place.of(chosen.sender), Place.of(chosen.receiver)
    if chosen.machine.state is MachineState.RUNNING and chosen.shuts_down:
        yield steps.shut_down(here, undo=steps.start(here))
    yield steps.prepare(here)
    yield steps.fail_over(there)
    if chosen.back is not None:
        yield reverse_action(there, chosen.back)
    if chosen.starts:
        # Once the direction is reversed, going back is a planned failover, which shuts down first.
        yield steps.start(there, undo=steps.shut_down(there) if chosen.back is None else None)


def _summary(chosen: PlannedFailover) -> Iterator[tuple[str, str]]:
    names = chosen.names
    if chosen.machine.state is MachineState.RUNNING and chosen.shuts_down:
        yield _("On {primary}:").format(**names), _("{machine} is shut down.").format(**names)
    yield (
        _("What happens to the data:"),
        _("What is not yet replicated is sent first. Nothing is lost.").format(**names),
    )
    yield _("Takes over:"), _("{machine} on {replica}").format(**names)
    if chosen.back is None:
        yield (
            _("Replication afterwards:"),
            _("None, until it is reversed: what {machine} writes on {replica} is not replicated.").format(**names),
        )
    else:
        yield (
            _("Replication afterwards:"),
            _("From {replica} to {server}").format(replica=names["replica"], server=chosen.back.words),
        )
    started = _("{machine} is started on {replica}.") if chosen.starts else _("{machine} stays off on {replica}.")
    yield _("Start:"), started.format(**names)
