"""A plan: what is to be done, on which host, and what must still be true when it is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.estate.connection import HostKey
from core.hyperv.states import MachineState
from core.powershell.command import Pipeline


@dataclass(frozen=True, slots=True)
class Expectation:
    """A machine as it was when the plan was made: where, and in which state."""

    host: HostKey
    machine_id: UUID
    machine_name: str
    state: MachineState


@dataclass(frozen=True, slots=True)
class Action:
    """One changing call. ``undo`` says in a sentence what undoes it, or that nothing does."""

    host: HostKey
    pipeline: Pipeline
    undo: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a wizard's choices come to: shown, printed as a script, and carried out as it is."""

    title: str
    expectation: Expectation
    destination: HostKey
    actions: tuple[Action, ...]
    summary: tuple[tuple[str, str], ...]
