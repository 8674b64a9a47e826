"""Enabling the replication of several machines of one host: one set of choices, exceptions by machine in a grid.

Each machine is an Enable Replication Wizard of its own; the pages fill in the choices of one more, the ``lead``, and
the grid what a machine has otherwise, so that what is checked, planned and sent is the same as for one.
"""

from __future__ import annotations

import asyncio
import copy
import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from core.amounts import duration_text, size_text
from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.hyperv.records import Machine
from core.jobs.plan import Batch
from core.language import _
from core.replication.estimate import copy_estimate
from core.replication.protection import CopyMethod, Points
from core.replication.rules import points_problems
from core.replication.summary import frequency_word, history_words
from core.wizards.enable_choices import EnableChoices
from core.wizards.enable_replication import EnableWizard
from core.wizards.wizard import Problem, Step, obstacles

LONGEST_STAGGER = 24 * 60
"""Minutes between two beginnings, at most (a choice of this program)."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """What one machine has otherwise than the others; None: as they have it."""

    frequency: int | None = None
    points: Points | None = None


@dataclass(slots=True)
class EnableManyChoices:
    """``stagger`` are the minutes between the beginnings of two initial copies; 0 begins all at once."""

    exemptions: dict[UUID, Exemption] = field(default_factory=dict)
    stagger: int = 15


class EnableManyWizard:
    """Enables the replication of several machines of one host."""

    SERVER = EnableWizard.SERVER
    CONNECTION = EnableWizard.CONNECTION
    FREQUENCY = EnableWizard.FREQUENCY
    POINTS = EnableWizard.POINTS
    COPY = EnableWizard.COPY
    GRID = "grid"
    SUMMARY = "summary"

    def __init__(self, estate: Estate, primary: HostKey, machines: Sequence[Machine]) -> None:
        self.estate = estate
        self.primary = primary
        self.choices = EnableManyChoices()
        self.lead = EnableWizard(estate, primary, machines[0])
        self.rows = tuple(EnableWizard(estate, primary, machine) for machine in machines)

    @property
    def title(self) -> str:
        """The title of the window."""
        return _("Enable Replication for {count} Virtual Machines").format(count=len(self.rows))

    @property
    def commit(self) -> str:
        """The word on the last button."""
        return _("&Enable Replication")

    def apply(self) -> None:
        """Give each machine's own wizard the common choices, with what it has otherwise; whoever uses them calls it."""
        lead = self.lead
        for place, row in enumerate(self.rows):
            row.choices = self._common(row)
            row.server, row.own_server = lead.server, lead.own_server
            row.broker.follow(lead.broker)
            self._stagger(row, place)

    def exemption(self, row: EnableWizard) -> Exemption:
        """What a machine has otherwise than the others."""
        return self.choices.exemptions.get(row.machine.machine_id, Exemption())

    def set_exemption(self, row: EnableWizard, **changes: int | Points | None) -> None:
        """Let a machine have something otherwise; what is the same as for all is no exemption."""
        exemption = replace(self.exemption(row), **changes)  # type: ignore[arg-type]
        lead = self.lead.choices
        if exemption.frequency == lead.frequency:
            exemption = replace(exemption, frequency=None)
        if exemption.points == lead.points:
            exemption = replace(exemption, points=None)
        self.choices.exemptions[row.machine.machine_id] = exemption

    def points(self, row: EnableWizard) -> Points:
        """The recovery points of a machine."""
        return self.exemption(row).points or self.lead.choices.points

    def frequency(self, row: EnableWizard) -> int:
        """The frequency of a machine, in seconds."""
        return self.exemption(row).frequency or self.lead.choices.frequency

    def begins(self, place: int) -> datetime.datetime | None:
        """When the initial copy of the ``place``-th machine begins, by the primary's clock; None: at once."""
        lead = self.lead
        if lead.choices.method is CopyMethod.MEDIA:
            return None
        first = lead.choices.begins if lead.choices.is_scheduled else None
        if not place or not self.choices.stagger:
            return first
        return (first or lead.now) + datetime.timedelta(minutes=self.choices.stagger * place)

    def steps(self) -> Iterator[Step]:
        """The route, as the choices stand."""
        yield Step(self.SERVER, _("Specify Replica Server"), _("Specify Replica Server"))
        yield Step(self.CONNECTION, _("Connection Parameters"), _("Specify Connection Parameters"))
        if not self.lead.is_2012:
            yield Step(self.FREQUENCY, _("Replication Frequency"), _("Configure Replication Frequency"))
        yield Step(self.POINTS, _("Recovery Points"), _("Configure Additional Recovery Points"))
        yield Step(self.COPY, _("Initial Replication"), _("Choose Initial Replication Method"))
        yield Step(self.GRID, _("Machines"), _("Machines and Their Exceptions"))
        yield Step(self.SUMMARY, _("Summary"), _("Completing the Enable Replication Wizard"))

    def problems(self, step: Step) -> tuple[Problem, ...]:
        """What can be told at once from the choices on ``step``."""
        if step.key not in (self.GRID, self.SUMMARY):
            return self.lead.problems(step)
        self.apply()
        found = []
        for row in self.rows:
            for own in row.steps():
                if own.page in (row.SERVER, row.CONNECTION, row.FREQUENCY, row.POINTS, row.COPY):
                    found += [self._named(row, problem) for problem in row.problems(own)]
        points = [problem for row in self.rows for problem in self._exempt(row)]
        return tuple(dict.fromkeys((*found, *points)))

    async def examine(self, step: Step) -> tuple[Problem, ...]:
        """What is wrong with the choices on ``step``, after asking the hosts."""
        if step.key not in (self.GRID, self.SUMMARY):
            return await self.lead.examine(step)
        found = self.problems(step)
        if obstacles(found) or step.key == self.GRID:
            return found
        await asyncio.gather(*(row.read_disks() for row in self.rows if not row.files))
        protections = {row.machine.machine_id: row.protection() for row in self.rows}
        for row in self.rows:
            row.others = tuple(each for own, each in protections.items() if own != row.machine.machine_id)
        answers = await asyncio.gather(*(row.examine(Step(row.SUMMARY, "", "")) for row in self.rows))
        self.apply()
        return tuple(self._together(answers))

    async def load(self) -> None:
        """Read the sizes of the machines. Raises RemotingError and UnexpectedAnswer."""
        await asyncio.gather(*(row.read_disks() for row in self.rows if not row.files))

    async def plan(self) -> Batch:
        """The plans that the choices come to, one for each machine.

        Raises ValueError when a step still has problems.
        """
        self.apply()
        return Batch(self.title, tuple([await row.plan() for row in self.rows]))

    def summary(self) -> tuple[tuple[str, str], ...]:
        """What the summary page lists: what all have in common, a line for each machine, and what they come to."""
        self.apply()
        lead = self.lead.protection()
        lines = [
            (_("Replica server:"), lead.link.server),
            (_("Authentication:"), lead.link.authentication.word),
            (_("Port:"), str(lead.link.port)),
            (_("Initial copy:"), lead.copy.method.word),
        ]
        total = 0
        for place, row in enumerate(self.rows):
            protection = row.protection()
            total += protection.size
            begins = self.begins(place)
            when = _when(begins)
            parts = [size_text(protection.size), history_words(protection.points), when]
            if protection.frequency is not None:
                parts.insert(1, frequency_word(protection.frequency))
            lines.append((_("{machine}:").format(machine=row.machine.name), "\n".join(parts)))
        estimate = copy_estimate(total, self.rows[0].rates)
        words = _("{size} are copied; over the network that takes about {duration}.")
        lines.append((_("Together:"), words.format(size=size_text(total), duration=duration_text(estimate.seconds))))
        return tuple(lines)

    def _common(self, row: EnableWizard) -> EnableChoices:
        """The common choices for another machine: disks and addresses are its own."""
        common, own = copy.deepcopy(self.lead.choices), row.choices
        return replace(common, left_out=own.left_out, addresses=own.addresses, test_switches=own.test_switches)

    def _stagger(self, row: EnableWizard, place: int) -> None:
        frequency, points, begins = self.frequency(row), self.points(row), self.begins(place)
        row.choices.frequency = frequency
        row.choices.keeps_points, row.choices.hours = bool(points.history), points.history or row.choices.hours
        row.choices.is_consistent = bool(points.consistent_hours)
        row.choices.consistent_hours = points.consistent_hours or row.choices.consistent_hours
        row.choices.is_scheduled, row.choices.begins = begins is not None, begins

    def _exempt(self, row: EnableWizard) -> Iterator[Problem]:
        """What is wrong with the recovery points of a machine as they stand in the grid."""
        for problem in points_problems(self.points(row), row.most_points):
            yield self._named(row, problem)

    def _together(self, answers: Sequence[tuple[Problem, ...]]) -> Iterator[Problem]:
        """The problems of all machines; what several have in common is told of none of them."""
        told = Counter(problem for problems in answers for problem in set(problems))
        said: set[Problem] = set()
        for row, problems in zip(self.rows, answers, strict=True):
            for problem in problems:
                shown = replace(problem, field="grid") if told[problem] > 1 else self._named(row, problem)
                if shown not in said:
                    said.add(shown)
                    yield shown

    def _named(self, row: EnableWizard, problem: Problem) -> Problem:
        """A problem of one machine, with the machine's name before it unless it is there."""
        name = row.machine.name
        what = problem.what if name in problem.what else _("{machine}: {what}").format(machine=name, what=problem.what)
        return replace(problem, field="grid", what=what)


def _when(begins: datetime.datetime | None) -> str:
    if begins is None:
        return _("Begins immediately")
    return _("Begins at {time}").format(time=f"{begins:%Y-%m-%d %H:%M}")
