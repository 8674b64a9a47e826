"""What is shown of a page: that it is in order, that the hosts are being asked, or what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from core.wizards.wizard import Problem


@dataclass(frozen=True, slots=True)
class Valid:
    """Nothing keeps the user on the page, as far as is known."""


@dataclass(frozen=True, slots=True)
class Busy:
    """The hosts are being asked."""

    what: str


@dataclass(frozen=True, slots=True)
class Problems:
    """What the user has to cure first, and what is only to be known."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Error:
    """What went wrong, and the cure."""

    what: str
    cure: str


PageState = Valid | Busy | Problems | Error
