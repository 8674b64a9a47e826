"""Moves between hosts of a lab, examined over the wire."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterable
from dataclasses import replace

from core.estate.connection import Connection
from core.estate.estate import Estate, Picture
from core.hyperv.disks import disk_question
from core.hyperv.query import Reading, ask
from core.moving.checks.examination import Examination, examine
from core.moving.checks.planned import Planned
from core.moving.move import Move, MoveKind, Place
from core.moving.networks import NetworkChoice
from core.moving.placement import Placement, items_of
from core.remoting.endpoint import Authentication
from core.wizards.wizard import Problem
from tests.core.estates import key, machine_on
from tests.laboratory import RunningLab


def connections(lab: RunningLab, *names: str, authentication: Authentication | None = None) -> list[Connection]:
    """Connections to some hosts; ``authentication`` is how they are signed in to."""
    found = [lab.connection(name) for name in names]
    if authentication is None:
        return found
    return [replace(each, endpoint=replace(each.endpoint, authentication=authentication)) for each in found]


async def move_of(
    estate: Estate, name: str, source: str, destination: str, folder: str | None = None, kind: MoveKind | None = None
) -> Move:
    """A move of everything to one folder of the destination; nothing goes anywhere when only the machine moves."""
    there, machine = await asyncio.gather(estate.refresh(key(destination)), machine_on(estate, source, name))
    here = estate.picture(key(source))
    assert here.inventory is not None
    question = disk_question(machine.machine_id)
    # What lies on a share is not told to this program: the items have no sizes then.
    disks = Reading.of((await estate.ask(key(source), ask((question,)))).output).records(question)
    items = items_of(machine, here.inventory.drives_of(machine.machine_id), disks)
    kind = kind or MoveKind.MACHINE_AND_STORAGE
    stays = kind is MoveKind.MACHINE_ONLY
    placement = Placement.staying(items) if stays else Placement.in_one_folder(items, folder or f"D:\\VMs\\{name}")
    adapters = here.inventory.adapters_of(machine.machine_id)
    return Move(machine, place(here), place(there), kind, placement, adapters)


def choosing(move: Move, switch: str, *, of: str) -> Move:
    """The move with a switch chosen for the adapters that are connected to the switch ``of``."""
    choices = tuple(NetworkChoice(adapter, switch) for adapter in move.adapters if adapter.switch_name == of)
    return replace(move, networks=choices)


async def examination(estate: Estate, move: Move, others: Iterable[Move] = ()) -> Examination:
    """Examine a move that was made of pictures just read."""
    return await examine(
        move,
        estate.picture(move.source.host),
        estate.picture(move.destination.host),
        functools.partial(estate.ask, move.source.host),
        functools.partial(estate.ask, move.destination.host),
        Planned.of(others),
    )


def place(shown: Picture) -> Place:
    assert shown.inventory is not None, shown.failure
    return Place(shown.key, shown.inventory.host.fully_qualified_domain_name)


def kept_by(found: Examination) -> Problem:
    """The one problem that keeps the move."""
    (problem,) = found.obstacles
    return problem
