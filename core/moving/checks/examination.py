"""Everything that is looked at before a machine moves: read once from each host, checked, and said in order."""

from __future__ import annotations

from dataclasses import dataclass

from core.checks.finding import Finding, passed_of, problems_of
from core.checks.known import Unread
from core.estate.estate import Picture
from core.hyperv.disks import Asker
from core.moving.checks.attachments import attachments
from core.moving.checks.case import Case, Check
from core.moving.checks.cluster import cluster
from core.moving.checks.comparison import comparison
from core.moving.checks.delegation import delegation
from core.moving.checks.disks import disks
from core.moving.checks.enabled import enabled
from core.moving.checks.facts import DestinationQuestions, SourceFacts, SourceQuestions
from core.moving.checks.guardian import KEY_PROTECTOR_REFUSED, guardian
from core.moving.checks.leftovers import leftovers, targets
from core.moving.checks.limits import limits
from core.moving.checks.memory import memory
from core.moving.checks.operations import operations
from core.moving.checks.planned import Planned
from core.moving.checks.processors import processors
from core.moving.checks.space import space
from core.moving.checks.switches import report_is_ignored, switches
from core.moving.checks.versions import versions
from core.moving.move import Move
from core.wizards.wizard import Problem, obstacles

_EVERY_MOVE: tuple[Check, ...] = (operations, cluster, disks, space, leftovers, limits)
_BETWEEN_HOSTS: tuple[Check, ...] = (enabled, delegation, versions, processors, memory, switches, attachments, guardian)
_CODES: dict[Check, frozenset[int]] = {
    memory: frozenset({0x800705AA, 0x8007000E}),
    attachments: frozenset({0xC03A0014}),
    guardian: frozenset({KEY_PROTECTOR_REFUSED}),
    leftovers: frozenset({0x80070050, 0x800700B7}),
    space: frozenset({0x80070070}),
}
"""The codes by which a host objects to what a check looks at."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What the checks came to: ``problems``, and sentences about what is in order.

    ``report_is_ignored``: the host takes no notice of switches that were chosen in its compatibility report.
    """

    problems: tuple[Problem, ...]
    passed: tuple[str, ...]
    report_is_ignored: bool = False

    @property
    def obstacles(self) -> tuple[Problem, ...]:
        """The problems that keep the move."""
        return obstacles(self.problems)


async def examine(
    move: Move,
    source: Picture,
    destination: Picture,
    ask_source: Asker,
    ask_destination: Asker,
    others: Planned | None = None,
) -> Examination:
    """Read what the hosts tell about ``move`` and check it, with what is planned besides (``others``).

    The pictures are fresh and hold an inventory each; for a storage move they are the same. Nothing is changed. Raises
    RemotingError when a host cannot be asked, and UnexpectedAnswer.
    """
    questions = SourceQuestions(move)
    here = questions.read(await ask_source(questions.pipeline))
    further = DestinationQuestions(move, _paths(move, here), asks_directory=isinstance(here.account, Unread))
    there = further.read(await ask_destination(further.pipeline)) if further.are_any else further.unasked
    return checked(Case(move, source, destination, here, there, others or Planned()))


def checked(case: Case) -> Examination:
    """What the checks say about a case."""
    checks = (*_EVERY_MOVE, *_BETWEEN_HOSTS) if case.move.is_live else _EVERY_MOVE
    findings: list[Finding] = []
    explained: frozenset[int] = frozenset()
    for check in checks:
        found = list(check(case))
        findings += found
        if obstacles(problems_of(found)):
            explained |= _CODES.get(check, frozenset())
    is_kept = bool(obstacles(problems_of(findings)))
    findings += comparison(case, is_kept=is_kept, explained=explained)
    return Examination(problems_of(findings), passed_of(findings), report_is_ignored(case))


def _paths(move: Move, here: SourceFacts) -> tuple[str, ...]:
    """The files to look for at the destination: those that the move makes, and those that the machine holds."""
    drives = () if isinstance(here.drives, Unread) else here.drives
    return (*targets(move), *(drive.path for drive in drives if drive.path))
