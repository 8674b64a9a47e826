"""A cmdlet call as data: names and typed values, never text with values pasted in."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID


class Switch(enum.Enum):
    """The value of a switch parameter. ABSENT says no where a cmdlet would take its absence for a question."""

    PRESENT = "present"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Hashtable:
    """A hashtable such as one entry of ``-Vhds``; the order of the entries is kept."""

    entries: tuple[tuple[str, ParameterValue], ...]


ParameterValue: TypeAlias = "str | bool | int | UUID | Switch | Hashtable | tuple[ParameterValue, ...] | None"


@dataclass(frozen=True, slots=True)
class Command:
    """One cmdlet with its named parameters, in the order they are printed."""

    name: str
    parameters: tuple[tuple[str, ParameterValue], ...] = ()

    def __or__(self, following: Command) -> Statement:
        return Statement((self, following))


@dataclass(frozen=True, slots=True)
class Statement:
    """Commands joined by ``|``."""

    commands: tuple[Command, ...]

    def __or__(self, following: Command) -> Statement:
        return Statement((*self.commands, following))


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Statements that travel together and run one after the other."""

    statements: tuple[Statement, ...]


def command(name: str, /, **parameters: ParameterValue) -> Command:
    """A cmdlet call: ``command("Get-VM", Id=machine_id)``."""
    return Command(name, tuple(parameters.items()))
