"""What every wizard is made of: steps, and problems that keep the user on one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from core.jobs.plan import Batch, Plan


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a wizard: ``name`` stands in the list of steps, ``heading`` on the page.

    ``key`` tells the step from all others of the route. Steps of the same kind, such as one for each disk, share
    ``page``, the kind of page that shows them; it is the key where there is only one.
    """

    key: str
    name: str
    heading: str
    page: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "page", self.page or self.key)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the user can cure: the ``field`` it belongs to, what is wrong, and what to do.

    ``fix`` is a plan by which the program can cure it; ``script`` is PowerShell for somebody who may cure it where the
    program does not reach. A warning keeps nobody on the page.
    """

    field: str
    what: str
    cure: str
    fix: Plan | None = None
    is_warning: bool = False
    script: str = ""


def obstacles(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those of ``problems`` that keep the user on the page."""
    return tuple(problem for problem in problems if not problem.is_warning)


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

    async def plan(self) -> Plan | Batch:
        """The plan that the choices come to, or those of several machines."""
        ...
