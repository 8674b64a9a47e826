"""A pipeline as a client asks for it, before anything is bound or run."""

from __future__ import annotations

from dataclasses import dataclass

from lab.powershell.values import Value


class SwitchPresent:
    """Stands for a switch parameter given without a value."""

    def __repr__(self) -> str:
        return "<switch present>"


class NamedNull(SwitchPresent):
    """Stands for a named parameter whose value on the wire is null: a switch is present then, any other has $null."""


SWITCH_PRESENT = SwitchPresent()
NAMED_NULL = NamedNull()


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command; ``name`` is None when it was given by position."""

    name: str | None
    value: Value | SwitchPresent


@dataclass(frozen=True, slots=True)
class Command:
    """A cmdlet with its arguments, or (``is_script``) a piece of script text in ``name``."""

    name: str
    arguments: tuple[Argument, ...] = ()
    is_script: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """Commands joined by ``|``."""

    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Statements that run one after the other; ``input`` is what the client piped into the first."""

    pipeline_id: str
    statements: tuple[Statement, ...]
    input: tuple[Value, ...] = ()
