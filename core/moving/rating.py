"""How well a host fits as the destination of a machine, as far as its picture and its details tell."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from core.amounts import size_text
from core.estate.estate import Picture
from core.hyperv.host_details import HostDetails
from core.hyperv.records import Machine
from core.hyperv.states import MachineState
from core.language import _
from core.moving.checks.delegation import outside_of_domain
from core.moving.checks.enabled import not_enabled
from core.moving.checks.leftovers import already_there
from core.moving.checks.versions import unsupported
from core.remoting.errors import RemotingError, SignInRefused
from core.wizards.wizard import Problem, obstacles

FIELD, CREDENTIALS = "destination", "credentials"


class Fit(enum.Enum):
    """What a rating comes to."""

    FITS = "fits"
    UNSURE = "unsure"
    UNFIT = "unfit"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rating:
    """What speaks against a host. It is ``complete`` when nothing is left to be read.

    Those of the problems that are ``only_live`` speak against a live migration, and not against other ways.
    """

    problems: tuple[Problem, ...]
    is_known: bool
    is_complete: bool
    only_live: frozenset[Problem] = frozenset()

    @property
    def fit(self) -> Fit:
        """What it comes to. A sign-in that was refused can be tried with other credentials: that rules nobody out."""
        if any(problem.field != CREDENTIALS and problem not in self.only_live for problem in obstacles(self.problems)):
            return Fit.UNFIT
        if self.problems:
            return Fit.UNSURE
        return Fit.FITS if self.is_known else Fit.UNKNOWN

    @property
    def is_no_live_move(self) -> bool:
        """Whether something keeps the machine from a live migration."""
        return bool(obstacles(self.only_live))

    @property
    def words(self) -> str:
        """The rating in a sentence: the worst that is known."""
        worst = sorted(self.problems, key=lambda problem: problem.is_warning)
        if worst:
            return worst[0].what
        if not self.is_known:
            return _("Not read so far.")
        return _("Fits.") if self.is_complete else _("Answers and takes virtual machines.")


def rate(
    machine: Machine,
    source: Picture,
    destination: Picture,
    source_details: HostDetails | None = None,
    details: HostDetails | None = None,
) -> Rating:
    """The rating of ``destination`` for a move of ``machine`` from ``source``."""
    if destination.failure is not None:
        return Rating((failure_problem(FIELD, destination.failure),), is_known=True, is_complete=True)
    if destination.inventory is None:
        return Rating((), is_known=False, is_complete=False)
    live = live_faults(machine, source, destination, source_details, details)
    problems = (
        *live,
        *filter(None, (already_there(machine, destination), unsupported(machine, destination))),
        *_memory_faults(machine, destination, details),
    )
    return Rating(problems, is_known=True, is_complete=details is not None, only_live=frozenset(live))


def live_faults(
    machine: Machine,
    source: Picture,
    destination: Picture,
    source_details: HostDetails | None = None,
    details: HostDetails | None = None,
) -> tuple[Problem, ...]:
    """What speaks against a live migration between two hosts, and not against other ways."""
    return (
        *_domain_faults((source, source_details), (destination, details)),
        *not_enabled(source, destination),
        *_processor_faults(machine, source, destination, source_details, details),
    )


def failure_problem(field: str, error: RemotingError) -> Problem:
    """A failed call as a problem of a page: what happened and why, and the cure."""
    if isinstance(error, SignInRefused):
        field = CREDENTIALS
    return Problem(field, f"{error.sentence} {error.cause}", error.cure)


def _memory_faults(machine: Machine, destination: Picture, details: HostDetails | None) -> Iterator[Problem]:
    """What Windows calls free is less than what Hyper-V can hand out where caches can be given up: it is close."""
    needed, free = machine.memory_assigned, details.memory_free if details else None
    if free is not None and needed > free:
        yield Problem(
            FIELD,
            _("{host} has too little memory: {free} of {needed} are free.").format(
                host=destination.key.name, free=size_text(free), needed=size_text(needed)
            ),
            _("Choose another host, or free memory on this one: shut down or move other virtual machines."),
        )


def _domain_faults(*hosts: tuple[Picture, HostDetails | None]) -> Iterator[Problem]:
    for picture, details in hosts:
        if details is not None and details.is_in_domain is False:
            yield outside_of_domain(picture)
            return


def _processor_faults(
    machine: Machine,
    source: Picture,
    destination: Picture,
    source_details: HostDetails | None,
    details: HostDetails | None,
) -> Iterator[Problem]:
    """A machine that is off starts on any processor; a running or saved one needs the features of its own."""
    if machine.state is MachineState.OFF or source_details is None or details is None:
        return
    names = {"host": destination.key.name, "source": source.key.name}
    makers = source_details.processor_maker, details.processor_maker
    if None not in makers and makers[0] != makers[1]:
        yield Problem(
            FIELD,
            _("{host} has a processor of another maker than {source}.").format(**names),
            _("Choose another host, or shut the machine down before it is moved."),
        )
    elif source_details.processor_name != details.processor_name:
        yield Problem(
            FIELD,
            _("{host} has another processor than {source}; the summary tells whether it fits.").format(**names),
            _("Where it does not fit, shut the machine down before it is moved."),
            is_warning=True,
        )
