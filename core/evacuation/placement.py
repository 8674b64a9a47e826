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
    """A machine that needs a place: bytes of memory and of storage that go along, and the switches that it is on.

    ``stays_because`` says in a sentence what keeps it from going anywhere; empty where nothing does.
    """

    machine_id: UUID
    name: str
    memory: int
    storage: int
    switches: frozenset[str] = frozenset()
    stays_because: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A host that may take machines: bytes free of memory and storage, None where that is not known; its switches.

    ``refusal`` says why it takes none at all, ``refusals`` why not a certain one, ``doubts`` what is unsure of one.
    """

    host: HostKey
    memory: int | None
    storage: int | None
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


def place(guests: Sequence[Guest], rooms: Sequence[Room]) -> tuple[Placed, ...]:
    """A place for each of ``guests``, in their order, within what ``rooms`` have."""
    memory = {room.host: room.memory for room in rooms}
    storage = {room.host: room.storage for room in rooms}
    found: dict[UUID, Placed] = {}
    for guest in sorted(guests, key=lambda each: (-each.memory, -each.storage, each.name, each.machine_id)):
        if guest.stays_because:
            found[guest.machine_id] = Placed(guest.machine_id, None, guest.stays_because)
            continue
        reasons = {room.host: _fault(guest, room, memory[room.host], storage[room.host]) for room in rooms}
        fitting = [room for room in rooms if not reasons[room.host]]
        if not fitting:
            words = " ".join(f"{host.name}: {reason}" for host, reason in sorted(reasons.items(), key=_by_name))
            found[guest.machine_id] = Placed(guest.machine_id, None, words or _("There is no other host."))
            continue
        best = min(
            fitting,
            key=lambda room: (
                len(guest.switches - room.switches),
                guest.machine_id in room.doubts,
                -(memory[room.host] or 0),
                room.host.name,
                room.host.group,
            ),
        )
        left = memory[best.host] = (memory[best.host] or 0) - guest.memory
        storage[best.host] = (storage[best.host] or 0) - guest.storage
        found[guest.machine_id] = Placed(guest.machine_id, best.host, _reason(guest, best, left))
    return tuple(found[guest.machine_id] for guest in guests)


def _by_name(pair: tuple[HostKey, str]) -> tuple[str, str]:
    return pair[0].name, pair[0].group


def _fault(guest: Guest, room: Room, memory: int | None, storage: int | None) -> str:
    """Why a host does not take a machine, as things stand; empty when it does."""
    if room.refusal or guest.machine_id in room.refusals:
        return room.refusal or room.refusals[guest.machine_id]
    if memory is None or storage is None:
        return _("How much memory or room is free there is not known.")
    if guest.memory > memory:
        return _("{needed} of memory are needed, {free} are left there.").format(
            needed=size_text(guest.memory), free=size_text(memory)
        )
    if guest.storage > storage:
        return _("{needed} of room are needed, {free} are left there.").format(
            needed=size_text(guest.storage), free=size_text(storage)
        )
    return ""


def _reason(guest: Guest, room: Room, left: int) -> str:
    """What speaks for the place, and what is to be looked at."""
    words = [_("{size} of memory are left there.").format(size=size_text(left))]
    missing = sorted(guest.switches - room.switches)
    if missing:
        words.append(_("The switch is missing there: {switches}.").format(switches=", ".join(missing)))
    if guest.machine_id in room.doubts:
        words.append(room.doubts[guest.machine_id])
    return " ".join(words)
