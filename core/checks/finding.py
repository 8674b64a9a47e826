"""What a check says: problems, or a sentence about what is in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from core.wizards.wizard import Problem


@dataclass(frozen=True, slots=True)
class Passed:
    """What was found in order, in a sentence: it is shown and kept in the journal."""

    sentence: str


Finding: TypeAlias = Problem | Passed


def problems_of(findings: Iterable[Finding]) -> tuple[Problem, ...]:
    """What is wrong."""
    return tuple(finding for finding in findings if isinstance(finding, Problem))


def passed_of(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The sentences about what is in order."""
    return tuple(finding.sentence for finding in findings if isinstance(finding, Passed))
