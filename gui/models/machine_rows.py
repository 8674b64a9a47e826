"""Machines as lists show them, with what sorting and filtering would otherwise work out again and again."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from core.hyperv.replication_states import ReplicationHealth, ReplicationMode, ReplicationState

if TYPE_CHECKING:
    from core.estate.connection import HostKey
    from core.estate.inventory import Inventory
    from core.hyperv.records import Machine
    from core.hyperv.states import MachineState

_numbers = itertools.count(1)


class MachineRow:
    """One machine of a host.

    ``number`` tells it from all other rows, and is that of the machine's former row: a replica has the ID of its
    primary, and numbers are compared faster. ``said`` is what the filter looks in, ``place`` the order among rows that
    are equal otherwise: both in small letters. A machine that is not replicated has no words of replication.
    """

    __slots__ = ("health", "host", "key", "machine", "mode", "name", "number", "place", "replication", "said", "state")

    def __init__(self, number: int, key: HostKey, inventory: Inventory, machine: Machine, words: Words) -> None:
        self.number = number
        self.key = key
        self.host = key.name
        self.machine = machine
        self.state = words.of(machine.state)
        is_replicated = machine.replication_mode != ReplicationMode.NONE
        self.mode = words.of(machine.replication_mode) if is_replicated else ""
        self.replication = words.of(inventory.replication_state(machine)) if is_replicated else ""
        self.health = words.of(machine.replication_health) if is_replicated else ""
        self.name = machine.name.lower()
        self.place = (self.name, self.host, machine.machine_id.int)
        said = (machine.name, self.host, self.state, machine.status, machine.path, machine.notes or "", machine.version)
        self.said = "\n".join((*said, self.mode, self.replication, self.health)).lower()

    @property
    def subject(self) -> tuple[HostKey, UUID]:
        """The host and the ID of the machine."""
        return self.key, self.machine.machine_id


class Words:
    """The words of states, each looked up once for many rows."""

    def __init__(self) -> None:
        self._known: dict[tuple[type, int], str] = {}

    def of(self, state: MachineState | ReplicationState | ReplicationHealth | ReplicationMode) -> str:
        """The word of ``state``."""
        # Members of different enumerations are equal where their numbers are.
        known = type(state), state.value
        if known not in self._known:
            self._known[known] = state.word
        return self._known[known]


def rows_of(key: HostKey, inventory: Inventory, former: Mapping[UUID, MachineRow]) -> dict[UUID, MachineRow]:
    """The rows of a host's machines by ID, in the order of their places; those that have not changed are the former."""
    words = Words()
    rows: list[MachineRow] = []
    for machine in inventory.machines:
        known = former.get(machine.machine_id)
        if known is None or known.machine != machine:
            number = next(_numbers) if known is None else known.number
            known = MachineRow(number, key, inventory, machine, words)
        rows.append(known)
    rows.sort(key=lambda row: row.place)
    return {row.machine.machine_id: row for row in rows}
