"""Hosts of the lab in this process: read with the program's own questions, and moved on with its own scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.estate.connection import HostKey
from core.estate.inventory import INVENTORY_QUERY, Inventory
from core.hyperv.disks import disk_question
from core.hyperv.query import Reading, ask
from core.hyperv.records import Machine
from core.moving.move import Move, MoveKind, Place
from core.moving.placement import Item, Placement, items_of
from core.powershell.command import Pipeline
from core.powershell.script import script
from lab.powershell.values import display_text
from tests.lab.cmdlets.administration import Administrator
from tests.lab.powershell.stage import Recording

GROUP = "Lab"


def run(admin: Administrator, host: str, pipeline: Pipeline) -> Recording:
    """Run the printed pipeline on a host, to its end."""
    admin.home = admin.host(host)
    return admin.run(script(pipeline))


def inventory(admin: Administrator, host: str) -> Inventory:
    recording = run(admin, host, INVENTORY_QUERY)
    return Inventory.of([display_text(value) for value in recording.outputs], ())


def machine_called(read: Inventory, name: str) -> Machine:
    return next(machine for machine in read.machines if machine.name == name)


def items(admin: Administrator, host: str, read: Inventory, machine: Machine) -> tuple[Item, ...]:
    """The machine's items, with the sizes of its attached disks."""
    question = disk_question(machine.machine_id)
    recording = run(admin, host, ask((question,)))
    disks = Reading.of([display_text(value) for value in recording.outputs]).records(question)
    return items_of(machine, read.drives_of(machine.machine_id), disks)


def place(read: Inventory) -> Place:
    return Place(HostKey(GROUP, read.host.name), read.host.fully_qualified_domain_name)


def a_move(
    admin: Administrator, name: str, kind: MoveKind, placement: Placement, source: str, destination: str, **more: Any
) -> Move:
    read, there = inventory(admin, source), inventory(admin, destination)
    machine = machine_called(read, name)
    adapters = read.adapters_of(machine.machine_id)
    return Move(machine, place(read), place(there), kind, placement, adapters, **more)


def by_key(placed: Sequence[Item]) -> dict[str, Item]:
    return {item.key: item for item in placed}
