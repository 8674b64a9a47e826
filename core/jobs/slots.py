"""How many migrations a host has under way, and how many it allows at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Picture
from core.jobs.plan import Action
from core.language import _, ngettext


@dataclass(frozen=True, slots=True)
class Load:
    """One migration under way: of which machine, from where to where; ``source`` is ``destination`` for storage."""

    machine_id: UUID
    machine_name: str
    source: HostKey
    destination: HostKey
    moves_machine: bool
    moves_storage: bool

    @classmethod
    def of(cls, action: Action, machine_id: UUID, machine_name: str) -> Load | None:
        """What an action puts on the hosts; None when it migrates nothing."""
        size = action.migration
        if size is None:
            return None
        moves_machine = size.destination != action.host
        return cls(machine_id, machine_name, action.host, size.destination, moves_machine, size.storage > 0)


def loads(pictures: Iterable[Picture]) -> Iterator[Load]:
    """The migrations that hosts tell of, whoever began them.

    A host lists those that go out from it; what comes in is known from the hosts it comes from, as far as these are
    managed.
    """
    known = tuple(pictures)
    for picture in known:
        inventory = picture.inventory
        for job in inventory.migrations if inventory is not None else ():
            machine_id = job.machine_id
            if inventory is None or machine_id is None or job.job_state.has_ended:
                continue
            machine = inventory.machine(machine_id)
            name = machine.name if machine is not None else str(machine_id)
            destination = _named(known, picture, job.destination_host)
            yield Load(machine_id, name, picture.key, destination, job.moves_machine, job.moves_storage)


def obstacle(wanted: Load, under_way: Iterable[Load], pictures: Iterable[Picture]) -> str:
    """What ``wanted`` has to wait for, in a sentence; empty when both hosts have room.

    Both hosts count a live migration and both count a migration of storage (assumed). A host that was not read so far
    is taken to have room: it says itself when it has none.
    """
    others = {load.machine_id: load for load in under_way if load.machine_id != wanted.machine_id}.values()
    for picture in pictures:
        if picture.key not in (wanted.source, wanted.destination) or picture.inventory is None:
            continue
        host = picture.inventory.host
        here = [load for load in others if picture.key in (load.source, load.destination)]
        if wanted.moves_machine:
            live = [load for load in here if load.moves_machine]
            if len(live) >= host.maximum_virtual_machine_migrations:
                return _waits(
                    picture.key, live, host.maximum_virtual_machine_migrations, _live_words(picture.key, live)
                )
        if wanted.moves_storage:
            storage = [load for load in here if load.moves_storage]
            if len(storage) >= host.maximum_storage_migrations:
                told = ngettext("{count} migration of storage", "{count} migrations of storage", len(storage))
                words = told.format(count=len(storage))
                return _waits(picture.key, storage, host.maximum_storage_migrations, words)
    return ""


def _live_words(host: HostKey, live: list[Load]) -> str:
    incoming = sum(load.destination == host for load in live)
    if incoming == len(live):
        return ngettext("{count} incoming move", "{count} incoming moves", incoming).format(count=incoming)
    if incoming == 0:
        return ngettext("{count} outgoing move", "{count} outgoing moves", len(live)).format(count=len(live))
    return _("{incoming} incoming and {outgoing} outgoing moves").format(
        incoming=incoming, outgoing=len(live) - incoming
    )


def _waits(host: HostKey, loads_there: list[Load], limit: int, words: str) -> str:
    names = ", ".join(sorted(load.machine_name for load in loads_there))
    told = _("{host} has {words} ({machines}) and allows {limit} at once.")
    return told.format(host=host.name, words=words, machines=names, limit=limit)


def _named(pictures: tuple[Picture, ...], source: Picture, name: str | None) -> HostKey:
    """The host that ``name`` means to ``source``; one that is not managed by that name alone."""
    if not name:
        return source.key
    in_group = (picture for picture in pictures if picture.key.group == source.key.group)
    found = next((picture.key for picture in in_group if picture.is_called(name)), None)
    return found or HostKey(source.key.group, name)
