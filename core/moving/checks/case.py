"""What a check before a move looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from core.checks.finding import Finding
from core.checks.known import Unread
from core.estate.estate import Picture
from core.estate.inventory import Inventory
from core.hyperv.records import Machine
from core.language import _
from core.moving.checks.facts import DestinationFacts, SourceFacts
from core.moving.checks.planned import Planned
from core.moving.move import Move
from core.wizards.wizard import Problem


@dataclass(frozen=True, slots=True)
class Case:
    """A move with everything that was read about it. ``others`` is what is planned besides.

    ``source`` and ``destination`` are fresh pictures, with an inventory each; they are one where only storage moves.
    """

    move: Move
    source: Picture
    destination: Picture
    source_facts: SourceFacts
    destination_facts: DestinationFacts
    others: Planned = field(default_factory=Planned)

    @property
    def machine(self) -> Machine:
        """The machine that moves."""
        return self.move.machine

    @property
    def source_inventory(self) -> Inventory:
        """The inventory of the source."""
        assert self.source.inventory is not None
        return self.source.inventory

    @property
    def destination_inventory(self) -> Inventory:
        """The inventory of the destination."""
        assert self.destination.inventory is not None
        return self.destination.inventory

    @property
    def names(self) -> dict[str, str]:
        """What texts call the things involved."""
        return {
            "machine": self.machine.name,
            "source": self.source.key.name,
            "destination": self.destination.key.name,
        }

    @property
    def was_compared(self) -> bool:
        """Whether the source has compared the machine with the destination, whatever came of it."""
        comparison = self.source_facts.comparison
        return comparison is not None and comparison.refusal is None


Check: TypeAlias = Callable[[Case], Iterator[Finding]]


def not_read(field: str, what: str, unread: Unread) -> Problem:
    """The warning that something could not be read; ``what`` is a sentence."""
    reason = " ".join(unread.reason.split())
    return Problem(
        field,
        f"{what} {reason}",
        _("Look at it yourself, or go on: the move fails without harm if it is not as it should be."),
        is_warning=True,
    )
