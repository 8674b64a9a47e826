"""A replica that is replicated on to a third host (Windows Server documentation, Hyper-V team blog).

It is enabled on the replica. Its frequency is five or fifteen minutes, and not higher than that of the first leg; it
has the same disks, and no application-consistent recovery points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.failover import steps
from core.failover.link import Link
from core.failover.steps import Place, premise
from core.hyperv.replication_states import ReplicationState as State
from core.jobs.goal import Facts
from core.jobs.plan import Action, Plan
from core.language import _
from core.powershell.command import Pipeline, command
from core.replicas.records import Leg
from core.replicas.side import Side
from core.wizards.wizard import Problem

FREQUENCIES = (300, 900)
"""Seconds between the cycles of an extension."""
MOST_POINTS = 24


@dataclass(frozen=True, slots=True)
class Extension:
    """What is chosen for the leg from ``receiver`` to a third host."""

    receiver: Side
    link: Link
    frequency: int
    history: int = 0
    compresses: bool = True
    resynchronizes: bool = True
    starts: bool = True


def proposed(receiver: Side, link: Link) -> Extension:
    """The pages as they are filled beforehand: as the first leg, as far as an extension may be so."""
    row = receiver.row
    return Extension(
        receiver,
        link,
        frequencies(receiver)[0],
        row.recovery_history,
        row.compression_enabled is not False,
        row.auto_resynchronize_enabled,
    )


def frequencies(receiver: Side) -> tuple[int, ...]:
    """What can be chosen: nothing is sent on more often than it comes in."""
    return tuple(each for each in FREQUENCIES if each >= receiver.row.frequency) or FREQUENCIES[-1:]


def problems(chosen: Extension) -> Iterator[Problem]:
    """What is wrong with the choices."""
    machine = chosen.receiver.row.machine_name
    taken = (chosen.receiver.row.primary_server_name or "", chosen.receiver.host.name)
    wanted = chosen.link.server.strip().lower()
    if not wanted:
        yield Problem("server", _("No Replica server is named."), _("Name the third host."))
    elif any(wanted in (name.lower(), name.partition(".")[0].lower()) for name in taken):
        text = _("{server} has {machine} already: an extension goes to a third host.")
        names = {"server": chosen.link.server, "machine": machine}
        yield Problem("server", text.format(**names), _("Name another host."))
    if chosen.frequency not in frequencies(chosen.receiver):
        cure = _("Choose 5 or 15 minutes, and not more often than the first leg.")
        yield Problem("frequency", _("An extension cannot replicate in this interval."), cure)
    if not 0 <= chosen.history <= MOST_POINTS:
        text = _("An extension keeps from 0 to {most} additional recovery points.").format(most=MOST_POINTS)
        yield Problem("history", text, _("Choose another number."))


def extension_plan(chosen: Extension) -> Plan:
    """Extend the replication."""
    place = Place.of(chosen.receiver)
    extended = Place(place.host, place.machine_id, place.machine_name, Leg.EXTENDED)
    names = {"server": chosen.link.server, **place.names}
    call = command(
        "Enable-VMReplication",
        **chosen.link.parameters,
        ReplicationFrequencySec=chosen.frequency,
        RecoveryHistory=chosen.history,
        CompressionEnabled=chosen.compresses,
        AutoResynchronizeEnabled=chosen.resynchronizes,
    )
    enabling = Action(
        _("Extend the replication of {machine} from {host} to {server}").format(**names),
        place.host,
        Pipeline((place.picked | call,)),
        Facts(place.host, (extended.listed(),)),
        _("Removing the extension undoes it."),
        steps.remove(extended),
    )
    actions = [enabling]
    if chosen.starts:
        actions.append(_start(extended))
    return Plan(
        enabling.title,
        place.host,
        tuple(actions),
        summary=((_("Replica server:"), chosen.link.words),),
        premises=(premise(chosen.receiver),),
    )


def _start(extended: Place) -> Action:
    return Action(
        _("Start the initial replication of {machine} from {host} to the third host").format(**extended.names),
        extended.host,
        extended.piped("Start-VMInitialReplication"),
        extended.out_of(State.READY_FOR_INITIAL_COPY),
        _("Cancelling the initial replication undoes it."),
    )
