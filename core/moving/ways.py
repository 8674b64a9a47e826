"""The ways in which a machine can come to another host, which of them is best, and how long it stands still.

A live migration costs next to nothing and is the best way wherever it can be gone. A replica is copied while the
machine runs; the machine is shut down for what is left, and started on the other host, which may have any processor,
belong to no domain, and take part in no live migrations.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from core.amounts import duration_text, rate_text, size_text
from core.estate.estate import Picture
from core.hyperv.computers import AttachedDisk
from core.hyperv.host_details import HostDetails
from core.hyperv.records import Machine
from core.hyperv.replication_states import ReplicationMode
from core.hyperv.states import MachineState
from core.language import _
from core.moving.checks.disks import bound_disks
from core.moving.checks.versions import unsupported
from core.moving.estimate import LAST_PASS, Assumptions
from core.moving.rating import live_faults
from core.replication.estimate import Rates
from core.wizards.wizard import Problem, obstacles

SHUT_DOWN = 60.0
"""Seconds in which a guest shuts down (assumed)."""
START = 60.0
"""Seconds from the start of a machine until its services answer (assumed)."""
FAIL_OVER = 20.0
"""Seconds for both halves of a planned failover, without what is sent (assumed)."""
WRITES = 1 << 20
"""Bytes a second that a guest is taken to write where that was not measured (assumed)."""


class Way(enum.Enum):
    """How a machine comes to another host."""

    LIVE = "live"
    REPLICA = "replica"
    EXPORT = "export"

    @property
    def word(self) -> str:
        """The way as the summary says it."""
        words = {Way.LIVE: _("Live migration"), Way.REPLICA: _("By replica"), Way.EXPORT: _("By export and import")}
        return words[self]


@dataclass(frozen=True, slots=True)
class DownTime:
    """Seconds for which the machine does not answer, and the sentences that say how they were computed.

    ``is_least``: something that takes time could not be counted.
    """

    seconds: float
    lines: tuple[str, ...]
    is_least: bool = False

    @property
    def words(self) -> str:
        """The down time in a sentence."""
        if not self.seconds:
            return _("None: the machine does not run.")
        words = _("At least {duration}") if self.is_least else _("About {duration}")
        return words.format(duration=duration_text(self.seconds))


@dataclass(frozen=True, slots=True)
class WayOffer:
    """One way: what speaks against it, what it costs, and what it needs.

    ``problems`` that have a fix or a cure of somebody else's leave it choosable: only ``is_possible`` says that it is.
    """

    way: Way
    problems: tuple[Problem, ...]
    down_time: DownTime
    needs: str

    @property
    def is_open(self) -> bool:
        """Whether nothing known speaks against it."""
        return not self.problems

    @property
    def is_possible(self) -> bool:
        """Whether it can be chosen: nothing speaks against it that this program could not cure at once."""
        return all(problem.fix is not None for problem in self.problems)

    @property
    def words(self) -> str:
        """What is said of it beside its name: why not, or the cost and what it needs."""
        if not self.is_possible:
            return " ".join(f"{problem.what} {problem.cure}" for problem in self.problems)
        reasons = tuple(problem.what for problem in self.problems)
        cost = _("Down time: {duration}").format(duration=self.down_time.words)
        return " ".join((*reasons, self.needs)) + f"\n{cost}"


def ways(
    machine: Machine,
    source: Picture,
    destination: Picture,
    source_details: HostDetails | None = None,
    details: HostDetails | None = None,
    *,
    writes: float | None = None,
    frequency: int = 300,
    storage: int | None = None,
) -> tuple[WayOffer, ...]:
    """Every way from ``source`` to ``destination``, the best first as long as nothing speaks against it.

    ``writes`` are bytes a second that the guest was measured to write, ``frequency`` the seconds of a replica's cycle,
    ``storage`` the bytes of its disk files; None where that is not known.
    """
    links = [each.link for each in (source_details, details) if each is not None and each.link is not None]
    rates = Rates(link=min(links) if len(links) == 2 else None, writes=writes)
    live = live_faults(machine, source, destination, source_details, details)
    return (
        WayOffer(
            Way.LIVE,
            obstacles(live),
            _live_down_time(machine),
            _("It goes on running while it is moved.") if _runs(machine) else _("It is moved as it is."),
        ),
        WayOffer(
            Way.REPLICA,
            tuple(_replica_faults(machine, source, destination)),
            replica_down_time(machine, rates, frequency),
            _(
                "It is copied while it runs, then shut down, failed over and started on {host}, which has to be a"
                " Replica server."
            ).format(host=destination.key.name),
        ),
        WayOffer(
            Way.EXPORT,
            tuple(_export_faults(machine, source, destination)),
            export_down_time(machine, rates, storage),
            _(
                "It is shut down and exported to a folder of {source}. You copy that folder to {host} and import it"
                " there: neither host needs to know the other."
            ).format(source=source.key.name, host=destination.key.name),
        ),
    )


def best_way(offers: tuple[WayOffer, ...]) -> Way:
    """The first that nothing speaks against, else the first that can be chosen, else the live one.

    An export leaves work to the user: it comes after whatever the program can do.
    """
    unopposed = [offer for offer in offers if offer.is_open and offer.way is not Way.EXPORT]
    found = unopposed or [offer for offer in offers if offer.is_possible]
    return found[0].way if found else Way.LIVE


def replica_down_time(machine: Machine, rates: Rates, frequency: int) -> DownTime:
    """What a planned failover costs: shutting down, the changes of a cycle, the failover, and starting."""
    if machine.state is MachineState.OFF:
        return DownTime(0.0, (_("The machine is off, and stays off."),))
    writes = rates.writes if rates.writes is not None else WRITES
    left = writes * frequency
    sending = left / rates.usable
    measured = _("It was just writing {rate}: {size} are left to send after it is shut down.")
    if rates.writes is None:
        measured = _("It is assumed to write {rate}: {size} are left to send after it is shut down.")
    link = _("{rate} of the link are counted on, which was read from the hosts.")
    if rates.link is None:
        link = _("{rate} of the link are counted on, which is assumed.")
    lines = (
        measured.format(rate=rate_text(writes), size=size_text(round(left))),
        link.format(rate=rate_text(rates.usable)),
        _("Assumed: {off} to shut down, {over} to fail over, {on} to start.").format(
            off=duration_text(SHUT_DOWN), over=duration_text(FAIL_OVER), on=duration_text(START)
        ),
    )
    return DownTime(SHUT_DOWN + sending + FAIL_OVER + START, lines)


def export_down_time(machine: Machine, rates: Rates, storage: int | None) -> DownTime:
    """What an export and an import cost: shutting down, copying within the source and between the hosts, starting."""
    if machine.state is MachineState.OFF:
        return DownTime(0.0, (_("The machine is off, and stays off."),))
    around = _("Assumed: {off} to shut down, {on} to start; what the import takes depends on you.").format(
        off=duration_text(SHUT_DOWN), on=duration_text(START)
    )
    if storage is None:
        unread = _("The size of its disks is not known: copying them twice is not counted.")
        return DownTime(SHUT_DOWN + START, (unread, around), is_least=True)
    within = Assumptions().copy_rate
    copied = _("{size} are copied at {rate} within the source (assumed), and at {link} between the hosts.").format(
        size=size_text(storage), rate=rate_text(within), link=rate_text(rates.usable)
    )
    return DownTime(SHUT_DOWN + storage / within + storage / rates.usable + START, (copied, around))


def _runs(machine: Machine) -> bool:
    return machine.state in (MachineState.RUNNING, MachineState.PAUSED)


def _live_down_time(machine: Machine) -> DownTime:
    if not _runs(machine):
        return DownTime(0.0, (_("The machine does not run."),))
    return DownTime(LAST_PASS, (_("The machine stands still for the last pass over its memory (assumed)."),))


def _export_faults(machine: Machine, source: Picture, destination: Picture) -> Iterator[Problem]:
    return _copy_faults(
        *(machine, source, destination),
        replicated=_("{machine} is replicated: what is imported would not go on with that."),
        cure=_("Start it, or shut it down: an export holds everything only of a machine that is off."),
        out_of_cluster=_("Remove it from the cluster first: the cluster would start it again."),
    )


def _replica_faults(machine: Machine, source: Picture, destination: Picture) -> Iterator[Problem]:
    return _copy_faults(
        *(machine, source, destination),
        replicated=_("{machine} is replicated already."),
        cure=_("Start it, or shut it down: a planned failover needs a machine that can be shut down."),
        out_of_cluster=_("Remove it from the cluster first; its replication is the cluster's own affair."),
    )


def _copy_faults(
    machine: Machine, source: Picture, destination: Picture, *, replicated: str, cure: str, out_of_cluster: str
) -> Iterator[Problem]:
    """What keeps a copy of a machine from taking its place; the words and cures are those of the way."""
    names = {"machine": machine.name, "state": machine.state.word}
    if (problem := unsupported(machine, destination)) is not None:
        yield problem
    yield from _physical(machine, source)
    if machine.replication_mode is not ReplicationMode.NONE:
        cure_of_replica = _("Use a planned failover to its replica, or remove the replication first.")
        yield Problem("way", replicated.format(**names), cure_of_replica)
    if machine.state not in (MachineState.RUNNING, MachineState.OFF):
        yield Problem("way", _("{machine} is neither running nor off: {state}.").format(**names), cure)
    if machine.is_clustered:
        yield Problem("way", _("{machine} belongs to a cluster.").format(**names), out_of_cluster)


def _physical(machine: Machine, source: Picture) -> Iterator[Problem]:
    """The disks of the host itself, which neither a replica nor an export takes along."""
    inventory = source.inventory
    drives = inventory.drives_of(machine.machine_id) if inventory is not None else ()
    yield from bound_disks(machine, source.key, (AttachedDisk(each.path, each.disk_number) for each in drives), ())
