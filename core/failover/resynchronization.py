"""Resynchronisation: why it is needed, what it costs, how long it takes, and a full copy where that is better.

That disks are read at 400 MB a second and differ in a twentieth is assumed; a measured speed of the connection counts
where there is one. The limit of six hours is that of the course that the program follows.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from core.amounts import duration_text, size_text
from core.failover import steps
from core.failover.link import Link
from core.failover.settings import clock_text
from core.failover.steps import Place, premise
from core.hyperv.replication_states import ReplicationState as State
from core.jobs.goal import Facts
from core.jobs.plan import Action, Plan
from core.language import _
from core.powershell.command import ParameterValue, Switch
from core.replicas.records import ReplicationRow
from core.replicas.relationship import Relationship
from core.replicas.side import Side

READ_RATE = 400 << 20
"""Bytes a second that a host compares (assumed)."""
DIFFERENT_SHARE = 0.05
"""The share of the disks that differs (assumed)."""
LONGEST = 6 * 3600.0
"""Seconds beyond which a full initial replication is proposed."""
MOST_AHEAD = datetime.timedelta(days=7)
"""How far ahead it can be scheduled."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a resynchronisation of ``size`` bytes of disks comes to; ``seconds`` are estimated."""

    size: int
    seconds: float

    @property
    def is_too_long(self) -> bool:
        """Whether a full initial replication is to be proposed instead."""
        return self.seconds > LONGEST

    @property
    def sentences(self) -> tuple[str, ...]:
        """What it costs, in words."""
        words = (
            _("Both hosts read {size} of disks and compare them: that costs processor and storage on both."),
            _("What differs, perhaps {share} %, is sent over the network."),
            _("All recovery points of the replica are removed when it is complete."),
            _("Meanwhile neither a planned nor a test failover is possible. It takes about {time}."),
        )
        names = {
            "size": size_text(self.size),
            "share": round(DIFFERENT_SHARE * 100),
            "time": duration_text(self.seconds),
        }
        told = tuple(text.format(**names) for text in words)
        if self.is_too_long:
            told += (_("That is more than six hours: a full initial replication is advised instead."),)
        return told


def cost(size: int, rate: float | None = None) -> Cost:
    """The cost for disks of ``size`` bytes that their guests see; ``rate`` are bytes a second between the hosts."""
    return Cost(size, size / READ_RATE + size * DIFFERENT_SHARE / (rate or READ_RATE))


def reasons(sender: Side) -> tuple[str, ...]:
    """Why it is needed: in the host's words, and what can lie behind it."""
    told = sender.statistics.words if sender.statistics is not None else ()
    if sender.state is not State.RESYNCHRONIZATION_REQUIRED:
        return told
    causes = _(
        "A disk was changed while the machine was off, its log outgrew half of the disk or could not be written, "
        "the host stopped unexpectedly, or the machine or its storage went back to an earlier state."
    )
    return (*told, causes)


def resynchronization_plan(sender: Side, *, begins: datetime.datetime | None = None) -> Plan:
    """Resynchronise now, or at ``begins``, a time of the host's clock within seven days."""
    place = Place.of(sender)
    if begins is None:
        title = _("Resynchronize {machine} from {host}")
        goal = place.out_of(State.RESYNCHRONIZATION_REQUIRED, State.SUSPENDED, State.ERROR)
        parameters: dict[str, ParameterValue] = {"Resynchronize": Switch.PRESENT}
    else:
        title = _("Schedule the resynchronization of {machine} on {host}")
        unscheduled = place.listed(("ResynchronizeStartTime", sender.row.resynchronize_start_time), is_absent=True)
        goal = Facts(place.host, (unscheduled,))
        parameters = {"Resynchronize": Switch.PRESENT, "ResynchronizeStartTime": time_text(begins)}
    action = Action(
        title.format(**place.names),
        place.host,
        place.piped("Resume-VMReplication", **parameters),
        goal,
        _("Cancelling it leaves the machine to be resynchronized another time."),
    )
    return Plan(action.title, place.host, (action,), premises=(premise(sender),))


def full_copy_plan(relationship: Relationship, link: Link, *, excluded: tuple[str, ...]) -> Plan:
    """Replicate everything anew in place of a comparison; the replica stays as the place for it.

    ``excluded`` are the paths of the disks that are left out. Raises ValueError unless both sides are known.
    """
    sender, receiver = relationship.sender, relationship.receiver
    if sender is None or receiver is None:
        raise ValueError("both sides are needed")
    here, there = Place.of(sender), Place.of(receiver)
    names = {"machine": sender.row.machine_name, "server": link.server}
    left_out: dict[str, ParameterValue] = {"ExcludedVhdPath": excluded} if excluded else {}
    start = Action(
        _("Start the initial replication of {machine} on {host}").format(**here.names),
        here.host,
        here.piped("Start-VMInitialReplication"),
        here.out_of(State.READY_FOR_INITIAL_COPY),
        _("Cancelling the initial replication undoes it."),
    )
    enabling = Action(
        _("Enable replication of {machine} to {server}").format(**names),
        here.host,
        here.piped("Enable-VMReplication", **{**link.parameters, **settings_of(sender.row), **left_out}),
        steps.primary_now(here),
        _("Removing the replication undoes it."),
        steps.remove(here),
    )
    return Plan(
        _("Full initial replication of {machine} to {server}").format(**names),
        here.host,
        (
            steps.remove(here),
            steps.remove(there),
            steps.as_replica(there, sender.row.primary_server_name or here.host.name, is_replicated=False),
            enabling,
            start,
        ),
        summary=(
            (_("What changes:"), _("The replication is made anew, and all of {machine} is sent.").format(**names)),
            (_("What is lost:"), _("The recovery points of the replica.")),
        ),
        premises=(premise(sender), premise(receiver)),
    )


def settings_of(row: ReplicationRow) -> dict[str, ParameterValue]:
    """The settings of a relationship as Enable-VMReplication takes them."""
    found: dict[str, ParameterValue] = {}
    if row.compression_enabled is not None:
        found["CompressionEnabled"] = row.compression_enabled
    if row.replication_frequency_sec is not None:
        found["ReplicationFrequencySec"] = row.replication_frequency_sec
    found["RecoveryHistory"] = row.recovery_history
    if row.consistent_hours:
        found["VSSSnapshotFrequencyHour"] = row.consistent_hours
    found["AutoResynchronizeEnabled"] = row.auto_resynchronize_enabled
    begins, ends = row.auto_resynchronize_interval_start, row.auto_resynchronize_interval_end
    if row.auto_resynchronize_enabled and begins is not None and ends is not None:
        found["AutoResynchronizeIntervalStart"] = clock_text(begins.span)
        found["AutoResynchronizeIntervalEnd"] = clock_text(ends.span)
    return found


def time_text(moment: datetime.datetime) -> str:
    """A time of the host's clock as PowerShell reads it: without a zone it is the host's own."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")
