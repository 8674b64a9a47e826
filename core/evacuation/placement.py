"""Which machine of a host goes where when the host is emptied. Pure: the same facts give the same places.

The machines with most memory choose first; each takes the host where least is missing and most memory is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from core.amounts import size_text
from core.estate.connection import HostKey
from core.language import _


@dataclass(frozen=True, slots=True)
class Guest:
    """A machine that needs a place: bytes of memory that go along, and the switches that it is on.

    ``stays_because`` says in a sentence what keeps it from going anywhere; empty where nothing does.
    """

    machine_id: UUID
    name: str
    memory: int
    switches: frozenset[str] = frozenset()
    stays_because: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A host that may take machines: bytes free of memory, None where that is not known, and by drive; its switches.

    ``needs`` are the bytes that each machine would put on its drives. ``refusal`` says why it takes none at all,
    ``refusals`` why not a certain one, ``doubts`` what is unsure of one.
    """

    host: HostKey
    memory: int | None
    drives: Mapping[str, int] = field(default_factory=dict)
    needs: Mapping[UUID, Mapping[str, int]] = field(default_factory=dict)
    switches: frozenset[str] = frozenset()
    refusal: str = ""
    refusals: Mapping[UUID, str] = field(default_factory=dict)
    doubts: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a machine goes, and ``why``; ``host`` is None for one that stays."""

    machine_id: UUID
    host: HostKey | None
    why: str


@dataclass(slots=True)
class _Left:
    """What a host has left while machines are given to it."""

    room: Room
    memory: int
    drives: dict[str, int]

    @classmethod
    def of(cls, room: Room) -> _Left:
        return cls(room, room.memory or 0, dict(room.drives))

    def fault(self, guest: Guest) -> str:
        """Why the host does not take a machine, as things stand; empty when it does."""
        room = self.room
        if room.refusal or guest.machine_id in room.refusals:
            return room.refusal or room.refusals[guest.machine_id]
        if room.memory is None:
            return _("How much memory is free there is not known.")
        if guest.memory > self.memory:
            return _("{needed} of memory are needed, {free} are left there.").format(
                needed=size_text(guest.memory), free=size_text(self.memory)
            )
        for drive, needed in room.needs.get(guest.machine_id, {}).items():
            free = self.drives.get(drive)
            if free is None:
                return _("How much room is free on {drive} there is not known.").format(drive=drive)
            if needed > free:
                return _("{needed} of room are needed on {drive}, {free} are left there.").format(
                    needed=size_text(needed), drive=drive, free=size_text(free)
                )
        return ""

    def rank(self, guest: Guest) -> tuple[int, bool, int, str, str]:
        """The lower, the better the host is for a machine that it can take."""
        host = self.room.host
        missing = len(guest.switches - self.room.switches)
        return missing, guest.machine_id in self.room.doubts, -self.memory, host.name, host.group

    def take(self, guest: Guest) -> str:
        """Give the machine to the host, and say what speaks for that and what is to be looked at."""
        self.memory -= guest.memory
        for drive, needed in self.room.needs.get(guest.machine_id, {}).items():
            self.drives[drive] -= needed
        words = [_("{size} of memory are left there.").format(size=size_text(self.memory))]
        if missing := sorted(guest.switches - self.room.switches):
            words.append(_("The switch is missing there: {switches}.").format(switches=", ".join(missing)))
        if guest.machine_id in self.room.doubts:
            words.append(self.room.doubts[guest.machine_id])
        return " ".join(words)


def place(guests: Sequence[Guest], rooms: Sequence[Room]) -> tuple[Placed, ...]:
    """A place for each of ``guests``, in their order, within what ``rooms`` have."""
    left = [_Left.of(room) for room in sorted(rooms, key=lambda room: (room.host.name, room.host.group))]
    found: dict[UUID, Placed] = {}
    for guest in sorted(guests, key=lambda each: (-each.memory, each.name, each.machine_id)):
        found[guest.machine_id] = _placed(guest, left)
    return tuple(found[guest.machine_id] for guest in guests)


def _placed(guest: Guest, left: Sequence[_Left]) -> Placed:
    if guest.stays_because:
        return Placed(guest.machine_id, None, guest.stays_because)
    faults = [(each, each.fault(guest)) for each in left]
    fitting = [each for each, fault in faults if not fault]
    if not fitting:
        words = " ".join(_of_host(each.room.host, fault) for each, fault in faults)
        return Placed(guest.machine_id, None, words or _("There is no other host."))
    best = min(fitting, key=lambda each: each.rank(guest))
    return Placed(guest.machine_id, best.room.host, best.take(guest))


def _of_host(host: HostKey, fault: str) -> str:
    """A reason with the name of its host, unless it names it itself."""
    return fault if host.name in fault else _("{host}: {reason}").format(host=host.name, reason=fault)
