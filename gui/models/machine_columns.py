"""The columns that a list of machines can have: what a cell shows, and what it is sorted by."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.amounts import size_text, uptime_text
from core.hyperv.states import MachineState
from core.language import _

if TYPE_CHECKING:
    from gui.models.machine_rows import MachineRow


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is what the column is remembered by; texts are compared without regard to letter case."""

    name: str
    heading: Callable[[], str]
    text: Callable[[MachineRow], str]
    order: Callable[[MachineRow], Any]
    width: int
    is_number: bool = False


def _is_on(row: MachineRow) -> bool:
    return row.machine.state not in (MachineState.OFF, MachineState.SAVED, MachineState.FAST_SAVED)


def _usage(row: MachineRow) -> str:
    return f"{row.machine.processor_usage}%" if _is_on(row) else ""


def _memory(row: MachineRow) -> str:
    return size_text(row.machine.memory_assigned) if row.machine.memory_assigned else ""


def _uptime(row: MachineRow) -> str:
    return uptime_text(row.machine.uptime.seconds) if row.machine.uptime.ticks else ""


@functools.cache
def _version(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _clustered(row: MachineRow) -> str:
    return _("Yes") if row.machine.is_clustered else _("No")


def _notes(row: MachineRow) -> str:
    return " ".join((row.machine.notes or "").split())


COLUMNS = (
    Column("name", lambda: _("Name"), lambda row: row.machine.name, lambda row: row.name, 150),
    Column("state", lambda: _("State"), lambda row: row.state, lambda row: row.state, 126),
    Column("usage", lambda: _("CPU Usage"), _usage, lambda row: row.machine.processor_usage, 86, is_number=True),
    Column(
        *("memory", lambda: _("Assigned Memory"), _memory, lambda row: row.machine.memory_assigned, 124),
        is_number=True,
    ),
    Column("uptime", lambda: _("Uptime"), _uptime, lambda row: row.machine.uptime.ticks, 110, is_number=True),
    Column("status", lambda: _("Status"), lambda row: row.machine.status, lambda row: row.machine.status.lower(), 110),
    Column("host", lambda: _("Host"), lambda row: row.host, lambda row: row.host.lower(), 110),
    Column(
        "replication", lambda: _("Replication State"), lambda row: row.replication, lambda row: row.replication, 150
    ),
    Column(
        *("health", lambda: _("Replication Health"), lambda row: row.health),
        *(lambda row: row.machine.replication_health, 130),
    ),
    Column("mode", lambda: _("Replication Mode"), lambda row: row.mode, lambda row: row.mode, 120),
    Column("clustered", lambda: _("Clustered"), _clustered, lambda row: row.machine.is_clustered, 86),
    Column(
        *("version", lambda: _("Configuration Version"), lambda row: row.machine.version),
        *(lambda row: _version(row.machine.version), 140),
    ),
    Column(
        *("generation", lambda: _("Generation"), lambda row: str(row.machine.generation)),
        *(lambda row: row.machine.generation, 86),
        is_number=True,
    ),
    Column(
        *("processors", lambda: _("Processors"), lambda row: str(row.machine.processor_count)),
        *(lambda row: row.machine.processor_count, 86),
        is_number=True,
    ),
    Column("location", lambda: _("Location"), lambda row: row.machine.path, lambda row: row.machine.path.lower(), 220),
    Column("notes", lambda: _("Notes"), _notes, lambda row: _notes(row).lower(), 200),
)

ALWAYS_SHOWN = "name"
OF_ONE_HOST = ("name", "state", "usage", "memory", "uptime", "status")
"""What is shown at first where one host is selected: the columns of Hyper-V Manager."""
OF_SEVERAL_HOSTS = ("name", "host", "state", "usage", "memory", "uptime", "status")
"""The same where machines of several hosts are listed."""


def number_of(name: str) -> int:
    """Where the column called ``name`` is in the model. Raises KeyError."""
    return _NUMBERS[name]


_NUMBERS = {column.name: number for number, column in enumerate(COLUMNS)}
