"""Everything that is looked at before a replication is enabled: read from both hosts, checked, and said in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.checks.finding import Finding, passed_of, problems_of
from core.estate.estate import Picture
from core.hyperv.disks import Asker
from core.replication.checks.authentication import authentication
from core.replication.checks.authorization import authorization
from core.replication.checks.busy import busy
from core.replication.checks.case import Case, Check
from core.replication.checks.checkpoints import checkpoints
from core.replication.checks.cluster import cluster
from core.replication.checks.configured import configured
from core.replication.checks.connection import connection
from core.replication.checks.disks import disks
from core.replication.checks.facts import read_primary, read_replica
from core.replication.checks.former import former
from core.replication.checks.frequency import frequency
from core.replication.checks.identity import identity
from core.replication.checks.role import role
from core.replication.checks.space import space
from core.replication.checks.versions import versions
from core.replication.estimate import Rates
from core.replication.protection import CopyMethod, Protection
from core.wizards.wizard import Problem, obstacles

_OF_THE_WAY: tuple[Check, ...] = (configured, authorization, authentication)
"""The checks that explain why the primary does not reach the Replica server."""
ENABLING: tuple[Check, ...] = (busy, role, disks, checkpoints, cluster, versions, identity, space, frequency)
"""The further checks before a replication is enabled."""
EXTENDING: tuple[Check, ...] = (busy, cluster, versions, identity, space, frequency)
"""Those before a replica is replicated on: it has the disks of the replica, and no checkpoints of its own."""
REVERSING: tuple[Check, ...] = (busy, cluster, versions, former, frequency)
"""Those before the direction is reversed: the machine and its disks are there already."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What the checks came to: ``problems``, sentences about what is in order, and the ``rates`` that were measured.

    Those of the problems that are ``of_the_way`` keep the primary from the Replica server.
    """

    problems: tuple[Problem, ...]
    passed: tuple[str, ...]
    rates: Rates
    of_the_way: tuple[Problem, ...] = ()

    @property
    def obstacles(self) -> tuple[Problem, ...]:
        """The problems that keep the replication."""
        return obstacles(self.problems)


async def examine(
    protection: Protection,
    primary: Picture,
    replica: Picture | None,
    ask_primary: Asker,
    ask_replica: Asker | None,
    others: Iterable[Protection] = (),
    checks: tuple[Check, ...] = ENABLING,
) -> Examination:
    """Read what the hosts tell about ``protection`` and check it, with those that are planned besides (``others``).

    The pictures are fresh and hold an inventory each. Nothing is changed. Raises RemotingError when a host cannot be
    asked, and UnexpectedAnswer.
    """
    chosen = [drive.path for drive in protection.disks if drive.path]
    here = await read_primary(protection, ask_primary, chosen)
    there = None
    if replica is not None and ask_replica is not None:
        has_basis = protection.copy.method is CopyMethod.EXISTING
        there = await read_replica(protection, ask_replica, has_basis=has_basis)
    return checked(Case(protection, primary, replica, here, there, tuple(others)), checks)


def checked(case: Case, checks: tuple[Check, ...] = ENABLING) -> Examination:
    """What the checks say about a case: those of the way, and ``checks``."""
    way: list[Finding] = [finding for check in _OF_THE_WAY for finding in check(case)]
    is_explained = bool(obstacles(problems_of(way)))
    way += connection(case, is_explained=is_explained)
    findings = [*way, *(finding for check in checks for finding in check(case))]
    return Examination(problems_of(findings), passed_of(findings), rates_of(case), problems_of(way))


def rates_of(case: Case) -> Rates:
    """The rates that were measured: the slower of both links, where both told theirs."""
    there = case.replica_facts.link if case.replica_facts is not None else None
    speeds = [speed for speed in (case.primary_facts.link, there) if speed is not None]
    return Rates(link=min(speeds) if speeds else None, writes=case.primary_facts.writes)
