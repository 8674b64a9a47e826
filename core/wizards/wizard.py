"""What every wizard is made of: steps, and problems that keep the user on one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from core.jobs.plan import Plan


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a wizard: ``key`` names the page, ``name`` stands in the list of steps, ``heading`` on the page."""

    key: str
    name: str
    heading: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the user can cure: the ``field`` it belongs to, what is wrong, and what to do."""

    field: str
    what: str
    cure: str


class Wizard(Protocol):
    """A wizard without widgets. The route may change with every choice; the dialog only follows it."""

    @property
    def title(self) -> str:
        """The title of the window."""
        ...

    @property
    def commit(self) -> str:
        """The word on the button that carries the plan out."""
        ...

    def steps(self) -> Iterable[Step]:
        """The whole route, as the choices stand."""
        ...

    def problems(self, step: Step) -> tuple[Problem, ...]:
        """What can be told at once from the choices on a step."""
        ...

    async def examine(self, step: Step) -> tuple[Problem, ...]:
        """What is wrong with the choices on a step, after asking the hosts that have to be asked."""
        ...

    async def plan(self) -> Plan:
        """The plan that the choices come to."""
        ...
