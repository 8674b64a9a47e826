"""A relationship: the side that sends and the side that receives, each as its own host tells it."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.estate.connection import HostKey
from core.language import _
from core.replicas.side import Side

FindHost = Callable[[str, str], HostKey | None]
"""The host of a group that a name means, or None."""
WhyUnread = Callable[[HostKey], str]
"""Why a host has told nothing, in a sentence; empty when it has told what it knows."""


class Missing(enum.Enum):
    """Why one side of a relationship is not known."""

    NOT_MANAGED = "not managed"
    NOT_READ = "not read"
    NOT_THERE = "not there"


@dataclass(frozen=True, slots=True)
class Absence:
    """A side that is not known: of which host, why, and the same in a sentence. ``key`` is None for a foreign host."""

    missing: Missing
    host: str
    key: HostKey | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Relationship:
    """One leg of a machine's replication. Of ``sender`` and ``receiver`` at least one is there.

    ``absence`` tells of the side that is not.
    """

    sender: Side | None
    receiver: Side | None
    absence: Absence | None = None

    @property
    def known(self) -> tuple[Side, ...]:
        """The sides that are known, the one that sends first."""
        return tuple(side for side in (self.sender, self.receiver) if side is not None)

    @property
    def side(self) -> Side:
        """The side that tells most: the one that sends, if it is known."""
        return self.known[0]

    @property
    def machine_id(self) -> UUID:
        """The machine's ID."""
        return self.side.machine_id

    @property
    def machine_name(self) -> str:
        """The machine's name, as its primary has it where that is known."""
        return self.side.row.machine_name

    @property
    def is_extension(self) -> bool:
        """Whether it is the leg from a replica to a third host."""
        return not self.side.is_on_first_leg

    @property
    def primary_name(self) -> str:
        """The host that sends, by its key where it is managed."""
        if self.sender is not None:
            return self.sender.host.name
        return self._absent_name or self.side.row.primary_server_name or ""

    @property
    def replica_name(self) -> str:
        """The host that receives, by its key where it is managed."""
        if self.receiver is not None:
            return self.receiver.host.name
        row = self.side.row
        return self._absent_name or row.current_replica_server_name or row.replica_server_name or ""

    def on(self, host: HostKey) -> Side | None:
        """The side of a host, or None."""
        return next((side for side in self.known if side.host == host), None)

    @property
    def teller(self) -> Side:
        """The side that tells of the last synchronisation: the one that receives, if it knows of any.

        Its moments are by its own clock, and so is their age.
        """
        told = (side for side in (self.receiver, self.sender) if side is not None)
        return next((side for side in told if side.last_synchronised is not None), self.side)

    @property
    def last_synchronised(self) -> datetime.datetime | None:
        """Up to when the replica has what the primary wrote: what it applied last, else what was sent last."""
        return self.teller.last_synchronised

    @property
    def age(self) -> float | None:
        """Seconds since then, by the clock of the host that told it: so much is lost if the primary fails now."""
        newest = self.last_synchronised
        return max(0.0, (self.teller.read_at - newest).total_seconds()) if newest is not None else None

    @property
    def asked(self) -> int:
        """Seconds between cycles, as it was asked for."""
        return self.side.row.frequency

    @property
    def _absent_name(self) -> str:
        return self.absence.host if self.absence is not None else ""


def paired(sides: Iterable[Side], find: FindHost, why_unread: WhyUnread) -> tuple[Relationship, ...]:
    """The sides of all hosts as relationships, by machine and server names."""
    known = tuple(sides)
    receivers = [side for side in known if not side.role.sends]
    taken: set[int] = set()
    found: list[Relationship] = []
    for sender in (side for side in known if side.role.sends):
        match = _receiver_of(sender, receivers, find)
        if match is not None:
            taken.add(id(match))
            found.append(Relationship(sender, match))
        else:
            found.append(Relationship(sender, None, _absence(sender, _replica_names(sender), find, why_unread)))
    for receiver in receivers:
        if id(receiver) not in taken:
            names = (receiver.row.primary_server_name or "",)
            found.append(Relationship(None, receiver, _absence(receiver, names, find, why_unread)))
    return tuple(sorted(found, key=lambda each: (each.machine_name.lower(), each.is_extension, each.primary_name)))


def _receiver_of(sender: Side, receivers: Sequence[Side], find: FindHost) -> Side | None:
    """The side that receives: of the same machine and leg, on the host that the sender names as the replica's.

    Its name for the primary is not asked: after a move of the primary, or for a broker, it is another one.
    """
    hosts = [find(sender.host.group, name) for name in _replica_names(sender)]
    for side in receivers:
        same_leg = side.is_on_first_leg == sender.is_on_first_leg
        if side.machine_id == sender.machine_id and same_leg and side.host in hosts and side.host != sender.host:
            return side
    return None


def _replica_names(sender: Side) -> tuple[str, ...]:
    row = sender.row
    return tuple(name for name in (row.current_replica_server_name, row.replica_server_name) if name)


def _absence(side: Side, names: Sequence[str], find: FindHost, why_unread: WhyUnread) -> Absence:
    shown = next(iter(names), "")
    key = next((key for name in names if (key := find(side.host.group, name)) is not None), None)
    told = {"host": key.name if key is not None else shown, "machine": side.row.machine_name}
    if not shown:
        what = _("The other side of {machine} is not linked so far.")
        return Absence(Missing.NOT_THERE, "", None, what.format(**told))
    if key is None:
        what = _("{host}, the other side of {machine}, is not among the servers here.")
        return Absence(Missing.NOT_MANAGED, shown, None, what.format(**told))
    if reason := why_unread(key):
        return Absence(Missing.NOT_READ, key.name, key, reason)
    what = _("{host} knows nothing of this replication of {machine}: it was removed there, or never made.")
    return Absence(Missing.NOT_THERE, key.name, key, what.format(**told))
